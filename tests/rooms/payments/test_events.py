"""What a bank sends unasked: late, twice, out of order, after the end, and forged."""

from __future__ import annotations

import pytest

from sanzi.audit.models import Event
from sanzi.bank import errors
from sanzi.bank.port import BankEvent, EventKind, LineState
from sanzi.ledger.models import Voucher
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import dispatch, events, statements
from sanzi.payments.errors import BusyNow
from sanzi.payments.models import BankAccount, BankTransaction, Instruction, Payment
from worlds.bank_days import after, debit, raising, states
from worlds.fake_bank import FakeBank
from worlds.money import AT, DEBIT, Money, released_order

pytestmark = pytest.mark.django_db


def sent(money: Money, bank: FakeBank, state: LineState | None = None) -> Instruction:
    """A message that the bank has; it answered with this state, or not at all."""
    if state is None:
        bank.on_send = raising(errors.GatewayTimeout())
    else:
        bank.on_send = lambda msg_id: bank.answer(msg_id, state)
    released_order(money)
    dispatch.work(AT)
    return Instruction.objects.get()


def push(bank: FakeBank, *told: BankEvent, raw: bytes = b"told") -> events.Taken:
    bank.pushed[raw] = list(told)
    return events.take(connection="bank", raw=raw, headers={}, at=after(minutes=1))


def status_event(bank: FakeBank, message: Instruction, state: LineState) -> BankEvent:
    status = bank.answer(message.msg_id, state)
    return BankEvent(f"S-{state}", EventKind.STATUS, after(seconds=30), status=status)


def entry_event(message: Instruction, *, first: int = 0) -> BankEvent:
    lines = message.lines.order_by("pk")[first:]
    entries = tuple(debit(line, seq=900 + line.pk) for line in lines)
    return BankEvent("E-1", EventKind.ENTRY, after(seconds=30), account=DEBIT, entries=entries)


def test_a_pushed_status_settles_what_was_silent(money: Money, bank: FakeBank) -> None:
    message = sent(money, bank)

    taken = push(bank, status_event(bank, message, LineState.SETTLED))

    assert (taken.events, taken.moved) == (1, 4)
    assert states() == ("FINAL", {"SETTLED"})
    assert Voucher.objects.count() == 1


def test_the_same_events_in_any_order_book_once(money: Money, bank: FakeBank) -> None:
    message = sent(money, bank)
    settled = status_event(bank, message, LineState.SETTLED)
    accepted = status_event(bank, message, LineState.ACCEPTED)
    booked = entry_event(message)

    for one in (booked, settled, accepted, booked, settled, accepted):
        push(bank, one)

    assert states() == ("FINAL", {"SETTLED"})
    assert Voucher.objects.count() == 1
    assert Notice.objects.filter(template="payment_settled").count() == 4
    assert BankTransaction.objects.count() == 4


def test_pushed_entries_do_not_hide_notices_that_were_not_pushed(money, bank: FakeBank) -> None:
    message = sent(money, bank)
    bank.entries = [debit(line, seq=10 + place) for place, line in enumerate(message.lines.all())]

    push(bank, entry_event(message, first=2))
    assert BankAccount.objects.get(ext_id="A-WILLOW").last_entry_seq == 0
    statements.work_notices(after(minutes=2))

    assert states() == ("FINAL", {"SETTLED"})
    assert BankTransaction.objects.count() == 4


def test_a_push_before_the_answer_to_the_sending_is_taken(money: Money, bank: FakeBank) -> None:
    def tell_first(msg_id: str):
        message = Instruction.objects.get(msg_id=msg_id)
        push(bank, status_event(bank, message, LineState.SETTLED))
        return bank.answer(msg_id, LineState.ACCEPTED)

    bank.on_send = tell_first
    released_order(money)

    dispatch.work(AT)

    assert states() == ("FINAL", {"SETTLED"})
    assert Voucher.objects.count() == 1


def test_a_status_of_a_message_that_was_never_sent_is_passed_over(money, bank) -> None:
    released_order(money)
    message = Instruction.objects.get()

    assert push(bank, status_event(bank, message, LineState.SETTLED)).moved == 0

    assert states() == ("READY", {"APPROVED"})


def test_a_forged_message_changes_nothing_and_is_logged(money: Money, bank: FakeBank) -> None:
    sent(money, bank)
    before = list(Payment.objects.order_by("pk").values())

    with pytest.raises(NotFound):
        events.take(connection="bank", raw=b"<forged/>", headers={}, at=after(minutes=1))

    assert list(Payment.objects.order_by("pk").values()) == before
    assert BankTransaction.objects.count() == 0
    logged = Event.objects.get(kind="payments.event.refused")
    assert "bank.event_forged" in logged.change


def test_an_event_seen_before_is_answered_as_taken(money: Money, bank: FakeBank) -> None:
    def seen(*_: object) -> list[BankEvent]:
        raise errors.EventSeen

    bank.handle_push = seen  # type: ignore[method-assign]

    assert events.take(connection="bank", raw=b"", headers={}, at=AT) == events.Taken()
    assert not Event.objects.filter(kind="payments.event.refused").exists()


def test_what_breaks_with_the_connection_comes_again_what_breaks_alone_is_ours(
    money: Money, bank: FakeBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = sent(money, bank)
    told = status_event(bank, message, LineState.SETTLED)

    def broken(*_: object) -> None:
        raise KeyError("half done")

    monkeypatch.setattr(events.answers, "apply_status", broken)

    with pytest.raises(KeyError):
        push(bank, told)
    monkeypatch.setattr(events.locking, "_is_gone", lambda: True)
    with pytest.raises(BusyNow):
        push(bank, told)

    assert states() == ("UNKNOWN", {"UNKNOWN"})
