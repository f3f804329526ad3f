"""M09 from request to wages: the case, the register, the record, the payment's beginning."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters import errors as matter_errors
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, CaseStep, SourceMatter
from sanzi.record import extraction
from sanzi.registers.labour import effects, errors
from sanzi.registers.labour.actions import requests
from sanzi.registers.labour.models import LabourDeclaration, LabourRequest
from worlds import labour as world
from worlds import spending
from worlds.labour import ASKED, DECLARED, EVENING, Labour
from worlds.publications import published

pytestmark = pytest.mark.django_db

FORM = {
    "work_kind": "ditch", "reason": "雨季前清理排水沟", "place": "村东排水沟",
    "planned_start_at": "2026-11-17T08:00", "planned_end_at": "2026-11-19T17:00",
    "headcount_planned": "4", "person_days_planned": "8", "rate_code": "general",
    "budget": "1200", "is_emergency": "no", "budget_line_id": "BL-1",
}  # fmt: skip


def form(labour: Labour, **changed: str) -> dict[str, str]:
    people = labour.money.world.people
    return {
        **FORM, "dispatcher_person_id": people["committee_member"].ext_id,
        "checker_person_id": people["supervision_head"].ext_id, **changed,
    }  # fmt: skip


def draft(labour: Labour, **changed: str) -> str:
    by = labour.actor("committee_member", ASKED)
    number = cases.start(matter_code="M09", organisation_ext_id="O-WILLOW", by=by, at=ASKED)
    cases.save(number=number, by=by, at=ASKED, form=form(labour, **changed))
    return number


def act(
    labour: Labour, number: str, role: str, at: datetime = ASKED, verdict: str = "approve"
) -> Any:
    seen = Case.objects.get(number=number).content_digest
    said = {} if verdict == "approve" else {"reason_code": "too_many", "text": "人太多了"}
    return cases.act(
        number=number, by=labour.actor(role, at), at=at,
        opinion=cases.Opinion(verdict, seen, **said),
    )  # fmt: skip


def approved(labour: Labour) -> tuple[str, str]:
    number = draft(labour)
    cases.submit(number=number, by=labour.actor("committee_member", ASKED), at=ASKED)
    act(labour, number, "supervision_head")
    act(labour, number, "village_secretary")
    return number, LabourRequest.objects.get(case_number=number).ext_id


def write(labour: Labour, number: str, role: str, at: datetime, **entry: str) -> Any:
    return cases.record(number=number, by=labour.actor(role, at), at=at, form=entry)


def test_labour_walks_from_request_to_the_wage_list(labour: Labour) -> None:
    number, request = approved(labour)
    assert world.found(request).state == "APPROVED"
    assert SourceMatter.objects.get(ext_id=number).kind == "labour"

    world.shoot(labour, request)
    world.enter(labour, request)
    world.check(labour, request)
    write(labour, number, "cashier_reporter", DECLARED, note="少干了一天")
    write(labour, number, "supervision_head", DECLARED, opinion="沟清了，人对得上")

    assert LabourDeclaration.objects.get().total_fen == 60_000
    assert SourceMatter.objects.get(ext_id=number).amount_fen == 60_000
    assert not CaseStep.objects.filter(case__number=number, state="OPEN").exists()
    assert len(extraction.fetch("labour_day")) == 4
    assert [row[1] for row in extraction.fetch("labour_request")] == [number]
    shown = published(number)
    assert shown["L01"].facts["干什么活"] == "沟渠清理"
    assert shown["L02"].facts == {"验收意见": "沟清了，人对得上"}
    [roll] = shown["L02"].tables.values()
    assert [row[1:] for row in roll] == [["1", "150.00"]] * 4
    assert all("*" in row[0] for row in roll)
    begun = effects.prefill(number)
    assert begun.form["source_id"] == number
    assert [(one["payee_id"], one["amount"]) for one in begun.lines] == [
        ("V1", "150.00"), ("V2", "150.00"), ("V3", "150.00"), ("V4", "150.00"),
    ]  # fmt: skip


def test_wages_are_paid_after_the_roll_was_shown_and_whole(labour: Labour) -> None:
    row = world.found(world.declared(labour))
    with pytest.raises(errors.NotOpen):
        effects.require_shown(row, 60_000, DECLARED)
    from sanzi.registers.labour.actions import declarations

    head = labour.actor("supervision_head", DECLARED)
    declarations.accept(request=row.ext_id, opinion="好", by=head, at=DECLARED)

    with pytest.raises(errors.PublicityRuns):
        effects.require_shown(row, 60_000, DECLARED + timedelta(days=3))
    with pytest.raises(errors.WagesDiffer):
        effects.require_shown(row, 60_001, DECLARED + timedelta(days=4))
    effects.require_shown(row, 60_000, DECLARED + timedelta(days=4))
    effects.require_payable("S-ELSEWHERE", 60_000, "K-1")


def test_wages_are_paid_once(labour: Labour, monkeypatch: pytest.MonkeyPatch) -> None:
    number, request = approved(labour)
    world.shoot(labour, request)
    world.enter(labour, request)
    world.check(labour, request)
    write(labour, number, "cashier_reporter", DECLARED, note="少干了一天")
    write(labour, number, "supervision_head", DECLARED, opinion="沟清了，人对得上")
    monkeypatch.setattr(effects.clock, "now", lambda: DECLARED + timedelta(days=4))
    effects.require_payable(number, 60_000, "K-1")
    spending.spend(
        labour.money.world, "K-1", [(labour.money.payees[0], 60_000)], state="submitted",
        source_kind="labour", source_id=number,
    )  # fmt: skip

    effects.require_payable(number, 60_000, "K-1")
    with pytest.raises(errors.WagesPaid):
        effects.require_payable(number, 60_000, "K-2")


@pytest.mark.parametrize(
    "changed",
    [
        {"planned_start_at": "2026-11-16T08:00"},
        {"checker_person_id": "P-willow-2"},
        {"budget": "50000"},
        {"rate_code": "nothing"},
    ],
)
def test_what_the_register_refuses_is_not_handed_in(
    labour: Labour, changed: dict[str, str]
) -> None:
    number = draft(labour, **changed)
    with pytest.raises(Refusal):
        cases.submit(number=number, by=labour.actor("committee_member", ASKED), at=ASKED)

    assert Case.objects.get(number=number).state == "DRAFT"
    assert not LabourRequest.objects.exists()


def test_a_case_sent_back_or_withdrawn_takes_its_request_along(labour: Labour) -> None:
    number = draft(labour)
    starter = labour.actor("committee_member", ASKED)
    cases.submit(number=number, by=starter, at=ASKED)
    act(labour, number, "supervision_head", verdict="return")
    assert LabourRequest.objects.get().state == "RETURNED"

    cases.submit(number=number, by=starter, at=ASKED)
    assert LabourRequest.objects.get().state == "SUBMITTED"
    cases.withdraw(number=number, by=starter, at=ASKED)
    assert LabourRequest.objects.get().state == "STOPPED"


def test_a_held_declaration_stops_the_case(labour: Labour) -> None:
    number, request = approved(labour)
    world.shoot(labour, request, "before")
    world.shoot(labour, request, "after", mark=6, at=EVENING - timedelta(days=1))
    world.enter(labour, request)
    world.check(labour, request)
    write(labour, number, "cashier_reporter", DECLARED)

    with pytest.raises(errors.DeclarationHeld):
        write(labour, number, "supervision_head", DECLARED, opinion="好")
    with pytest.raises(matter_errors.NoOpenStep):
        write(labour, number, "cashier_reporter", DECLARED)

    assert world.found(request).state == "DECLARED"
    assert requests.SUBJECT == "labour_request"
