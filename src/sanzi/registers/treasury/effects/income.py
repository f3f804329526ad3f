"""M12: income, from the bill to the books."""

from __future__ import annotations

from sanzi.kernel import clock, money
from sanzi.matters import registry
from sanzi.matters.registry import PublicRows, Turn
from sanzi.payments.models import Receipt
from sanzi.registers.treasury.actions import income

WANTED = {"kind", "purpose", "amount", "due_date"}


def register() -> None:
    """Bind the names of the power."""
    registry.check("treasury.income_wish", check)
    registry.effect("treasury.income_approved", bill)
    registry.effect("treasury.income_ended", end)
    registry.effect("treasury.income_in", take_in)
    registry.sheet("treasury.receipts", shown)


def _wish(turn: Turn) -> income.Wish:
    form = turn.form
    return income.Wish(
        kind=form["kind"],
        purpose=form["purpose"],
        amount_fen=form["amount"],
        due_date=form["due_date"],
        firm=form.get("firm", ""),
        payer=form.get("payer", ""),
        contract=form.get("contract", ""),
    )


def check(turn: Turn) -> None:
    """Hold the wish against what is billed, once it is typed whole."""
    if set(turn.form) >= WANTED and {"firm", "payer"} & set(turn.form):
        income.check(wish=_wish(turn), organisation=turn.organisation, case_number=turn.number)


def bill(turn: Turn) -> None:
    """Issue the bill."""
    income.bill(
        wish=_wish(turn),
        organisation=turn.organisation,
        case_number=turn.number,
        by=turn.by,
        at=turn.at,
    )


def end(turn: Turn) -> None:
    """Void the bill of what was given up."""
    income.end(case_number=turn.number, at=turn.at)


def take_in(turn: Turn) -> None:
    """Refuse until the money is at the bank and in the books."""
    income.require_in(case_number=turn.number)


def shown(case_number: str) -> PublicRows:
    """Return the receipts of a matter, without who paid."""
    rows = Receipt.objects.filter(
        bill__source_kind=income.SOURCE, bill__source_id=case_number, voided_at__isnull=True
    )
    return PublicRows(
        columns=("收据号", "哪天", "金额（元）"),
        rows=tuple(
            (
                one.number,
                clock.local_date(one.issued_at).isoformat(),
                money.format_yuan(one.amount_fen),
            )
            for one in rows.order_by("pk")
        ),
    )
