"""Deposits placed by open competition: planned, published, awarded, placed, taken back.

Source: ZJ-RA 22(3); LAW-REC 44. The competition itself is run in `deals`; offers stay sealed there
until two persons open them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from sanzi.deals.actions import tenders
from sanzi.deals.models import Bid, Tender, TenderState
from sanzi.deals.queries import tenders as tender_queries
from sanzi.kernel import clock, identity, ids, money
from sanzi.orgs.actors import Actor
from sanzi.payments.models import AccountKind, BankAccount
from sanzi.registers.treasury import queries, rules
from sanzi.registers.treasury.actions import rows
from sanzi.registers.treasury.errors import (
    AccountNotFit,
    DepositsOpen,
    DepositSplit,
    DepositTooMuch,
    InterestShort,
    NotAwarded,
    RateBelowBid,
    TreasuryWrong,
)
from sanzi.registers.treasury.models import Deposit, DepositPlan, PlanState

NOTE_LENGTH_MIN = 6


@dataclass(frozen=True)
class Plan:
    """What is to be placed. Units: fen, months, basis points; the weight is of a hundred."""

    principal_fen: int
    term_months: int
    reserve_months: int
    rate_floor_bp: int
    rate_weight: int


@dataclass(frozen=True)
class Placing:
    """One deposit as it was agreed with the bank. Units: fen, basis points."""

    account: str
    principal_fen: int
    rate_bp: int
    start_date: date
    maturity_date: date


@dataclass(frozen=True)
class Taking:
    """How one deposit came back: by which line its interest came, on what ground if early."""

    deposit: str
    line: str
    decision: str = ""
    note: str = ""


@dataclass(frozen=True)
class Mark:
    """What a bank's service was given of a hundred, and which branch bid."""

    service: int
    bank_code: str = ""


def check(*, plan: Plan, organisation: str, at: datetime, case_number: str = "") -> None:
    """Refuse a plan that cannot be right, is cut small, or leaves too little to live on.

    Raises: NotFound, TreasuryWrong, DepositSplit, DepositTooMuch.
    """
    body = rows.body_of(organisation)
    ruled = rules.on(clock.local_date(at))
    rows.require_amount(plan.principal_fen, "存多少元", "principal")
    for what, field, value, least, most in (
        ("存几个月", "term_months", plan.term_months, 1, ruled.deposit_term_months_max),
        ("留几个月的开支", "reserve_months", plan.reserve_months,
         ruled.deposit_reserve_months_min, 36),
        ("最低利率", "rate_floor", plan.rate_floor_bp, 1, 1000),
        ("利率占几分", "rate_weight", plan.rate_weight, ruled.deposit_rate_weight_min, 100),
    ):  # fmt: skip
        if not least <= value <= most:
            why = "要大于0、不超过10%" if field == "rate_floor" else f"要在{least}到{most}之间"
            raise TreasuryWrong(what=what, why=why, field=field)
    _require_whole(plan, body.pk, ruled, at, case_number)
    held = queries.balance_fen(body)
    if held is None:
        return
    monthly = queries.monthly_fen(body, at)
    most = max(held - plan.reserve_months * monthly, 0)
    if plan.principal_fen > most:
        raise DepositTooMuch(
            balance=money.format_yuan(held),
            monthly=money.format_yuan(monthly),
            months=plan.reserve_months,
            most=money.format_yuan(most),
            field="principal",
        )


def _require_whole(
    plan: Plan, body_id: int, ruled: rules.Rules, at: datetime, case_number: str
) -> None:
    line = ruled.deposit_tender_from_fen
    if plan.principal_fen >= line:
        return
    since = at - timedelta(days=ruled.deposit_split_days)
    earlier = (
        DepositPlan.objects.filter(
            organisation_id=body_id, submitted_at__gte=since, principal_fen__lt=line
        )
        .exclude(state=PlanState.ENDED)
        .exclude(case_number=case_number or "-")
    )
    total = plan.principal_fen + (earlier.aggregate(sum=Sum("principal_fen"))["sum"] or 0)
    if total >= line:
        raise DepositSplit(
            days=ruled.deposit_split_days,
            count=earlier.count(),
            fen=money.format_yuan(total),
            field="principal",
        )


@transaction.atomic
def plan(*, plan: Plan, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Enter a plan, or what a returned one says now; return its ext id.

    Raises: what `check` raises.
    """
    check(plan=plan, organisation=organisation, at=at, case_number=case_number)
    body = rows.body_of(organisation)
    said = {**plan.__dict__, "submitted_at": at, "state": PlanState.PLANNED}
    made, _ = DepositPlan.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("CP", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    rows.tell(made, "deposit_plan.planned", by, at, {"principal_fen": made.principal_fen})
    return made.ext_id


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the plan is approved. Raises: NotFound, NotNow."""
    found = rows.locked(DepositPlan, case_number, (PlanState.PLANNED,), "批准")
    found.approved_at, found.state = at, PlanState.APPROVED
    found.save(update_fields=["approved_at", "state"])
    rows.tell(found, "deposit_plan.approved", by, at, {})


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it was given up."""
    found = rows.end(DepositPlan, case_number)
    if found is not None:
        rows.tell(found, "deposit_plan.ended", by, at, {})


@transaction.atomic
def publish(
    *, case_number: str, deadline: datetime, platform_number: str, by: Actor, at: datetime
) -> str:
    """Publish the competition of an approved plan on the platform of the town; return its id.

    Raises: NotFound, NotNow, what the tender room raises.
    """
    states = (PlanState.APPROVED, PlanState.TENDERED)
    found = rows.locked(DepositPlan, case_number, states, "公告招标")
    yuan = money.format_yuan(found.principal_fen)
    made = tenders.publish(
        fields=tenders.TenderFields(
            organisation=found.organisation.ext_id,
            subject_kind="deposit",
            subject=found.ext_id,
            title=f"存款{yuan}元，{found.term_months}个月",
            method="open",
            bid_deadline_at=deadline,
            platform_level="town",
            platform_number=platform_number,
            limit_price_fen=found.rate_floor_bp,
            bidder_min=rules.on(clock.local_date(at)).deposit_bidders_min,
        ),
        by=by,
        at=at,
        case_number=case_number,
    )
    found.tender_ext_id, found.state = made, PlanState.TENDERED
    found.save(update_fields=["tender_ext_id", "state"])
    rows.tell(found, "deposit_plan.published", by, at, {"tender": made})
    return made


@transaction.atomic
def award(*, case_number: str, marks: Mapping[str, Mark], by: Actor, at: datetime) -> None:
    """Score the opened offers and make the best of them public.

    Shapes: `marks` by ext id of the bank.
    Raises: NotFound, NotNow, NotAwarded, TreasuryWrong, BadCnaps, what the tender room raises.
    """
    found = rows.locked(DepositPlan, case_number, (PlanState.TENDERED,), "定标")
    tender = Tender.objects.filter(ext_id=found.tender_ext_id).first()
    if tender is None or tender.state != TenderState.OPENED:
        raise NotAwarded(fen=money.format_yuan(found.principal_fen), why="还没有开标")
    bids = {
        one.counterparty.ext_id: one
        for one in Bid.objects.select_related("counterparty").filter(
            tender=tender, is_valid=True, replaced_at__isnull=True
        )
    }
    if set(marks) != set(bids) or not all(0 <= one.service <= 100 for one in marks.values()):
        raise TreasuryWrong(what="服务打分", why="有效报价的银行每家打一次，0到100分")
    codes = {
        key: identity.check_cnaps(one.bank_code) for key, one in marks.items() if one.bank_code
    }
    if len(set(codes.values())) < len(codes):
        raise TreasuryWrong(what="联行号", why="两家银行填了同一个")
    points = rules.scores(
        [rules.Offer(key, one.price_fen or 0, marks[key].service) for key, one in bids.items()],
        found.rate_weight,
    )
    best = max(points, key=lambda key: (points[key], bids[key].price_fen or 0, key))
    weight = found.rate_weight
    told = f"利率占{weight}分、服务占{100 - weight}分，它{points[best] / 100:.2f}分最高"
    tenders.award(tender=tender.ext_id, bid=bids[best].ext_id, reason=told, by=by, at=at)
    found.bank, found.won_rate_bp = bids[best].counterparty, bids[best].price_fen
    found.bank_code, found.state = codes.get(best, ""), PlanState.AWARDED
    found.save(update_fields=["bank", "won_rate_bp", "bank_code", "state"])
    rows.tell(found, "deposit_plan.awarded", by, at, {"bank": best, "points": dict(points)})


@transaction.atomic
def place(
    *,
    case_number: str,
    placings: Sequence[Placing],
    agreement_end_date: date,
    by: Actor,
    at: datetime,
) -> list[str]:
    """Register what was placed as agreed; return the ids of the deposits.

    Raises: NotFound, NotNow, NotAwarded, PublicityRunning, AccountNotFit, RateBelowBid,
        TreasuryWrong.
    """
    found = rows.locked(
        DepositPlan, case_number,
        (PlanState.APPROVED, PlanState.TENDERED, PlanState.AWARDED), "存款",
    )  # fmt: skip
    ruled = rules.on(clock.local_date(at))
    is_tendered = found.principal_fen >= ruled.deposit_tender_from_fen
    if is_tendered:
        _require_won(found, by, at)
    today = clock.local_date(at)
    if not today <= agreement_end_date <= rules.months_after(today, ruled.deposit_term_months_max):
        why = f"要在今天之后、{ruled.deposit_term_months_max}个月以内"
        raise TreasuryWrong(what="协议到期日", why=why)
    if not placings or sum(one.principal_fen for one in placings) > found.principal_fen:
        raise TreasuryWrong(what="存款", why="合计要大于0、不超过批准的数")
    made = []
    for line, one in enumerate(placings, start=1):
        account = _account(found, one, line, is_tendered=is_tendered)
        _require_terms(found, one, line, agreement_end_date)
        made.append(
            Deposit(
                ext_id=ids.new_id("CK", at),
                organisation=found.organisation,
                division_code=found.division_code,
                case_number=case_number,
                account=account,
                bank_code=account.bank_code,
                principal_fen=one.principal_fen,
                rate_bp=one.rate_bp,
                start_date=one.start_date,
                maturity_date=one.maturity_date,
                tender_ext_id=found.tender_ext_id if is_tendered else "",
            )
        )
    Deposit.objects.bulk_create(made)
    found.agreement_end_date, found.state = agreement_end_date, PlanState.PLACED
    found.save(update_fields=["agreement_end_date", "state"])
    told = {"deposits": [[one.ext_id, one.principal_fen, one.rate_bp] for one in made]}
    rows.tell(found, "deposit_plan.placed", by, at, told)
    return [one.ext_id for one in made]


def _require_won(found: DepositPlan, by: Actor, at: datetime) -> None:
    """Send the award notice when its publicity is over; refuse while nobody has won."""
    fen = money.format_yuan(found.principal_fen)
    tender = Tender.objects.filter(ext_id=found.tender_ext_id).first()
    if tender is None:
        raise NotAwarded(fen=fen, why="还没有招标")
    if tender.state == TenderState.PUBLICISED:
        tenders.give_notice(tender=tender.ext_id, by=by, at=at)
    elif tender.state != TenderState.AWARDED:
        raise NotAwarded(fen=fen, why=f"现在是“{tender.get_state_display()}”")
    won = tender_queries.winner(tender.ext_id)
    if won is None:
        raise NotAwarded(fen=fen, why="没有中标的银行")
    found.bank, found.won_rate_bp = won.counterparty, won.price_fen
    found.save(update_fields=["bank", "won_rate_bp"])


def _account(found: DepositPlan, one: Placing, line: int, *, is_tendered: bool) -> BankAccount:
    account = BankAccount.objects.filter(ext_id=one.account).first()
    if account is None or account.organisation_id != found.organisation_id:
        raise AccountNotFit(line=line, why="不是本单位自己的")
    if account.kind != AccountKind.TERM or not account.is_registered or account.closed_date:
        raise AccountNotFit(line=line, why="不是在用、备过案的定期户")
    basic = queries.basic_account(found.organisation)
    if not is_tendered and basic is not None and account.bank_code != basic.bank_code:
        raise AccountNotFit(line=line, why="没有招标的，要存在基本户的银行")
    if is_tendered and found.bank_code and account.bank_code != found.bank_code:
        name = found.bank.name if found.bank else "中标的银行"
        raise AccountNotFit(line=line, why=f"不在中标的{name}开户")
    return account


def _require_terms(found: DepositPlan, one: Placing, line: int, agreement_end: date) -> None:
    which, least = "中标的", found.won_rate_bp
    if least is None:
        which, least = "批准的", found.rate_floor_bp
    if one.rate_bp < least:
        raise RateBelowBid(
            line=line, rate=f"{one.rate_bp / 100:.2f}", which=which, least=f"{least / 100:.2f}"
        )
    last = rules.months_after(one.start_date, found.term_months) + timedelta(rules.GRACE_DAYS)
    if not one.start_date < one.maturity_date <= min(last, agreement_end):
        why = f"第{line}笔要在起存之后、批准的{found.term_months}个月和协议到期日以内"
        raise TreasuryWrong(what="到期日", why=why)
    if one.principal_fen <= 0:
        raise TreasuryWrong(what="存款", why=f"第{line}笔要大于0")


@transaction.atomic
def take_back(*, case_number: str, taking: Taking, by: Actor, at: datetime) -> None:
    """Note that a deposit came back, and hold its interest against what was agreed.

    Raises: TreasuryWrong, DecisionMissing, InterestShort.
    """
    found = (
        Deposit.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(ext_id=taking.deposit, case_number=case_number, withdrawn_at__isnull=True)
        .first()
    )
    if found is None:
        raise TreasuryWrong(what="哪一笔存款", why="不是这件事里还存着的")
    line = queries.line_of(taking.line, found.organisation)
    if line is None or Deposit.objects.filter(interest_line=line.ext_id).exists():
        raise TreasuryWrong(what="利息的流水", why="不是本单位的，或者已经核对给别的存款")
    day, ruled = clock.local_date(line.booked_at), rules.on(clock.local_date(at))
    note = taking.note.strip()[:200]
    if day < found.start_date:
        raise TreasuryWrong(what="利息的流水", why="早于起存日")
    if day < found.maturity_date:
        rows.require_decision(taking.decision, found.division_code, "提前支取")
        found.early_decision_ext_id = taking.decision
    else:
        due = rules.interest_fen(
            found.principal_fen, found.rate_bp, found.start_date, found.maturity_date
        )
        is_low = rules.is_short(line.amount_fen, due, ruled.deposit_interest_gap_percent)
        if is_low and len(note) < NOTE_LENGTH_MIN:
            raise InterestShort(
                expected=money.format_yuan(due), told=money.format_yuan(line.amount_fen)
            )
    found.withdrawn_at, found.interest_fen = line.booked_at, line.amount_fen
    found.interest_line, found.interest_note = line.ext_id, note
    found.save(
        update_fields=[
            "withdrawn_at", "interest_fen", "interest_line", "interest_note",
            "early_decision_ext_id",
        ]
    )  # fmt: skip
    rows.tell(found, "deposit.taken_back", by, at, {"interest_fen": found.interest_fen})


def require_all_back(*, case_number: str) -> None:
    """Refuse to end the matter while a deposit is at the bank. Raises: DepositsOpen."""
    left = Deposit.objects.filter(case_number=case_number, withdrawn_at__isnull=True).count()
    if left:
        raise DepositsOpen(count=left)
