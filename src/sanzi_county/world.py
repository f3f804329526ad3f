"""The things a history is told about: persons, payees, organisations, villages, towns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True, eq=False)
class Person:
    """One invented person; `account` is empty for those who are never paid.

    `family` is how many live in the household of a head.
    """

    person_id: str
    name: str
    id_no: str
    is_man: bool
    born: date
    place: str
    household_id: str | None = None
    phone: str | None = None
    account: str = ""
    is_member: bool = False
    status: str | None = None
    died: date | None = None
    family: int = 1

    def age(self, day: date) -> int:
        """Full years on that day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


@dataclass(frozen=True, slots=True)
class Firm:
    """A counterparty with its account."""

    counterparty_id: str
    kind: str
    name: str
    uscc: str
    account: str
    bank: str


@dataclass(slots=True, eq=False)
class Org:
    """An organisation; village bodies have an account and a book."""

    org_id: str
    code: str
    name: str
    kind: str
    level: str
    parent: str | None = None
    uscc: str | None = None
    account_id: str = ""
    account: str = ""
    bank: str = ""
    opening_fen: int = 0
    closing_fen: int = 0

    @property
    def book_id(self) -> str:
        """The organisation's one book."""
        return f"B-{self.org_id}"


@dataclass(slots=True, eq=False)
class Town:
    """A town with the staff of its offices by role."""

    code: str
    name: str
    key: str
    county: str
    agency: Org
    staff: dict[str, list[Person]]
    firms: dict[str, list[Firm]] = field(default_factory=dict)
    discipline: Org | None = None


@dataclass(slots=True, eq=False)
class Village:
    """A village: its bodies, officers by role, and the people money may go to."""

    code: str
    name: str
    key: str
    town: Town
    collective: Org
    committee: Org
    supervision: Org
    company: Org
    officers: dict[str, list[Person]]
    heads: list[Person] = field(default_factory=list)
    elders: list[Person] = field(default_factory=list)
    household_count: int = 0
    population: int = 0
    kin: dict[str, Person] = field(default_factory=dict)
    propertied: set[str] = field(default_factory=set)
    """Heads whom a list outside has with a car, a house or a firm."""

    @property
    def bookkeeping(self) -> tuple[Org, Org, Org]:
        """The bodies that keep a book."""
        return self.committee, self.collective, self.company

    def tells(self, place: int) -> bool:
        """Whether this village tells the story of a place: in every second town one village does.

        A county is mostly in order; what is odd stands out.
        """
        return int(self.key[2:]) == place and int(self.key[:2]) % 2 == 1

    def officer(self, role: str, place: int = 0) -> Person:
        """The holder of a village role."""
        return self.officers[role][place]
