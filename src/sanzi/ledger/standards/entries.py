"""Entry templates: the rows of `entries.yaml`, each checked against the chart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sanzi.ledger.standards.files import File
from sanzi.ledger.standards.shapes import (
    AUX_KINDS,
    SIDES,
    WORDS,
    Account,
    Approval,
    Entry,
    EntryLine,
    Standard,
)

_RULE = re.compile(r"[a-z_]+\.[a-z_]+")
_ONE_FIELD = re.compile(r"\{([a-z_]+)\}")
_CODE = re.compile(r"[0-9]{3,}")


def entries(file: File, chart: Mapping[str, Account], base: Standard | None) -> dict[str, Entry]:
    """Return the templates of a file by rule code; raises BadStandard."""
    file.only("use", "entries")
    found: dict[str, Entry] = {}
    for number, rule_code in enumerate(file.list_of("use")):
        key = f"use[{number}]"
        file.require(base is not None, key, "only a standard with based_on takes templates")
        assert base is not None  # noqa: S101 - told to mypy
        file.require(rule_code in base.entries, key, f"{rule_code} is not in {base.code}")
        entry = base.entries[rule_code]
        _check_accounts(file, key, entry, chart)
        found[rule_code] = entry
    for part in file.parts("entries"):
        entry = _entry(part)
        part.require(entry.rule_code not in found, "rule", f"{entry.rule_code} is there twice")
        _check_accounts(part, "lines", entry, chart)
        found[entry.rule_code] = entry
    _check_one_per_kind(file, found)
    return found


def entry_from(mapping: Mapping[str, Any], to: Standard) -> Entry:
    """Return the template that a county wants to use, checked against the chart.

    Shapes: mapping has the keys of a row of `entries.yaml`; a day may be text.
    Raises: BadStandard, naming key and problem.
    """
    file = File(f"{to.code}/entry-version", mapping)
    entry = _entry(file)
    _check_accounts(file, "lines", entry, to.accounts)
    return entry


def _entry(part: File) -> Entry:
    part.only(
        "rule",
        "version",
        "title",
        "when",
        "approved",
        "word",
        "summary",
        "basis",
        "red",
        "lines",
        "sample",
    )
    rule_code = part.text("rule")
    part.require(_RULE.fullmatch(rule_code) is not None, "rule", "must read noun.past_tense")
    when = part.part("when")
    when.only("event", "kinds")
    approved = part.part("approved")
    approved.only("maker", "checker", "date")
    approval = Approval(approved.text("maker"), approved.text("checker"), approved.day("date"))
    is_apart = approval.maker != approval.checker
    approved.require(is_apart, "checker", "must be another one than the maker")
    lines = tuple(_entry_line(each) for each in part.parts("lines"))
    part.require({line.side for line in lines} == set(SIDES), "lines", "must have both sides")
    for side in SIDES:
        sums = [line for line in lines if line.side == side]
        part.require(len(sums) == 1, "lines", f"must have one {side} line, or they cannot balance")
    return Entry(
        rule_code=rule_code,
        version=part.text("version"),
        title=part.text("title"),
        event=when.text("event"),
        kinds=tuple(when.list_of("kinds")),
        approval=approval,
        word=part.one_of("word", tuple(WORDS), "general"),
        summary=part.text("summary"),
        basis=part.text("basis"),
        is_red=part.flag("red"),
        lines=lines,
        sample=part.part("sample").data,
    )


def _entry_line(part: File) -> EntryLine:
    part.only("side", "account", "within", "each", "aux")
    account, within = part.text("account"), tuple(part.list_of("within"))
    is_field = _ONE_FIELD.fullmatch(account) is not None
    is_code = _CODE.fullmatch(account) is not None
    part.require(is_field or is_code, "account", f"{account!r} must be a code or one {{field}}")
    part.require(is_field == bool(within), "within", "goes with an account that is a {field}")
    aux_kind = aux_id = ""
    if "aux" in part.data:
        aux = part.part("aux")
        aux.only("kind", "id")
        aux_kind, aux_id = aux.one_of("kind", AUX_KINDS), aux.text("id")
        part.require(not part.flag("each"), "aux", "an each line takes the item's own")
    return EntryLine(
        side=part.one_of("side", SIDES),
        account=account,
        within=within,
        is_each=part.flag("each"),
        aux_kind=aux_kind,
        aux_id=aux_id,
    )


def _check_accounts(file: File, key: str, entry: Entry, chart: Mapping[str, Account]) -> None:
    """Require that fixed accounts are open leaves; of `within`, a profile opens what it has."""
    for line in entry.lines:
        if line.within:
            is_any = any(code in chart for code in line.within)
            file.require(is_any, key, f"{entry.rule_code}: no account of within is open")
            continue
        account = chart.get(line.account)
        file.require(account is not None, key, f"{entry.rule_code}: no account {line.account}")
        assert account is not None  # noqa: S101 - told to mypy
        problem = f"{entry.rule_code}: account {line.account} has details; name one of them"
        file.require(account.is_leaf, key, problem)


def _check_one_per_kind(file: File, found: Mapping[str, Entry]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for entry in found.values():
        for kind in entry.kinds or ("",):
            other = seen.setdefault((entry.event, kind), entry.rule_code)
            shown = f"{entry.event} {kind}".strip()
            is_alone = other == entry.rule_code
            file.require(is_alone, entry.rule_code, f"{shown} is already taken by {other}")
