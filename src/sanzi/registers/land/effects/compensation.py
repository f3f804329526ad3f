"""From the steps of M23 to the actions of the room, and what a payment begins with."""

from __future__ import annotations

from sanzi.kernel import masking, money
from sanzi.matters import registry
from sanzi.matters.registry import Prefill, PublicRows, Turn
from sanzi.registers.land import queries, rules
from sanzi.registers.land.actions import compensation, keeping, surveys
from sanzi.registers.land.effects import lists
from sanzi.registers.land.models import LandTaking

MILLI = 1000


def register() -> None:
    """Bind the names of M23."""
    registry.check("land.taking_notice", check)
    registry.effect("land.taking_open", open_taking)
    registry.effect("land.taking_approve", approve)
    registry.effect("land.taking_end", end)
    registry.effect("land.taking_survey", survey)
    registry.effect("land.taking_roster", show_roster)
    registry.effect("land.taking_plan", show_plan)
    registry.effect("land.taking_fund", receive)
    registry.effect("land.taking_share", use_share)
    registry.sheet("land.roster", roster)
    registry.prefill(queries.KIND, prefill)
    registry.payable(queries.KIND, compensation.require_payable)


def _notice(turn: Turn) -> compensation.Notice:
    form = turn.form
    return compensation.Notice(
        form["project_name"], form.get("notice_no", ""), form["notice_start"], form["notice_end"]
    )


def check(turn: Turn) -> None:
    """Hold the notice against its days, once it is typed whole."""
    if {"project_name", "notice_start", "notice_end"} <= set(turn.form):
        compensation.check(notice=_notice(turn))


def open_taking(turn: Turn) -> None:
    """Enter the project."""
    compensation.open_taking(
        notice=_notice(turn), organisation=turn.organisation, case_number=turn.number,
        by=turn.by, at=turn.at,
    )  # fmt: skip


def approve(turn: Turn) -> None:
    """Note the approval of the roster."""
    compensation.approve(case_number=turn.number, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    keeping.end(LandTaking, case_number=turn.number, by=turn.by, at=turn.at)


def survey(turn: Turn) -> None:
    """Enter a count on the spot."""
    entry = turn.entry
    kinds = [kind for kind, _ in turn.entry_papers]
    count = surveys.Count(
        surveyed_at=entry["surveyed_at"],
        parcel_id=entry["parcel_id"],
        owner=entry.get("owner", ""),
        basis=entry["basis"],
        sides=tuple(row["side"] for row in entry["present"]),
        has_owner_sign=entry["has_owner_sign"],
        has_lease_paper="lease" in kinds,
        photo_count=kinds.count("photo"),
        lines=tuple(
            surveys.Line(row["kind"], int(row["quantity"] * MILLI), row["price"])
            for row in entry["lines"]
        ),
    )
    surveys.record(case_number=turn.number, count=count, by=turn.by, at=turn.at)


def show_roster(turn: Turn) -> None:
    """Note the publication of the roster."""
    compensation.show_roster(
        case_number=turn.number, shown=lists.shown(turn.entry), by=turn.by, at=turn.at
    )


def show_plan(turn: Turn) -> None:
    """Note the announcement of the plan."""
    compensation.show_plan(
        case_number=turn.number, shown=lists.shown(turn.entry), by=turn.by, at=turn.at
    )


def receive(turn: Turn) -> None:
    """Note the money."""
    compensation.receive(
        case_number=turn.number, received_date=turn.entry["received_date"],
        amount_fen=turn.entry["amount"], by=turn.by, at=turn.at,
    )  # fmt: skip


def use_share(turn: Turn) -> None:
    """Note what becomes of the collective's share."""
    compensation.use_share(
        case_number=turn.number, use=turn.entry["use"], decision=turn.entry.get("decision", ""),
        by=turn.by, at=turn.at,
    )  # fmt: skip


def roster(case_number: str) -> PublicRows:
    """Return the roster as everybody may read it."""
    found = LandTaking.objects.filter(case_number=case_number).exclude(case_number="").first()
    rows = found.lines.select_related("person").order_by("pk") if found else ()
    return PublicRows(
        columns=("谁的", "哪一类", "数量", "单价（元）", "金额（元）"),
        rows=tuple(
            (
                masking.name(one.person.name) if one.person else "集体",
                rules.OBJECTS[one.kind],
                f"{one.quantity_milli / MILLI:g}{one.unit}",
                money.format_yuan(one.unit_price_fen),
                money.format_yuan(one.amount_fen),
            )
            for one in rows
        ),
    )


def prefill(case_number: str) -> Prefill:
    """Return the form and the payees of the payment of a roster's households."""
    found = LandTaking.objects.filter(case_number=case_number).exclude(case_number="").first()
    if found is None:
        return Prefill(form={})
    return Prefill(
        form={
            "purpose": f"{found.project_name}补偿款"[:60],
            "source_kind": queries.KIND,
            "source_id": case_number,
            "method": "transfer",
            "proof_kind": "roster",
        },
        lines=tuple(
            {
                "kind": "person",
                "payee_id": one.person_ext_id,
                "name": one.name,
                "account": one.account,
                "bank_code": one.bank_code,
                "amount": money.format_yuan(one.amount_fen),
            }
            for one in queries.due(found)
        ),
    )
