"""Two hands, fresh second factors, and what was approved is what is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.kernel.digest import sm3
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import secrets
from sanzi.orgs.errors import NotFound, SecondFactorNeeded
from sanzi.payments import hooks
from sanzi.payments.actions import dispatch, locking, release
from sanzi.payments.errors import (
    OrderStands,
    OrderStopped,
    OrderTampered,
    PayeesNotChecked,
    SameHand,
)
from sanzi.payments.models import Instruction, InstructionLine, Payment, PaymentOrder
from worlds.fake_bank import FakeBank
from worlds.money import AT, CASE, Money, approved_order, card

pytestmark = pytest.mark.django_db


def instruct(money: Money, role: str = "agency_cashier", **changed) -> None:
    by = replace(money.actor(role), **changed)
    release.instruct(case_number=CASE, by=by, at=AT)


def hand_over(money: Money, role: str = "agency_reviewer", **changed) -> release.Released:
    by = replace(money.actor(role), **changed)
    return release.release(case_number=CASE, by=by, at=AT)


@pytest.fixture
def alarms():
    heard: list[hooks.Tampering] = []
    hooks.on_tampering(heard.append)
    yield heard
    hooks.on_tampering.forget(heard.append)


def test_a_release_stores_the_bytes_and_their_digest_before_anything_is_sent(money, bank) -> None:
    approved_order(money)
    instruct(money)

    released = hand_over(money)

    message = Instruction.objects.get()
    assert released.msg_ids == ("OWILLOW-20261118-000001",)
    assert released.line_count == 4
    assert message.state == "READY"
    assert message.body_digest == sm3(bytes(message.body))
    assert bank.sent == []
    assert PaymentOrder.objects.get().state == "RELEASED"
    ids = list(InstructionLine.objects.order_by("pk").values_list("e2e_id", flat=True))
    assert ids == list(Payment.objects.order_by("line_no").values_list("ext_id", flat=True))


def test_a_batch_is_split_by_what_the_bank_takes(money: Money, bank: FakeBank) -> None:
    bank.limit(3)
    approved_order(money)
    instruct(money)

    hand_over(money)

    counts = Instruction.objects.order_by("pk").values_list("msg_id", "line_count")
    assert list(counts) == [("OWILLOW-20261118-000001", 3), ("OWILLOW-20261118-000002", 1)]


def test_maker_and_checker_are_two_people(money: Money, bank: FakeBank) -> None:
    approved_order(money)
    instruct(money)
    maker = PaymentOrder.objects.get().made_by_id

    with pytest.raises(SameHand):
        hand_over(money, user_id=maker)

    assert PaymentOrder.objects.get().state == "INSTRUCTED"
    assert Instruction.objects.count() == 0


@pytest.mark.parametrize("role", ["cashier_reporter", "village_secretary", "agency_reviewer"])
def test_only_the_agency_cashier_makes_the_instruction(money, bank, role: str) -> None:
    approved_order(money)

    with pytest.raises(NotFound):
        instruct(money, role)

    assert PaymentOrder.objects.get().state == "APPROVED"


def test_only_the_agency_reviewer_releases(money: Money, bank: FakeBank) -> None:
    approved_order(money)
    instruct(money)

    with pytest.raises(NotFound):
        hand_over(money, "agency_accountant")

    assert Instruction.objects.count() == 0


@pytest.mark.parametrize("age", [None, timedelta(minutes=5, seconds=1)], ids=["never", "stale"])
def test_both_hands_show_the_second_factor_again(money: Money, bank: FakeBank, age) -> None:
    approved_order(money)
    shown = None if age is None else AT - age

    with pytest.raises(SecondFactorNeeded):
        instruct(money, second_factor_at=shown)
    instruct(money)
    with pytest.raises(SecondFactorNeeded):
        hand_over(money, second_factor_at=shown)

    assert Instruction.objects.count() == 0


def test_an_unchecked_payee_keeps_the_money_in(money: Money, bank: FakeBank) -> None:
    approved_order(money)
    Payment.objects.filter(line_no=3).update(payee_check="")

    with pytest.raises(PayeesNotChecked) as refused:
        instruct(money)

    assert "1户" in refused.value.text
    assert PaymentOrder.objects.get().state == "APPROVED"


def test_the_same_order_is_not_released_twice(money: Money, bank: FakeBank) -> None:
    approved_order(money)
    instruct(money)
    hand_over(money)

    with pytest.raises(OrderStands):
        hand_over(money)

    assert Instruction.objects.count() == 1


def test_a_gate_that_refuses_lets_nothing_out(money: Money, bank: FakeBank) -> None:
    class Held(Refusal):
        code = "tests.held"
        sentence = "这一笔先放着。"

    def gate(request: hooks.ReleaseRequest) -> None:
        raise Held

    approved_order(money)
    instruct(money)
    hooks.on_release_gate(gate)
    try:
        with pytest.raises(Held):
            hand_over(money)
    finally:
        hooks.on_release_gate.forget(gate)

    assert PaymentOrder.objects.get().state == "INSTRUCTED"
    assert Instruction.objects.count() == 0


CHANGES = {
    "another payee's account": {"sealed_account": card(2), "account_index": card(2)},
    "the sealed account only": {"sealed_account": card(2)},
    "the name": {"payee_name": "别的人"},
    "the amount": {"amount_fen": 9_999_999},
    "the bank": {"bank_code": "102100099996"},
    "a seal that does not open": {"sealed_account": "broken"},
}


def alter(line_no: int, what: dict[str, object]) -> None:
    """Change a payee behind the application's back, as SQL would."""
    values = dict(what)
    if values.get("sealed_account") == "broken":
        values["sealed_account"] = "k1.AAAA"
    elif "sealed_account" in values:
        values["sealed_account"] = secrets.seal("account", str(values["sealed_account"]))
    if "account_index" in values:
        values["account_index"] = secrets.index("account", str(values["account_index"]))
    Payment.objects.filter(line_no=line_no).update(**values)


@pytest.mark.parametrize("change", CHANGES, ids=str)
@pytest.mark.parametrize("step", ["instruct", "release", "dispatch"])
def test_a_payee_altered_after_the_last_approval_is_never_paid(
    money: Money, bank: FakeBank, alarms, step: str, change: str
) -> None:
    approved_order(money)
    if step != "instruct":
        instruct(money)
    if step == "dispatch":
        hand_over(money)

    alter(1, CHANGES[change])

    if step == "dispatch":
        assert dispatch.work(AT) == 0
        assert Instruction.objects.get().state == "REFUSED"
    else:
        with pytest.raises(OrderTampered):
            instruct(money) if step == "instruct" else hand_over(money)
        assert Instruction.objects.count() == 0
    assert bank.sent == []
    assert [(one.step, one.case_number) for one in alarms] == [(step, CASE)]
    assert PaymentOrder.objects.get().stopped_reason != ""
    assert Event.objects.filter(kind="payments.order.stopped").count() == 1
    with pytest.raises((OrderStopped, OrderStands)):
        instruct(money)


def test_rows_and_digest_altered_together_are_caught_by_the_log(money, bank, alarms) -> None:
    order = approved_order(money)
    alter(1, CHANGES["another payee's account"])
    lines = list(order.payments.order_by("line_no"))
    forged = locking.digest_of(PaymentOrder.objects.get(), lines)
    PaymentOrder.objects.update(approved_digest=forged)

    with pytest.raises(OrderTampered):
        instruct(money)

    assert "摘要" in alarms[0].what


def test_altered_bytes_are_not_sent(money: Money, bank: FakeBank, alarms) -> None:
    approved_order(money)
    instruct(money)
    hand_over(money)
    body = b"<Document/>"
    Instruction.objects.update(body=body, body_digest=sm3(body))

    assert dispatch.work(AT) == 0

    assert bank.sent == []
    assert alarms[0].what == "存好的付款报文被改过"
    assert set(Payment.objects.values_list("status", flat=True)) == {"CANCELLED"}
