"""From the steps of M04 to the actions of the room, and what a payment begins with."""

from __future__ import annotations

from sanzi.kernel import clock, masking, money
from sanzi.matters import registry
from sanzi.matters.registry import Prefill, PublicRows, Turn
from sanzi.registers.yearly import queries
from sanzi.registers.yearly.actions import distributions, keeping
from sanzi.registers.yearly.models import Distribution, Share, Step


def register() -> None:
    """Bind the names of M04."""
    registry.check("yearly.share_draft", check)
    registry.effect("yearly.share_enter", enter)
    registry.effect("yearly.share_approve", approve)
    registry.effect("yearly.share_finish", finish)
    registry.effect("yearly.share_end", end)
    registry.effect("yearly.share_show", show)
    registry.effect("yearly.share_decide", decide)
    registry.sheet("yearly.shares", sheet)
    registry.prefill(queries.KIND, prefill)
    registry.payable(queries.KIND, distributions.require_payable)


def _draft(turn: Turn) -> distributions.Draft:
    form = turn.form
    return distributions.Draft(
        year=form["year"],
        reserve_fen=form["reserve"],
        welfare_fen=form["welfare"],
        given_fen=form["given"],
        net_fen=form.get("net_income"),
        loss_fen=form.get("loss"),
        roster=tuple((row["person"], row["shares"]) for row in form.get("roster", ())),
    )


def check(turn: Turn) -> None:
    """Hold the draft against order, books and bank, once it is typed whole."""
    rows = turn.form.get("roster", ())
    is_whole = all({"person", "shares"} <= set(row) for row in rows)
    if {"year", "reserve", "welfare", "given"} <= set(turn.form) and is_whole:
        distributions.check(
            draft=_draft(turn), organisation=turn.organisation, on=clock.local_date(turn.at),
            case_number=turn.number,
        )  # fmt: skip


def enter(turn: Turn) -> None:
    """Enter the plan with everybody's share."""
    distributions.draft_plan(
        draft=_draft(turn), organisation=turn.organisation, case_number=turn.number,
        by=turn.by, at=turn.at,
    )  # fmt: skip


def approve(turn: Turn) -> None:
    """Let the plan be paid."""
    distributions.approve(case_number=turn.number, by=turn.by, at=turn.at)


def finish(turn: Turn) -> None:
    """Let payments know the sum."""
    distributions.tell_source(case_number=turn.number)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    keeping.end(Distribution, case_number=turn.number, by=turn.by, at=turn.at)


def show(turn: Turn) -> None:
    """Note the publication of the plan."""
    entry = turn.entry
    distributions.show(
        case_number=turn.number, span=(entry["publicity_start"], entry["publicity_end"]),
        comment=entry.get("comment", ""), by=turn.by, at=turn.at,
    )  # fmt: skip


def decide(turn: Turn) -> None:
    """Note the vote."""
    distributions.decide(
        case_number=turn.number, decision=turn.entry["decision"], by=turn.by, at=turn.at
    )


def sheet(case_number: str) -> PublicRows:
    """Return the roster as everybody may read it."""
    rows = Share.objects.select_related("person").filter(distribution__case_number=case_number)
    return PublicRows(
        columns=("姓名", "股数", "金额（元）"),
        rows=tuple(
            (
                masking.name(one.person.name), str(one.share_count),
                money.format_yuan(one.amount_fen),
            )
            for one in rows.order_by("pk")
        ),
    )  # fmt: skip


def prefill(case_number: str) -> Prefill:
    """Return the form and the payees of the payment of a distribution."""
    found = Distribution.objects.filter(case_number=case_number).exclude(case_number="").first()
    if found is None or found.status != Step.APPROVED:
        return Prefill(form={})
    return Prefill(
        form={
            "purpose": f"{found.year}年集体收益分配",
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
