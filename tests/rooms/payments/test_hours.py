"""Refused for the hour, the day or the size: the message goes out again, under a new number."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from sanzi.bank import errors
from sanzi.kernel import clock
from sanzi.payments.actions import dispatch, release
from sanzi.payments.errors import AboveBankLimit
from sanzi.payments.models import Instruction, InstructionLine, Payment, PaymentOrder, Turn
from worlds.fake_bank import CAPS, FakeBank
from worlds.money import AT, CASE, Money, approved_order, released_order

pytestmark = pytest.mark.django_db


def refusing(problem: Exception, times: int, bank: FakeBank):
    """Refuse so many messages, then answer."""
    left = [problem] * times

    def answer(msg_id: str):
        if left:
            raise left.pop()
        return bank.answer(msg_id)

    return answer


def local(at: datetime) -> str:
    return f"{at.astimezone(clock.SHANGHAI):%m-%d %H:%M}"


def test_a_message_refused_for_its_hour_goes_out_next_morning_under_a_new_number(money, bank):
    bank.on_send = refusing(errors.CutOffPassed(reason_code="TM01", reason_text=""), 1, bank)
    released_order(money)

    dispatch.work(AT)

    first, second = Instruction.objects.order_by("pk")
    assert (first.state, second.state, second.replaces_id) == ("FINAL", "READY", first.pk)
    assert local(second.next_at) == "11-19 09:00"
    assert second.msg_id == "OWILLOW-20261119-000001"
    assert set(Payment.objects.values_list("status", "attempt_no")) == {("APPROVED", 2)}
    assert PaymentOrder.objects.get().state == "RELEASED"

    dispatch.work(AT + timedelta(hours=22))
    assert len(bank.sent) == 1
    dispatch.work(AT + timedelta(hours=23))

    assert [msg_id for msg_id, _ in bank.sent] == [first.msg_id, second.msg_id]
    assert PaymentOrder.objects.get().state == "SETTLED"
    statuses = InstructionLine.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["REJECTED"] * 4 + ["SETTLED"] * 4


def test_known_closed_hours_are_waited_out_without_asking_the_bank(money, bank: FakeBank) -> None:
    bank.caps = replace(CAPS, closed_hours=((time(9, 55), time(10, 30)),))
    released_order(money)

    dispatch.work(AT)
    assert bank.sent == []
    assert local(Instruction.objects.get().next_at) == "11-18 10:30"
    dispatch.work(AT + timedelta(minutes=30))

    assert len(bank.sent) == 1
    assert PaymentOrder.objects.get().state == "SETTLED"


def test_a_closed_day_gives_way_to_the_next_day(money: Money, bank: FakeBank) -> None:
    refusal = errors.GatewayRejected(reason_code="DT01", reason_text="休息日")
    bank.on_send = refusing(refusal, 2, bank)
    released_order(money)

    for hours in (0, 23, 47):
        dispatch.work(AT + timedelta(hours=hours))

    days = [line.msg_id.split("-")[1] for line in Instruction.objects.order_by("pk")]
    assert days == ["20261118", "20261119", "20261120"]
    assert PaymentOrder.objects.get().state == "SETTLED"
    assert Turn.objects.filter(kind="REPLACED").count() == 2


def test_a_second_sending_refused_for_the_hour_tells_nothing_of_the_first(money, bank) -> None:
    bank.caps = replace(CAPS, idempotent_replay=True)
    bank.on_send = refusing(errors.GatewayTimeout(), 1, bank)
    released_order(money)
    dispatch.work(AT)
    bank.on_send = refusing(errors.CutOffPassed(reason_code="TM01", reason_text=""), 1, bank)

    dispatch.work(AT + timedelta(seconds=20))

    assert Instruction.objects.get().state == "UNKNOWN"
    assert len(bank.sent) == 2


def test_a_message_refused_for_its_size_is_halved_until_the_bank_takes_it(money, bank) -> None:
    def answer(msg_id: str):
        if len(bank.batches[msg_id].lines) > 1:
            raise errors.LimitExceeded(reason_code="AM14", reason_text="")
        return bank.answer(msg_id)

    bank.on_send = answer
    released_order(money)

    dispatch.work(AT)

    sizes = [len(bank.batches[msg_id].lines) for msg_id, _ in bank.sent]
    assert sorted(sizes) == [1, 1, 1, 1, 2, 2, 4]
    assert PaymentOrder.objects.get().state == "SETTLED"
    settled = InstructionLine.objects.filter(status="SETTLED")
    assert settled.count() == settled.values("payment_id").distinct().count() == 4


def test_a_single_line_above_the_limit_is_refused_and_told(money: Money, bank: FakeBank) -> None:
    bank.limit(1)
    bank.on_send = lambda _: (_ for _ in ()).throw(
        errors.LimitExceeded(reason_code="AM14", reason_text="超过限额")
    )
    released_order(money)

    dispatch.work(AT)

    assert set(Payment.objects.values_list("status", "reason_class")) == {
        ("REJECTED", "LIMIT_EXCEEDED")
    }


def test_a_payee_above_the_known_limit_stops_the_release_and_nothing_is_written(money, bank):
    approved_order(money)
    release.instruct(case_number=CASE, by=money.actor("agency_cashier"), at=AT)
    bank.caps = replace(CAPS, amount_max_fen=28_652)

    with pytest.raises(AboveBankLimit) as refused:
        release.release(case_number=CASE, by=money.actor("agency_reviewer"), at=AT)

    assert "第3行" in refused.value.text
    assert "286.52元" in refused.value.text
    assert Instruction.objects.count() == 0
    assert PaymentOrder.objects.get().state == "INSTRUCTED"


def test_a_bank_that_refuses_every_day_is_given_to_a_human_in_the_end(money, bank) -> None:
    bank.on_send = refusing(errors.GatewayRejected(reason_code="DT01", reason_text=""), 99, bank)
    released_order(money)

    for day in range(20):
        dispatch.work(AT + timedelta(days=day))

    assert len(bank.sent) == 13
    assert set(Payment.objects.values_list("status", "reason_class")) == {
        ("REJECTED", "CLOSED_DAY")
    }
