"""In doubt nobody is paid twice: signed words, wrong clocks, stopped channels, full disks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError

from sanzi.audit.models import Event
from sanzi.bank import errors
from sanzi.bank.port import BatchState, BatchStatus, LineState, LineStatus, NotExecutedWord
from sanzi.kernel import clock
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import answers, channels, dispatch, orders
from sanzi.payments.errors import ChannelRuns
from sanzi.payments.models import (
    BankTransaction,
    BankWord,
    Instruction,
    InstructionLine,
    Payment,
    PaymentOrder,
)
from worlds import village
from worlds.bank_days import TODAY, after, close_day, debit, raising, states
from worlds.fake_bank import CAPS, FakeBank
from worlds.money import AT, CASE, Money, lines, released_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def operator(money: Money) -> None:
    village.add_operator(money.world)


KEEPS_QUEUE = replace(CAPS, queue_dead_at_statement=False)


def silent_batch(money: Money, bank: FakeBank) -> Instruction:
    bank.caps = KEEPS_QUEUE
    bank.on_send = raising(errors.GatewayTimeout())
    released_order(money)
    dispatch.work(AT)
    return Instruction.objects.get()


def word(message: Instruction, e2e_ids: tuple[str, ...] = ()) -> NotExecutedWord:
    return NotExecutedWord(message.msg_id, e2e_ids, after(days=1), b"<word/>", "signed")


def test_the_banks_signed_word_and_the_statement_together_end_a_message(money, bank) -> None:
    message = silent_batch(money, bank)
    bank.words[message.msg_id] = word(message)

    dispatch.work(after(hours=3))
    assert states() == ("UNKNOWN", {"UNKNOWN"})
    close_day()
    dispatch.work(after(days=1))

    assert states() == ("FINAL", {"NOT_EXECUTED"})
    kept = BankWord.objects.get()
    assert (bytes(kept.raw), kept.signature, len(kept.e2e_ids)) == (b"<word/>", "signed", 4)


def test_the_banks_word_ends_only_the_lines_that_it_names(money: Money, bank: FakeBank) -> None:
    message = silent_batch(money, bank)
    named = tuple(message.lines.order_by("pk").values_list("e2e_id", flat=True))[:3]
    bank.words[message.msg_id] = word(message, named)
    close_day()

    dispatch.work(after(days=1))
    dispatch.work(after(days=1, hours=1))

    statuses = list(Payment.objects.order_by("line_no").values_list("status", flat=True))
    assert statuses == ["NOT_EXECUTED"] * 3 + ["UNKNOWN"]
    assert BankWord.objects.count() == 1


def test_a_queue_that_executes_days_later_is_booked_when_it_does(money, bank: FakeBank) -> None:
    message = silent_batch(money, bank)
    close_day()
    dispatch.work(after(days=1))
    later = TODAY + timedelta(days=1)

    close_day(tuple(debit(one) for one in message.lines.all()), day=later, number=8)

    assert states() == ("FINAL", {"SETTLED"})


def test_an_execution_after_the_signed_word_is_shown_and_rings(money, bank: FakeBank) -> None:
    message = silent_batch(money, bank)
    bank.words[message.msg_id] = word(message)
    close_day()
    dispatch.work(after(days=1))
    line = message.lines.order_by("pk").first()

    close_day((debit(line),), day=TODAY + timedelta(days=1), number=8)

    outside = BankTransaction.objects.get()
    assert (outside.payment_id, outside.amount_fen, outside.direction) == (
        None,
        line.amount_fen,
        "out",
    )
    assert Payment.objects.get(line_no=1).status == "NOT_EXECUTED"
    assert Event.objects.filter(kind="payments.line.contradicted").count() == 1
    assert Notice.objects.filter(template="bank_outside_debit").exists()


def test_a_clock_set_back_does_not_end_a_message_by_an_older_statement(money, bank) -> None:
    bank.on_send = raising(errors.GatewayTimeout())
    close_day()
    released_order(money)

    dispatch.work(AT)
    dispatch.work(after(hours=1))

    message = Instruction.objects.get()
    assert message.state == "UNKNOWN"
    assert message.risk_from_date == TODAY + timedelta(days=1)


def test_a_clock_set_back_does_not_put_questions_off(money: Money, bank: FakeBank) -> None:
    bank.on_send = raising(errors.GatewayTimeout())
    released_order(money, at=AT)
    dispatch.work(AT)

    dispatch.work(AT - timedelta(days=2))

    assert bank.asked == [Instruction.objects.get().msg_id]


def test_a_lease_from_before_the_clock_was_set_back_is_over(money: Money, bank: FakeBank) -> None:
    bank.on_send = raising(SystemExit())
    released_order(money)
    with pytest.raises(SystemExit):
        dispatch.work(AT)

    dispatch.work(AT - timedelta(days=2))

    assert states() == ("UNKNOWN", {"UNKNOWN"})


def test_a_refused_signature_stops_the_channel_until_an_operator_looks(money, bank) -> None:
    bank.on_send = raising(errors.AuthError())
    released_order(money)

    dispatch.work(AT)
    bank.on_send = None
    dispatch.work(after(hours=2))

    assert states() == ("READY", {"APPROVED"})
    assert len(bank.sent) == 1
    operator = money.actor("platform_admin", after(hours=2))
    assert [one.name for one in channels.stopped(by=operator)] == ["bank"]
    assert Notice.objects.filter(template="bank_channel_stopped", channel="INBOX").count() == 1

    channels.resume(name="bank", by=operator, at=after(hours=2))
    dispatch.work(after(hours=2, minutes=1))

    assert states() == ("FINAL", {"SETTLED"})
    with pytest.raises(ChannelRuns):
        channels.resume(name="bank", by=operator, at=after(hours=2))


def test_who_is_no_operator_resumes_nothing(money: Money, bank: FakeBank) -> None:
    channels.stop("bank", why="测试", at=AT)

    with pytest.raises(NotFound):
        channels.resume(name="bank", by=money.actor("agency_cashier"), at=AT)
    with pytest.raises(NotFound):
        channels.stopped(by=money.actor("agency_cashier"))

    assert channels.stopped_names() == {"bank"}
    assert not Event.objects.filter(kind="payments.channel.resumed").exists()


def test_an_answer_that_cannot_be_trusted_rings_at_once(money: Money, bank: FakeBank) -> None:
    bank.on_send = raising(errors.ProtocolError(why="签名不对"))
    released_order(money)

    dispatch.work(AT)

    assert states() == ("UNKNOWN", {"UNKNOWN"})
    told = Notice.objects.filter(template="bank_garbled", channel="INBOX")
    assert told.count() >= 2
    assert "签名不对" in told.first().params["why"]


def test_the_end_of_the_day_rings_once_more(money: Money, bank: FakeBank) -> None:
    bank.on_send = raising(errors.GatewayTimeout())
    released_order(money)
    evening = datetime(2026, 11, 18, 17, 40, tzinfo=clock.SHANGHAI)

    for at in (AT, after(hours=1), evening, evening + timedelta(hours=2)):
        dispatch.work(at)

    assert Notice.objects.filter(template="bank_silent").values("user_id").distinct().count() >= 2
    day_end = Notice.objects.filter(template="bank_silent_day")
    assert day_end.count() == day_end.values("user_id").distinct().count() >= 2


def test_lines_that_the_answer_leaves_out_are_asked_about_singly(money, bank: FakeBank) -> None:
    def partly(msg_id: str) -> BatchStatus:
        told = bank.answer(msg_id).lines
        return BatchStatus(msg_id, BatchState.PART, told[:2])

    bank.on_send = raising(errors.GatewayTimeout())
    bank.on_query = partly
    bank.query_payment = lambda e2e_id: LineStatus(e2e_id, LineState.SETTLED, bank_ref="BK")  # type: ignore[method-assign]
    released_order(money)
    dispatch.work(AT)

    dispatch.work(after(seconds=20))

    assert states() == ("FINAL", {"SETTLED"})


def test_a_disk_that_is_full_leaves_nothing_half_done_and_the_worker_goes_on(
    money: Money, bank: FakeBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    released_order(money)

    def full(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(answers.books, "settled", full)
        dispatch.work(AT)
    assert states() == ("SENDING", {"SUBMITTING"})
    assert len(bank.sent) == 1

    bank.on_query = bank.answer
    dispatch.work(after(minutes=3))
    dispatch.work(after(minutes=4))

    assert states() == ("FINAL", {"SETTLED"})
    assert len(bank.sent) == 1
    assert PaymentOrder.objects.get().state == "SETTLED"


def test_a_line_that_was_never_sent_is_not_reopened(money: Money, bank: FakeBank) -> None:
    released_order(money)
    Payment.objects.filter(line_no=1).update(status="CANCELLED", attempt_no=0)
    InstructionLine.objects.filter(payment__line_no=1).update(status="CANCELLED")

    with pytest.raises(orders.LineNotReopenable):
        orders.reopen_line(
            case_number=CASE,
            line_no=1,
            by=money.actor("cashier_reporter"),
            at=AT,
            corrected=lines(money)[0],
        )
