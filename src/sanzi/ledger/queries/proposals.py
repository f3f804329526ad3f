"""What a county may change: charts with what was added or waits, and the policies of cash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sanzi.kernel import divisions
from sanzi.ledger import standards
from sanzi.ledger.models import CashPolicy, ChartAddition, Proposal
from sanzi.ledger.queries import charts
from sanzi.ledger.standards import Account
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division, Person


@dataclass(frozen=True)
class AdditionView:
    """An account of the county. `state` is waiting, approved or refused."""

    ext_id: str
    code: str
    name: str
    requires: tuple[str, ...]
    state: str
    made_by: str
    made_at: dt.datetime
    approved_by: str
    approved_at: dt.datetime | None
    refused_reason: str
    first_date: dt.date
    is_mine: bool


@dataclass(frozen=True)
class ChartPage:
    """The chart of a standard on a day, and what the county added, or wants to."""

    standard_code: str
    standard_title: str
    accounts: tuple[Account, ...]
    additions: tuple[AdditionView, ...]


@dataclass(frozen=True)
class PolicyView:
    """A cash policy of a place. Units: fen. `state` is waiting, approved or refused."""

    ext_id: str
    division_code: str
    place: str
    policy: str
    words: str
    limit_fen: int
    reason: str
    state: str
    made_by: str
    made_at: dt.datetime
    approved_by: str
    approved_at: dt.datetime | None
    refused_reason: str
    first_date: dt.date
    last_date: dt.date | None
    is_mine: bool


def chart_page(*, by: Actor, standard_code: str, on: dt.date, text: str = "") -> ChartPage:
    """Return the chart of a standard, only accounts whose code or name has the text.

    Raises: NotFound.
    """
    require_seen(by, standard_code)
    standard = charts.chart_of_standard(standard_code, on)
    rows = list(
        ChartAddition.objects.filter(standard_code=standard_code).order_by("-made_at", "-id")
    )
    people = names_of_people(rows)
    return ChartPage(
        standard_code=standard_code,
        standard_title=standard.title,
        accounts=tuple(
            account
            for code, account in sorted(standard.accounts.items())
            if not text or code.startswith(text) or text in account.name
        ),
        additions=tuple(_addition(row, people, by) for row in rows),
    )


def policies(*, by: Actor) -> list[PolicyView]:
    """Return the cash policies of the actor's scope and above it, newest first. NotFound."""
    require_seen(by, standards.codes()[0])
    rows = list(CashPolicy.objects.order_by("-made_at", "-id"))
    codes = scope.prefixes(by, "ledger.see")
    shown = [
        row
        for row in rows
        if any(
            row.division_code.startswith(code)
            or code.startswith(divisions.prefix(row.division_code))
            for code in codes
        )
    ]
    places = dict(
        Division.objects.filter(code__in={row.division_code for row in shown}).values_list(
            "code", "name"
        )
    )
    people = names_of_people(shown)
    return [_policy(row, places, people, by) for row in shown]


def require_seen(by: Actor, standard_code: str) -> None:
    """Refuse who sees no books, and a standard that is not there; raises NotFound."""
    if standard_code not in standards.codes() or not scope.prefixes(by, "ledger.see"):
        raise NotFound


def state_of(row: Proposal) -> str:
    """Return waiting, approved or refused."""
    if row.approved_at is not None:
        return "approved"
    return "refused" if row.refused_reason else "waiting"


def names_of_people(rows: Iterable[Proposal]) -> dict[int, str]:
    """Return the names of those who made and approved proposals."""
    wanted = {key for row in rows for key in (row.made_by_id, row.approved_by_id) if key}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _addition(row: ChartAddition, people: dict[int, str], by: Actor) -> AdditionView:
    return AdditionView(
        ext_id=row.ext_id,
        code=row.code,
        name=row.name,
        requires=tuple(row.requires),
        state=state_of(row),
        made_by=people.get(row.made_by_id, "未知"),
        made_at=row.made_at,
        approved_by=people.get(row.approved_by_id or 0, ""),
        approved_at=row.approved_at,
        refused_reason=row.refused_reason,
        first_date=row.valid_from_date,
        is_mine=row.made_by_id == by.person_id,
    )


def _policy(
    row: CashPolicy, places: dict[str, str], people: dict[int, str], by: Actor
) -> PolicyView:
    return PolicyView(
        ext_id=row.ext_id,
        division_code=row.division_code,
        place=places.get(row.division_code, row.division_code),
        policy=row.policy,
        words=charts.Cash(policy=row.policy, limit_fen=row.limit_fen).words,
        limit_fen=row.limit_fen,
        reason=row.reason,
        state=state_of(row),
        made_by=people.get(row.made_by_id, "未知"),
        made_at=row.made_at,
        approved_by=people.get(row.approved_by_id or 0, ""),
        approved_at=row.approved_at,
        refused_reason=row.refused_reason,
        first_date=row.valid_from_date,
        last_date=row.valid_until_date,
        is_mine=row.made_by_id == by.person_id,
    )
