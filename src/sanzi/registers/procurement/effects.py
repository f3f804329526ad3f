"""From the steps of M08 to the actions of the room, and what a payment begins with."""

from __future__ import annotations

from sanzi.kernel import clock, money
from sanzi.matters import registry
from sanzi.matters.registry import Prefill, Turn
from sanzi.registers.procurement import actions
from sanzi.registers.procurement.models import Procurement

MILLI = 1000


def register() -> None:
    """Bind the power's names; called once from `apps.ready`."""
    registry.check("procurement.wish", check)
    registry.effect("procurement.request", request)
    registry.effect("procurement.approve", approve)
    registry.effect("procurement.end", end)
    registry.effect("procurement.order", order)
    registry.effect("procurement.accept", accept)
    registry.payable("procurement", actions.require_payable)
    registry.prefill("procurement", prefill)


def _wish(turn: Turn) -> actions.Wish:
    form = turn.form
    return actions.Wish(
        category_code=form["category_code"],
        title=form["title"],
        quantity_milli=int(form["quantity"] * MILLI),
        unit=form["unit"],
        estimate_fen=form["estimate"],
        method=form["method"],
    )


def check(turn: Turn) -> None:
    """Hold the wish against its tier and its neighbours, once it is typed whole."""
    if {"category_code", "title", "quantity", "unit", "estimate", "method"} <= set(turn.form):
        actions.check(
            wish=_wish(turn), organisation=turn.organisation, at=turn.at, case_number=turn.number
        )


def request(turn: Turn) -> None:
    """Enter what is asked for."""
    actions.request(
        wish=_wish(turn),
        organisation=turn.organisation,
        case_number=turn.number,
        by=turn.by,
        at=turn.at,
    )


def approve(turn: Turn) -> None:
    """Note the approval."""
    actions.approve(case_number=turn.number, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    actions.end(case_number=turn.number, by=turn.by, at=turn.at)


def order(turn: Turn) -> None:
    """Choose the seller and order."""
    entry = turn.entry
    files = [digest for kind, digest in turn.entry_papers if kind == "quote"]
    quotes = tuple(
        actions.QuoteFields(
            counterparty=row["firm"],
            price_fen=row["price"],
            quoted_at=row.get("quoted_at") or turn.at,
            file_hash=files[place] if place < len(files) else "",
        )
        for place, row in enumerate(entry.get("quotes", ()))
    )
    choice = actions.Choice(
        quotes=quotes,
        chosen=entry.get("chosen", ""),
        reason=entry.get("reason", ""),
        tender=entry.get("tender", ""),
        contract=entry.get("contract", ""),
    )
    actions.order(
        case_number=turn.number,
        choice=choice,
        ordered_at=entry.get("ordered_at") or turn.at,
        by=turn.by,
        at=turn.at,
    )


def accept(turn: Turn) -> None:
    """Take the goods in."""
    entry = turn.entry
    actions.accept(
        case_number=turn.number,
        people=[row["person"] for row in entry["acceptors"]],
        quantity_milli=int(entry["quantity"] * MILLI),
        delivered_at=entry.get("delivered_at") or turn.at,
        by=turn.by,
        at=turn.at,
    )


def prefill(case_number: str) -> Prefill:
    """Return the form and the payee of the payment of a purchase."""
    found = Procurement.objects.select_related("counterparty").filter(case_number=case_number)
    one = found.first()
    if one is None or one.counterparty is None or one.award_fen is None:
        return Prefill(form={})
    day = clock.local_date(one.accepted_at) if one.accepted_at else None
    note = f"{clock.day_said(day)}验收" if day else ""
    return Prefill(
        form={
            "purpose": f"购{one.title}"[:60],
            "source_kind": "procurement",
            "source_id": case_number,
            "contract_id": one.contract_ext_id,
            "proof_kind": "e_invoice",
            "method": "transfer",
        },
        lines=(
            {
                "kind": "counterparty",
                "payee_id": one.counterparty.ext_id,
                "name": one.counterparty.name,
                "amount": money.format_yuan(one.award_fen),
                "note": note,
            },
        ),
    )
