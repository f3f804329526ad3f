"""From the steps of M26 to the actions of aid, what is published, what a payment begins with."""

from __future__ import annotations

from sanzi.kernel import clock, money
from sanzi.matters import registry
from sanzi.matters.actions import sources
from sanzi.matters.registry import Panel, Prefill, PublicRows, Turn
from sanzi.orgs import secrets
from sanzi.registers.subsidies.actions import aid
from sanzi.registers.subsidies.models import ONCE, AidCase, AidKind, AidStatus
from sanzi.registers.subsidies.queries import aid as reads
from sanzi.registers.subsidies.queries import fitness

COLUMNS = ("姓名", "几口人", "哪一种", "每月（元）")


def register() -> None:
    """Bind M26; called once from `apps.ready`."""
    registry.check("subsidies.aid_wish", _check)
    registry.effect("subsidies.aid_apply", _apply)
    registry.effect("subsidies.aid_accept", _accept)
    registry.effect("subsidies.aid_visit", _visit)
    registry.effect("subsidies.aid_show", _show)
    registry.effect("subsidies.aid_close", _close)
    registry.effect("subsidies.aid_decide", _decide)
    registry.effect("subsidies.aid_deliver", _deliver)
    registry.effect("subsidies.aid_end", _end)
    registry.choices("aid_visitors", lambda _, place: reads.staff_choices(place, clock.today()))
    registry.choices("aid_cases", lambda _, place: reads.live_choices(place))
    registry.sheet("subsidies.aid", _shown)
    registry.sheet("subsidies.aid_roll", _roll)
    registry.panel("M26", _panel)
    registry.payable(aid.KIND, aid.require_payable)
    registry.prefill(aid.KIND, prefill)


def _fields(turn: Turn) -> aid.AidFields:
    form = turn.form
    return aid.AidFields(
        organisation=turn.organisation,
        kind=form["kind"],
        applicant=form["applicant"],
        members=[row["person"] for row in form.get("members", ()) if "person" in row],
        is_kin_of_staff=form["kin_of_staff"],
        renews=form.get("renews", ""),
    )


def _check(turn: Turn) -> None:
    if {"kind", "applicant", "kin_of_staff"} <= set(turn.form):
        aid.judge(fields=_fields(turn), at=turn.at)


def _apply(turn: Turn) -> None:
    aid.apply(fields=_fields(turn), case_number=turn.number, by=turn.by, at=turn.at)


def _accept(turn: Turn) -> None:
    aid.accept(case_number=turn.number, by=turn.by, at=turn.at)


def _visit(turn: Turn) -> None:
    entry = turn.entry
    visit = aid.Visit(
        visitors=[row["person"] for row in entry["visitors"]],
        visited_at=entry["visited_at"],
        income_month_fen=entry["income"],
        is_agreed=entry["agreed"],
        explained=entry.get("explained", ""),
        reviewed_at=entry.get("reviewed_at"),
    )
    aid.visit(case_number=turn.number, visit=visit, by=turn.by, at=turn.at)


def _show(turn: Turn) -> None:
    aid.show(case_number=turn.number, by=turn.by, at=turn.at)


def _close(turn: Turn) -> None:
    aid.close(case_number=turn.number, by=turn.by, at=turn.at)


def _decide(turn: Turn) -> None:
    entry = turn.entry
    decision = aid.Decision(
        is_approved=entry["result"] == "approved",
        reason=entry.get("reason", ""),
        monthly_fen=entry.get("monthly"),
        start_date=entry.get("start_date"),
        end_date=entry.get("end_date"),
        is_visited=entry["visited"],
    )
    aid.decide(case_number=turn.number, decision=decision, by=turn.by, at=turn.at)


def _deliver(turn: Turn) -> None:
    aid.deliver(case_number=turn.number, by=turn.by, at=turn.at)
    found = _of(turn.number)
    if found is not None and found.kind in ONCE and found.monthly_fen:
        sources.tell(turn.number, amount_fen=found.monthly_fen)


def _end(turn: Turn) -> None:
    aid.end(case_number=turn.number, by=turn.by, at=turn.at)


def _of(case_number: str) -> AidCase | None:
    return AidCase.objects.select_related("applicant").filter(case_number=case_number).first()


def _shown(case_number: str) -> PublicRows:
    found = _of(case_number)
    return PublicRows(COLUMNS, (reads.public_row(found),) if found else ())


def _roll(case_number: str) -> PublicRows:
    found = _of(case_number)
    rows = reads.on_roll(found.division_code, clock.today()) if found else []
    return PublicRows(COLUMNS, tuple(reads.public_row(one) for one in rows))


def _panel(case_number: str) -> Panel | None:
    found = _of(case_number)
    if found is None or found.decided_at is None:
        return None
    return Panel("office/panels/aid.html", {"ext_id": found.ext_id, "result": found.result})


def prefill(case_number: str) -> Prefill:
    """Return the payment of a month's aid, to the applicant's own card."""
    found = _of(case_number)
    if found is None or found.status != AidStatus.APPROVED or not found.monthly_fen:
        return Prefill(form={})
    card = fitness.cards([found.applicant_id]).get(found.applicant_id)
    month = clock.today()
    when = "" if found.kind in ONCE else f"{month.year}年{month.month}月"
    return Prefill(
        form={
            "purpose": f"{when}{AidKind(found.kind).label}",
            "source_kind": aid.KIND,
            "source_id": case_number,
            "proof_kind": "roster",
            "method": "transfer",
        },
        lines=(
            {
                "kind": "person",
                "payee_id": found.applicant.ext_id,
                "name": found.applicant.name,
                "account": secrets.reveal("account", card.sealed_number) if card else "",
                "bank_code": card.bank_code if card else "",
                "amount": money.format_yuan(found.monthly_fen).replace(",", ""),
            },
        ),
    )
