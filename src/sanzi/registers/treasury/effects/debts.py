"""M15: debts, and how they are repaid."""

from __future__ import annotations

from sanzi.deals.queries import contracts
from sanzi.kernel import masking, money
from sanzi.matters import registry
from sanzi.matters.registry import Prefill, PublicRows, Turn
from sanzi.registers.treasury.actions import debts
from sanzi.registers.treasury.effects.deposits import bp
from sanzi.registers.treasury.models import Debt

SOURCE = "contract"
WANTED = {"kind", "for_whom", "principal", "rate", "due_date", "turns"}


def register() -> None:
    """Bind the names of the power."""
    registry.check("treasury.debt_wish", check)
    registry.skips("treasury.debt_under_line", unneeded)
    registry.effect("treasury.debt_asked", ask)
    registry.effect("treasury.debt_approved", approve)
    registry.effect("treasury.debt_ended", end)
    registry.effect("treasury.debt_signed", sign)
    registry.effect("treasury.debt_repaid", repay)
    registry.effect("treasury.debt_finished", finish)
    registry.choices("loan_contracts", lambda body, _place: contracts.offered(body, ("loan",)))
    registry.sheet("treasury.debts", shown)
    registry.payable(SOURCE, debts.require_payable)
    registry.prefill(SOURCE, prefill)


def _wish(turn: Turn) -> debts.Wish:
    form = turn.form
    return debts.Wish(
        kind=form["kind"],
        for_whom=form["for_whom"],
        purpose=form.get("purpose", ""),
        principal_fen=form["principal"],
        rate_bp=bp(form["rate"]),
        due_date=form["due_date"],
        turns=[debts.Turn(row["due_date"], row["principal"]) for row in form["turns"]],
        counterparty=form.get("creditor", ""),
        person=form.get("creditor_person", ""),
        over_line=form.get("over_line", ""),
    )


def _is_whole(turn: Turn) -> bool:
    rows = turn.form.get("turns", ())
    return set(turn.form) >= WANTED and all({"due_date", "principal"} <= set(row) for row in rows)


def check(turn: Turn) -> None:
    """Hold the debt against the law and the line, once it is typed whole."""
    if _is_whole(turn):
        debts.check(
            wish=_wish(turn), organisation=turn.organisation, at=turn.at, case_number=turn.number
        )


def unneeded(turn: Turn) -> set[str]:
    """Return the steps of a debt over the warning line, for one that stays under it."""
    is_over = debts.is_over_line(
        wish=_wish(turn), organisation=turn.organisation, at=turn.at, case_number=turn.number
    )
    return set() if is_over else {"finance", "head"}


def ask(turn: Turn) -> None:
    """Enter what is asked for."""
    debts.ask(
        wish=_wish(turn),
        organisation=turn.organisation,
        case_number=turn.number,
        by=turn.by,
        at=turn.at,
    )


def approve(turn: Turn) -> None:
    """Note decision and consent."""
    debts.approve(case_number=turn.number, decision=turn.decision_ext_id, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    debts.end(case_number=turn.number, by=turn.by, at=turn.at)


def sign(turn: Turn) -> None:
    """Register contract and arrival."""
    entry = turn.entry
    debts.sign(
        case_number=turn.number,
        contract=entry.get("contract", ""),
        incurred_at=entry["incurred_at"],
        by=turn.by,
        at=turn.at,
    )


def repay(turn: Turn) -> None:
    """Note a repayment."""
    entry = turn.entry
    debts.repay(
        case_number=turn.number,
        paid_date=entry["paid_date"],
        principal_fen=entry.get("principal", 0),
        interest_fen=entry.get("interest", 0),
        by=turn.by,
        at=turn.at,
    )


def finish(turn: Turn) -> None:
    """Refuse to end while something is owed."""
    debts.require_repaid(case_number=turn.number)


def shown(case_number: str) -> PublicRows:
    """Return what the public sees: creditor, sum, what is still owed, the plan's last day."""
    rows = Debt.objects.select_related("counterparty", "person").filter(case_number=case_number)
    return PublicRows(
        columns=("向谁借", "本金（元）", "年利率（%）", "还欠（元）", "哪天还清"),
        rows=tuple(
            (
                one.counterparty.name if one.counterparty else masking.name(_name(one)),
                money.format_yuan(one.principal_fen),
                f"{one.rate_bp / 100:.2f}",
                money.format_yuan(one.balance_fen),
                str(one.due_date or ""),
            )
            for one in rows
        ),
    )


def _name(one: Debt) -> str:
    return one.person.name if one.person else ""


def prefill(case_number: str) -> Prefill:
    """Return the payment of the next instalment of a debt."""
    rows = Debt.objects.select_related("counterparty").filter(case_number=case_number)
    one = rows.first()
    if one is None:
        return Prefill(form={})
    repaid = one.principal_fen - one.balance_fen
    due, planned = 0, 0
    for turn in one.turns.filter(paid_date__isnull=True).order_by("due_date", "pk"):
        planned += turn.principal_fen
        if planned > repaid:
            due = planned - repaid
            break
    form = {
        "purpose": f"还款：{one.purpose}"[:60],
        "source_kind": SOURCE,
        "source_id": case_number,
        "contract_id": one.contract_ext_id,
        "proof_kind": "self_made",
        "method": "transfer",
    }
    if one.counterparty is None or due == 0:
        return Prefill(form=form)
    line = {
        "kind": "counterparty", "payee_id": one.counterparty.ext_id,
        "name": one.counterparty.name, "amount": money.format_yuan(due), "note": "本金",
    }  # fmt: skip
    return Prefill(form=form, lines=(line,))
