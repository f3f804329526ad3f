"""What happens to a village's money: spendings and incomes, before they become rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sanzi_county.bodies import RURAL
from sanzi_county.world import Firm, Org, Person

YUAN: Final = 100
TIERS: Final = (("T0", 10_000 * YUAN), ("T1", 50_000 * YUAN), ("T2", 200_000 * YUAN))


@dataclass(frozen=True, slots=True)
class Source:
    """The matter a spending comes from; `series` marks a contract paid in instalments."""

    source_id: str | None
    kind: str | None
    series: bool = False
    decision_id: str | None = None


NO_SOURCE: Final = Source(None, "other")


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid: a person or a firm."""

    person_id: str | None
    counterparty_id: str | None
    name: str
    account: str
    bank: str
    household_id: str | None = None
    org_id: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A planted wrong, or a look-alike that no model may hit."""

    model_code: str
    why: str
    is_wrong: bool = True


@dataclass(frozen=True, slots=True)
class Planted:
    """A telling of a scheme (`turn` 0) or of what looks like it: who carries it is on the sheet."""

    scheme: str
    turn: int
    village_id: str
    why: str

    def row(self, table: str, row_id: str, acted: datetime) -> dict[str, object]:
        """The line of the answer sheet for a row."""
        return {
            "scheme": self.scheme,
            "turn": self.turn,
            "is_wrong": self.turn == 0,
            "village_id": self.village_id,
            "table": table,
            "row_id": row_id,
            "acted_at": acted,
            "why": self.why,
        }


@dataclass(slots=True)
class Spend:
    """One case of payment, with one line or many; `also` are models that find what is wrong too.

    `number` is that of its case, where another row names it.
    """

    day: date
    org: Org
    subject: str
    purpose: str
    source: Source
    lines: list[tuple[Payee, int]]
    seller: Firm | None = None
    method: str = "transfer"
    invoice_no: str | None = None
    invoice_date: date | None = None
    chain: dict[str, Person] = field(default_factory=dict)
    handler: Person | None = None
    has_budget: bool = True
    is_withdrawn: bool = False
    marks: list[Mark] = field(default_factory=list)
    plants: list[Planted] = field(default_factory=list)
    proof: Mapping[str, object] = field(default_factory=dict)
    marked_line: int = 1
    also: tuple[str, ...] = ()
    arrival: Income | None = None
    booked: dict[str, int] | None = None
    red_on: date | None = None
    number: str = ""

    @property
    def total_fen(self) -> int:
        """Sum of the lines."""
        return sum(amount for _, amount in self.lines)

    @property
    def tier(self) -> str:
        """The tier of the sum."""
        return next((name for name, limit in TIERS if self.total_fen < limit), "T3")


@dataclass(slots=True)
class Income:
    """One receipt."""

    day: date
    org: Org
    kind: str
    subject: str
    payer: str
    amount_fen: int
    firm: Firm | None = None
    source: Source | None = None
    channel: str = "direct"
    tax_fen: int = 0
    peer: Org | None = None


@dataclass(frozen=True, slots=True)
class Stray:
    """A bank line that no book knows: money in is positive. `cause` is what a statement says."""

    day: date
    org: Org
    signed_fen: int
    peer: str
    memo: str
    channel: str
    cause: str


@dataclass(frozen=True, slots=True)
class Booking:
    """One line of an entry without money: its auxiliary is a column of `ledger_line`, or none."""

    subject: str
    debit_fen: int = 0
    credit_fen: int = 0
    aux: tuple[str, str] | None = None


@dataclass(slots=True)
class Entry:
    """A voucher that moves no money: a cost spread over months, an accrual, a closing."""

    day: date
    org: Org
    summary: str
    lines: list[Booking]
    origin: str = "manual"
    source_kind: str = "manual"
    source_id: str | None = None
    hour: int = 16


def entry(
    day: date, org: Org, summary: str, debit: Mapping[str, int], credit: Mapping[str, int]
) -> Entry:
    """An entry of amounts by account; what is zero is left out."""
    lines = [Booking(code, debit_fen=fen) for code, fen in debit.items() if fen]
    lines += [Booking(code, credit_fen=fen) for code, fen in credit.items() if fen]
    return Entry(day, org, summary, lines)


def to_person(person: Person) -> Payee:
    """A person as payee, with his own account."""
    return Payee(person.person_id, None, person.name, person.account, RURAL, person.household_id)


def to_org(org: Org) -> Payee:
    """Another body of the village as payee."""
    return Payee(None, None, org.name, org.account, org.bank, org_id=org.org_id)


def to_firm(firm: Firm) -> Payee:
    """A firm as payee, with its account."""
    return Payee(None, firm.counterparty_id, firm.name, firm.account, firm.bank)
