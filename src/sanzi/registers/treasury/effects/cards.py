"""M11: village cards, from the wish to the end of the card."""

from __future__ import annotations

from sanzi.kernel import clock, money
from sanzi.matters import registry
from sanzi.matters.registry import PublicRows, Turn
from sanzi.payments.models import CardLine
from sanzi.registers.treasury.actions import cards

WANTED = {"holder", "kind", "limit", "bill_day", "due_day"}
SHOWN_MAX = 200


def register() -> None:
    """Bind the names of the power."""
    registry.check("treasury.card_wish", check)
    registry.choices("card_holders", cards.holder_choices)
    registry.effect("treasury.card_asked", ask)
    registry.effect("treasury.card_approved", approve)
    registry.effect("treasury.card_ended", end)
    registry.effect("treasury.card_issue", issue)
    registry.effect("treasury.card_change", change)
    registry.effect("treasury.card_finished", finish)
    registry.sheet("treasury.card_lines", shown)


def _wish(turn: Turn) -> cards.Wish:
    form = turn.form
    return cards.Wish(
        holder=form["holder"],
        kind=form["kind"],
        limit_fen=form["limit"],
        bill_day=form["bill_day"],
        due_day=form["due_day"],
    )


def check(turn: Turn) -> None:
    """Hold the wish against post and terms, once it is typed whole."""
    if set(turn.form) >= WANTED:
        cards.check(
            wish=_wish(turn), organisation=turn.organisation, at=turn.at, case_number=turn.number
        )


def ask(turn: Turn) -> None:
    """Enter what is asked for."""
    cards.ask(
        wish=_wish(turn),
        organisation=turn.organisation,
        case_number=turn.number,
        by=turn.by,
        at=turn.at,
    )


def approve(turn: Turn) -> None:
    """Note the approval."""
    cards.approve(case_number=turn.number, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    cards.end(case_number=turn.number, by=turn.by, at=turn.at)


def issue(turn: Turn) -> None:
    """Tie the card that the bank issued."""
    cards.issue(case_number=turn.number, tail=turn.entry["tail"], by=turn.by, at=turn.at)


def change(turn: Turn) -> None:
    """Change limit or use, or close."""
    cards.change(
        case_number=turn.number,
        what=turn.entry["what"],
        limit_fen=turn.entry.get("limit", 0),
        reason=turn.entry.get("reason", ""),
        by=turn.by,
        at=turn.at,
    )


def finish(turn: Turn) -> None:
    """Refuse to end while the card is in use."""
    cards.require_closed(case_number=turn.number)


def shown(case_number: str) -> PublicRows:
    """Return what the card bought, newest first: day, merchant, purpose, sum."""
    lines = CardLine.objects.select_related("settlement").filter(
        card__cardissue__case_number=case_number
    )
    return PublicRows(
        columns=("哪天", "在哪里", "做什么", "金额（元）"),
        rows=tuple(
            (
                clock.local_date(one.booked_at).isoformat(),
                one.merchant,
                one.settlement.purpose if one.settlement else "还没报",
                money.format_yuan(one.amount_fen),
            )
            for one in lines.order_by("-booked_at", "-pk")[:SHOWN_MAX]
        ),
    )
