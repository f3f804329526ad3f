"""What every maker of a periodic sheet needs: what was asked, what was made, cells in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sanzi.disclosure import rules
from sanzi.kernel import clock, masking, money
from sanzi.orgs.models import Counterparty, Person

YUAN: Final = money.format_yuan


@dataclass(frozen=True)
class Asked:
    """A village and a period: its last month, its bounds in UTC."""

    village: str
    period: str
    start: datetime
    end: datetime

    @property
    def last_day(self) -> date:
        """The last local day of the period."""
        return clock.local_date(self.end) - timedelta(days=1)


@dataclass(frozen=True)
class Made:
    """What is to be published. Units: fen."""

    facts: Sequence[Sequence[str]] = ()
    tables: Sequence[dict[str, Any]] = field(default_factory=tuple)
    total_fen: int | None = None


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return a table as publications keep it."""
    return {"title": title, "columns": list(columns), "rows": [list(row) for row in rows]}


def tables(*found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return those tables that have rows."""
    return [one for one in found if one["rows"]]


def day(at: datetime | None) -> str:
    """Return the local day of an instant, empty for none."""
    return f"{clock.local_date(at):%Y-%m-%d}" if at else ""


def party(firm: Counterparty | None, person: Person | None) -> str:
    """Return with whom: a firm by its name, a person masked."""
    if firm is not None:
        return rules.payee_shown(firm.kind, firm.name)
    return masking.name(person.name) if person is not None else ""
