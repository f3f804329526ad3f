"""Money that comes in: a receipt with a number that leaves no gap, booked, and voided in red."""

from __future__ import annotations

import pytest

from sanzi.bank.port import Entry
from sanzi.ledger.errors import SubjectNotAllowed
from sanzi.ledger.models import Voucher, VoucherDraft, VoucherLine
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import income, statements, voids
from sanzi.payments.actions.income import ReceiptFields
from sanzi.payments.errors import BankLineTaken, ReasonNeeded, ReceiptVoided, WrongField
from sanzi.payments.models import BankTransaction, Receipt
from sanzi.payments.queries import unclaimed
from sanzi.payments.queries.unclaimed import CreditFilter
from worlds.money import AT, Money

pytestmark = pytest.mark.django_db
RENT = ReceiptFields(kind="rent", subject_code="50103", purpose="厂房四季度租金")


@pytest.fixture
def came_in(money: Money) -> list[str]:
    """Three credits that the bank has told, oldest first."""
    entries = [
        Entry(
            seq=number,
            booked_at=AT,
            amount_fen=1_000_000 * number,
            is_credit=True,
            bank_ref=f"BK{number}",
            party_name="青石机械厂",
            memo="租金",
        )
        for number in (1, 2, 3)
    ]
    statements.import_notices(account_id=money.account.pk, entries=entries, at=AT)
    return list(BankTransaction.objects.order_by("bank_ref").values_list("ext_id", flat=True))


def issue(money: Money, line: str, said: ReceiptFields = RENT, role: str = "agency_accountant"):
    return income.issue_receipt(bank_line=line, by=money.actor(role), at=AT, fields=said)


def waiting(money: Money) -> int:
    return unclaimed.waiting(by=money.actor("agency_accountant"), only=CreditFilter()).count()


def test_a_credit_becomes_a_receipt_and_a_voucher(money: Money, came_in: list[str]) -> None:
    assert waiting(money) == 3

    issued = issue(money, came_in[0])

    assert (issued.number, issued.amount_fen) == ("2026-000001", 1_000_000)
    receipt = Receipt.objects.get()
    assert receipt.payer_name == "青石机械厂"
    assert VoucherLine.objects.get(account_code="50103").credit_fen == 1_000_000
    assert Voucher.objects.get().ext_id == issued.voucher_ext_id
    assert waiting(money) == 2


def test_a_refused_receipt_uses_up_no_number(money: Money, came_in: list[str]) -> None:
    issue(money, came_in[0])

    with pytest.raises(WrongField):
        issue(money, came_in[1], ReceiptFields("gift", "50103", "x"))
    with pytest.raises(SubjectNotAllowed):
        issue(money, came_in[1], ReceiptFields("other", "51404", "不是收入科目"))
    assert Receipt.objects.count() == Voucher.objects.count() == 1

    assert issue(money, came_in[1]).number == "2026-000002"


def test_a_bank_line_is_receipted_once(money: Money, came_in: list[str]) -> None:
    issue(money, came_in[0])

    with pytest.raises(BankLineTaken):
        issue(money, came_in[0])

    assert Receipt.objects.count() == 1


def test_only_the_accountant_of_the_place_receives(money: Money, came_in: list[str]) -> None:
    for role in ("agency_cashier", "cashier_reporter", "county_agri"):
        with pytest.raises(NotFound):
            issue(money, came_in[0], role=role)

    assert Receipt.objects.count() == 0


def test_a_voided_receipt_stays_and_its_red_voucher_waits_for_a_second_hand(money, came_in) -> None:
    issued = issue(money, came_in[0])
    void = {"ext_id": issued.ext_id, "by": money.actor("agency_accountant"), "at": AT}

    with pytest.raises(ReasonNeeded):
        voids.void_receipt(**void, reason="错")
    voids.void_receipt(**void, reason="金额挂错村了")

    assert Receipt.objects.get().voided_at == AT
    assert VoucherDraft.objects.get().corrects.ext_id == issued.voucher_ext_id
    assert waiting(money) == 3
    with pytest.raises(ReceiptVoided):
        voids.void_receipt(**void, reason="金额挂错村了")
    assert issue(money, came_in[0]).number == "2026-000002"
