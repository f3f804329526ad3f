"""A case through its chain, by tier: who acts, in which order, and what the money does."""

from __future__ import annotations

import pytest

from sanzi.audit.models import Event
from sanzi.matters.models import Case, CaseStep
from sanzi.payments.models import Instruction, PaymentOrder
from worlds.cases import AT, ROLE_OF, Desk, decision

pytestmark = pytest.mark.django_db

ORDER = {
    "T0": [3, 4, 5, 6, 7, 11, 12],
    "T1": [3, 4, 5, 6, 7, 8, 11, 12],
    "T2": [3, 4, 5, 6, 7, 8, 9, 11, 12],
    "T3": [3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
}


@pytest.mark.parametrize(
    ("tier", "yuan"), [("T0", "2499.99"), ("T1", "2500"), ("T2", "12500"), ("T3", "50000")]
)
def test_every_tier_goes_through_its_own_chain(desk: Desk, tier: str, yuan: str) -> None:
    decision(desk)
    number = desk.submitted(yuan, decision_id="D-1")

    for step_no in ORDER[tier]:
        row = CaseStep.objects.get(case__number=number, state="OPEN")
        assert (row.step_no, row.role_code) == (step_no, ROLE_OF[step_no])
        desk.act(number, ROLE_OF[step_no])

    case = Case.objects.get(number=number)
    assert (case.tier, case.state) == (tier, "DISPATCHED")
    assert not CaseStep.objects.filter(case=case, state="OPEN").exists()
    assert PaymentOrder.objects.get(case_number=number).state == "RELEASED"
    assert Instruction.objects.count() == 1


def test_the_submission_notes_the_handler_and_the_reporter(desk: Desk) -> None:
    number = desk.submitted()

    rows = list(CaseStep.objects.filter(case__number=number).order_by("step_no"))
    assert [(one.step_no, one.state) for one in rows] == [
        (1, "APPROVED"), (2, "APPROVED"), (3, "OPEN"),
    ]  # fmt: skip
    assert rows[0].actor == desk.handler
    assert rows[1].actor == desk.world.people["cashier_reporter"]
    assert len(Case.objects.get().content_digest) == 64


def test_a_limit_counts_work_days_from_the_next_day(desk: Desk) -> None:
    number = desk.submitted()

    due = CaseStep.objects.get(case__number=number, state="OPEN").due_at
    assert due is not None
    assert due.isoformat() == "2026-11-19T09:30:00+00:00"


def test_numbers_of_a_village_have_no_gaps(desk: Desk) -> None:
    found = [desk.start() for _ in range(3)]

    assert found == [f"999901101201-2026-{place:06d}" for place in (1, 2, 3)]


def test_each_step_leaves_one_event(desk: Desk) -> None:
    number = desk.submitted()
    desk.walk(number, 4)

    kinds = list(
        Event.objects.filter(subject_kind="case", subject_id=number, kind__startswith="matters.")
        .order_by("id").values_list("kind", flat=True)
    )  # fmt: skip
    assert kinds == [
        "matters.case.started", "matters.case.saved", "matters.case.submitted",
        "matters.step.acted", "matters.step.acted",
    ]  # fmt: skip


def test_the_gates_run_at_draft_submit_approve_and_pay(desk: Desk, gate) -> None:
    number = desk.submitted()
    desk.walk(number, 12)

    assert gate.ran[:2] == ["draft", "submit"]
    assert gate.ran[2:] == ["approve"] * 5 + ["pay"] * 3


def test_a_returned_case_goes_round_again_with_its_own_steps(desk: Desk) -> None:
    number = desk.submitted()
    desk.walk(number, 3)
    done = desk.act(number, "supervision_head", "return", reason_code="amount_wrong")
    assert done.state == "RETURNED"

    from sanzi.matters.actions import cases

    by = desk.actor("cashier_reporter")
    cases.save(number=number, by=by, at=AT, form={}, lines=desk.lines("200"))
    from sanzi.payments.actions import payee_check

    payee_check.check_payees(case_number=number, by=by, at=AT)
    cases.submit(number=number, by=by, at=AT)

    case = Case.objects.get(number=number)
    assert (case.round, case.amount_fen) == (2, 80_000)
    assert CaseStep.objects.get(case=case, state="OPEN").step_no == 3
    assert CaseStep.objects.filter(case=case, round=1).count() == 4
