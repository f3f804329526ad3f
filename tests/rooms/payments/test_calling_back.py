"""Taking payments back, before they are sent and at the bank."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sanzi.bank import errors
from sanzi.bank.port import CancelResult, LineState
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import cancelling, dispatch, orders
from sanzi.payments.errors import BankTakesNothingBack, NothingToCallBack
from sanzi.payments.models import (
    CancelWish,
    Instruction,
    InstructionLine,
    Payment,
    PaymentOrder,
)
from worlds.bank_days import after, raising, states
from worlds.fake_bank import CAPS, FakeBank
from worlds.money import AT, CASE, Money, go_out, lines, released_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cancels(bank: FakeBank) -> None:
    bank.caps = replace(CAPS, can_cancel=True)


def call_back(money: Money, *line_nos: int, at=AT) -> cancelling.CalledBack:
    by = money.actor("agency_cashier", at)
    return cancelling.call_back(case_number=CASE, by=by, at=at, line_nos=line_nos)


def statuses() -> list[str]:
    return list(Payment.objects.order_by("line_no").values_list("status", flat=True))


def accepted(money: Money, bank: FakeBank) -> Instruction:
    bank.on_send = lambda msg_id: bank.answer(msg_id, LineState.ACCEPTED)
    bank.on_query = bank.on_send
    released_order(money)
    dispatch.work(AT)
    return Instruction.objects.get()


def test_what_has_not_left_is_taken_back_at_once(money: Money, bank: FakeBank) -> None:
    released_order(money)

    assert call_back(money) == cancelling.CalledBack(withdrawn=4, asked=0)

    assert states() == ("REFUSED", {"CANCELLED"})
    assert PaymentOrder.objects.get().state == "CANCELLED"
    dispatch.work(AT)
    assert bank.sent == []


def test_one_payee_is_taken_out_of_a_waiting_message_and_the_others_are_paid(money, bank) -> None:
    released_order(money)

    assert call_back(money, 2).withdrawn == 1
    dispatch.work(AT)

    assert statuses() == ["SETTLED", "CANCELLED", "SETTLED", "SETTLED"]
    assert len(bank.sent) == 1
    assert [line.payee_name for line in bank.batches[bank.sent[0][0]].lines] == [
        money.payees[place].name for place in (0, 2, 3)
    ]
    assert PaymentOrder.objects.get().state == "SETTLED"


def test_the_bank_takes_out_what_it_can_and_the_rest_goes_on(money, bank: FakeBank) -> None:
    message = accepted(money, bank)
    ids = list(message.lines.order_by("pk").values_list("e2e_id", flat=True))
    bank.on_cancel = lambda msg_id, _: CancelResult(
        msg_id, cancelled=(ids[1],), refused=(ids[2],), reason_text="已经付了"
    )

    assert call_back(money, 2, 3) == cancelling.CalledBack(withdrawn=0, asked=2)
    dispatch.work(after(seconds=5))

    assert statuses() == ["ACCEPTED", "CANCELLED", "ACCEPTED", "ACCEPTED"]
    assert Payment.objects.get(line_no=2).reason_class == "CALLED_BACK"
    assert CancelWish.objects.get().answered_at is not None
    bank.on_query = lambda msg_id: replace(bank.answer(msg_id), lines=bank.answer(msg_id).lines[2:])
    dispatch.work(after(minutes=1))
    assert statuses()[1:] == ["CANCELLED", "SETTLED", "SETTLED"]


def test_a_wish_without_an_answer_is_put_again_and_changes_nothing(money, bank: FakeBank) -> None:
    accepted(money, bank)
    bank.on_cancel = lambda *_: raising(errors.GatewayTimeout())("")
    call_back(money)

    for minute in range(10):
        dispatch.work(after(minutes=minute))

    assert statuses() == ["ACCEPTED"] * 4
    assert len(bank.cancelled) > 2
    assert CancelWish.objects.get().answered_at is None


def test_a_refusal_after_a_wish_reads_as_taken_back(money: Money, bank: FakeBank) -> None:
    accepted(money, bank)
    bank.on_cancel = lambda *_: raising(errors.GatewayTimeout())("")
    call_back(money, 1)
    bank.on_query = lambda msg_id: bank.answer(msg_id, refused={1: "MS03"})

    dispatch.work(after(minutes=1))

    assert statuses() == ["CANCELLED", "SETTLED", "SETTLED", "SETTLED"]


def test_a_line_taken_back_goes_round_again_with_another_account(money, bank: FakeBank) -> None:
    released_order(money)
    call_back(money, 2)
    dispatch.work(AT)
    later = after(hours=1)
    orders.reopen_line(
        case_number=CASE,
        line_no=2,
        by=money.actor("cashier_reporter", later),
        at=later,
        corrected=replace(lines(money)[1], account="6228480009999990002"),
    )
    Payment.objects.filter(line_no=2).update(payee_check="MATCH")
    orders.approve(case_number=CASE, by=money.actor("village_secretary", later), at=later)
    go_out(money, at=later)
    dispatch.work(later)

    assert statuses() == ["SETTLED"] * 4
    paid = InstructionLine.objects.filter(payment__line_no=2, status="SETTLED").get()
    assert paid.e2e_id.endswith("-R2")


def test_a_bank_that_takes_nothing_back_is_said_so_and_nothing_changes(money, bank) -> None:
    accepted(money, bank)
    bank.caps = replace(CAPS, can_cancel=False)

    with pytest.raises(BankTakesNothingBack):
        call_back(money)

    assert statuses() == ["ACCEPTED"] * 4
    assert CancelWish.objects.count() == 0


def test_what_is_paid_cannot_be_taken_back(money: Money, bank: FakeBank) -> None:
    released_order(money)
    dispatch.work(AT)

    with pytest.raises(NothingToCallBack):
        call_back(money, at=AT + timedelta(hours=1))

    assert statuses() == ["SETTLED"] * 4


def test_who_may_not_pay_may_not_take_back(money: Money, bank: FakeBank) -> None:
    released_order(money)

    with pytest.raises(NotFound):
        cancelling.call_back(case_number=CASE, by=money.actor("cashier_reporter"), at=AT)

    assert states() == ("READY", {"APPROVED"})
