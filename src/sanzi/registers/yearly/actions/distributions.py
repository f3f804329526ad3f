"""Giving out a year's income: losses first, then the reserve, then the members by their shares.

Each step is a step of the power M04. Source: LAW-REC 42, 46; ZJ-RA 32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.kernel import clock, ids, money
from sanzi.matters.actions import sources
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Organisation, Person
from sanzi.payments.queries import payees
from sanzi.registers.yearly import queries, rules
from sanzi.registers.yearly.actions import keeping
from sanzi.registers.yearly.errors import (
    DebtFinanced,
    NetDiffers,
    NotPayable,
    Overpaid,
    ReserveTooSmall,
    RosterWrong,
    TooMuchGiven,
    WrongPayee,
    YearlyWrong,
    YearTaken,
)
from sanzi.registers.yearly.models import Distribution, Share, Step

MATTER = "M04"
SHARES_MAX = 10_000


@dataclass(frozen=True)
class Draft:
    """What is to be given out. Units: fen. None and an empty roster: what the system knows.

    `roster` holds (person's ext id, shares); empty means one share for each member.
    """

    year: int
    reserve_fen: int
    welfare_fen: int
    given_fen: int
    net_fen: int | None = None
    loss_fen: int | None = None
    roster: Sequence[tuple[str, int]] = ()


def check(*, draft: Draft, organisation: str, on: date, case_number: str = "") -> rules.Plan:
    """Refuse a draft that goes against order, books or bank; return the plan.

    Raises: NotFound, YearlyWrong, YearTaken, NetDiffers, ReserveTooSmall, TooMuchGiven,
        DebtFinanced, RosterWrong.
    """
    body = keeping.body_of(organisation)
    if not on.year - 2 <= draft.year < on.year + 1:
        raise YearlyWrong(what="年度", why="只分过去两年和今年的", field="year")
    others = Distribution.objects.filter(organisation=body, year=draft.year)
    others = others.exclude(case_number=case_number or "-")
    if others.exclude(status=Step.ENDED).exists():
        raise YearTaken(year=draft.year, what="分配", field="year")
    plan = _plan(draft, body)
    held = rules.figures(on)
    least = rules.reserve_least_fen(plan, held.reserve_percent)
    if plan.reserve_fen + plan.welfare_fen < least:
        raise ReserveTooSmall(
            asked=money.format_yuan(plan.reserve_fen + plan.welfare_fen),
            least=money.format_yuan(least), percent=held.reserve_percent, field="reserve",
        )  # fmt: skip
    if not 0 < plan.given_fen <= plan.most_fen:
        raise TooMuchGiven(
            offset=money.format_yuan(plan.offset_fen), most=money.format_yuan(plan.most_fen),
            asked=money.format_yuan(plan.given_fen), field="given",
        )  # fmt: skip
    _require_cash(body, plan.given_fen)
    _roster(draft, body)
    return plan


def _plan(draft: Draft, body: Organisation) -> rules.Plan:
    """Return the plan by the books; where there are none, by what was typed."""
    known = queries.book_result(body.pk, draft.year)
    if known is None:
        if draft.net_fen is None:
            raise YearlyWrong(what="净收益", why="没有账套，要填", field="net_income")
        known = draft.net_fen, draft.loss_fen or 0
    for what, asked, found, field in (
        ("净收益", draft.net_fen, known[0], "net_income"),
        ("以前年度亏损", draft.loss_fen, known[1], "loss"),
    ):
        if asked is not None and asked != found:
            raise NetDiffers(
                what=what, asked=money.format_yuan(asked), found=money.format_yuan(found),
                field=field,
            )  # fmt: skip
    return rules.Plan(
        max(0, known[0]), known[1], draft.reserve_fen, draft.welfare_fen, draft.given_fen
    )


def _require_cash(body: Organisation, given_fen: int) -> None:
    cash = queries.own_cash_fen(body.pk)
    if cash < given_fen:
        raise DebtFinanced(
            asked=money.format_yuan(given_fen), cash=money.format_yuan(max(cash, 0)), field="given"
        )


def _roster(draft: Draft, body: Organisation) -> list[tuple[Person, int]]:
    """Return the living members with their shares. Raises: RosterWrong, YearlyWrong."""
    members = Person.objects.filter(
        division_id=body.division_id, is_member=True, death_date__isnull=True
    ).order_by("pk")
    if not draft.roster:
        found = [(one, 1) for one in members]
    else:
        by_key = {one.ext_id: one for one in members}
        names = dict(
            Person.objects.filter(ext_id__in=[key for key, _ in draft.roster]).values_list(
                "ext_id", "name"
            )
        )
        for place, (key, shares) in enumerate(draft.roster):
            name = names.get(key, key)
            if key not in by_key:
                raise RosterWrong(name=name, why="不是本村在世的成员", field="roster")
            if key in [other for other, _ in draft.roster[:place]]:
                raise RosterWrong(name=name, why="写了两次", field="roster")
            if not 0 < shares <= SHARES_MAX:
                raise RosterWrong(name=name, why="的股数要大于0", field="roster")
        found = [(by_key[key], shares) for key, shares in draft.roster]
    total = sum(shares for _, shares in found)
    if not total or rules.per_share_fen(draft.given_fen, total) < 1:
        raise YearlyWrong(what="名单", why="没有人可分，或一股分不到一分钱", field="roster")
    return found


@transaction.atomic
def draft_plan(
    *, draft: Draft, organisation: str, case_number: str, by: Actor, at: datetime
) -> str:
    """Enter a plan with everybody's share, or what a returned plan says now.

    Raises: what `check` raises.
    """
    plan = check(
        draft=draft, organisation=organisation, on=clock.local_date(at), case_number=case_number
    )
    body = keeping.body_of(organisation)
    roster = _roster(draft, body)
    per_share = rules.per_share_fen(plan.given_fen, sum(shares for _, shares in roster))
    said = {
        "year": draft.year, "submitted_at": at, "status": Step.DRAFTED,
        "net_income_fen": plan.net_fen, "loss_offset_fen": plan.offset_fen,
        "reserve_fen": plan.reserve_fen, "welfare_fen": plan.welfare_fen,
        "per_share_fen": per_share,
        "distributed_fen": sum(per_share * shares for _, shares in roster),
    }  # fmt: skip
    made, _ = Distribution.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("FP", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    made.shares.all().delete()
    Share.objects.bulk_create(
        Share(
            ext_id=ids.new_id("FPM", at), distribution=made, person=person, share_count=shares,
            amount_fen=per_share * shares,
        )
        for person, shares in roster
    )  # fmt: skip
    keeping.tell(made, "drafted", by, at, {"distributed_fen": made.distributed_fen})
    return made.ext_id


@transaction.atomic
def show(
    *, case_number: str, span: tuple[date, date], comment: str, by: Actor, at: datetime
) -> None:
    """Note that the plan was shown. Raises: NotFound, NotNow, YearlyWrong, ShownTooShort."""
    found = keeping.locked(Distribution, case_number, keeping.LIVE, "记公示")
    least = rules.figures(clock.local_date(at)).plan_days
    keeping.show(found, span=span, comment=comment, least=least, by=by, at=at)


@transaction.atomic
def decide(*, case_number: str, decision: str, by: Actor, at: datetime) -> None:
    """Note the vote. Raises: NotFound, NotNow, DecisionNeeded, YearlyWrong."""
    found = keeping.locked(Distribution, case_number, (Step.SHOWN, Step.DECIDED), "记表决")
    keeping.passed(found, decision, MATTER)
    found.decision_ext_id, found.status = decision, Step.DECIDED
    found.save(update_fields=["decision_ext_id", "status"])
    keeping.tell(found, "decided", by, at, {"decision": decision})


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Let the plan be paid; the money must lie in the accounts still.

    Raises: NotFound, NotNow, DebtFinanced.
    """
    found = keeping.locked(Distribution, case_number, (Step.DECIDED,), "批准")
    _require_cash(found.organisation, found.distributed_fen)
    found.approved_at, found.status = at, Step.APPROVED
    found.save(update_fields=["approved_at", "status"])
    keeping.tell(found, "approved", by, at, {"distributed_fen": found.distributed_fen})


def tell_source(*, case_number: str) -> None:
    """Let payments know the sum of the plan."""
    found = Distribution.objects.get(case_number=case_number)
    sources.tell(case_number, amount_fen=found.distributed_fen)


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse a payment before the approval, above the plan, or to others than its members.

    Raises: NotPayable, Overpaid, WrongPayee.
    """
    found = Distribution.objects.filter(case_number=source_id).exclude(case_number="").first()
    if found is None:
        return
    if found.status != Step.APPROVED:
        raise NotPayable(year=found.year, status=found.get_status_display())
    left = found.distributed_fen - payees.paid_fen(queries.KIND, source_id, but_case=case_number)
    if amount_fen > left:
        raise Overpaid(
            year=found.year, left=money.format_yuan(max(left, 0)),
            more=money.format_yuan(amount_fen),
        )  # fmt: skip
    due = queries.due_by_person(found)
    wrong = payees.unfit(queries.KIND, source_id, case_number, due)
    if wrong is not None:
        raise WrongPayee(name=wrong.name, due=money.format_yuan(wrong.due_fen))
