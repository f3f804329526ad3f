"""What a case of labour (M09) does in the register, and what a payment of wages begins with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sanzi.kernel import clock, masking, money
from sanzi.matters import registry
from sanzi.matters.actions import sources
from sanzi.payments.queries import payees
from sanzi.registers.labour.actions import declarations, requests
from sanzi.registers.labour.actions.requests import RequestFields
from sanzi.registers.labour.errors import NoAccount, NotOpen, PublicityRuns, WagesDiffer, WagesPaid
from sanzi.registers.labour.models import LabourRequest
from sanzi.registers.labour.queries import requests as reads
from sanzi.registers.labour.queries import standards, wages
from sanzi.supervision.actions import holds

KIND = "labour"
PURPOSE_MAX = 60


def register() -> None:
    """Register with cases; called once from `apps.ready`."""
    registry.check("labour.may_open", _may_open)
    registry.effect("labour.opened", _opened)
    registry.effect("labour.approved", _approved)
    registry.effect("labour.returned", _returned)
    registry.effect("labour.stopped", _stopped)
    registry.effect("labour.declared", _declared)
    registry.effect("labour.accepted", _accepted)
    registry.choices("labour_rates", _rates)
    registry.sheet("labour.roll", _roll)
    registry.panel("M09", _panel)
    registry.prefill(KIND, prefill)
    registry.payable(KIND, require_payable)
    holds.released.append(declarations.follow_release)


def _fields(turn: registry.Turn) -> RequestFields:
    form = turn.form
    return RequestFields(
        organisation=turn.organisation,
        work_kind=form.get("work_kind", ""),
        reason=form.get("reason", ""),
        place=form.get("place", ""),
        planned_start_at=form["planned_start_at"],
        planned_end_at=form["planned_end_at"],
        headcount_planned=form.get("headcount_planned", 0),
        person_days_planned=form.get("person_days_planned", 0),
        rate_code=form.get("rate_code", ""),
        dispatcher=form.get("dispatcher_person_id", ""),
        checker=form.get("checker_person_id", ""),
        budget_fen=turn.amount_fen,
        budget_line=form.get("budget_line_id", ""),
        decision=turn.decision_ext_id,
        is_emergency=form.get("is_emergency", False),
    )


def _may_open(turn: registry.Turn) -> None:
    """Say early what the register would refuse; an unfinished form is not judged."""
    needed = ("planned_start_at", "planned_end_at", "headcount_planned", "person_days_planned")
    if all(one in turn.form for one in needed):
        requests.require_open(fields=_fields(turn), at=turn.at)


def _opened(turn: registry.Turn) -> None:
    requests.open_request(fields=_fields(turn), case_number=turn.number, by=turn.by, at=turn.at)


def _approved(turn: registry.Turn) -> None:
    requests.approve(case_number=turn.number, by=turn.by, at=turn.at)


def _returned(turn: registry.Turn) -> None:
    requests.send_back(case_number=turn.number, by=turn.by, at=turn.at)


def _stopped(turn: registry.Turn) -> None:
    row = LabourRequest.objects.filter(case_number=turn.number).first()
    if row is not None:
        requests.stop(case_number=turn.number, by=turn.by, at=turn.at)


def _declared(turn: registry.Turn) -> None:
    declarations.declare(request=_request(turn.number).ext_id, by=turn.by, at=turn.at)


def _accepted(turn: registry.Turn) -> None:
    row = _request(turn.number)
    opinion = str(turn.entry.get("opinion", ""))
    declarations.accept(request=row.ext_id, opinion=opinion, by=turn.by, at=turn.at)
    sources.tell(turn.number, amount_fen=sum(one.amount_fen for one in wages.wages_of(row)))


def _request(case_number: str) -> LabourRequest:
    return reads.of_case(case_number)


def _rates(_organisation: str, division_code: str) -> list[tuple[str, str]]:
    return [
        (
            one.rate_code,
            f"{one.title}，{one.get_unit_display()}{money.format_yuan(one.value_fen)}元",
        )
        for one in standards.rates_on(division_code, clock.today())
    ]


def _roll(case_number: str) -> registry.PublicRows:
    return registry.PublicRows(
        columns=("姓名", "几天", "工资（元）"),
        rows=tuple(
            (masking.name(one.name), str(one.day_count), money.format_yuan(one.amount_fen))
            for one in wages.wages_of(_request(case_number))
        ),
    )


def _panel(case_number: str) -> registry.Panel | None:
    """Show the way to the rosters of the days, once there is a request."""
    row = LabourRequest.objects.filter(case_number=case_number).first()
    if row is None:
        return None
    return registry.Panel(
        "office/panels/labour.html",
        {"request": row.ext_id, "days": reads.days_of(row), "is_open": reads.is_open(row)},
    )


def prefill(case_number: str) -> registry.Prefill:
    """Return the payment of a request's wages: each worker's sum to his own account.

    Raises: NotFound, NoAccount for a worker without one.
    """
    row = _request(case_number)
    lines = []
    for one in wages.wages_of(row):
        if not one.account:
            raise NoAccount(name=one.name)
        lines.append(
            {
                "kind": "person",
                "payee_id": one.person_ext_id,
                "name": one.name,
                "account": one.account,
                "bank_code": one.bank_code,
                "amount": money.format_yuan(one.amount_fen).replace(",", ""),
            }
        )
    return registry.Prefill(form=_form(row), lines=tuple(lines))


def _form(row: LabourRequest) -> dict[str, str]:
    said: dict[str, Any] = {
        "purpose": f"{row.place}用工工资"[:PURPOSE_MAX],
        "source_kind": KIND,
        "source_id": row.case_number,
        "budget_line_id": row.budget_line_ext_id,
        "handler_person_id": row.dispatcher.ext_id if row.dispatcher else "",
        "method": "transfer",
        "proof_kind": "roster",
    }
    return {key: str(value) for key, value in said.items() if value}


def require_payable(source_id: str, amount_fen: int, number: str) -> None:
    """Refuse wages nobody accepted, still shown, that differ from the roll, or that were paid.

    A source from elsewhere has no request here and is left to its own papers.
    Raises: NotOpen, PublicityRuns, WagesDiffer, WagesPaid.
    """
    row = LabourRequest.objects.filter(case_number=source_id).exclude(case_number="").first()
    if row is None:
        return
    require_shown(row, amount_fen, clock.now())
    if payees.paid_fen(KIND, source_id, but_case=number):
        raise WagesPaid


def require_shown(row: LabourRequest, amount_fen: int, at: datetime) -> None:
    """Refuse as `require_payable` does, at an instant. Raises: what that raises."""
    until = wages.payable_from(row)
    if until is None:
        raise NotOpen(state=row.get_state_display(), verb="付工资")
    if clock.local_date(at) <= until:
        raise PublicityRuns(day=clock.day_said(until))
    total = sum(one.amount_fen for one in wages.wages_of(row))
    if amount_fen != total:
        raise WagesDiffer(asked=money.format_yuan(amount_fen), total=money.format_yuan(total))
