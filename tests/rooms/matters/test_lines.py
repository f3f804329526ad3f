"""Payees that the bank sends back: only their line goes round again, corrected, by both hands."""

from __future__ import annotations

import pytest

from sanzi.matters import errors
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, CaseStep
from sanzi.payments import hooks
from sanzi.payments.actions import payee_check
from sanzi.payments.models import Payment, PaymentOrder
from worlds import money as worlds_money
from worlds.cases import AT, Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatched(desk: Desk) -> str:
    number = desk.submitted()
    desk.walk(number, 12)
    return number


def answer(number: str, failed: tuple[int, ...]) -> None:
    """Say what the bank's answer does: these lines are refused, the others are booked."""
    order = PaymentOrder.objects.get(case_number=number)
    order.payments.exclude(line_no__in=failed).update(status="SETTLED", paid_at=AT)
    order.payments.filter(line_no__in=failed).update(status="REJECTED", reason_class="CLOSED")
    order.instructions.update(state="FINAL")
    for payment in order.payments.filter(line_no__in=failed):
        payment.attempts.update(status="REJECTED")
        hooks.on_line_failed.tell(
            hooks.LineFailed(
                number, order.ext_id, payment.ext_id, payment.line_no, payment.amount_fen,
                "REJECTED", "CLOSED", "账户已销户", AT,
            )
        )  # fmt: skip
    state = "PART_SETTLED" if failed else "SETTLED"
    PaymentOrder.objects.filter(pk=order.pk).update(state=state)
    hooks.on_order_done.tell(hooks.OrderDone(number, order.ext_id, state, AT))


def correct(desk: Desk, number: str, line_no: int) -> None:
    person = desk.money.payees[line_no - 1]
    cases.correct_line(
        number=number, line_no=line_no, by=desk.actor("agency_cashier"), at=AT,
        line={"kind": "person", "payee_id": person.ext_id, "name": person.name,
              "account": worlds_money.card(line_no + 50), "bank_code": worlds_money.BANK_CODE,
              "amount": "286.50"},
        confirmation="报账员吴小芬当面看过新卡",
    )  # fmt: skip


def test_all_settled_closes_the_case(desk: Desk, dispatched: str) -> None:
    answer(dispatched, ())

    case = Case.objects.get(number=dispatched)
    assert (case.state, case.closed_at) == ("SETTLED", AT)


def test_a_refused_line_opens_the_payee_check_for_that_line_only(
    desk: Desk, dispatched: str
) -> None:
    answer(dispatched, (2, 4))

    assert Case.objects.get(number=dispatched).state == "PART_SETTLED"
    rows = CaseStep.objects.filter(case__number=dispatched, state="OPEN").order_by("line_no")
    assert [(one.step_key, one.line_no, one.role_code) for one in rows] == [
        ("check_payee", 2, "agency_cashier"), ("check_payee", 4, "agency_cashier"),
    ]  # fmt: skip


def test_the_same_news_twice_opens_it_once(desk: Desk, dispatched: str) -> None:
    answer(dispatched, (2,))
    answer(dispatched, (2,))
    assert CaseStep.objects.filter(state="OPEN").count() == 1


def test_all_refused_is_a_case_returned_by_the_bank(desk: Desk, dispatched: str) -> None:
    answer(dispatched, (1, 2, 3, 4))
    assert Case.objects.get(number=dispatched).state == "BANK_RETURNED"


def test_an_uncorrected_line_is_not_passed(desk: Desk, dispatched: str) -> None:
    answer(dispatched, (2,))
    with pytest.raises(errors.LineNotCorrected):
        desk.act(dispatched, "agency_cashier", line_no=2)
    assert Payment.objects.get(line_no=2).status == "REJECTED"


def test_a_correction_needs_the_word_of_the_village(desk: Desk, dispatched: str) -> None:
    answer(dispatched, (2,))
    with pytest.raises(errors.LineUnconfirmed):
        cases.correct_line(
            number=dispatched, line_no=2, by=desk.actor("agency_cashier"), at=AT,
            line=desk.lines()[1], confirmation=" 看 ",
        )  # fmt: skip


def test_two_lines_are_corrected_made_and_released_together(desk: Desk, dispatched: str) -> None:
    answer(dispatched, (2, 4))
    for line_no in (2, 4):
        correct(desk, dispatched, line_no)
    payee_check.check_payees(case_number=dispatched, by=desk.actor("agency_cashier"), at=AT)
    for line_no in (2, 4):
        desk.act(dispatched, "agency_cashier", line_no=line_no)

    assert PaymentOrder.objects.get().state == "APPROVED"
    rows = CaseStep.objects.filter(state="OPEN").order_by("line_no")
    assert [(one.step_key, one.line_no) for one in rows] == [("instruct", 2), ("instruct", 4)]
    desk.act(dispatched, "agency_cashier", line_no=2)
    desk.act(dispatched, "agency_reviewer", line_no=4)

    assert PaymentOrder.objects.get().state == "RELEASED"
    assert not CaseStep.objects.filter(state="OPEN").exists()
    assert Case.objects.get().state == "PART_SETTLED"
    answer(dispatched, ())
    assert Case.objects.get().state == "SETTLED"


def test_a_line_refused_again_goes_round_again(desk: Desk, dispatched: str) -> None:
    answer(dispatched, (2,))
    correct(desk, dispatched, 2)
    payee_check.check_payees(case_number=dispatched, by=desk.actor("agency_cashier"), at=AT)
    for role in ("agency_cashier", "agency_cashier", "agency_reviewer"):
        desk.act(dispatched, role, line_no=2)

    answer(dispatched, (2,))

    rows = CaseStep.objects.filter(line_no=2, step_key="check_payee").order_by("round")
    assert [(one.round, one.state) for one in rows] == [(1, "APPROVED"), (2, "OPEN")]
