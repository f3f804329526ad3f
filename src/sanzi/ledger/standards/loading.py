"""Finding and reading the standards of `data/standards`, one folder each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sanzi.ledger.standards import chart, closing, entries, heads
from sanzi.ledger.standards.files import File, UnknownStandard
from sanzi.ledger.standards.shapes import WORDS, Standard

FOLDER = Path(__file__).resolve().parent.parent.parent / "data" / "standards"
HEAD = "standard.yaml"
KEYS = (
    *("code", "title", "organisation_kinds", "selectable_for", "based_on"),
    *("in_force_from", "in_force_until", "code_lengths", "words", "unit", "basis"),
    *("accounts_for", "closing", "provenance"),
)


@cache
def get(code: str) -> Standard:
    """Return a standard by its code.

    Raises: UnknownStandard; BadStandard when a file is wrong.
    """
    if code not in codes():
        raise UnknownStandard(code)
    return load(FOLDER / code)


@cache
def codes() -> tuple[str, ...]:
    """Return the codes of all standards."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob(f"*/{HEAD}")))


def choices(kind: str) -> tuple[str, ...]:
    """Return the standards a kind of organisation may keep its book by, its own one first."""
    own = for_organisation_kind(kind)
    others = tuple(code for code in codes() if kind in get(code).selectable_for)
    return (own, *others) if own else others


@cache
def for_organisation_kind(kind: str) -> str:
    """Return the code of the standard a kind of organisation keeps its book by, or ''."""
    for code in codes():
        if kind in get(code).organisation_kinds:
            return code
    return ""


def load(folder: Path) -> Standard:
    """Read one folder.

    Raises: BadStandard, naming the file and key of the first mistake.
    """
    head = File.read(folder / HEAD)
    head.only(*KEYS)
    code = head.text("code")
    head.require(code == folder.name, "code", f"must be the folder's name, {folder.name!r}")
    head.require(head.text("unit") == "fen", "unit", "must be fen")
    for number, word in enumerate(head.list_of("words")):
        head.require(word in WORDS, f"words[{number}]", f"must be one of {', '.join(WORDS)}")
    based_on = head.text("based_on", "")
    base = _base(folder.parent, based_on) if based_on else None
    shape = heads.shape(head, base)
    rows = File.read(folder / "accounts.yaml")
    found, closed = chart.opened(rows, base) if base else (chart.chart(rows, shape), {})
    templates = [File.read(folder / "entries.yaml")]
    more = sorted((folder / "entries").glob("*.yaml"))
    templates += [File.read(path, within=folder) for path in more]
    return Standard(
        code=code,
        title=head.text("title"),
        organisation_kinds=tuple(head.list_of("organisation_kinds")),
        selectable_for=tuple(head.list_of("selectable_for")),
        based_on=based_on,
        in_force_from=head.day("in_force_from"),
        in_force_until=head.day("in_force_until") if "in_force_until" in head.data else None,
        shape=shape,
        accounts=found,
        closed=closed,
        accounts_for=heads.purposes(head, found),
        closing=closing.closing(head.part("closing"), found) if "closing" in head.data else None,
        entries=entries.entries(templates, code, found, base),
        provenance=heads.provenance(head, rows, *templates),
    )


def _base(parent: Path, code: str) -> Standard:
    """Return the standard that a profile is based on; the shipped ones are read once."""
    return get(code) if parent == FOLDER else load(parent / code)
