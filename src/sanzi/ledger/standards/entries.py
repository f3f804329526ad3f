"""Entry templates: the rows of `entries.yaml`, each checked against the chart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from typing import Any

from sanzi.kernel import digest
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.standards import booking
from sanzi.ledger.standards.files import BadStandard, File
from sanzi.ledger.standards.shapes import (
    AMOUNT,
    AUX_KINDS,
    ENTRY_HOW,
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
_AMOUNT_FIELD = re.compile(r"\{([a-z_]+_fen)\}")
_CODE = re.compile(r"[0-9]{3,}")
_KEYS = (
    *("rule", "version", "title", "when", "approved", "word", "summary", "basis", "how", "red"),
    *("lines", "sample"),
)


def entries(
    files: Sequence[File], code: str, chart: Mapping[str, Account], base: Standard | None
) -> dict[str, Entry]:
    """Return the templates of a standard's files by rule code; raises BadStandard."""
    found: dict[str, Entry] = {}
    for file in files:
        file.only("use", "approved", "entries", "provenance")
        for number, rule_code in enumerate(file.list_of("use")):
            key = f"use[{number}]"
            file.require(base is not None, key, "only a standard with based_on takes templates")
            assert base is not None  # noqa: S101 - told to mypy
            file.require(rule_code in base.entries, key, f"{rule_code} is not in {base.code}")
            entry = base.entries[rule_code]
            _check_accounts(file, key, entry, chart)
            _check_sample(file, key, entry, chart)
            found[rule_code] = entry
        general = _approval(file.part("approved")) if "approved" in file.data else None
        for part in file.parts("entries"):
            entry = _entry(part, code, general)
            part.require(entry.rule_code not in found, "rule", f"{entry.rule_code} is there twice")
            _check_accounts(part, "lines", entry, chart)
            _check_sample(part, "sample", entry, chart)
            found[entry.rule_code] = entry
    _check_one_per_kind(files[0], found)
    return found


def entry_from(mapping: Mapping[str, Any], to: Standard) -> Entry:
    """Return the template that a county wants to use, checked against the chart.

    Shapes: mapping has the keys of a row of `entries.yaml`; a day may be text.
    Raises: BadStandard, naming key and problem.
    """
    file = File(f"{to.code}/entry-version", mapping)
    entry = _entry(file, to.code, None)
    _check_accounts(file, "lines", entry, to.accounts)
    _check_sample(file, "sample", entry, to.accounts)
    return entry


def _entry(part: File, code: str, general: Approval | None) -> Entry:
    part.only(*_KEYS)
    rule_code = part.text("rule")
    part.require(_RULE.fullmatch(rule_code) is not None, "rule", "must read noun.past_tense")
    when = part.part("when")
    when.only("event", "kinds")
    is_general = general is not None and "approved" not in part.data
    lines = tuple(_entry_line(each) for each in part.parts("lines"))
    part.require({line.side for line in lines} == set(SIDES), "lines", "must have both sides")
    entry = Entry(
        rule_code=rule_code,
        version=part.text("version"),
        title=part.text("title"),
        event=when.text("event"),
        kinds=tuple(when.list_of("kinds")),
        approval=general if general and is_general else _approval(part.part("approved")),
        word=part.one_of("word", tuple(WORDS), "general"),
        summary=part.text("summary"),
        basis=part.text("basis"),
        is_red=part.flag("red"),
        lines=lines,
        sample=part.part("sample").data,
        standard_code=code,
        how=part.one_of("how", ENTRY_HOW, "own"),
    )
    return replace(entry, digest=_digest(entry))


def _approval(part: File) -> Approval:
    part.only("maker", "checker", "date")
    approval = Approval(part.text("maker"), part.text("checker"), part.day("date"))
    is_apart = approval.maker != approval.checker
    part.require(is_apart, "checker", "must be another one than the maker")
    return approval


def _digest(entry: Entry) -> str:
    """Return the SM3 of what the template books and who approved it, not of how it is explained."""
    approval = entry.approval
    content = [
        *(entry.rule_code, entry.version, entry.event, entry.kinds, entry.word, entry.summary),
        *(entry.is_red, approval.maker, approval.checker, approval.on_date.isoformat()),
        [astuple(line) for line in entry.lines],
    ]
    return digest.sm3(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _entry_line(part: File) -> EntryLine:
    part.only("side", "account", "within", "each", "aux", "amount", "optional")
    account, within = part.text("account"), tuple(part.list_of("within"))
    is_field = _ONE_FIELD.fullmatch(account) is not None
    is_code = _CODE.fullmatch(account) is not None
    part.require(is_field or is_code, "account", f"{account!r} must be a code or one {{field}}")
    part.require(is_field == bool(within), "within", "goes with an account that is a {field}")
    amount = _AMOUNT_FIELD.fullmatch(part.text("amount", f"{{{AMOUNT}}}"))
    part.require(amount is not None, "amount", "must be one {field} whose name ends in _fen")
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
        amount=amount[1] if amount else AMOUNT,
        is_optional=part.flag("optional"),
    )


def _check_sample(file: File, key: str, entry: Entry, chart: Mapping[str, Account]) -> None:
    """Require that the sample books balanced lines on lowest accounts, with their auxiliaries."""
    try:
        lines = booking.booked(entry, entry.sample)
    except Refusal as refusal:
        problem = f"{entry.rule_code}: cannot be booked: {refusal}"
        raise BadStandard(file.name, f"{file.at}.{key}" if file.at else key, problem) from refusal
    for line in lines:
        account, named = chart.get(line.account_code), f"{entry.rule_code}: {line.account_code}"
        is_lowest = account is not None and account.is_leaf
        file.require(is_lowest, key, f"{named} is no lowest account")
        assert account is not None  # noqa: S101 - told to mypy
        wants = f"{named} wants one of {', '.join(account.requires)}"
        file.require(not account.requires or line.aux_kind in account.requires, key, wants)
    sums = {side: sum(one.amount_fen for one in lines if one.side == side) for side in SIDES}
    told = f"{entry.rule_code}: books debit {sums['debit']} fen and credit {sums['credit']} fen"
    file.require(sums["debit"] == sums["credit"] != 0, key, told)


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
