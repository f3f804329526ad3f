"""Finding and reading the standards of `data/standards`, one folder each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sanzi.ledger.standards import chart, closing, entries
from sanzi.ledger.standards.files import File, UnknownStandard
from sanzi.ledger.standards.shapes import WORDS, CodeShape, Standard

FOLDER = Path(__file__).resolve().parent.parent.parent / "data" / "standards"
HEAD = "standard.yaml"


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
    head.only(
        "code",
        "title",
        "organisation_kinds",
        "based_on",
        "in_force_from",
        "code_lengths",
        "words",
        "unit",
        "basis",
        "provenance",
        "closing",
    )
    code = head.text("code")
    head.require(code == folder.name, "code", f"must be the folder's name, {folder.name!r}")
    head.require(head.text("unit") == "fen", "unit", "must be fen")
    for number, word in enumerate(head.list_of("words")):
        head.require(word in WORDS, f"words[{number}]", f"must be one of {', '.join(WORDS)}")
    based_on = head.text("based_on", "")
    base = load(folder.parent / based_on) if based_on else None
    shape = _shape(head, base)
    accounts = File.read(folder / "accounts.yaml")
    found = chart.opened(accounts, base) if base else chart.chart(accounts, shape)
    return Standard(
        code=code,
        title=head.text("title"),
        organisation_kinds=tuple(head.list_of("organisation_kinds")),
        based_on=based_on,
        in_force_from=head.day("in_force_from"),
        shape=shape,
        accounts=found,
        entries=entries.entries(File.read(folder / "entries.yaml"), found, base),
        closing=closing.closing(head.part("closing"), found) if "closing" in head.data else None,
    )


def _shape(head: File, base: Standard | None) -> CodeShape:
    """Return the code lengths of the file; a profile has those of its base."""
    if base is not None:
        head.require("code_lengths" not in head.data, "code_lengths", f"are those of {base.code}")
        return base.shape
    lengths = head.data.get("code_lengths")
    found: list[int] = lengths if isinstance(lengths, list) else []
    is_right = all(type(each) is int for each in found) and bool(found)
    is_right = is_right and found[0] > 0 and all(each == 2 for each in found[1:])
    head.require(is_right, "code_lengths", "must be such as [3, 2, 2, 2]: 2 below the first level")
    return CodeShape.of(found)
