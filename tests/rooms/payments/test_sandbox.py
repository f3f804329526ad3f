"""The worker against the real sandbox bank: answers, faults, the day statement, texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fixtures_bank import Sandbox
from sanzi.ledger.models import VoucherLine
from sanzi.notices import outbox, sending
from sanzi.notices.channels.sms import HttpSms
from sanzi.notices.models import Notice
from sanzi.orgs import secrets
from sanzi.payments.actions import dispatch, gateways, orders, payee_check, statements
from sanzi.payments.errors import BankUnavailable
from sanzi.payments.models import BankTransaction, DayBalance, Instruction, Payment
from worlds.money import AT, CASE, DEBIT, Money, card, fields, lines, released_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bank_in_use(sandbox: Sandbox):
    found = sandbox.gateway(timeout_seconds=2.0)
    gateways.use(found)
    yield found
    gateways.use(None)
    found.close()


def statuses() -> list[str]:
    return list(Payment.objects.order_by("line_no").values_list("status", flat=True))


def next_morning(sandbox: Sandbox):
    sandbox.advance(days=1)
    return AT + timedelta(days=1)


def test_a_batch_is_paid_once_and_the_statement_agrees(money: Money, sandbox: Sandbox) -> None:
    released_order(money)

    dispatch.work(AT)
    assert statuses() == ["SETTLED"] * 4
    assert statements.work(next_morning(sandbox)) == 1

    assert len(sandbox.paid(DEBIT)) == 4
    assert DayBalance.objects.get().balance_fen == sandbox.balance_fen(DEBIT)
    lines_of_bank = BankTransaction.objects.filter(direction="out")
    assert set(lines_of_bank.values_list("payment__line_no", flat=True)) == {1, 2, 3, 4}
    refs = dict(lines_of_bank.values_list("payment_id", "bank_ref"))
    assert refs == dict(Payment.objects.values_list("pk", "bank_ref"))
    credited = sum(
        VoucherLine.objects.filter(account_code="102").values_list("credit_fen", flat=True)
    )
    assert credited == sum(-one["amount_fen"] for one in sandbox.ledger(DEBIT))


def test_the_payee_check_tells_wrong_names_and_closed_accounts(money, sandbox) -> None:
    said = lines(money)
    sandbox.control("account", action="close", account=card(4))
    orders.save_draft(
        case_number=CASE,
        by=money.actor("cashier_reporter"),
        at=AT,
        fields=fields(money),
        lines=[said[0], replace(said[1], payee_name="赵大"), *said[2:]],
    )

    found = payee_check.check_payees(case_number=CASE, by=money.actor("agency_cashier"), at=AT)

    assert [one.verdict for one in found] == ["MATCH", "NO_MATCH", "MATCH", "CLOSED"]
    sandbox.fault("check_outage", scope="all")
    with pytest.raises(BankUnavailable):
        payee_check.check_payees(case_number=CASE, by=money.actor("agency_cashier"), at=AT)
    assert Payment.objects.filter(payee_check="MATCH").count() == 2


@pytest.mark.parametrize("fault", ["reply_lost", "error_after", "garbled", "bad_signature"])
def test_a_lost_or_spoilt_answer_is_found_by_asking_and_paid_once(money, sandbox, fault) -> None:
    sandbox.fault(fault)
    released_order(money)

    dispatch.work(AT)
    assert statuses() == ["UNKNOWN"] * 4
    dispatch.work(AT + timedelta(seconds=20))

    assert statuses() == ["SETTLED"] * 4
    assert len(sandbox.paid(DEBIT)) == 4


@pytest.mark.parametrize("fault", ["request_lost", "queued_silent", "query_not_visible"])
def test_an_order_the_bank_does_not_show_is_sent_again_and_paid_once(
    money: Money, sandbox: Sandbox, fault: str
) -> None:
    sandbox.fault(fault, count=2)
    if fault == "query_not_visible":
        sandbox.fault("reply_lost")
    released_order(money)

    for minutes in (0, 1, 3, 9, 25, 41):
        dispatch.work(AT + timedelta(minutes=minutes))
    sandbox.advance(minutes=30)
    dispatch.work(AT + timedelta(minutes=60))

    assert statuses() == ["SETTLED"] * 4
    assert len(sandbox.paid(DEBIT)) == 4


def test_a_bank_that_is_down_for_an_hour_gets_the_batch_once_when_it_is_back(
    money, sandbox
) -> None:
    released_order(money)
    sandbox.kill()

    for minutes in range(0, 60, 6):
        dispatch.work(AT + timedelta(minutes=minutes))
    assert statuses() == ["APPROVED"] * 4
    assert Instruction.objects.get().state == "READY"
    sandbox.start()
    dispatch.work(AT + timedelta(minutes=70))

    assert statuses() == ["SETTLED"] * 4
    assert len(sandbox.paid(DEBIT)) == 4


def test_a_payee_closed_between_approval_and_payment_is_refused_alone(money, sandbox) -> None:
    sandbox.control("account", action="close", account=card(3))
    released_order(money)

    dispatch.work(AT)

    assert statuses() == ["SETTLED", "SETTLED", "REJECTED", "SETTLED"]
    line = Payment.objects.get(line_no=3)
    assert (line.reason_class, line.reason_text) == ("ACCOUNT_CLOSED", "账号已销户")


@pytest.mark.parametrize("with_e2e", [True, False], ids=["with-our-number", "without"])
def test_money_that_comes_back_next_day_is_matched(money, sandbox, with_e2e: bool) -> None:
    sandbox.fault("return", scope=f"account:{card(2)}", count=1, with_e2e=with_e2e)
    released_order(money)
    dispatch.work(AT)
    assert statuses() == ["SETTLED"] * 4

    later = next_morning(sandbox)
    sandbox.advance(hours=1)
    assert statements.work_notices(later) == 5

    assert statuses() == ["SETTLED", "RETURNED", "SETTLED", "SETTLED"]
    booked = VoucherLine.objects.filter(account_code="102")
    assert sum(booked.values_list("credit_fen", flat=True)) == -sum(
        one["amount_fen"] for one in sandbox.ledger(DEBIT)
    )
    assert statements.work_notices(later) == 0


def test_an_accepted_line_settles_later_or_is_refused_late(money, sandbox) -> None:
    sandbox.fault("delay", scope=f"account:{card(1)}", count=1, minutes=3)
    sandbox.fault("late_reject", scope=f"account:{card(2)}", count=1, minutes=3)
    released_order(money)

    dispatch.work(AT)
    assert statuses() == ["ACCEPTED", "ACCEPTED", "SETTLED", "SETTLED"]
    sandbox.advance(minutes=5)
    dispatch.work(AT + timedelta(minutes=5))

    assert statuses() == ["SETTLED", "REJECTED", "SETTLED", "SETTLED"]


def test_texts_go_out_once_by_day_only_and_stand_in_the_inbox(money, sandbox, monkeypatch) -> None:
    released_order(money)
    dispatch.work(AT)
    monkeypatch.setattr(outbox.wire, "notifiers", {"SMS": HttpSms(f"{sandbox.url}/sms", "三资")})
    night = AT + timedelta(hours=12)

    assert sending.send_due(night) == 0
    sandbox.fault("sms_reply_lost")
    assert sending.send_due(AT + timedelta(minutes=1)) == 0
    assert sending.send_due(AT + timedelta(minutes=2)) == 4
    assert sending.send_due(AT + timedelta(minutes=9)) == 0

    texts = sandbox.inbox()
    assert len(texts) == 4
    phone = secrets.reveal("phone", money.payees[0].sealed_phone)
    assert "286.51元" in sandbox.inbox(phone)[0]["text"]
    assert Notice.objects.filter(state="SENT").count() == 4
