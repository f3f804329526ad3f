"""E-receipts over the interface: where one is, its files, what a month lacks, asking again."""

from __future__ import annotations

import pytest

from sanzi.bank.port import Entry, ReceiptFile
from sanzi.payments.actions import bank_receipts, statements
from sanzi.payments.models import BankReceipt, BankTransaction
from worlds.cases import AT

PDF = b"".join(
    (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n",
        b"trailer<</Root 1 0 R>>\n%%EOF\n",
    )
)
XML = b"<?xml version='1.0'?><BankReceipt/>"


@pytest.fixture
def line(desk, bank) -> str:
    """A credit whose e-receipt the bank has ready; its ext id."""
    bank.entries = [Entry(7, AT, 50_000, True, "BK7", party_name="张三", memo="租金")]
    bank.receipts["BK7"] = ReceiptFile("BK7", PDF, XML, "signed")
    statements.work_notices(AT)
    return BankTransaction.objects.get(bank_ref="BK7").ext_id


def test_an_e_receipt_is_told_of_and_its_files_are_handed_out(line, program) -> None:
    accountant = program("agency_accountant")
    before = accountant("GET", f"/bank-lines/{line}/receipt").body
    bank_receipts.work(AT)
    found = accountant("GET", f"/bank-lines/{line}/receipt").body

    assert (before["state"], before["files"]) == ("WAITING", [])
    assert (found["state"], found["state_label"]) == ("STORED", "已取回")
    assert [one["media_type"] for one in found["files"]] == ["application/pdf", "application/xml"]
    data = accountant("GET", f"/evidence/{found['files'][1]['ext_id']}/original")
    assert data.raw.content == XML


def test_a_month_lists_what_it_lacks_and_one_given_up_is_asked_for_again(line, program) -> None:
    accountant = program("agency_accountant")
    BankReceipt.objects.update(state="GIVEN_UP", said="银行还没有出")

    missing = accountant("GET", "/books/O-WILLOW/missing-bank-receipts?period=2026-11").body
    again = accountant("POST", f"/bank-lines/{line}/receipt/again")

    assert [(one["bank_ref"], one["state_label"]) for one in missing] == [("BK7", "没取到")]
    assert again.status == 200
    assert BankReceipt.objects.get().state == "WAITING"
    assert accountant("POST", "/bank-lines/NOTHING/receipt/again").status == 404


def test_another_village_is_told_nothing(line, program) -> None:
    bank_receipts.work(AT)
    stranger = program("stone_cashier")

    assert stranger("GET", f"/bank-lines/{line}/receipt").status == 404
    assert stranger("GET", "/books/O-WILLOW/missing-bank-receipts?period=2026-11").body == []
