"""Electronic originals over the interface: tried, booked once, and the file that says how."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import etree

from sanzi.ledger.models import Voucher

pytestmark = pytest.mark.django_db
RECEIPT = """<BankElectronicReceipt>
<NumberOfBankElectronicReceipt>HD20261105000001</NumberOfBankElectronicReceipt>
<TransactionDate>20261105</TransactionDate><TransactionAmount>800.00</TransactionAmount>
<NameOfPayer>柳湾村股份经济合作社</NameOfPayer><Purpose>10月保洁费</Purpose>
</BankElectronicReceipt>""".encode()
FIELDS = {"rule_code": "payment.settled", "subject_code": "51401", "account_id": "A-1"}


def form(data: bytes = RECEIPT, **changed: str) -> dict[str, object]:
    return FIELDS | changed | {"file": SimpleUploadedFile("hd.xml", data)}


def test_a_receipt_is_tried_booked_once_and_told(desk, program) -> None:
    ask = program("agency_accountant")
    path = "/books/O-WILLOW/originals"

    tried = ask("POST", f"{path}/preview", files=form())
    assert (tried.status, tried.body["amount_fen"], tried.body["summary"]) == (
        200, 80000, "10月保洁费",
    )  # fmt: skip
    assert not Voucher.objects.exists()

    booked = ask("POST", path, files=form())
    again = ask("POST", path, files=form())
    assert booked.status == 201, booked.body
    assert (again.status, again.body["code"]) == (409, "ledger.original_booked")

    told = ask("GET", f"/vouchers/{booked.body['ext_id']}/posting-file")
    root = etree.fromstring(told.raw.content)
    assert root.findtext(".//NumberOfBankElectronicReceipt") == "HD20261105000001"
    assert root.findtext(".//NumberOfAccountingDocuments") == booked.body["label"]


def test_a_bad_file_and_a_bad_signature_book_nothing(desk, program) -> None:
    ask = program("agency_accountant")
    path = "/books/O-WILLOW/originals"

    codes = [
        ask("POST", path, files=form(b"<x/>")).body["code"],
        ask("POST", path, files=form(signature="AAAA")).body["code"],
        ask("POST", path, files=form(rule_code="no.such")).body["code"],
    ]

    assert codes == ["evidence.no_original", "evidence.bad_signature", "ledger.unknown_rule"]
    assert not Voucher.objects.exists()
    assert program("town_leader")("POST", path, files=form()).status == 404
