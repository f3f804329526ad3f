"""Debts: asked for with a plan to repay, held against the line, registered, repaid.

Source: ZJ-RA 16, 17, 18; LAW-REC 35.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.kernel import clock, ids, money
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.registers.treasury import queries, rules
from sanzi.registers.treasury.actions import rows
from sanzi.registers.treasury.errors import (
    DebtLineCrossed,
    DebtOverLine,
    DebtRatioTooHigh,
    DebtStands,
    Forbidden,
    Overpaid,
    PlanDiffers,
    RepaidTooMuch,
    TreasuryWrong,
)
from sanzi.registers.treasury.models import Debt, DebtKind, DebtState, DebtTurn

RATE_MAX_BP = 2400
REASON_LENGTH_MIN = 10
GUARANTEE = "农村集体经济组织法第三十五条、浙江省农村集体资产管理条例第十七条"
FOR_GOVERNMENT = "农村集体经济组织法第三十五条"


@dataclass(frozen=True)
class Turn:
    """A day of the repayment plan. Units: fen."""

    due_date: date
    principal_fen: int


@dataclass(frozen=True)
class Wish:
    """What is to be borrowed, from whom and for whom. Units: fen, basis points a year."""

    kind: str
    for_whom: str
    purpose: str
    principal_fen: int
    rate_bp: int
    due_date: date
    turns: Sequence[Turn]
    counterparty: str = ""
    person: str = ""
    over_line: str = ""


def check(*, wish: Wish, organisation: str, at: datetime, case_number: str = "") -> int:
    """Refuse what no decision allows and what the body cannot carry; return the ratio in percent.

    Raises: NotFound, TreasuryWrong, Forbidden, PlanDiffers, DebtRatioTooHigh, DebtOverLine.
    """
    body = rows.body_of(organisation)
    _require_lawful(wish)
    rows.require_amount(wish.principal_fen, "借多少元", "principal")
    if not 0 <= wish.rate_bp <= RATE_MAX_BP:
        raise TreasuryWrong(what="年利率", why="要在0到24%之间", field="rate")
    if wish.due_date <= clock.local_date(at):
        raise TreasuryWrong(what="哪天还清", why="要在今天之后", field="due_date")
    _require_creditor(wish)
    _require_plan(wish)
    found = _carried(body, wish.principal_fen, at, case_number)
    if found.is_over and len(wish.over_line.strip()) < REASON_LENGTH_MIN:
        raise DebtOverLine(
            income=money.format_yuan(found.income_fen),
            owed=money.format_yuan(found.owed_fen),
            ratio=found.percent,
            line=found.line,
            field="over_line",
        )
    return found.percent


def is_over_line(*, wish: Wish, organisation: str, at: datetime, case_number: str = "") -> bool:
    """Return whether a debt brings its body beyond the warning line. Raises: what `check` does."""
    ratio = check(wish=wish, organisation=organisation, at=at, case_number=case_number)
    return ratio > rules.on(clock.local_date(at)).debt_ratio_warn


@dataclass(frozen=True)
class Load:
    """What a body would owe of its income. Units: fen, percent; `line` is the warning line."""

    income_fen: int
    owed_fen: int
    percent: int
    line: int

    @property
    def is_over(self) -> bool:
        """Return whether it is beyond the warning line."""
        return self.percent > self.line


def _carried(body: Organisation, more_fen: int, at: datetime, case_number: str) -> Load:
    """Return the load with a new debt. Raises: DebtRatioTooHigh."""
    ruled = rules.on(clock.local_date(at))
    income, owed = queries.ratio_of(body, more_fen, at, case_number)
    ratio = rules.percent(owed, income)
    if ratio is None or ratio > ruled.debt_ratio_block:
        raise DebtRatioTooHigh(
            income=money.format_yuan(income),
            owed=money.format_yuan(owed),
            line=ruled.debt_ratio_block,
            field="principal",
        )
    return Load(income, owed, ratio, ruled.debt_ratio_warn)


def _require_lawful(wish: Wish) -> None:
    if wish.kind not in DebtKind.values:
        raise TreasuryWrong(what="种类", why="没有这一种", field="kind")
    if wish.kind == DebtKind.GUARANTEE or wish.for_whom == "other":
        raise Forbidden(what="拿集体的钱物替别人担保", article=GUARANTEE, field="for_whom")
    if wish.kind == DebtKind.LEND_OUT:
        raise Forbidden(what="把集体的钱借出去", article=GUARANTEE, field="kind")
    if wish.for_whom != "own":
        raise Forbidden(what="替政府举债", article=FOR_GOVERNMENT, field="for_whom")


def _require_creditor(wish: Wish) -> None:
    if bool(wish.counterparty) == bool(wish.person):
        raise TreasuryWrong(what="向谁借", why="单位和个人填一个", field="creditor")
    if not wish.person and not Counterparty.objects.filter(ext_id=wish.counterparty).exists():
        raise TreasuryWrong(what="向谁借", why="名册里没有这一家", field="creditor")
    if wish.person and not Person.objects.filter(ext_id=wish.person).exists():
        raise TreasuryWrong(what="向谁借", why="名册里没有这个人", field="creditor_person")


def _require_plan(wish: Wish) -> None:
    planned = sum(one.principal_fen for one in wish.turns)
    if planned != wish.principal_fen:
        raise PlanDiffers(
            planned=money.format_yuan(planned),
            principal=money.format_yuan(wish.principal_fen),
            field="turns",
        )
    if any(one.due_date > wish.due_date or one.principal_fen < 0 for one in wish.turns):
        raise TreasuryWrong(what="还款计划", why="每期要在还清的日子之前", field="turns")


@transaction.atomic
def ask(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Enter a debt that is asked for, or what a returned one says now; return its ext id.

    Raises: what `check` raises.
    """
    ratio = check(wish=wish, organisation=organisation, at=at, case_number=case_number)
    body = rows.body_of(organisation)
    said = {
        "kind": wish.kind,
        "purpose": wish.purpose.strip()[:120],
        "counterparty": Counterparty.objects.filter(ext_id=wish.counterparty).first(),
        "person": Person.objects.filter(ext_id=wish.person).first(),
        "principal_fen": wish.principal_fen,
        "balance_fen": wish.principal_fen,
        "rate_bp": wish.rate_bp,
        "due_date": wish.due_date,
        "ratio_percent": ratio,
        "state": DebtState.ASKED,
    }
    made, _ = Debt.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("ZQ", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    made.turns.all().delete()
    DebtTurn.objects.bulk_create(
        DebtTurn(debt=made, due_date=one.due_date, principal_fen=one.principal_fen)
        for one in wish.turns
    )
    rows.tell(made, "debt.asked", by, at, {"principal_fen": made.principal_fen, "ratio": ratio})
    return made.ext_id


@transaction.atomic
def approve(*, case_number: str, decision: str, by: Actor, at: datetime) -> None:
    """Note that the village decided and the township agreed.

    Raises: NotFound, NotNow, DecisionMissing, DebtRatioTooHigh, DebtLineCrossed when other debts
        meanwhile brought the body beyond a line at which nobody looked.
    """
    found = rows.locked(Debt, case_number, (DebtState.ASKED,), "批准")
    load = _carried(found.organisation, found.principal_fen, at, case_number)
    if load.is_over and (found.ratio_percent or 0) <= load.line:
        raise DebtLineCrossed(ratio=load.percent, line=load.line)
    rows.require_decision(decision, found.division_code, "举债")
    found.decision_ext_id, found.town_approved_at = decision, at
    found.state = DebtState.APPROVED
    found.save(update_fields=["decision_ext_id", "town_approved_at", "state"])
    rows.tell(found, "debt.approved", by, at, {"decision": decision})


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it was given up."""
    found = rows.end(Debt, case_number)
    if found is not None:
        rows.tell(found, "debt.ended", by, at, {})


@transaction.atomic
def sign(
    *, case_number: str, contract: str, incurred_at: datetime, by: Actor, at: datetime
) -> None:
    """Register that the money came, under its contract.

    Raises: NotFound, NotNow, ContractMissing, TreasuryWrong.
    """
    found = rows.locked(Debt, case_number, (DebtState.APPROVED,), "登记合同")
    if found.counterparty is not None:
        rows.require_contract(contract, found.counterparty)
    if found.town_approved_at is None or not found.town_approved_at <= incurred_at <= at:
        raise TreasuryWrong(what="哪天到的账", why="要在镇里同意之后、现在之前")
    found.contract_ext_id, found.incurred_at = contract, incurred_at
    found.state = DebtState.STANDING
    found.save(update_fields=["contract_ext_id", "incurred_at", "state"])
    rows.tell(found, "debt.signed", by, at, {"contract": contract})


@transaction.atomic
def repay(
    *,
    case_number: str,
    paid_date: date,
    principal_fen: int,
    interest_fen: int,
    by: Actor,
    at: datetime,
) -> None:
    """Note what was repaid. Raises: NotFound, NotNow, TreasuryWrong, RepaidTooMuch."""
    found = rows.locked(Debt, case_number, (DebtState.STANDING,), "登记还款")
    first = clock.local_date(found.incurred_at) if found.incurred_at else paid_date
    if not first <= paid_date <= clock.local_date(at):
        raise TreasuryWrong(what="哪天还的", why="要在借到之后、今天以前")
    if principal_fen < 0 or interest_fen < 0 or principal_fen + interest_fen == 0:
        raise TreasuryWrong(what="还了多少", why="本金和利息至少填一个")
    if principal_fen > found.balance_fen:
        raise RepaidTooMuch(
            balance=money.format_yuan(found.balance_fen), paid=money.format_yuan(principal_fen)
        )
    DebtTurn.objects.create(
        debt=found, paid_date=paid_date, principal_fen=principal_fen, interest_fen=interest_fen
    )
    found.balance_fen -= principal_fen
    if found.balance_fen == 0:
        found.state = DebtState.REPAID
    found.save(update_fields=["balance_fen", "state"])
    told = {"principal_fen": principal_fen, "interest_fen": interest_fen}
    rows.tell(found, "debt.repaid", by, at, told)


def require_repaid(*, case_number: str) -> None:
    """Refuse to end the matter while something is owed. Raises: DebtStands."""
    found = Debt.objects.filter(case_number=case_number).first()
    if found is not None and found.balance_fen > 0:
        raise DebtStands(balance=money.format_yuan(found.balance_fen))


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse a payment of more than is owed, with interest to its end. Raises: Overpaid."""
    found = Debt.objects.filter(case_number=source_id).first()
    if found is None or found.due_date is None:
        return
    begun = clock.local_date(found.incurred_at) if found.incurred_at else found.due_date
    most = found.principal_fen + rules.interest_fen(
        found.principal_fen, found.rate_bp, begun, max(found.due_date, begun)
    )
    if found.state != DebtState.STANDING:
        most = 0
    require_left(source_id, amount_fen, case_number, most)


def require_left(source_id: str, amount_fen: int, case_number: str, most_fen: int) -> None:
    """Refuse a payment above what is left of a sum. Raises: Overpaid."""
    paid = queries.paid_fen(source_id, but_case=case_number)
    if paid + amount_fen > most_fen:
        raise Overpaid(
            most=money.format_yuan(most_fen),
            paid=money.format_yuan(paid),
            more=money.format_yuan(amount_fen),
            left=money.format_yuan(max(most_fen - paid, 0)),
        )
