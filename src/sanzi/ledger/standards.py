"""Accounting standards as data: accounts and entry templates, read from `data/standards`.

One folder per standard. Frozen values out; every mistake in a file is named by file and key. No
Django and no tables here; what an entry template books is worked out in `rules.py`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "data" / "standards"
CLASSES = ("asset", "liability", "equity", "cost", "income", "expense")
SIDES = ("debit", "credit")
AUX_KINDS = ("account", "counterparty", "household", "person", "org")
WORDS = {"general": "记", "receipt": "收", "payment": "付", "transfer": "转"}
FIRST_LEVEL = 3

_CODE = re.compile(r"[0-9]{3}([0-9]{2}){0,3}")
_RULE = re.compile(r"[a-z_]+\.[a-z_]+")
_FIELD = re.compile(r"\{([a-z_]*)\}")
_ONE_FIELD = re.compile(r"\{([a-z_]+)\}")


class BadStandard(Exception):
    """A file of a standard is wrong: where, and what is expected there."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        """Keep the place apart from the sentence."""
        self.file, self.key, self.problem = file, key, problem
        super().__init__(f"{file}: {key}: {problem}")


class UnknownStandard(Exception):
    """No folder holds a standard of this code."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a chart. `requires` lists the kinds of which a line must name one."""

    code: str
    name: str
    account_class: str
    side: str
    is_official: bool
    is_two_way: bool = False
    requires: tuple[str, ...] = ()
    is_leaf: bool = True
    blocked: str = ""

    @property
    def level(self) -> int:
        """1 for the regulation's own accounts, one more for each two figures."""
        return 1 + (len(self.code) - FIRST_LEVEL) // 2


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of a template; `account` is a code or the `{field}` of the event that holds it."""

    side: str
    account: str
    within: tuple[str, ...] = ()
    is_each: bool = False
    aux_kind: str = ""
    aux_id: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who wrote a template, who checked it, and when."""

    maker: str
    checker: str
    on_date: dt.date


@dataclass(frozen=True)
class Entry:
    """One template: an event and the lines it books. `kinds` empty: the event's general one."""

    rule_code: str
    version: str
    title: str
    event: str
    kinds: tuple[str, ...]
    approval: Approval
    word: str
    summary: str
    basis: str
    is_red: bool
    lines: tuple[EntryLine, ...]
    sample: Mapping[str, Any]


@dataclass(frozen=True)
class Standard:
    """One standard whole: the open accounts by code, in order, and the templates by rule code."""

    code: str
    title: str
    organisation_kinds: tuple[str, ...]
    based_on: str
    in_force_from: dt.date
    accounts: Mapping[str, Account]
    entries: Mapping[str, Entry]

    def rule_for(self, event: str, kind: str = "") -> Entry | None:
        """Return the template of an event: the one that names the kind, else the general one."""
        general = None
        for entry in self.entries.values():
            if entry.event == event and kind and kind in entry.kinds:
                return entry
            if entry.event == event and not entry.kinds:
                general = entry
        return general


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
    return tuple(sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))


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
    head = _File(folder / "standard.yaml")
    head.only(
        "code",
        "title",
        "organisation_kinds",
        "based_on",
        "in_force_from",
        "words",
        "unit",
        "basis",
        "provenance",
    )
    code = head.text("code")
    head.require(code == folder.name, "code", f"must be the folder's name, {folder.name!r}")
    head.require(head.text("unit") == "fen", "unit", "must be fen")
    for number, word in enumerate(head.list_of("words")):
        head.require(word in WORDS, f"words[{number}]", f"must be one of {', '.join(WORDS)}")
    based_on = head.text("based_on", "")
    base = load(folder.parent / based_on) if based_on else None
    accounts = _File(folder / "accounts.yaml")
    chart = _opened(accounts, base) if base else _chart(accounts)
    return Standard(
        code=code,
        title=head.text("title"),
        organisation_kinds=tuple(head.list_of("organisation_kinds")),
        based_on=based_on,
        in_force_from=head.day("in_force_from"),
        accounts=chart,
        entries=_entries(_File(folder / "entries.yaml"), chart, base),
    )


class _File:
    """One YAML mapping with the place it came from, for messages."""

    def __init__(self, path: Path, data: object = None, at: str = "") -> None:
        self.path, self.at = path, at
        if data is None:
            if not path.exists():
                raise BadStandard(self.name, "-", "the file is missing")
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict):
            raise BadStandard(self.name, at or "-", "must be a mapping")
        self.data: dict[str, Any] = data

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    def require(self, is_right: bool, key: str, problem: str) -> None:  # noqa: FBT001
        if not is_right:
            raise BadStandard(self.name, f"{self.at}.{key}" if self.at else key, problem)

    def only(self, *keys: str) -> None:
        for key in self.data:
            self.require(key in keys, str(key), f"unknown key; expected {', '.join(keys)}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.get(key, default)
        self.require(isinstance(value, str), key, "must be text, in quotes if it is a number")
        self.require(bool(value) or default is not None, key, "must not be empty")
        return str(value)

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        self.require(value in allowed, key, f"is {value!r}; must be one of {', '.join(allowed)}")
        return value

    def flag(self, key: str) -> bool:
        value = self.data.get(key, False)
        self.require(isinstance(value, bool), key, "must be true or false")
        return bool(value)

    def day(self, key: str) -> dt.date:
        value = self.data.get(key)
        self.require(isinstance(value, dt.date), key, "must be a day such as 2026-11-02")
        assert isinstance(value, dt.date)  # noqa: S101 - told to mypy
        return value

    def list_of(self, key: str) -> list[str]:
        value = self.data.get(key, [])
        is_right = isinstance(value, list) and all(isinstance(each, str) for each in value)
        self.require(is_right, key, "must be a list of texts, in quotes if they are numbers")
        return list(value)

    def part(self, key: str) -> _File:
        return _File(self.path, self.data.get(key, ""), f"{self.at}.{key}" if self.at else key)

    def parts(self, key: str) -> Iterator[_File]:
        value = self.data.get(key, [])
        self.require(isinstance(value, list), key, "must be a list")
        prefix = f"{self.at}.{key}" if self.at else key
        for number, each in enumerate(value):
            yield _File(self.path, each, f"{prefix}[{number}]")


def _chart(file: _File) -> dict[str, Account]:
    file.only("accounts")
    chart: dict[str, Account] = {}
    for part in file.parts("accounts"):
        part.only("code", "name", "class", "side", "official", "two_way", "requires")
        account = _account(part, chart)
        part.require(account.code not in chart, "code", f"{account.code} is there twice")
        chart[account.code] = account
    return _with_leaves(chart)


def _account(part: _File, chart: Mapping[str, Account]) -> Account:
    code = part.text("code")
    is_code = _CODE.fullmatch(code) is not None
    part.require(is_code, "code", f"{code!r} must be 3 figures, then 2 for each level below")
    requires = tuple(part.list_of("requires"))
    for kind in requires:
        part.require(kind in AUX_KINDS, "requires", f"must be of {', '.join(AUX_KINDS)}")
    if len(code) == FIRST_LEVEL:
        return Account(
            code=code,
            name=part.text("name"),
            account_class=part.one_of("class", CLASSES),
            side=part.one_of("side", SIDES),
            is_official=part.flag("official"),
            is_two_way=part.flag("two_way"),
            requires=requires,
        )
    above = chart.get(code[:-2])
    part.require(above is not None, "code", f"{code} has no account {code[:-2]} above it")
    for key in ("class", "side"):
        part.require(key not in part.data, key, "is inherited from the first level")
    assert above is not None  # noqa: S101 - told to mypy
    return replace(
        above,
        code=code,
        name=part.text("name"),
        is_official=part.flag("official"),
        requires=requires or above.requires,
    )


def _opened(file: _File, base: Standard) -> dict[str, Account]:
    """Return the accounts of a profile: those of its base that it opens."""
    file.only("open")
    chosen: dict[str, Account] = {}
    for part in file.parts("open"):
        part.only("code", "details", "display", "blocked")
        code = part.text("code")
        part.require(code in base.accounts, "code", f"{code} is not in {base.code}")
        details = part.list_of("details")
        for detail in details:
            is_below = detail in base.accounts and detail.startswith(code)
            part.require(is_below, "details", f"{detail} is not below {code} in {base.code}")
        for account in base.accounts.values():
            is_kept = not details or account.code.startswith(tuple(details))
            if account.code == code or (account.code.startswith(code) and is_kept):
                blocked = part.text("blocked", "")
                chosen[account.code] = replace(account, blocked=blocked)
        shown = part.text("display", chosen[code].name)
        chosen[code] = replace(chosen[code], name=shown)
    return _with_leaves({code: chosen[code] for code in sorted(chosen)})


def _with_leaves(chart: Mapping[str, Account]) -> dict[str, Account]:
    parents = {code[:-2] for code in chart if len(code) > FIRST_LEVEL}
    return {code: replace(account, is_leaf=code not in parents) for code, account in chart.items()}


def _entries(file: _File, chart: Mapping[str, Account], base: Standard | None) -> dict[str, Entry]:
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


def _entry(part: _File) -> Entry:
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


def _entry_line(part: _File) -> EntryLine:
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


def _check_accounts(file: _File, key: str, entry: Entry, chart: Mapping[str, Account]) -> None:
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


def _check_one_per_kind(file: _File, entries: Mapping[str, Entry]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for entry in entries.values():
        for kind in entry.kinds or ("",):
            other = seen.setdefault((entry.event, kind), entry.rule_code)
            shown = f"{entry.event} {kind}".strip()
            is_alone = other == entry.rule_code
            file.require(is_alone, entry.rule_code, f"{shown} is already taken by {other}")
