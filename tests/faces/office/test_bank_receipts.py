"""The bank's e-receipt in one tap: from the payment, the bank line and the voucher."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from sanzi.bank.port import Entry, ReceiptFile
from sanzi.payments.actions import bank_receipts, statements
from sanzi.payments.models import BankReceipt, BankTransaction
from worlds import cases as worlds_cases
from worlds.fake_bank import FakeBank

MINIMAL = b"".join(
    (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n",
        b"trailer<</Root 1 0 R>>\n%%EOF\n",
    )
)
XML = b"<?xml version='1.0'?><BankReceipt/>"


@pytest.fixture
def line(desk: worlds_cases.Desk, bank: FakeBank) -> BankTransaction:
    """A credit of the village whose e-receipt the bank has ready."""
    at = worlds_cases.AT
    bank.entries = [Entry(7, at, 50_000, True, "BK7", party_name="张三", memo="租金")]
    bank.receipts["BK7"] = ReceiptFile("BK7", MINIMAL, XML, "signed")
    statements.work_notices(at)
    return BankTransaction.objects.get(bank_ref="BK7")


def test_one_tap_on_the_bank_line_shows_the_page_and_offers_the_original(
    line: BankTransaction, officer: Any
) -> None:
    client = officer("agency_accountant")
    account = reverse("office:account", args=[line.account.ext_id])
    tap = reverse("office:bank_receipt", args=[line.ext_id])
    assert "等银行出" in client.get(account).content.decode()
    bank_receipts.work(worlds_cases.AT)

    assert f'href="{tap}"' in client.get(account).content.decode()
    shown = client.get(tap, follow=True)

    picture = BankReceipt.objects.get().picture_ext_id
    assert shown.redirect_chain[-1][0] == reverse("office:paper", args=[picture])
    page = shown.content.decode()
    assert reverse("office:preview", args=[picture, 1]) in page
    assert reverse("office:original", args=[picture]) in page


def test_one_that_is_not_here_says_why_and_is_asked_for_again(
    line: BankTransaction, bank: FakeBank, officer: Any
) -> None:
    ready = bank.receipts.pop("BK7")
    bank_receipts.work(worlds_cases.AT)
    BankReceipt.objects.update(state="GIVEN_UP", next_at=worlds_cases.AT)
    client = officer("agency_accountant")
    here = reverse("office:bank_receipt", args=[line.ext_id])
    assert (
        f'href="{here}"'
        in client.get(reverse("office:account", args=[line.account.ext_id])).content.decode()
    )

    page = client.get(here).content.decode()
    assert "这张电子回单没取到" in page
    assert "银行还没有出" in page
    bank.receipts["BK7"] = ready
    said = client.post(here, follow=True).content.decode()
    assert "这就去问银行" in said
    assert "等银行出" in said
    bank_receipts.work(worlds_cases.AT)

    assert client.get(here).status_code == 302
    assert client.post(here).status_code == 404  # it is here: there is nothing to ask
    assert BankReceipt.objects.get().state == "STORED"


def test_asking_again_is_refused_elsewhere_and_changes_nothing(
    line: BankTransaction, officer: Any
) -> None:
    before = BankReceipt.objects.values().get()
    here = reverse("office:bank_receipt", args=[line.ext_id])
    assert officer("stone_cashier").post(here).status_code == 404
    assert BankReceipt.objects.values().get() == before


def test_another_village_finds_nothing_there(line: BankTransaction, officer: Any) -> None:
    bank_receipts.work(worlds_cases.AT)

    answer = officer("stone_cashier").get(reverse("office:bank_receipt", args=[line.ext_id]))

    assert answer.status_code == 404


def test_the_month_end_page_says_what_is_missing_and_stops_nobody(
    line: BankTransaction, officer: Any
) -> None:
    client = officer("agency_accountant")
    page = client.get(reverse("office:month_end", args=["O-WILLOW", "2026-11"]))

    assert "1张银行电子回单还没取到，不耽误结账" in page.content.decode()
    bank_receipts.work(worlds_cases.AT)
    page = client.get(reverse("office:month_end", args=["O-WILLOW", "2026-11"]))
    assert "电子回单还没取到" not in page.content.decode()
