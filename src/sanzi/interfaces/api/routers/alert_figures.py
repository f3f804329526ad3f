"""Alerts in figures, by matter, several together, and the false alarms that are remembered."""

from __future__ import annotations

from datetime import datetime, timedelta

from ninja import Field, Query, Router, Schema

from sanzi.interfaces.api.answers import READ, WRITE, BadRequest
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.routers.alert_steps import ConcludeIn, SaidIn
from sanzi.interfaces.api.routers.alerts import AlertRowOut
from sanzi.interfaces.api.shapes import Day, Empty, Ident, PlaceOrAny, Window
from sanzi.kernel import clock
from sanzi.supervision import matter_queries, silence_queries, statistics_queries
from sanzi.supervision.actions import alerts, silences
from sanzi.supervision.loop_rules import SilenceFor
from sanzi.supervision.statistics_queries import Line, Period

router = Router(auth=OFFICER)
YEAR = 365
DAYS_MAX = 3660


class SilenceOut(Schema):
    """A remembered false alarm."""

    ext_id: str
    alert: str
    model_number: str
    model_title: str
    sentence: str
    division_code: str
    scope: str
    scope_title: str
    reason: str
    made_at: datetime
    until_date: Day
    standing: str
    revoke_reason: str
    kept_silent_count: int
    last_silent_at: datetime | None


class NightOut(Schema):
    """What the newest nightly run said."""

    at: datetime
    finding_count: int
    opened_count: int
    kept_count: int
    vanished_count: int
    silenced_count: int
    error_count: int


class SilencesOut(Schema):
    """A part of the list, and the newest night."""

    items: list[SilenceOut]
    next_offset: int | None
    night: NightOut | None


class StatisticsWanted(Schema):
    """Alerts opened between two days; without them, of the last year."""

    first: Day | None = None
    last: Day | None = None
    division: PlaceOrAny = ""


class TallyOut(Schema):
    """Figures of one group. Rates are null under ten."""

    key: str
    title: str
    opened: int
    waiting: int
    late: int
    disposed: int
    in_time: int
    reopened: int
    conclusions: dict[str, int]
    came_due: int
    disposal_percent: int | None
    on_time_percent: int | None
    reopened_percent: int | None
    confirmed_percent: int | None
    false_percent: int | None
    median_days: int | None
    involved_fen: int
    money_back_fen: int
    money_stopped_fen: int


class StatisticsOut(Schema):
    """The figures of the loop."""

    first: Day
    last: Day
    whole: TallyOut
    categories: list[TallyOut]
    villages: list[TallyOut]
    models: list[TallyOut]
    months: list[TallyOut]


class TogetherIn(ConcludeIn):
    """Alerts about one matter that are the same thing."""

    ext_ids: list[Ident] = Field(max_length=100)


class TogetherOut(Schema):
    """How many were concluded."""

    count: int


@router.get("/alerts/silences", response={200: SilencesOut, **READ}, summary="记住的误报")
def list_silences(request: ApiRequest, wanted: Query[Window]) -> object:
    """List the remembered false alarms of this officer's scope, and what the last night said."""
    limit, offset = wanted.limit, wanted.offset
    rows = silence_queries.silences(by=request.auth, at=request.at, limit=limit + 1, offset=offset)
    return {
        "items": rows[:limit],
        "next_offset": offset + limit if len(rows) > limit else None,
        "night": silence_queries.last_night(),
    }


@router.post(
    "/alerts/silences/{ext_id}/revoke", response={200: Empty, **WRITE}, summary="撤回记住的误报"
)
def revoke(request: ApiRequest, ext_id: Ident, body: SaidIn) -> Empty:
    """Let the model speak again."""
    silences.revoke(ext_id=ext_id, reason=body.text, by=request.auth, at=request.at)
    return Empty()


@router.get("/alerts/statistics", response={200: StatisticsOut, **READ}, summary="预警统计")
def statistics(request: ApiRequest, wanted: Query[StatisticsWanted]) -> StatisticsOut:
    """Count the alerts opened between two days by category, village, model and month."""
    last = wanted.last or clock.local_date(request.at)
    first = wanted.first or last - timedelta(days=YEAR)
    if not timedelta(0) <= last - first <= timedelta(days=DAYS_MAX) or last.year > 2100:
        raise BadRequest(count=1, first="query.first 不能晚于 last，最多十年", fields=[])
    found = statistics_queries.statistics(
        by=request.auth, period=Period(first, last, wanted.division), at=request.at
    )
    return StatisticsOut(
        first=first,
        last=last,
        whole=_line(Line("", "全部", found.whole)),
        categories=[_line(one) for one in found.categories],
        villages=[_line(one) for one in found.villages],
        models=[_line(one) for one in found.models],
        months=[_line(one) for one in found.months],
    )


def _line(one: Line) -> TallyOut:
    tally = one.tally
    return TallyOut(
        key=one.key,
        title=one.title,
        opened=tally.opened,
        waiting=tally.waiting,
        late=tally.late,
        disposed=tally.disposed,
        in_time=tally.in_time,
        reopened=tally.reopened,
        conclusions=dict(tally.conclusions),
        came_due=tally.came_due,
        disposal_percent=tally.disposal_percent,
        on_time_percent=tally.on_time_percent,
        reopened_percent=tally.reopened_percent,
        confirmed_percent=tally.confirmed_percent,
        false_percent=tally.false_percent,
        median_days=tally.median_days,
        involved_fen=tally.involved_fen,
        money_back_fen=tally.money_back_fen,
        money_stopped_fen=tally.money_stopped_fen,
    )


@router.post("/alerts/together", response={200: TogetherOut, **WRITE}, summary="几条一起定结论")
def together(request: ApiRequest, body: TogetherIn) -> TogetherOut:
    """Say of several alerts about one matter what they were: all of them or none."""
    count = alerts.conclude_together(
        ext_ids=body.ext_ids,
        conclusion=body.conclusion,
        text=body.text,
        silence=SilenceFor(body.scope, body.until_date) if body.until_date else None,
        by=request.auth,
        at=request.at,
    )
    return TogetherOut(count=count)


@router.get(
    "/alerts/{ext_id}/matter", response={200: list[AlertRowOut], **READ}, summary="同一件事的预警"
)
def matter(request: ApiRequest, ext_id: Ident) -> object:
    """List all alerts about the matter of one alert."""
    return list(matter_queries.matter(by=request.auth, ext_id=ext_id).rows)
