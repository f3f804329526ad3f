"""From the steps of the room's powers to its actions, and what payments begin with."""

from __future__ import annotations

from sanzi.kernel import clock, masking, money
from sanzi.matters import registry
from sanzi.matters.actions import sources
from sanzi.matters.registry import Panel, Prefill, PublicRows, Turn
from sanzi.orgs import secrets
from sanzi.registers.subsidies.actions import awards, rosters
from sanzi.registers.subsidies.models import Roster, RosterStatus
from sanzi.registers.subsidies.queries import awards as award_reads
from sanzi.registers.subsidies.queries import fitness
from sanzi.registers.subsidies.rules import MILLI

PURPOSE_MAX = 60


def register() -> None:
    """Bind M25; called once from `apps.ready`."""
    registry.check("subsidies.roster", _check)
    registry.effect("subsidies.collect", _collect)
    registry.effect("subsidies.check", _checked)
    registry.effect("subsidies.show", _show)
    registry.effect("subsidies.close", _close)
    registry.effect("subsidies.approve", _approve)
    registry.effect("subsidies.finish", _finish)
    registry.effect("subsidies.end", _end)
    registry.choices("subsidy_programs", _programs)
    registry.choices("roster_people", lambda body, _place: award_reads.on_rosters(body))
    registry.panel("M25", _panel)
    registry.sheet("subsidies.roster", _roster)
    registry.payable(awards.KIND, awards.require_payable)
    registry.prefill(awards.KIND, prefill)


def _fields(turn: Turn) -> rosters.RosterFields:
    form = turn.form
    return rosters.RosterFields(
        organisation=turn.organisation,
        program=form["program"],
        period=form["period"],
        claims=tuple(
            rosters.Claim(row["person"], int(row["quantity"] * MILLI), row.get("basis", ""))
            for row in form.get("people", ())
            if {"person", "quantity"} <= set(row)
        ),
        is_like_last=form.get("like_last", False),
        gone=tuple(row["person"] for row in form.get("gone", ()) if "person" in row),
    )


def _check(turn: Turn) -> None:
    if {"program", "period", "like_last"} <= set(turn.form):
        rosters.judge(fields=_fields(turn), at=turn.at, case_number=turn.number)


def _collect(turn: Turn) -> None:
    awards.collect(fields=_fields(turn), case_number=turn.number, by=turn.by, at=turn.at)


def _checked(turn: Turn) -> None:
    awards.check(
        case_number=turn.number,
        sampled=[row["person"] for row in turn.entry["sampled"]],
        declared={row["person"]: row["words"] for row in turn.entry.get("kin", ())},
        by=turn.by,
        at=turn.at,
    )


def _show(turn: Turn) -> None:
    awards.show(case_number=turn.number, by=turn.by, at=turn.at)


def _close(turn: Turn) -> None:
    awards.close(
        case_number=turn.number,
        objection=turn.entry.get("objection", ""),
        corrections=[
            awards.Correction(
                row["person"],
                row["reason"],
                int(row["quantity"] * MILLI) if "quantity" in row else None,
            )
            for row in turn.entry.get("corrections", ())
        ],
        by=turn.by,
        at=turn.at,
    )


def _approve(turn: Turn) -> None:
    awards.approve(case_number=turn.number, by=turn.by, at=turn.at)


def _finish(turn: Turn) -> None:
    sources.tell(turn.number, amount_fen=award_reads.total_fen(turn.number))


def _end(turn: Turn) -> None:
    awards.end(case_number=turn.number, by=turn.by, at=turn.at)


def _programs(_organisation: str, division_code: str) -> list[tuple[str, str]]:
    return award_reads.choices(clock.today(), division_code)


def _roster(case_number: str) -> PublicRows:
    lines = award_reads.live_awards(case_number)
    return PublicRows(
        columns=("姓名", "数量", "金额（元）"),
        rows=tuple(
            (
                masking.name(one.person.name),
                f"{one.quantity_milli / MILLI:g}{one.program.unit}",
                money.format_yuan(one.amount_fen),
            )
            for one in lines
        ),
    )


def _panel(case_number: str) -> Panel | None:
    lines = award_reads.live_awards(case_number)
    if not lines:
        return None
    return Panel(
        "office/panels/roster.html",
        {
            "rows": [(one, f"{one.quantity_milli / MILLI:g}{one.program.unit}") for one in lines],
            "total_fen": sum(one.amount_fen for one in lines),
        },
    )


def prefill(case_number: str) -> Prefill:
    """Return the payment of a roster: everybody's sum to his own card."""
    found = Roster.objects.select_related("program").filter(case_number=case_number).first()
    if found is None or found.status != RosterStatus.APPROVED:
        return Prefill(form={})
    lines = award_reads.live_awards(case_number)
    cards = fitness.cards(one.person_id for one in lines)
    return Prefill(
        form={
            "purpose": f"{found.period}{found.program.name}"[:PURPOSE_MAX],
            "source_kind": awards.KIND,
            "source_id": case_number,
            "proof_kind": "roster",
            "method": "transfer",
        },
        lines=tuple(
            {
                "kind": "person",
                "payee_id": one.person.ext_id,
                "name": one.payee_name,
                "account": secrets.reveal("account", cards[one.person_id].sealed_number),
                "bank_code": cards[one.person_id].bank_code,
                "amount": money.format_yuan(one.amount_fen).replace(",", ""),
            }
            for one in lines
            if one.person_id in cards
        ),
    )
