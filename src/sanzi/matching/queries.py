"""Reads of pairs for the county's discipline office, and of how far the runs are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Prefetch, QuerySet

from sanzi.matching import gathering
from sanzi.matching.models import Fault, Pair, PairRow, Run, RunState
from sanzi.orgs import people_queries, scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

SEE: Final = "matching.see"


@dataclass(frozen=True)
class RowSeen:
    """A row of ours behind a pair."""

    kind: str
    row_id: str
    division_code: str
    person: str


@dataclass(frozen=True)
class PairSeen:
    """A pair as its county may see it: its own rows, and the other county's name."""

    key: str
    pair_id: str
    purpose: str
    title: str
    period: str
    other_name: str
    matched_at: datetime
    rows: tuple[RowSeen, ...]


@dataclass(frozen=True)
class RunSeen:
    """How far a purpose and period is with one other county, or why it stands."""

    purpose: str
    title: str
    basis: str
    period: str
    other_name: str
    state: str
    values: int
    pairs: int
    last_day: date | None
    at: datetime | None
    fault: str


def require(by: Actor) -> None:
    """Refuse whoever has no post that sees pairs: the county's discipline. Raises: NotFound."""
    if not scope.prefixes(by, SEE):
        raise NotFound


def pairs(*, by: Actor, purpose: str = "") -> QuerySet[Pair]:
    """Return the pairs with a row in the actor's scope, newest first. Raises: NotFound."""
    require(by)
    seen = PairRow.objects.filter(scope.within(by, SEE, "division_code")).order_by("pk")
    found = Pair.objects.filter(rows__in=seen).distinct()
    if purpose:
        found = found.filter(run__purpose=purpose)
    return (
        found.select_related("run")
        .prefetch_related(Prefetch("rows", queryset=seen))
        .order_by("-run__matched_at", "pair_id")
    )


def access_pair(*, by: Actor, key: str) -> Pair:
    """Return a pair with a row in the actor's scope by its key. Raises: NotFound."""
    purpose, _, rest = key.partition("/")
    period, _, pair_id = rest.partition("/")
    found = pairs(by=by, purpose=purpose).filter(run__period=period, pair_id=pair_id).first()
    if not purpose or found is None:
        raise NotFound
    return found


def locked_pair(*, by: Actor, key: str) -> Pair:
    """Return the same, locked until the end of the transaction. Raises: NotFound."""
    found = access_pair(by=by, key=key)
    Pair.objects.select_for_update().get(pk=found.pk)
    return found


def key_of(found: Pair) -> str:
    """Return the key of a pair: purpose, period and its number, which both counties know."""
    return f"{found.run.purpose}/{found.run.period}/{found.pair_id}"


def seen_all(found: Iterable[Pair]) -> list[PairSeen]:
    """Return pairs for a page: with the names of our own people behind them."""
    rows = list(found)
    wanted = {row.person_ext_id for one in rows for row in one.rows.all() if row.person_ext_id}
    names = people_queries.names_of(sorted(wanted))
    return [_seen(one, names) for one in rows]


def _seen(found: Pair, names: Mapping[str, str]) -> PairSeen:
    known = gathering.purposes().get(found.run.purpose)
    assert found.run.matched_at is not None  # noqa: S101 - a pair is of a run that is matched
    return PairSeen(
        key_of(found),
        found.pair_id,
        found.run.purpose,
        known.title if known else found.run.purpose,
        found.run.period,
        found.run.other_name,
        found.run.matched_at,
        tuple(
            RowSeen(one.row_kind, one.row_id, one.division_code, names.get(one.person_ext_id, ""))
            for one in found.rows.all()
        ),
    )


def runs(*, by: Actor) -> list[RunSeen]:
    """Return all runs, newest period first, and what stands still. Raises: NotFound."""
    require(by)
    return all_runs()


def all_runs() -> list[RunSeen]:
    """Return all runs for an operator at the machine."""
    known = gathering.purposes()
    faults = {(one.purpose, one.period): one for one in Fault.objects.order_by("pk")}
    found = []
    for one in Run.objects.select_related("sending").order_by("-period", "purpose", "other_code"):
        purpose = known.get(one.purpose)
        fault = faults.pop((one.purpose, one.period), None)
        found.append(
            RunSeen(
                one.purpose, purpose.title if purpose else one.purpose,
                purpose.basis if purpose else "", one.period, one.other_name,
                str(RunState(one.state).label), one.sending.count, one.pair_count,
                purpose.window(one.period)[1] if purpose else None,
                one.matched_at or one.sent_at,
                fault.sentence if fault and one.state != RunState.MATCHED else "",
            )
        )  # fmt: skip
    for (code, period), fault in sorted(faults.items()):
        purpose = known.get(code)
        found.append(
            RunSeen(
                code, purpose.title if purpose else code, purpose.basis if purpose else "", period,
                "", "没有送成", 0, 0, purpose.window(period)[1] if purpose else None, fault.at,
                fault.sentence,
            )
        )  # fmt: skip
    return found
