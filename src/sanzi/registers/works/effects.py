"""From the steps of M05, M06 and M07 to the actions of the room, and what payments begin with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sanzi.deals.actions.contracts import CLAUSES
from sanzi.deals.models import Contract
from sanzi.matters import registry
from sanzi.matters.registry import Prefill, Turn
from sanzi.registers.works.actions import emergency, projects, site
from sanzi.registers.works.models import Works

MILLI = 1000
MICRO = 1_000_000


def register() -> None:
    """Bind the powers' names; called once from `apps.ready`."""
    registry.check("works.wish", check)
    for name, run in (
        ("apply", apply), ("approve", approve), ("end", end), ("price", price), ("award", award),
        ("contract", contract), ("log", log), ("accept", accept), ("settle", settle),
        ("rescue", rescue), ("review", review),
    ):  # fmt: skip
        registry.effect(f"works.{name}", run)
    registry.payable("works", site.require_payable)
    registry.prefill("works", prefill)


def _micro(value: Decimal | None) -> int | None:
    return None if value is None else int(value * MICRO)


def _wish(turn: Turn) -> projects.Wish:
    form: Any = turn.form
    return projects.Wish(
        name=form["name"],
        kind=form["kind"],
        place=form["place"],
        estimate_fen=form["estimate"],
        planned_end_date=form["planned_end"],
        lat_micro=_micro(form.get("lat")),
        lng_micro=_micro(form.get("lng")),
        fund_code=form.get("fund_code", ""),
        is_emergency=turn.matter_code == emergency.EMERGENCY,
    )


def check(turn: Turn) -> None:
    """Hold the wish against its neighbours, once it is typed whole."""
    if {"name", "kind", "place", "estimate", "planned_end"} <= set(turn.form):
        projects.check(
            wish=_wish(turn), organisation=turn.organisation, at=turn.at, case_number=turn.number
        )


def apply(turn: Turn) -> None:
    """Enter what is asked for."""
    projects.apply(
        wish=_wish(turn),
        organisation=turn.organisation,
        case_number=turn.number,
        by=turn.by,
        at=turn.at,
    )


def approve(turn: Turn) -> None:
    """Note the approval."""
    projects.approve(case_number=turn.number, decision=turn.decision_ext_id, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    projects.end(case_number=turn.number, by=turn.by, at=turn.at)


def price(turn: Turn) -> None:
    """Keep the guide price."""
    projects.price(
        case_number=turn.number,
        guide_fen=turn.entry["guide_price"],
        limit_fen=turn.entry.get("limit_price"),
        agency=turn.entry["agency"],
        by=turn.by,
        at=turn.at,
    )


def award(turn: Turn) -> None:
    """Take the winner."""
    projects.award(case_number=turn.number, tender=turn.entry["tender"], by=turn.by, at=turn.at)


def contract(turn: Turn) -> None:
    """Sign with the winner."""
    entry = turn.entry
    projects.contract(
        case_number=turn.number,
        sign_date=entry["sign_date"],
        start_date=entry["start_date"],
        end_date=entry["end_date"],
        clauses={name: bool(entry.get(name)) for name in CLAUSES},
        by=turn.by,
        at=turn.at,
    )


def log(turn: Turn) -> None:
    """Write a line of the diary with its photo."""
    entry = turn.entry
    digest = next((one for kind, one in turn.entry_papers if kind == "photo"), "")
    photo = site.Photo(
        file_hash=digest,
        taken_at=entry.get("taken_at"),
        lat_micro=_micro(entry.get("lat")),
        lng_micro=_micro(entry.get("lng")),
    )
    site.log(
        case_number=turn.number,
        kind=entry["kind"],
        percent=entry["percent"],
        words=entry.get("words", ""),
        photo=photo,
        by=turn.by,
        at=turn.at,
    )


def rescue(turn: Turn) -> None:
    """Write down what was done in an emergency."""
    entry = turn.entry
    digest = next((one for kind, one in turn.entry_papers if kind == "photo"), "")
    emergency.rescue(
        case_number=turn.number,
        done=emergency.Rescue(
            order_no=entry["order_no"],
            firm=entry["firm"],
            started_at=entry["started_at"],
            ended_at=entry["ended_at"],
            words=entry["words"],
        ),
        photo=site.Photo(file_hash=digest, taken_at=None, lat_micro=None, lng_micro=None),
        by=turn.by,
        at=turn.at,
    )


def review(turn: Turn) -> None:
    """Take the decision of the meeting afterwards."""
    emergency.review(
        case_number=turn.number, decision=turn.entry["decision"], by=turn.by, at=turn.at
    )


def accept(turn: Turn) -> None:
    """Accept on the spot."""
    entry = turn.entry
    site.accept(
        case_number=turn.number,
        present=[site.Present(row["person"], row["role"]) for row in entry["present"]],
        is_passed=entry["is_passed"],
        measured_milli=int(entry["measured"] * MILLI),
        contract_milli=int(entry["contracted"] * MILLI),
        by=turn.by,
        at=turn.at,
    )


def settle(turn: Turn) -> None:
    """Keep settlement and audit."""
    entry = turn.entry
    site.settle(
        case_number=turn.number,
        settlement_fen=entry["settlement"],
        audited_fen=entry["audited"],
        agency=entry.get("agency", ""),
        by=turn.by,
        at=turn.at,
    )


def prefill(case_number: str) -> Prefill:
    """Return the form and the payee of a payment of a project."""
    one = Works.objects.select_related("counterparty").filter(case_number=case_number).first()
    if one is None or one.counterparty is None:
        return Prefill(form={})
    contract = Contract.objects.filter(ext_id=one.contract_ext_id).exists()
    return Prefill(
        form={
            "purpose": f"{one.name}工程款"[:60],
            "source_kind": "works",
            "source_id": case_number,
            "contract_id": one.contract_ext_id if contract else "",
            "fund_code": one.fund_code,
            "proof_kind": "e_invoice",
            "method": "transfer",
        },
        lines=(
            {
                "kind": "counterparty",
                "payee_id": one.counterparty.ext_id,
                "name": one.counterparty.name,
                "amount": "",
            },
        ),
    )
