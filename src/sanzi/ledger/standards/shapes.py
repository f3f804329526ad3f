"""What a standard is once it is read: frozen values, and the questions they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

CLASSES = ("asset", "liability", "equity", "cost", "income", "expense")
SIDES = ("debit", "credit")
AUX_KINDS = ("account", "counterparty", "household", "person", "org")
PURPOSES = (
    *("cash", "bank", "money", "internal", "fixed_assets", "depreciation"),
    *("amortisation", "receivables", "payables", "taxes", "earmarked", "levy"),
    *("construction", "loans", "pending"),
)
KNOWN_HOW = ("text", "second_hand", "memory", "own")
ENTRY_HOW = ("text", "transferred", "practice", "own")
AMOUNT = "amount_fen"
WORDS = {"general": "记", "receipt": "收", "payment": "付", "transfer": "转"}


@dataclass(frozen=True, slots=True)
class CodeShape:
    """How long the codes of a chart are. `ends` (3, 5, 7, 9): 3 figures, then 2 a level."""

    ends: tuple[int, ...]

    @classmethod
    def of(cls, lengths: list[int]) -> CodeShape:
        """Return the shape whose levels add so many figures each: 3, 2, 2, 2."""
        return cls(tuple(accumulate(lengths)))

    def is_code(self, code: str) -> bool:
        """Whether a text is a code of some level."""
        return code.isascii() and code.isdigit() and len(code) in self.ends

    def level(self, code: str) -> int:
        """Return 1 for the regulation's own accounts, one more for each level below."""
        return self.ends.index(len(code)) + 1

    def first_level(self, code: str) -> str:
        """Return the head of a code: 513 of 5130102."""
        return code[: self.ends[0]]

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return the codes above a code, highest first: 513 and 51301 of 5130102."""
        return tuple(code[:end] for end in self.ends if end < len(code))

    def lineage(self, code: str) -> tuple[str, ...]:
        """Return the codes above a code and the code itself."""
        return (*self.ancestors(code), code)

    def __str__(self) -> str:
        """Say the shape as a message does."""
        return f"{self.ends[0]} figures, then 2 for each level below"


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
    level: int = 1


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of a template; `account` is a code or the `{field}` of the event that holds it.

    `amount` names the field with its amount; an optional line is left out when that is nothing.
    """

    side: str
    account: str
    within: tuple[str, ...] = ()
    is_each: bool = False
    aux_kind: str = ""
    aux_id: str = ""
    amount: str = AMOUNT
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """Who wrote a template, who checked it, and when."""

    maker: str
    checker: str
    on_date: dt.date


@dataclass(frozen=True)
class Entry:
    """One template: an event and the lines it books. `kinds` empty: the event's general one.

    `standard_code` says in whose files it stands, `how` how sure its lines are (`ENTRY_HOW`), and
    `digest` is the SM3 of what a version may not change: what it books, and who approved it.
    """

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
    standard_code: str = ""
    how: str = "own"
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a part of a file is known: from the text, second hand, from memory, or our own."""

    of: str
    how: str
    note: str


@dataclass(frozen=True, slots=True)
class Share:
    """One way to distribute a year's income, in the order of the law.

    `account` is the detail it is taken from, `against` what the accounts it goes to begin with.
    """

    key: str
    title: str
    account: str
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Closing:
    """Where a year's income and spending go, and how income may be distributed.

    `pending` must stand at zero at the year's end; `loss_cover` is the reserve that may cover a
    loss, '' where none may; no `shares`: nothing is distributed under this standard.
    """

    result: str
    undistributed: str
    pending: tuple[str, ...] = ()
    loss_cover: str = ""
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True)
class Standard:
    """One standard whole: the open accounts by code, in order, and the templates by rule code.

    An account is named by the standard and its code together: codes mean other things elsewhere.
    `accounts_for` gives codes by purpose (cash, bank …), `closed` what a profile does not open,
    with the reason in `blocked`; `selectable_for` the kinds of bodies that may choose it.
    """

    code: str
    title: str
    organisation_kinds: tuple[str, ...]
    based_on: str
    in_force_from: dt.date
    shape: CodeShape
    accounts: Mapping[str, Account]
    entries: Mapping[str, Entry] = field(default_factory=dict)
    closing: Closing | None = None
    accounts_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    closed: Mapping[str, Account] = field(default_factory=dict)
    selectable_for: tuple[str, ...] = ()
    in_force_until: dt.date | None = None
    provenance: tuple[Provenance, ...] = ()

    def first_level(self, code: str) -> str:
        """Return the head of a code: 513 of 5130102, 5602 of 560201."""
        return self.shape.first_level(code)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return the codes above a code, highest first, without itself."""
        return self.shape.ancestors(code)

    def lineage(self, code: str) -> tuple[str, ...]:
        """Return the codes above a code and the code itself: where its amounts are summed."""
        return self.shape.lineage(code)

    def codes_for(self, purpose: str) -> tuple[str, ...]:
        """Return the accounts of a purpose, highest level: `cash` gives 101, or 1001; may be ()."""
        return self.accounts_for.get(purpose, ())

    def rules_on(self, code: str) -> tuple[str, ...]:
        """Return the templates that book on this very account: they break when it gets details."""
        return tuple(
            entry.rule_code
            for entry in self.entries.values()
            if any(line.account == code for line in entry.lines)
        )

    def rule_for(self, event: str, kind: str = "") -> Entry | None:
        """Return the template of an event: the one that names the kind, else the general one."""
        general = None
        for entry in self.entries.values():
            if entry.event == event and kind and kind in entry.kinds:
                return entry
            if entry.event == event and not entry.kinds:
                general = entry
        return general
