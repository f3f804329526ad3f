"""Recurring plans: which there are, what each has booked, and what of a month is not run yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from sanzi.ledger import rules
from sanzi.ledger.models import Book, RecurringPlan, Voucher
from sanzi.ledger.queries import hindrances
from sanzi.ledger.queries.doors import access_book
from sanzi.ledger.queries.hindrances import Found, Hindrance
from sanzi.ledger.schedules import Schedule
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Person

SOURCE = "plan"


@dataclass(frozen=True)
class PlanView:
    """A plan as its page shows it. Units: fen. `state` is proposed, refused, running or ended."""

    ext_id: str
    org_ext_id: str
    kind: str
    kind_title: str
    title: str
    cost_fen: int
    salvage_fen: int
    months: int
    first_period: str
    last_period: str
    debit_account: str
    credit_account: str
    month_fen: int
    booked_fen: int
    booked_months: int
    maker: str
    made_by_id: int
    made_at: datetime
    approver: str
    refused_reason: str
    state: str


def plans(*, by: Actor, org_ext_id: str) -> list[PlanView]:
    """Return the plans of a book, newest first. Raises: NotFound."""
    book = access_book(by=by, org_ext_id=org_ext_id)
    rows = list(RecurringPlan.objects.filter(book=book).order_by("-made_at", "-pk"))
    people = {row.made_by_id for row in rows} | {row.approved_by_id for row in rows}
    names = dict(Person.objects.filter(pk__in=filter(None, people)).values_list("pk", "name"))
    booked = booked_periods(rows)
    return [_view(row, org_ext_id, names, booked.get(row.ext_id, set())) for row in rows]


def plan_view(ext_id: str) -> PlanView | None:
    """Return one plan for a room that has let its reader in already; None when there is none."""
    row = RecurringPlan.objects.select_related("book__organisation").filter(ext_id=ext_id).first()
    if row is None:
        return None
    people = [one for one in (row.made_by_id, row.approved_by_id) if one]
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    booked = booked_periods([row]).get(row.ext_id, set())
    return _view(row, row.book.organisation.ext_id, names, booked)


def _view(row: RecurringPlan, org_ext_id: str, names: dict[int, str], booked: set[str]) -> PlanView:
    schedule = schedule_of(row)
    periods = schedule.periods()
    return PlanView(
        ext_id=row.ext_id,
        org_ext_id=org_ext_id,
        kind=row.kind,
        kind_title=row.get_kind_display(),
        title=row.title,
        cost_fen=row.cost_fen,
        salvage_fen=row.salvage_fen,
        months=row.months,
        first_period=schedule.first_period,
        last_period=periods[-1] if periods else "",
        debit_account=row.debit_account,
        credit_account=row.credit_account,
        month_fen=schedule.amount_fen(schedule.first_period),
        booked_fen=sum(schedule.amount_fen(period) for period in booked),
        booked_months=len(booked),
        maker=names.get(row.made_by_id, "未知"),
        made_by_id=row.made_by_id,
        made_at=row.made_at,
        approver=names.get(row.approved_by_id or 0, ""),
        refused_reason=row.refused_reason,
        state=_state(row, booked=len(booked), months=len(periods)),
    )


def _state(row: RecurringPlan, *, booked: int, months: int) -> str:
    if row.refused_reason:
        return "refused"
    if row.approved_at is None:
        return "proposed"
    return "ended" if booked >= months else "running"


def schedule_of(row: RecurringPlan) -> Schedule:
    """Return the figures of a plan."""
    return Schedule(
        kind=row.kind,
        cost_fen=row.cost_fen,
        salvage_fen=row.salvage_fen,
        months=row.months,
        first_period=rules.period_of(row.valid_from_date),
        last_period=rules.period_of(row.valid_until_date) if row.valid_until_date else "",
    )


def active(books: Iterable[int], period: str) -> QuerySet[RecurringPlan]:
    """Return the approved plans that may book a month; their months are not counted here."""
    day = rules.last_day(period)
    return RecurringPlan.objects.filter(
        Q(valid_until_date__isnull=True) | Q(valid_until_date__gte=day.replace(day=1)),
        book__in=list(books),
        approved_at__isnull=False,
        valid_from_date__lte=day,
    ).order_by("pk")


def booked_periods(rows: Sequence[RecurringPlan]) -> dict[str, set[str]]:
    """Return the months that plans have booked, by the plan's ext id."""
    found: dict[str, set[str]] = {}
    sources = Voucher.objects.filter(
        book__in={row.book_id for row in rows}, source_kind=SOURCE
    ).values_list("source_id", flat=True)
    for source in sources:
        ext_id, _, period = source.rpartition(":")
        found.setdefault(ext_id, set()).add(period)
    return found


def worn_fen(ext_id: str) -> int:
    """Return what a plan has written off: months booked, and those before the book begins.

    Units: fen; 0 for a plan that is not there.
    """
    row = RecurringPlan.objects.select_related("book").filter(ext_id=ext_id).first()
    if row is None:
        return 0
    schedule, booked = schedule_of(row), booked_periods([row]).get(ext_id, set())
    return sum(
        schedule.amount_fen(period)
        for period in schedule.periods()
        if period in booked or period < row.book.first_period
    )


def source_of(ext_id: str, period: str) -> str:
    """Return the source id of what a plan books for a month."""
    return f"{ext_id}:{period}"


def due(books: Sequence[Book], period: str) -> list[RecurringPlan]:
    """Return the plans that book a month and have not yet done so."""
    rows = [
        row
        for row in active([book.pk for book in books], period)
        if schedule_of(row).amount_fen(period)
    ]
    wanted = [source_of(row.ext_id, period) for row in rows]
    done = set(
        Voucher.objects.filter(
            book__in=[book.pk for book in books], source_kind=SOURCE, source_id__in=wanted
        ).values_list("source_id", flat=True)
    )
    return [row for row in rows if source_of(row.ext_id, period) not in done]


def _not_run(books: Sequence[Book], period: str) -> Found:
    ids: dict[int, list[str]] = {}
    for row in due(books, period):
        ids.setdefault(row.book_id, []).append(row.ext_id)
    return {
        book_id: [Hindrance("定期分录还没记", len(few), "plan", hindrances.few(few))]
        for book_id, few in ids.items()
    }


def register() -> None:
    """Register the guard of plans that have not run."""
    hindrances.guard("ledger.6_plans", _not_run)
