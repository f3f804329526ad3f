"""Recurring plans: one person draws one up, another approves it, each month is booked by itself.

Running twice books once: a voucher's source is the plan and the month.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids
from sanzi.kernel.refusals import Refusal
from sanzi.ledger import queries, rules, schedules
from sanzi.ledger.actions import posting
from sanzi.ledger.actions.posting import PostedVoucher
from sanzi.ledger.errors import BeforeFirstPeriod, PeriodClosed, ReasonMissing
from sanzi.ledger.models import Book, Origin, Period, RecurringPlan
from sanzi.ledger.period_errors import (
    BadPlan,
    NominalAsset,
    PlanAccount,
    PlanDecided,
    PlanMakerApproves,
    PlanNotRunning,
)
from sanzi.ledger.queries import charts, doors
from sanzi.ledger.queries import plans as found
from sanzi.ledger.rules import Draft, Line, Names
from sanzi.ledger.schedules import OTHER, Schedule
from sanzi.orgs import scope
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person

logger = logging.getLogger(__name__)
TITLE_MAX, REASON_MAX = 60, 200


@dataclass(frozen=True)
class PlanFields:
    """What a plan says. Units: fen; for OTHER `cost_fen` is the amount of a month.

    `added_date`: the day the thing came into use. `use` takes the debit account of the standard;
    else `debit` names it. The lines carry no amount, only account and auxiliary.
    """

    kind: str
    title: str
    cost_fen: int
    months: int
    added_date: dt.date
    credit: Line
    debit: Line | None = None
    use: str = ""
    salvage_fen: int = 0


def propose_plan(*, org_ext_id: str, fields: PlanFields, by: Actor, at: dt.datetime) -> str:
    """Draw up a plan; returns its id. It books nothing before another approves it.

    Raises: NotFound, BadPlan, NominalAsset, PlanAccount, BeforeFirstPeriod, PeriodClosed, what
    `rules.check` raises. Nothing is written when raised.
    """
    book = queries.access_book(by=by, org_ext_id=org_ext_id, permission="ledger.correct")
    if by.person_id is None:
        raise NotFound
    schedule = _schedule(fields)
    _require_sound(fields, schedule)
    debit = _debit(book, fields)
    _require_accounts(book, fields, debit)
    draft = _draft(fields.title, debit, fields.credit, schedule, schedule.first_period)
    rules.check(draft, charts.chart_of(book, draft.date))
    with transaction.atomic():
        _require_month(book, schedule.first_period)
        plan = RecurringPlan.objects.create(
            ext_id=ids.new_id("RP", at),
            book=book,
            made_by_id=by.person_id,
            made_at=at,
            valid_from_date=dt.date.fromisoformat(f"{schedule.first_period}-01"),
            kind=fields.kind,
            title=fields.title.strip()[:TITLE_MAX],
            cost_fen=fields.cost_fen,
            salvage_fen=fields.salvage_fen,
            months=fields.months,
            debit_account=debit.account_code,
            debit_aux_kind=debit.aux_kind,
            debit_aux_id=debit.aux_id,
            credit_account=fields.credit.account_code,
            credit_aux_kind=fields.credit.aux_kind,
            credit_aux_id=fields.credit.aux_id,
        )
        _tell(plan, "proposed", by, at, {"title": plan.title, "cost_fen": plan.cost_fen})
    return plan.ext_id


def approve_plan(*, ext_id: str, by: Actor, at: dt.datetime) -> None:
    """Approve a plan that another drew up.

    Raises: NotFound, PlanMakerApproves, PlanDecided, PeriodClosed. Nothing is written then.
    """
    with transaction.atomic():
        plan = _locked(ext_id, by)
        _require_decidable(plan, by)
        _require_month(plan.book, rules.period_of(plan.valid_from_date))
        plan.approved_by_id, plan.approved_at = by.person_id, at
        plan.save(update_fields=["approved_by_id", "approved_at"])
        _tell(plan, "approved", by, at, {"title": plan.title})


def refuse_plan(*, ext_id: str, reason: str, by: Actor, at: dt.datetime) -> None:
    """Refuse a plan with the reason.

    Raises: NotFound, PlanMakerApproves, PlanDecided, ReasonMissing. Nothing is written then.
    """
    with transaction.atomic():
        plan = _locked(ext_id, by)
        _require_decidable(plan, by)
        if not reason.strip():
            raise ReasonMissing
        plan.refused_reason = reason.strip()[:REASON_MAX]
        plan.save(update_fields=["refused_reason"])
        _tell(plan, "refused", by, at, {"reason": plan.refused_reason})


def stop_plan(*, ext_id: str, last_period: str, reason: str, by: Actor, at: dt.datetime) -> None:
    """Stop a plan after a month, which it still books: the thing is sold, scrapped or given back.

    Raises: NotFound, ReasonMissing, PlanNotRunning. Nothing is written when raised.
    """
    doors.require_period(last_period)
    with transaction.atomic():
        plan = _locked(ext_id, by)
        if not reason.strip():
            raise ReasonMissing
        booked = found.booked_periods([plan]).get(plan.ext_id, set())
        first = rules.period_of(plan.valid_from_date)
        is_running = plan.approved_at is not None and plan.valid_until_date is None
        if not is_running or last_period < max({rules.shift(first, -1), *booked}):
            raise PlanNotRunning(title=plan.title, period=last_period)
        plan.valid_until_date = rules.last_day(last_period)
        plan.save(update_fields=["valid_until_date"])
        after: dict[str, object] = {
            "last_period": last_period,
            "reason": reason.strip()[:REASON_MAX],
        }
        _tell(plan, "stopped", by, at, after)


def run_plans(*, org_ext_id: str, period: str, by: Actor, at: dt.datetime) -> list[PostedVoucher]:
    """Book what the plans of a book book in a month and have not yet; one voucher each.

    Raises: NotFound, PeriodClosed, what `rules.check` raises. All or nothing.
    """
    book = queries.access_book(by=by, org_ext_id=org_ext_id, permission="ledger.close")
    doors.require_period(period)
    with transaction.atomic():
        return book_due(book, period, by=by, at=at)


def book_due(book: Book, period: str, *, by: Actor, at: dt.datetime) -> list[PostedVoucher]:
    """Book a month's plans in the caller's transaction."""
    rows = found.due([book], period)
    if not rows:
        return []
    known = charts.read(book)
    people = {row.made_by_id for row in rows} | {row.approved_by_id for row in rows}
    names = dict(Person.objects.filter(pk__in=filter(None, people)).values_list("pk", "name"))
    drafts = [_due_draft(row, period, names, by) for row in rows]
    for draft in drafts:
        rules.check(draft, known.on(draft.date))
    return posting.append(book, drafts, by=by, at=at)


def work(at: dt.datetime) -> int:
    """Book the plans of all months that are over and open: a duty of the worker, safe to repeat.

    A book that refuses is logged and does not stop the others.
    """
    last = rules.shift(rules.period_of(clock.local_date(at) + dt.timedelta(days=1)), -1)
    rows = RecurringPlan.objects.filter(approved_at__isnull=False).select_related(
        "book__organisation"
    )
    months: dict[tuple[str, str], Book] = {}
    booked = found.booked_periods(list(rows))
    for row in rows:
        done = booked.get(row.ext_id, set())
        for period in found.schedule_of(row).periods():
            if period <= last and period not in done:
                months[period, row.book.organisation.ext_id] = row.book
    closed = set(
        Period.objects.filter(
            book__in={book.pk for book in months.values()}, closed_at__isnull=False
        ).values_list("book_id", "period")
    )
    count = 0
    for (period, org_ext_id), book in sorted(months.items(), key=lambda each: each[0]):
        if (book.pk, period) not in closed:
            count += _try(org_ext_id, period, at)
    return count


def _try(org_ext_id: str, period: str, at: dt.datetime) -> int:
    try:
        return len(run_plans(org_ext_id=org_ext_id, period=period, by=SYSTEM, at=at))
    except Refusal as refusal:
        logger.warning("plans of %s for %s: %s", org_ext_id, period, refusal.text)
        return 0


def _schedule(fields: PlanFields) -> Schedule:
    first = schedules.first_month(fields.kind, fields.added_date)
    return Schedule(fields.kind, fields.cost_fen, fields.salvage_fen, fields.months, first)


def _require_sound(fields: PlanFields, schedule: Schedule) -> None:
    if fields.kind not in RecurringPlan.Kind.values:
        raise BadPlan(why=f"没有“{fields.kind}”这种定期分录")
    if not fields.title.strip():
        raise BadPlan(why="没有写名称")
    if not 0 < fields.months <= schedules.MONTHS_MAX:
        raise BadPlan(why=f"月数要在1到{schedules.MONTHS_MAX}之间")
    if fields.kind != OTHER and 0 < fields.cost_fen <= schedules.NOMINAL_FEN:
        raise NominalAsset(title=fields.title.strip())
    is_other = fields.kind == OTHER
    if fields.salvage_fen < 0 or (is_other and fields.salvage_fen):
        raise BadPlan(why="残值不对")
    if schedule.amount_fen(schedule.first_period) <= 0:
        raise BadPlan(why="每个月摊不到一分钱")


def _debit(book: Book, fields: PlanFields) -> Line:
    if fields.debit is not None:
        return fields.debit
    known = schedules.accounts_of(book.standard_code, fields.kind)
    uses = {one.use: one.account for one in known.uses} if known else {}
    if fields.use not in uses:
        raise BadPlan(why="没有写明用途或费用科目")
    return Line(uses[fields.use])


def _require_accounts(book: Book, fields: PlanFields, debit: Line) -> None:
    """Hold the accounts of depreciation and amortisation against what the standard says."""
    known = schedules.accounts_of(book.standard_code, fields.kind)
    if known is None:
        return
    if not fields.credit.account_code.startswith(known.credit):
        raise PlanAccount(account_code=fields.credit.account_code, allowed="、".join(known.credit))
    account = charts.shown_chart(book).accounts.get(debit.account_code)
    if account is not None and account.account_class not in ("expense", "cost"):
        raise PlanAccount(
            account_code=debit.account_code,
            allowed="、".join(f"{one.account}{one.title}" for one in known.uses),
        )


def _require_month(book: Book, period: str) -> None:
    """Refuse a plan that would begin before the book, or in a month that is closed."""
    if period < book.first_period:
        raise BeforeFirstPeriod(first_period=book.first_period, period=period)
    if posting.lock_periods(book, [period])[period] is not None:
        raise PeriodClosed(period=period)


def _due_draft(row: RecurringPlan, period: str, names: dict[int, str], by: Actor) -> Draft:
    debit = Line(row.debit_account, aux_kind=row.debit_aux_kind, aux_id=row.debit_aux_id)
    credit = Line(row.credit_account, aux_kind=row.credit_aux_kind, aux_id=row.credit_aux_id)
    return _draft(
        row.title,
        debit,
        credit,
        found.schedule_of(row),
        period,
        source_id=found.source_of(row.ext_id, period),
        names=Names(
            maker=names.get(row.made_by_id, "未知"),
            reviewer=names.get(row.approved_by_id or 0, "未知"),
            posted_by=by.name,
        ),
    )


def _draft(
    title: str,
    debit: Line,
    credit: Line,
    schedule: Schedule,
    period: str,
    *,
    source_id: str = "",
    names: Names = Names("", "", ""),  # noqa: B008 - frozen
) -> Draft:
    amount = schedule.amount_fen(period)
    summary = f"{title.strip()}（{period}）"[: rules.SUMMARY_MAX]
    return Draft(
        date=rules.last_day(period),
        summary=summary,
        lines=(
            Line(
                debit.account_code,
                debit_fen=amount,
                summary=summary,
                aux_kind=debit.aux_kind,
                aux_id=debit.aux_id,
            ),
            Line(
                credit.account_code,
                credit_fen=amount,
                summary=summary,
                aux_kind=credit.aux_kind,
                aux_id=credit.aux_id,
            ),
        ),
        source_kind=found.SOURCE,
        source_id=source_id,
        names=names,
        origin=Origin.PERIODIC.value,
    )


def _locked(ext_id: str, by: Actor) -> RecurringPlan:
    """Return a plan under lock: its first month before it, as everywhere."""
    plan = RecurringPlan.objects.select_related("book__organisation").filter(ext_id=ext_id).first()
    if plan is None:
        raise NotFound
    scope.require(by, "ledger.review", plan.book.organisation.division_id)
    posting.lock_periods(plan.book, [rules.period_of(plan.valid_from_date)])
    return (
        RecurringPlan.objects.select_related("book__organisation")
        .select_for_update(of=("self",))
        .get(pk=plan.pk)
    )


def _require_decidable(plan: RecurringPlan, by: Actor) -> None:
    if by.person_id is None or by.person_id == plan.made_by_id:
        raise PlanMakerApproves
    if plan.approved_at is not None or plan.refused_reason:
        raise PlanDecided(title=plan.title)


def _tell(
    plan: RecurringPlan, what: str, by: Actor, at: dt.datetime, after: dict[str, object]
) -> None:
    audit.write(
        chain=plan.book.organisation.ext_id,
        kind=f"ledger.plan.{what}",
        by=by,
        at=at,
        subject=("plan", plan.ext_id),
        after=after,
    )
