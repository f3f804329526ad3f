"""M14: reserve money, money for errands, prepayments."""

from __future__ import annotations

from sanzi.kernel import masking, money
from sanzi.matters import registry
from sanzi.matters.registry import Prefill, PublicRows, Turn
from sanzi.registers.treasury.actions import advances
from sanzi.registers.treasury.models import Advance

SOURCE = "other"
WANTED = {"kind", "amount", "back_date"}


def register() -> None:
    """Bind the names of the power."""
    registry.check("treasury.advance_wish", check)
    registry.effect("treasury.advance_asked", ask)
    registry.effect("treasury.advance_approved", approve)
    registry.effect("treasury.advance_ended", end)
    registry.effect("treasury.advance_clear", clear)
    registry.effect("treasury.advance_finished", finish)
    registry.sheet("treasury.advances", shown)
    registry.payable(SOURCE, advances.require_payable)
    registry.prefill(SOURCE, prefill)


def _wish(turn: Turn) -> advances.Wish:
    form = turn.form
    return advances.Wish(
        kind=form["kind"],
        purpose=form.get("purpose", ""),
        amount_fen=form["amount"],
        back_date=form["back_date"],
        person=form.get("person", ""),
        counterparty=form.get("firm", ""),
        contract=form.get("contract", ""),
    )


def check(turn: Turn) -> None:
    """Hold the wish against cap and person, once it is typed whole."""
    is_named = {"person", "firm"} & set(turn.form)
    if set(turn.form) >= WANTED and is_named:
        advances.check(
            wish=_wish(turn), organisation=turn.organisation, at=turn.at, case_number=turn.number
        )


def ask(turn: Turn) -> None:
    """Enter what is asked for."""
    advances.ask(
        wish=_wish(turn),
        organisation=turn.organisation,
        case_number=turn.number,
        by=turn.by,
        at=turn.at,
    )


def approve(turn: Turn) -> None:
    """Note the approval."""
    advances.approve(case_number=turn.number, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    advances.end(case_number=turn.number, by=turn.by, at=turn.at)


def clear(turn: Turn) -> None:
    """Note what was cleared."""
    advances.clear(
        case_number=turn.number,
        proved_fen=turn.entry.get("proved", 0),
        returned_fen=turn.entry.get("returned", 0),
        by=turn.by,
        at=turn.at,
    )


def finish(turn: Turn) -> None:
    """Refuse to end while money is out."""
    advances.require_cleared(case_number=turn.number)


def shown(case_number: str) -> PublicRows:
    """Return what the public sees: who, how much, by when, what is still out."""
    rows = Advance.objects.select_related("counterparty", "person").filter(case_number=case_number)
    return PublicRows(
        columns=("谁借", "种类", "金额（元）", "哪天前清", "还没清（元）"),
        rows=tuple(
            (
                masking.name(one.person.name) if one.person else _firm(one),
                one.get_kind_display(),
                money.format_yuan(one.amount_fen),
                one.due_date.isoformat(),
                money.format_yuan(one.amount_fen - one.cleared_fen),
            )
            for one in rows
        ),
    )


def _firm(one: Advance) -> str:
    return one.counterparty.name if one.counterparty else ""


def prefill(case_number: str) -> Prefill:
    """Return the payment of an approved advance."""
    rows = Advance.objects.select_related("counterparty", "person").filter(case_number=case_number)
    one = rows.first()
    if one is None:
        return Prefill(form={})
    party = one.person or one.counterparty
    form = {
        "purpose": f"{one.get_kind_display()}：{one.purpose}"[:60],
        "source_kind": SOURCE,
        "source_id": case_number,
        "contract_id": one.contract_ext_id,
        "proof_kind": "self_made",
        "method": "transfer",
    }
    if party is None:
        return Prefill(form=form)
    line = {
        "kind": "person" if one.person else "counterparty", "payee_id": party.ext_id,
        "name": party.name, "amount": money.format_yuan(one.amount_fen),
        "note": f"{one.due_date}前清",
    }  # fmt: skip
    return Prefill(form=form, lines=(line,))
