"""The worker and a bank that answers, refuses, falls silent or lies: known is what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sanzi.bank import errors
from sanzi.bank.port import BatchState, BatchStatus, LineState
from sanzi.ledger.models import Voucher, VoucherLine
from sanzi.notices.models import Notice
from sanzi.payments import hooks
from sanzi.payments.actions import answers, dispatch, orders, sending, statements
from sanzi.payments.models import (
    BankAccount,
    Instruction,
    InstructionLine,
    Payment,
    PaymentOrder,
)
from worlds.bank_days import TODAY, after, close_day, debit, raising, states
from worlds.fake_bank import CAPS, FakeBank
from worlds.money import AT, CASE, Money, go_out, lines, released_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def news():
    heard: list[object] = []
    told = (hooks.on_settled, hooks.on_line_failed, hooks.on_order_done, hooks.on_silence)
    for hook in told:
        hook(heard.append)
    yield heard
    for hook in told:
        hook.forget(heard.append)


def test_a_paid_batch_is_booked_told_and_done(money: Money, bank: FakeBank, news) -> None:
    released_order(money)

    assert dispatch.work(AT) == 1

    assert states() == ("FINAL", {"SETTLED"})
    assert PaymentOrder.objects.get().state == "SETTLED"
    voucher = Voucher.objects.get()
    assert voucher.total_fen == PaymentOrder.objects.get().amount_fen
    assert VoucherLine.objects.filter(account_code="51404").count() == 4
    assert set(Payment.objects.values_list("voucher_ext_id", flat=True)) == {voucher.ext_id}
    texts = Notice.objects.filter(template="payment_settled")
    assert texts.count() == 4
    assert texts.order_by("pk").first().params["tail"] == "0001"
    assert [type(one).__name__ for one in news] == ["Settled", "OrderDone"]


def test_the_same_answer_again_changes_nothing(money: Money, bank: FakeBank, news) -> None:
    released_order(money)
    dispatch.work(AT)
    message = Instruction.objects.get()
    before = list(Payment.objects.order_by("pk").values())

    again = bank.answer(message.msg_id)
    moved = answers.take_status(instruction_id=message.pk, status=again, at=after(hours=1))

    assert moved == 0
    assert list(Payment.objects.order_by("pk").values()) == before
    assert (Voucher.objects.count(), Notice.objects.count(), len(news)) == (1, 4, 2)


def test_sending_is_committed_before_the_first_byte_leaves(money: Money, bank: FakeBank) -> None:
    seen = []

    def look(msg_id: str):
        seen.append(states())
        return bank.answer(msg_id)

    bank.on_send = look
    released_order(money)
    dispatch.work(AT)

    assert seen == [("SENDING", {"SUBMITTING"})]


def test_a_bank_that_cannot_be_reached_is_tried_again_and_nothing_is_lost(money, bank) -> None:
    bank.on_send = raising(errors.GatewayUnavailable())
    released_order(money)

    dispatch.work(AT)

    assert states() == ("READY", {"APPROVED"})
    assert len(bank.sent) == 1
    dispatch.work(after(seconds=10))
    assert len(bank.sent) == 1
    bank.on_send = None
    dispatch.work(after(seconds=20))
    assert states() == ("FINAL", {"SETTLED"})
    assert bank.sent[0] == bank.sent[1]


@pytest.mark.parametrize(
    "problem",
    [
        errors.GatewayTimeout(),
        errors.ProtocolError(why="签名不对"),
        errors.DuplicateMessage(reason_code="DU01", reason_text=""),
    ],
    ids=lambda one: type(one).__name__,
)
def test_whatever_is_not_a_clear_word_is_unknown_and_never_sent_anew(
    money: Money, bank: FakeBank, problem: Exception
) -> None:
    bank.on_send = raising(problem)
    released_order(money)

    dispatch.work(AT)

    assert states() == ("UNKNOWN", {"UNKNOWN"})
    for minutes in range(1, 300, 7):
        dispatch.work(after(minutes=minutes))
    assert len(bank.sent) == 1
    assert (Voucher.objects.count(), Notice.objects.filter(channel="SMS").count()) == (0, 0)
    with pytest.raises(orders.LineNotReopenable):
        orders.reopen_line(
            case_number=CASE,
            line_no=1,
            by=money.actor("cashier_reporter"),
            at=after(days=1),
            corrected=lines(money)[0],
        )


def test_a_worker_killed_while_sending_leaves_unknown_never_ready(money, bank) -> None:
    bank.on_send = raising(SystemExit())
    released_order(money)
    with pytest.raises(SystemExit):
        dispatch.work(AT)
    assert states() == ("SENDING", {"SUBMITTING"})

    dispatch.work(after(seconds=60))
    assert states() == ("SENDING", {"SUBMITTING"})
    dispatch.work(after(minutes=3))

    assert states() == ("UNKNOWN", {"UNKNOWN"})
    assert len(bank.sent) == 1


def test_an_unknown_message_is_asked_about_in_its_rhythm_until_it_is_known(money, bank) -> None:
    bank.on_send = raising(errors.GatewayTimeout())
    bank.on_query = raising(errors.GatewayTimeout())
    released_order(money)
    dispatch.work(AT)

    asked_at = []
    for second in range(0, 3600, 5):
        count = len(bank.asked)
        dispatch.work(after(seconds=second))
        if len(bank.asked) > count:
            asked_at.append(second)

    gaps = [later - earlier for earlier, later in zip([0, *asked_at], asked_at, strict=False)]
    for gap, wait in zip(gaps, (15, 60, 300, 900, 900, 900), strict=True):
        assert wait <= gap <= wait + 5
    bank.on_query = bank.answer
    dispatch.work(after(hours=2))
    assert states() == ("FINAL", {"SETTLED"})


def test_half_an_hour_of_silence_rings_once(money: Money, bank: FakeBank, news) -> None:
    bank.on_send = raising(errors.GatewayTimeout())
    released_order(money)

    for minute in range(0, 120, 5):
        dispatch.work(after(minutes=minute))

    assert [type(one).__name__ for one in news] == ["Silence"]
    told = Notice.objects.filter(template="bank_silent", channel="INBOX")
    assert told.count() == 2
    assert Instruction.objects.get().alarmed_at is not None


def test_a_second_sending_is_byte_identical_and_only_where_the_bank_promises_it(money, bank):
    bank.caps = replace(CAPS, idempotent_replay=True)
    bank.on_send = raising(errors.GatewayTimeout())
    released_order(money)
    dispatch.work(AT)
    dispatch.work(after(seconds=20))
    assert len(bank.sent) == 2

    bank.on_send = raising(errors.GatewayUnavailable())
    dispatch.work(after(minutes=2))
    assert states() == ("UNKNOWN", {"UNKNOWN"})
    bank.on_send = raising(errors.GatewayRejected(reason_code="FF01", reason_text=""))
    dispatch.work(after(minutes=8))
    assert states() == ("UNKNOWN", {"UNKNOWN"})
    bank.on_send = None
    dispatch.work(after(minutes=30))

    assert states() == ("FINAL", {"SETTLED"})
    assert len(set(bank.sent)) == 1


def test_a_message_refused_whole_ends_and_each_line_is_told(money, bank, news) -> None:
    bank.on_send = raising(errors.GatewayRejected(reason_code="FF01", reason_text="格式"))
    released_order(money)

    dispatch.work(AT)

    assert states() == ("FINAL", {"REJECTED"})
    assert PaymentOrder.objects.get().state == "PART_SETTLED"
    assert [type(one).__name__ for one in news] == ["LineFailed"] * 4 + ["OrderDone"]
    assert Voucher.objects.count() == 0


def test_two_refused_lines_go_round_again_and_only_they_are_paid_anew(money, bank, news) -> None:
    bank.on_send = lambda msg_id: bank.answer(msg_id, refused={2: "BE01", 4: "AC04"})
    released_order(money)
    dispatch.work(AT)
    assert PaymentOrder.objects.get().state == "PART_SETTLED"
    failed = [one for one in news if isinstance(one, hooks.LineFailed)]
    assert [(one.line_no, one.reason_class) for one in failed] == [
        (2, "NAME_MISMATCH"),
        (4, "ACCOUNT_CLOSED"),
    ]

    bank.on_send = None
    later = after(hours=2)
    for place in (2, 4):
        orders.reopen_line(
            case_number=CASE,
            line_no=place,
            by=money.actor("agency_cashier", later),
            at=later,
            corrected=replace(lines(money)[place - 1], account=f"62284800099999900{place:02d}"),
        )
    Payment.objects.filter(line_no__in=[2, 4]).update(payee_check="MATCH")
    orders.approve(case_number=CASE, by=money.actor("village_secretary", later), at=later)
    go_out(money, at=later)
    dispatch.work(later)

    assert PaymentOrder.objects.get().state == "SETTLED"
    ids = [line.e2e_id for line in bank.batches["OWILLOW-20261118-000002"].lines]
    roots = Payment.objects.filter(line_no__in=[2, 4]).order_by("line_no")
    assert ids == [f"{one.ext_id}-R2" for one in roots]
    totals = sorted(Voucher.objects.values_list("total_fen", flat=True))
    assert sum(totals) == PaymentOrder.objects.get().amount_fen
    assert Payment.objects.filter(status="SETTLED").count() == 4


def test_an_accepted_line_may_still_be_refused(money: Money, bank: FakeBank) -> None:
    bank.on_send = lambda msg_id: bank.answer(msg_id, LineState.ACCEPTED)
    released_order(money)
    dispatch.work(AT)
    assert states() == ("ACCEPTED", {"ACCEPTED"})
    assert Notice.objects.count() == 0

    bank.on_query = lambda msg_id: bank.answer(msg_id, refused={1: "AC04"})
    dispatch.work(after(seconds=20))

    assert states() == ("FINAL", {"SETTLED", "REJECTED"})


def test_a_line_refused_as_duplicate_stays_open_for_the_statement(money, bank) -> None:
    bank.on_send = lambda msg_id: bank.answer(msg_id, refused={1: "DU04"})
    bank.on_query = bank.on_send
    released_order(money)

    dispatch.work(AT)

    assert Payment.objects.get(line_no=1).status == "UNKNOWN"
    close_day(tuple(debit(one) for one in InstructionLine.objects.all()))
    assert states() == ("FINAL", {"SETTLED"})


def test_the_statement_of_the_closed_day_settles_what_it_has_and_ends_the_rest(money, bank):
    bank.on_send = raising(errors.GatewayTimeout())
    released_order(money)
    dispatch.work(AT)
    told = InstructionLine.objects.order_by("pk")[:3]

    close_day(tuple(debit(one) for one in told))
    assert Payment.objects.get(line_no=4).status == "UNKNOWN"
    dispatch.work(after(days=1))

    assert states() == ("FINAL", {"SETTLED", "NOT_EXECUTED"})
    assert Payment.objects.get(status="NOT_EXECUTED").line_no == 4
    assert Voucher.objects.get().total_fen == 3 * 28_650 + 6


def test_not_found_is_no_proof_while_the_day_is_open(money: Money, bank: FakeBank) -> None:
    bank.on_send = raising(errors.GatewayTimeout())
    released_order(money)
    dispatch.work(AT)

    dispatch.work(after(hours=20))

    assert states() == ("UNKNOWN", {"UNKNOWN"})


def test_a_bank_that_does_not_empty_its_queue_needs_its_own_word(money, bank) -> None:
    bank.caps = replace(CAPS, queue_dead_at_statement=False)
    bank.on_send = raising(errors.GatewayTimeout())
    released_order(money)
    dispatch.work(AT)
    close_day()

    dispatch.work(after(days=1))

    assert states() == ("UNKNOWN", {"UNKNOWN"})


def test_a_message_handed_over_at_midnight_waits_for_both_days(money, bank) -> None:
    bank.on_send = raising(errors.GatewayTimeout())
    released_order(money)
    dispatch.work(after(hours=13, minutes=59))
    close_day()

    dispatch.work(after(days=1))
    assert states() == ("UNKNOWN", {"UNKNOWN"})
    close_day(day=TODAY + timedelta(days=1), number=8)
    dispatch.work(after(days=2))

    assert states() == ("FINAL", {"NOT_EXECUTED"})


def test_an_accepted_line_that_the_bank_dropped_ends_with_the_day(money, bank) -> None:
    bank.on_send = lambda msg_id: BatchStatusOf(msg_id, BatchState.PENDING)
    released_order(money)
    dispatch.work(AT)
    assert states() == ("ACCEPTED", {"ACCEPTED"})
    close_day()

    dispatch.work(after(days=1))

    assert states() == ("FINAL", {"NOT_EXECUTED"})


BatchStatusOf = BatchStatus


def test_one_debit_account_sends_one_message_at_a_time(money: Money, bank: FakeBank) -> None:
    bank.limit(2)
    released_order(money)
    first = dispatch.pick(AT, bank)

    assert first is not None
    assert dispatch.pick(AT, bank) is None
    sending.send(first, sending.Watch(AT))
    assert dispatch.pick(AT, bank) is not None


def test_money_that_comes_back_is_booked_in_red_and_the_payee_is_told(money, bank, news) -> None:
    released_order(money)
    dispatch.work(AT)
    line = InstructionLine.objects.order_by("pk").first()
    account = BankAccount.objects.get(ext_id="A-WILLOW")
    back = debit(line, is_credit=True, is_return=True, bank_ref="BK-RET", reason_code="AC04")
    later = after(days=1)

    for _ in range(2):
        statements.import_notices(account_id=account.pk, entries=[back], at=later)

    payment = Payment.objects.get(line_no=1)
    assert (payment.status, payment.reason_class) == ("RETURNED", "ACCOUNT_CLOSED")
    assert PaymentOrder.objects.get().state == "PART_SETTLED"
    assert Notice.objects.filter(template="payment_returned").count() == 1
    assert sum(Voucher.objects.values_list("total_fen", flat=True)) == 3 * 28_650 + 9
    assert [type(one).__name__ for one in news][-2:] == ["LineFailed", "OrderDone"]
