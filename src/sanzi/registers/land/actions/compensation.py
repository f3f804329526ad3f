"""Land that is taken: notice, roster, plan, money, and what becomes of the collective's share.

Each step is a step of the power M23; the count on the spot is in `surveys`. Source: LAW-LAND
47-49; REG-LAND 26-32; LAW-REC 26, 28.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from sanzi.kernel import clock, ids, money
from sanzi.matters.actions import needs, sources
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.payments.queries import payees
from sanzi.registers.land import queries, rules
from sanzi.registers.land.actions import keeping
from sanzi.registers.land.errors import (
    FundDiffers,
    LandWrong,
    NotPayable,
    Overpaid,
    ShownTooShort,
    WrongPayee,
)
from sanzi.registers.land.models import LandTaking, OwnerKind, Step

MATTER = "M23"
KEPT, NO_SHARE = "keep", "none"
AFTER_MONEY = (Step.FUNDED, Step.CLOSED)


@dataclass(frozen=True)
class Notice:
    """The notice that land will be taken."""

    project_name: str
    notice_no: str
    start_date: date
    end_date: date


def check(*, notice: Notice) -> None:
    """Refuse a notice that hangs too short. Source: LAW-LAND 47. Raises: ShownTooShort."""
    least = rules.figures(notice.start_date).notice_workdays
    calendar, day, count = orgs.calendar(), notice.start_date, 0
    while day < notice.end_date:
        day += timedelta(days=1)
        count += calendar.is_workday(day)
    if count < least:
        raise ShownTooShort(
            what="预公告（按工作日算）", days=count, least=least, field="notice_end"
        )


@transaction.atomic
def open_taking(
    *, notice: Notice, organisation: str, case_number: str, by: Actor, at: datetime
) -> str:
    """Enter a project for which land is taken. Raises: NotFound, what `check` raises."""
    body = keeping.body_of(organisation)
    check(notice=notice)
    said = {
        "project_name": notice.project_name.strip()[:120], "notice_no": notice.notice_no[:60],
        "notice_start_date": notice.start_date, "notice_end_date": notice.end_date,
        "submitted_at": at,
    }  # fmt: skip
    made, _ = LandTaking.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("ZD", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    keeping.tell(made, "opened", by, at, {"project": made.project_name})
    return made.ext_id


@transaction.atomic
def show_roster(*, case_number: str, shown: rules.Shown, by: Actor, at: datetime) -> None:
    """Note that the roster was shown its days. Raises: NotFound, NotNow, ShownTooShort."""
    found = keeping.locked(LandTaking, case_number, (Step.SURVEYED, Step.SHOWN), "公示名册")
    least = rules.figures(clock.local_date(at)).roster_days
    keeping.require_shown(shown, least=least, what="补偿名册", at=at)
    last = found.surveys.order_by("-surveyed_at").first()
    if last is None or shown.start_date < clock.local_date(last.surveyed_at):
        raise LandWrong(what="公示开始日", why="早于最后一次清点", field="publicity_start")
    found.roster_start_date, found.roster_end_date = shown.start_date, shown.end_date
    found.objection, found.status = shown.objection[:200], Step.SHOWN
    found.save(update_fields=["roster_start_date", "roster_end_date", "objection", "status"])
    keeping.tell(found, "shown", by, at, {"until": str(shown.end_date)})


@transaction.atomic
def show_plan(*, case_number: str, shown: rules.Shown, by: Actor, at: datetime) -> None:
    """Note that the plan of compensation was announced. Raises: NotFound, NotNow, ShownTooShort."""
    found = keeping.locked(LandTaking, case_number, (Step.SHOWN, Step.PLANNED), "公告方案")
    least = rules.figures(clock.local_date(at)).plan_days
    keeping.require_shown(shown, least=least, what="补偿安置方案", at=at)
    found.plan_start_date, found.plan_end_date = shown.start_date, shown.end_date
    found.status = Step.PLANNED
    found.save(update_fields=["plan_start_date", "plan_end_date", "status"])
    keeping.tell(found, "planned", by, at, {"until": str(shown.end_date)})


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note the approval of the roster. Raises: NotFound, NotNow."""
    found = keeping.locked(LandTaking, case_number, (Step.PLANNED,), "批准")
    found.approved_at, found.status = at, Step.APPROVED
    found.save(update_fields=["approved_at", "status"])
    keeping.tell(found, "approved", by, at, {"total_fen": queries.total_fen(found)})


@transaction.atomic
def receive(
    *, case_number: str, received_date: date, amount_fen: int, by: Actor, at: datetime
) -> None:
    """Note that the money came, to the fen. Raises: NotFound, NotNow, LandWrong, FundDiffers."""
    found = keeping.locked(LandTaking, case_number, (Step.APPROVED,), "记到账")
    if received_date > clock.local_date(at):
        raise LandWrong(what="到账日", why="还没到", field="received_date")
    total = queries.total_fen(found)
    if amount_fen != total:
        raise FundDiffers(
            total=money.format_yuan(total), came=money.format_yuan(amount_fen), field="amount"
        )
    found.fund_received_at, found.fund_fen = keeping.day_start(received_date), amount_fen
    found.status = Step.FUNDED
    found.save(update_fields=["fund_received_at", "fund_fen", "status"])
    keeping.tell(found, "funded", by, at, {"fund_fen": amount_fen})


@transaction.atomic
def use_share(*, case_number: str, use: str, decision: str, by: Actor, at: datetime) -> None:
    """Note what the members decided about the collective's share; the households may be paid.

    Source: LAW-REC 26(10), 28. Raises: NotFound, NotNow, LandWrong, DecisionNeeded.
    """
    found = keeping.locked(LandTaking, case_number, (Step.FUNDED,), "定集体的那份")
    share = queries.total_fen(found, OwnerKind.COLLECTIVE)
    if (use == NO_SHARE) != (share == 0):
        why = f"名册里集体有{money.format_yuan(share)}元" if share else "名册里没有集体的份"
        raise LandWrong(what="集体的那份", why=why, field="use")
    if share:
        passed = needs.require_passed(
            ext_id=decision, division_code=found.division_code, matter_code=MATTER
        )
        needs.require_two_thirds(passed, ("member_meeting",))
    found.collective_use, found.decision_ext_id = use, decision if share else ""
    found.status = Step.CLOSED
    found.save(update_fields=["collective_use", "decision_ext_id", "status"])
    sources.tell(case_number, amount_fen=queries.total_fen(found, OwnerKind.HOUSEHOLD))
    keeping.tell(found, "share_decided", by, at, {"use": use, "share_fen": share})


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse a payment before roster and money, to others, or above the households' lines.

    Raises: NotPayable, Overpaid, WrongPayee.
    """
    found = LandTaking.objects.filter(case_number=source_id).exclude(case_number="").first()
    if found is None:
        return
    if found.status != Step.CLOSED:
        raise NotPayable(project=found.project_name, why=f"现在是“{found.get_status_display()}”")
    left = queries.total_fen(found, OwnerKind.HOUSEHOLD) - payees.paid_fen(
        queries.KIND, source_id, but_case=case_number
    )
    if amount_fen > left:
        raise Overpaid(
            project=found.project_name, left=money.format_yuan(max(left, 0)),
            more=money.format_yuan(amount_fen),
        )  # fmt: skip
    due = queries.due_by_person(found)
    wrong = payees.unfit(queries.KIND, source_id, case_number, due)
    if wrong is not None and not wrong.due_fen:
        raise WrongPayee(name=wrong.name, why="不在补偿名册里")
    if wrong is not None:
        raise WrongPayee(name=wrong.name, why=f"名册里只有{money.format_yuan(wrong.due_fen)}元")
