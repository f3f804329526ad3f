"""From the steps of M27 to the actions of relief goods, and what is published of them."""

from __future__ import annotations

from sanzi.kernel import masking
from sanzi.matters import registry
from sanzi.matters.registry import PublicRows, Turn
from sanzi.registers.subsidies.actions import relief
from sanzi.registers.subsidies.models import ReliefLine
from sanzi.registers.subsidies.rules import MILLI


def register() -> None:
    """Bind M27; called once from `apps.ready`."""
    registry.check("subsidies.relief_list", _check)
    registry.effect("subsidies.relief_request", _request)
    registry.effect("subsidies.relief_approve", _approve)
    registry.effect("subsidies.relief_show", _show)
    registry.effect("subsidies.relief_hand", _hand)
    registry.effect("subsidies.relief_count", _count)
    registry.effect("subsidies.relief_end", _end)
    registry.sheet("subsidies.relief", _sheet)


def _fields(turn: Turn) -> relief.BatchFields:
    form = turn.form
    return relief.BatchFields(
        organisation=turn.organisation,
        batch_no=form["batch_no"],
        giver=form["giver"],
        item=form["item"],
        unit=form["unit"],
        received_milli=int(form["received"] * MILLI),
        received_date=form["received_date"],
        is_urgent=form["urgent"],
        needs=tuple(
            relief.Need(row["person"], int(row["quantity"] * MILLI), row.get("reason", ""))
            for row in form["needs"]
            if {"person", "quantity"} <= set(row)
        ),
    )


def _check(turn: Turn) -> None:
    needed = {"batch_no", "giver", "item", "unit", "received", "received_date", "urgent", "needs"}
    if needed <= set(turn.form):
        relief.judge(fields=_fields(turn), at=turn.at)


def _request(turn: Turn) -> None:
    relief.request(fields=_fields(turn), case_number=turn.number, by=turn.by, at=turn.at)


def _approve(turn: Turn) -> None:
    relief.approve(case_number=turn.number, by=turn.by, at=turn.at)


def _show(turn: Turn) -> None:
    relief.show(case_number=turn.number, by=turn.by, at=turn.at)


def _hand(turn: Turn) -> None:
    given: dict[str, int] = {}
    for row in turn.entry["given"]:
        given[row["person"]] = given.get(row["person"], 0) + int(row["quantity"] * MILLI)
    hands = [turn.entry["giver"], turn.entry["witness"]]
    relief.hand_out(case_number=turn.number, given=given, hands=hands, by=turn.by, at=turn.at)


def _count(turn: Turn) -> None:
    relief.count(
        case_number=turn.number,
        counted_milli=int(turn.entry["left"] * MILLI),
        by=turn.by,
        at=turn.at,
    )


def _end(turn: Turn) -> None:
    relief.end(case_number=turn.number, by=turn.by, at=turn.at)


def _sheet(case_number: str) -> PublicRows:
    rows = ReliefLine.objects.filter(batch__case_number=case_number).select_related("person")
    return PublicRows(
        ("姓名", "该领", "领了"),
        tuple(
            (
                masking.name(one.person.name),
                relief.number(one.need_milli),
                relief.number(one.given_milli),
            )
            for one in rows.order_by("pk")
        ),
    )
