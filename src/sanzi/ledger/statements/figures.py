"""What the accounts of one book stood at and moved, in the months of one column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sanzi.ledger.statements import windows
from sanzi.ledger.statements.windows import Window

YEARS_AGED = 3
"""Balances are told apart by year up to this age; what is older stands together."""

Key = tuple[str, str, str]
"""An account with the kind and id of an auxiliary, '' where they were not asked for."""


class Moved(Protocol):
    """A sum over lines, as `queries.totals.Movement` is."""

    @property
    def account_code(self) -> str: ...  # noqa: D102 - as in totals.Movement
    @property
    def aux_kind(self) -> str: ...  # noqa: D102
    @property
    def aux_id(self) -> str: ...  # noqa: D102
    @property
    def period(self) -> str: ...  # noqa: D102
    @property
    def is_closing(self) -> bool: ...  # noqa: D102
    @property
    def debit_fen(self) -> int: ...  # noqa: D102
    @property
    def credit_fen(self) -> int: ...  # noqa: D102


@dataclass
class Sums:
    """One account in one column; balances debit positive. `earned` leaves closing out."""

    begin_fen: int = 0
    debit_fen: int = 0
    credit_fen: int = 0
    earned_fen: int = 0

    @property
    def end_fen(self) -> int:
        """What it stands at when the column ends."""
        return self.begin_fen + self.debit_fen - self.credit_fen


@dataclass(frozen=True)
class Figures:
    """All accounts of one book in one column.

    `accounts` holds every account under its own code and all codes above it. `details` holds
    accounts with their auxiliaries where those were read. `beside` holds, by the accounts on
    this side, the sums of the accounts on the other side, lowest accounts only. `debits` holds
    what each of the details was debited in the last twelve months, the twelve before, and so on;
    what is older comes last.
    """

    accounts: Mapping[str, Sums]
    details: Mapping[Key, Sums] = field(default_factory=dict)
    beside: Mapping[tuple[str, ...], Mapping[str, Sums]] = field(default_factory=dict)
    debits: Mapping[Key, Sequence[int]] = field(default_factory=dict)

    def aged(self, key: Key, age: int) -> int:
        """Return how much of a debit balance stands in that year: what came last is left last."""
        rest = max(self.details[key].end_fen, 0)
        for year, debit in enumerate(self.debits.get(key, ())[:YEARS_AGED], 1):
            own = min(rest, max(debit, 0))
            if year == age:
                return own
            rest -= own
        return rest if age > YEARS_AGED else 0

    def sums(self, code: str) -> Sums:
        """Return an account; zero when it never moved."""
        return self.accounts.get(code) or Sums()


@dataclass(frozen=True)
class Raw:
    """What was read of one book: openings by key, movements to the end of the last column.

    `opened`: the month before the book began, '' when it is not known; from it openings age.
    """

    openings: Sequence[tuple[Key, int]] = ()
    movements: Sequence[Moved] = ()
    detailed: Sequence[Moved] = ()
    beside: Mapping[tuple[str, ...], Sequence[Moved]] = field(default_factory=dict)
    opened: str = ""


def age_cuts(last: str) -> list[str]:
    """Return the months from which debits are one, two and three years old at a month's end."""
    return [windows.before(last, 12 * year - 1) for year in range(YEARS_AGED, 0, -1)]


def build(raw: Raw, window: Window) -> Figures:
    """Return the figures of one column."""
    plain = _by_key(raw.movements, window)
    for key, fen in raw.openings:
        plain.setdefault((key[0], "", ""), Sums()).begin_fen += fen
    details: dict[Key, Sums] = {}
    if raw.detailed:
        details = _by_key(raw.detailed, window)
    for key, fen in raw.openings:
        details.setdefault(key, Sums()).begin_fen += fen
    return Figures(
        accounts=rolled_up((key[0], sums) for key, sums in plain.items()),
        details=details,
        beside={
            prefixes: {key[0]: sums for key, sums in _by_key(rows, window).items()}
            for prefixes, rows in raw.beside.items()
        },
        debits=_debits(raw, window.last),
    )


def rolled_up(each: Iterable[tuple[str, Sums]]) -> dict[str, Sums]:
    """Return sums by every beginning of a code."""
    found: dict[str, Sums] = {}
    for code, sums in each:
        for end in range(1, len(code) + 1):
            kept = found.setdefault(code[:end], Sums())
            kept.begin_fen += sums.begin_fen
            kept.debit_fen += sums.debit_fen
            kept.credit_fen += sums.credit_fen
            kept.earned_fen += sums.earned_fen
    return found


def _debits(raw: Raw, last: str) -> dict[Key, list[int]]:
    cuts = age_cuts(last)[::-1]

    def year(period: str) -> int:
        return next((at for at, cut in enumerate(cuts) if period >= cut), YEARS_AGED)

    found: dict[Key, list[int]] = {}
    for row in raw.detailed:
        if row.period <= last:
            key = (row.account_code, row.aux_kind, row.aux_id)
            sums = found.setdefault(key, [0] * (YEARS_AGED + 1))
            sums[year(row.period)] += row.debit_fen
    for key, fen in raw.openings:
        found.setdefault(key, [0] * (YEARS_AGED + 1))[year(raw.opened)] += max(fen, 0)
    return found


def _by_key(rows: Iterable[Moved], window: Window) -> dict[Key, Sums]:
    found: dict[Key, Sums] = {}
    for row in rows:
        if row.period > window.last:
            continue
        sums = found.setdefault((row.account_code, row.aux_kind, row.aux_id), Sums())
        if row.period < window.first:
            sums.begin_fen += row.debit_fen - row.credit_fen
            continue
        sums.debit_fen += row.debit_fen
        sums.credit_fen += row.credit_fen
        if not row.is_closing:
            sums.earned_fen += row.credit_fen - row.debit_fen
    return found
