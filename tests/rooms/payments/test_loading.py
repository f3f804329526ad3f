"""History comes in as it was, once, and the same package again changes nothing."""

from __future__ import annotations

import pytest

from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.actions import dispatch, loading, loading_income
from sanzi.payments.models import (
    BankAccount,
    BankTransaction,
    Bill,
    DayBalance,
    Fund,
    Payment,
    PaymentOrder,
    Receipt,
)
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import LoadContext, LoadCount, registered
from worlds.money import AT, BANK_CODE, DEBIT, Money, card, go_out, name_of

pytestmark = pytest.mark.django_db


def context() -> LoadContext:
    return LoadContext(by=SYSTEM, at=AT)


def payment(number: int, case: str = "C1", **changed: object) -> dict[str, object]:
    return {
        "payment_id": f"PAY{number}", "case_id": case, "line_no": number, "org_id": "O-WILLOW",
        "village_id": "999901101201", "matter_code": "M10", "subject_code": "51404",
        "purpose": "慰问", "source_kind": "aid", "handler_person_id": "P-willow-2",
        "payee_kind": "person", "payee_person_id": f"V{number}", "payee_name": name_of(number),
        "payee_account": card(number), "payee_bank_code": BANK_CODE,
        "debit_account_id": "A-WILLOW", "amount_fen": 1000 + number, "method": "transfer",
        "budget_line_id": "BL-1", "created_at": AT, "submitted_at": AT, "approved_at": AT,
        "paid_at": AT, "status": "paid", "is_backfilled": False, **changed,
    }  # fmt: skip


def test_every_table_of_the_room_has_its_loader() -> None:
    own = {one.table for one in registered()}

    assert own >= {
        "account", "fund", "budget_line", "payment", "bank_txn", "balance", "receipt",
    }  # fmt: skip


def test_the_lines_of_a_case_make_one_order(money: Money) -> None:
    rows = [payment(1), payment(2, status="bank_returned"), payment(1, "C2", payment_id="PAY9")]

    assert loading.load_payments(rows, context()) == LoadCount(3, 0, 0)

    order = PaymentOrder.objects.get(case_number="C1")
    assert (order.amount_fen, order.payment_count, order.state) == (2003, 2, "PART_SETTLED")
    assert PaymentOrder.objects.get(case_number="C2").state == "SETTLED"
    line = Payment.objects.get(ext_id="PAY1")
    assert line.account_index == secrets.index("account", card(1))
    assert line.payee_person == money.payees[0]


def test_the_same_payments_again_change_nothing_and_later_lines_are_added(money: Money) -> None:
    loading.load_payments([payment(1)], context())
    before = list(Payment.objects.values())

    assert loading.load_payments([payment(1)], context()) == LoadCount(0, 0, 1)
    assert list(Payment.objects.values()) == before
    assert loading.load_payments([payment(1), payment(2)], context()) == LoadCount(1, 0, 1)
    assert PaymentOrder.objects.get().amount_fen == 2003


@pytest.mark.parametrize("changed", [{"amount_fen": 5}, {"payee_account": card(2)}], ids=str)
def test_a_known_payment_that_differs_is_named_by_its_row(money: Money, changed) -> None:
    loading.load_payments([payment(1)], context())

    with pytest.raises(RowProblem) as problem:
        loading.load_payments([payment(2, "C3"), payment(1, **changed)], context())

    assert (problem.value.row, problem.value.column) == (3, "payment_id")


def test_an_order_imported_as_approved_can_be_released_and_is_paid(money: Money, bank) -> None:
    rows = [payment(number, status="approved", paid_at=None) for number in (1, 2)]
    loading.load_payments(rows, context())
    Payment.objects.update(payee_check="MATCH")

    go_out(money, "C1")
    dispatch.work(AT)

    assert PaymentOrder.objects.get().state == "SETTLED"
    assert len(bank.sent) == 1


def test_history_is_never_sent_to_a_bank(money: Money, bank) -> None:
    rows = [
        payment(number, status=status, paid_at=None)
        for number, status in enumerate(("approved", "dispatched", "submitted"), start=1)
    ]
    loading.load_payments(rows, context())

    assert dispatch.work(AT) == 0
    assert bank.sent == []


def test_accounts_are_sealed_and_merged(money: Money) -> None:
    row = {
        "account_id": "A-9", "account_no": "2010 0009 9990 9999", "org_id": "O-STONE",
        "holder_name": "石桥村", "kind": "basic", "bank_code": BANK_CODE, "is_registered": True,
    }  # fmt: skip

    assert loading.load_accounts([row], context()) == LoadCount(1, 0, 0)
    assert loading.load_accounts([row], context()) == LoadCount(0, 0, 1)
    closed = {**row, "closed_date": AT.date()}
    assert loading.load_accounts([closed], context()) == LoadCount(0, 1, 0)

    account = BankAccount.objects.get(ext_id="A-9")
    assert (account.tail, account.closed_date) == ("9999", AT.date())
    assert secrets.reveal("account", account.sealed_number) == "2010000999909999"


def test_funds_receipts_bank_lines_and_balances_come_in_once(money: Money) -> None:
    loading.load_payments([payment(1)], context())
    fund = {"fund_code": "F1", "org_id": "O-WILLOW", "name": "厕改", "source_level": "county",
            "amount_fen": 5}  # fmt: skip
    receipt = {"receipt_id": "R1", "org_id": "O-WILLOW", "kind": "rent", "payer_name": "厂",
               "subject_code": "50103", "account_id": "A-WILLOW", "amount_fen": 7,
               "receipt_book_no": "B1", "receipt_no": "001", "issued_at": AT,
               "received_via": "bank"}  # fmt: skip
    line = {"txn_id": "T1", "account_id": "A-WILLOW", "booked_at": AT, "direction": "out",
            "amount_fen": 1001, "peer_account": card(1), "peer_name": "王", "channel": "direct",
            "payment_id": "PAY1", "receipt_id": None}  # fmt: skip
    income = {**line, "txn_id": "T2", "direction": "in", "payment_id": None, "receipt_id": "R1"}
    balance = {"account_id": "A-WILLOW", "balance_date": AT.date(), "balance_fen": 99}

    for load, rows in (
        (loading.load_funds, [fund]),
        (loading_income.load_receipts, [receipt]),
        (loading.load_bank_lines, [line, income]),
        (loading.load_balances, [balance]),
    ):
        assert load(rows, context()) == LoadCount(len(rows), 0, 0)
        assert load(rows, context()) == LoadCount(0, 0, len(rows))

    assert Fund.objects.get().name == "厕改"
    assert BankTransaction.objects.get(ext_id="T1").payment.ext_id == "PAY1"
    assert BankTransaction.objects.get(ext_id="T2").receipt == Receipt.objects.get()
    assert DayBalance.objects.get().balance_fen == 99
    assert BankAccount.objects.get(ext_id="A-WILLOW").tail == DEBIT[-4:]


def test_bills_and_books_of_receipts_come_in_once_and_their_state_follows(money: Money) -> None:
    book = {"book_id": "RB1", "org_id": "O-WILLOW", "book_no": "农收0001", "first_no": 1,
            "last_no": 25, "issued_at": AT}  # fmt: skip
    spoilt = {"book_id": "RB1", "serial_no": 2, "reason": "写坏", "has_all_copies": True,
              "spoilt_at": AT}  # fmt: skip
    bill = {"bill_id": "BL1", "org_id": "O-WILLOW", "bill_no": "2026-000001",
            "reference": "JK00000000", "account_id": "A-WILLOW", "kind": "rent", "purpose": "租金",
            "payer_name": "厂", "amount_fen": 10, "received_fen": 7, "due_date": AT.date(),
            "issued_at": AT}  # fmt: skip
    paid = {**bill, "bill_id": "BL2", "bill_no": "2026-000002", "reference": "JK00000001",
            "received_fen": 10, "paid_at": AT}  # fmt: skip
    receipt = {"receipt_id": "R1", "org_id": "O-WILLOW", "kind": "rent", "payer_name": "厂",
               "amount_fen": 7, "receipt_book_no": "农收0001", "receipt_no": "农收0001-1",
               "serial_no": 1, "bill_id": "BL1", "issued_at": AT,
               "received_via": "cash"}  # fmt: skip

    for load, rows in (
        (loading_income.load_books, [book]),
        (loading_income.load_spoilt, [spoilt]),
        (loading_income.load_bills, [bill, paid]),
        (loading_income.load_receipts, [receipt]),
    ):
        assert load(rows, context()).added == len(rows)
        assert load(rows, context()).unchanged == len(rows)

    assert [one.state for one in Bill.objects.order_by("ext_id")] == ["PART", "PAID"]
    one = Receipt.objects.get()
    assert (one.book.number, one.serial, one.bill.ext_id) == ("农收0001", 1, "BL1")
    with pytest.raises(RowProblem):
        loading_income.load_bills([{**bill, "bill_id": "BL3", "received_fen": 11}], context())
