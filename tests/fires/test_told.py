"""Money that leaves at the wrong time, and what the public is told of it too late or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fires import nights
from sanzi.bank.port import Entry, LineState
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.models import Publication
from sanzi.payments.actions import dispatch, statements
from sanzi.payments.models import InstructionLine, Payment
from worlds import bank_days, cases, money
from worlds.fake_bank import FakeBank
from worlds.money import AT, Money

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {
    "disclosure-event-missing", "disclosure-ledger-mismatch", "payment-before-approval",
    "payment-year-end-rush",
}  # fmt: skip
SOURCE = {"source_id": "S-1"}
DAY = timedelta(days=1)
TENTH, WINTER = (datetime(2026, 12, day, 2, 0, tzinfo=UTC) for day in (10, 21))


def paid(made: Money, place: int, yuan: int, at: datetime = AT, **changed: str) -> set[str]:
    """Pay four villagers this much each; return the payments."""
    number = f"M10-20261118-{place:04d}"
    money.released_order(made, number, money.lines(made, yuan * 100), at, **{**SOURCE, **changed})
    dispatch.work(at)
    rows = Payment.objects.filter(order__case_number=number, status="SETTLED")
    return set(rows.values_list("ext_id", flat=True))


def test_a_village_that_pays_most_of_its_year_in_december_is_found(bank: FakeBank) -> None:
    made, code = cases.build().money, "payment-year-end-rush"
    paid(made, 1, 100_000)
    paid(made, 2, 30_000, WINTER)
    assert nights.found(WINTER, code) == set()

    paid(made, 3, 31_000, WINTER)

    assert nights.found(WINTER, code) == {(code, made.organisation.division_id)}


def test_a_line_that_the_bank_booked_before_the_last_hand_signed_is_found(bank: FakeBank) -> None:
    desk, code = cases.build(), "payment-before-approval"
    bank.on_send = lambda msg_id: bank.answer(msg_id, state=LineState.ACCEPTED)
    desk.walk(desk.submitted(), until=12)
    dispatch.work(AT)
    *timely, early = InstructionLine.objects.order_by("pk")

    for lines, booked_at in ((timely, AT), ([early], AT - DAY)):
        assert nights.found(AT, code) == set()
        told = [bank_days.debit(one, booked_at=booked_at) for one in lines]
        statements.import_notices(account_id=desk.money.account.pk, entries=told, at=AT + DAY)

    assert set(Payment.objects.values_list("status", flat=True)) == {"SETTLED"}
    assert nights.found(AT, code) == {(code, early.payment.ext_id)}


def test_a_large_payment_that_is_not_public_while_its_last_line_hangs_is_found(
    bank: FakeBank,
) -> None:
    made, code = cases.build().money, "disclosure-event-missing"
    paid(made, 1, 15_000)
    bank.on_send = lambda msg_id: bank.answer(msg_id, state=LineState.ACCEPTED)
    assert paid(made, 2, 20_000) == set()
    *booked, _ = InstructionLine.objects.filter(status="ACCEPTED").order_by("pk")
    told = [bank_days.debit(one) for one in booked]
    statements.import_notices(account_id=made.account.pk, entries=told, at=AT)

    found = [nights.found(AT + days * DAY, code) for days in (5, 6)]

    assert found == [set(), {(code, min(one.payment.ext_id for one in booked))}]


def test_a_month_that_was_told_before_the_bank_gave_money_back_is_found(bank: FakeBank) -> None:
    made, code = money.build(), "disclosure-ledger-mismatch"
    paid(made, 1, 300)
    assert publishing.publish_due_months(TENTH) == 1
    month = Publication.objects.get(period="2026-11").ext_id
    assert nights.found(TENTH, code) == set()

    line = InstructionLine.objects.order_by("pk")[0]
    back = Entry(
        seq=1, booked_at=WINTER, amount_fen=line.amount_fen, is_credit=True, bank_ref="BK-BACK",
        e2e_id=line.e2e_id, is_return=True, reason_text="账户已销户",
    )  # fmt: skip
    statements.import_notices(account_id=made.account.pk, entries=[back], at=WINTER)

    assert Payment.objects.get(pk=line.payment_id).status == "RETURNED"
    assert nights.found(WINTER, code) == {(code, month)}
