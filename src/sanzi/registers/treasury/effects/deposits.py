"""M13: deposits placed by open competition."""

from __future__ import annotations

from decimal import Decimal

from sanzi.kernel import money
from sanzi.matters import registry
from sanzi.matters.registry import PublicRows, Turn
from sanzi.registers.treasury import queries
from sanzi.registers.treasury.actions import deposits
from sanzi.registers.treasury.models import Deposit, DepositPlan

PERCENT = 100
WANTED = {"principal", "term_months", "reserve_months", "rate_floor", "rate_weight"}


def register() -> None:
    """Bind the names of the power."""
    registry.check("treasury.deposit_plan", check)
    registry.effect("treasury.deposit_planned", plan)
    registry.effect("treasury.deposit_approved", approve)
    registry.effect("treasury.deposit_ended", end)
    registry.effect("treasury.deposit_publish", publish)
    registry.effect("treasury.deposit_award", award)
    registry.effect("treasury.deposit_place", place)
    registry.effect("treasury.deposit_back", take_back)
    registry.effect("treasury.deposit_finished", finish)
    registry.choices("term_accounts", lambda body, _place: queries.term_accounts(body))
    registry.choices("open_deposits", lambda body, _place: queries.open_deposits(body))
    registry.choices("interest_lines", lambda body, _place: queries.lines_in(body, ("interest",)))
    registry.sheet("treasury.deposits", shown)
    registry.choices("banks", lambda _body, _place: queries.banks())


def bp(percent: Decimal) -> int:
    """Return a rate typed in percent as basis points."""
    return int(percent * PERCENT)


def _plan(turn: Turn) -> deposits.Plan:
    form = turn.form
    return deposits.Plan(
        principal_fen=form["principal"],
        term_months=form["term_months"],
        reserve_months=form["reserve_months"],
        rate_floor_bp=bp(form["rate_floor"]),
        rate_weight=form["rate_weight"],
    )


def check(turn: Turn) -> None:
    """Hold the plan against the money there is, once it is typed whole."""
    if set(turn.form) >= WANTED:
        deposits.check(
            plan=_plan(turn), organisation=turn.organisation, at=turn.at, case_number=turn.number
        )


def plan(turn: Turn) -> None:
    """Enter the plan."""
    deposits.plan(
        plan=_plan(turn),
        organisation=turn.organisation,
        case_number=turn.number,
        by=turn.by,
        at=turn.at,
    )


def approve(turn: Turn) -> None:
    """Note the approval."""
    deposits.approve(case_number=turn.number, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    deposits.end(case_number=turn.number, by=turn.by, at=turn.at)


def publish(turn: Turn) -> None:
    """Publish the competition."""
    deposits.publish(
        case_number=turn.number,
        deadline=turn.entry["deadline"],
        platform_number=turn.entry["platform_number"],
        by=turn.by,
        at=turn.at,
    )


def award(turn: Turn) -> None:
    """Score the banks and name the best."""
    marks = {
        row["bank"]: deposits.Mark(row["service"], row.get("bank_code", ""))
        for row in turn.entry["services"]
    }
    deposits.award(case_number=turn.number, marks=marks, by=turn.by, at=turn.at)


def place(turn: Turn) -> None:
    """Register the deposits."""
    placings = [
        deposits.Placing(
            account=row["account"],
            principal_fen=row["principal"],
            rate_bp=bp(row["rate"]),
            start_date=row["start_date"],
            maturity_date=row["maturity_date"],
        )
        for row in turn.entry["deposits"]
    ]
    deposits.place(
        case_number=turn.number,
        placings=placings,
        agreement_end_date=turn.entry["agreement_end"],
        by=turn.by,
        at=turn.at,
    )


def take_back(turn: Turn) -> None:
    """Note what came back."""
    entry = turn.entry
    taking = deposits.Taking(
        deposit=entry["deposit"],
        line=entry["line"],
        decision=entry.get("decision_id", ""),
        note=entry.get("note", ""),
    )
    deposits.take_back(case_number=turn.number, taking=taking, by=turn.by, at=turn.at)


def finish(turn: Turn) -> None:
    """Refuse to end while money is at the bank."""
    deposits.require_all_back(case_number=turn.number)


def shown(case_number: str) -> PublicRows:
    """Return what the public sees of each deposit: bank, sum, rate, days, interest."""
    plan = DepositPlan.objects.select_related("bank").filter(case_number=case_number).first()
    bank = plan.bank.name if plan is not None and plan.bank is not None else "基本户的银行"
    rows = Deposit.objects.filter(case_number=case_number).order_by("maturity_date", "pk")
    return PublicRows(
        columns=("存在哪家", "金额（元）", "年利率（%）", "起存日", "到期日", "利息（元）"),
        rows=tuple(
            (
                bank,
                money.format_yuan(one.principal_fen),
                f"{one.rate_bp / 100:.2f}",
                one.start_date.isoformat(),
                one.maturity_date.isoformat(),
                "还没到" if one.interest_fen is None else money.format_yuan(one.interest_fen),
            )
            for one in rows
        ),
    )
