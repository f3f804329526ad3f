"""Invoices: typed, from a QR code, from a package; one key for the same invoice everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sanzi.evidence import errors, invoices, queries
from sanzi.evidence.actions import invoices as actions
from sanzi.evidence.actions import loading
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.models import Invoice
from sanzi.orgs.errors import NotFound
from sanzi.record.loaders import LoadContext
from worlds.cases import AT, Desk

FIELDS = InvoiceFields(
    number="26332000000012345678", issue_date=date(2026, 11, 3), seller_name="柳湾农资店",
    amount_fen=126_000,
)  # fmt: skip


def record(desk: Desk, number: str, fields: InvoiceFields = FIELDS, role: str = "") -> str:
    return actions.record_invoice(
        by=desk.actor(role or "cashier_reporter"), at=AT, case_number=number, fields=fields
    )


def test_a_new_qr_gives_the_whole_sum_and_an_old_one_none() -> None:
    new = invoices.read_qr("01,32,,26332000000012345678,1260.00,20261103,,ABCD,")
    old = invoices.read_qr("01,10,033001900111,12345678,1188.68,20261103,12345678901234567890,AB,")

    assert (new.number, new.amount_fen, new.issue_date) == (
        "26332000000012345678", 126_000, date(2026, 11, 3),
    )  # fmt: skip
    assert (old.code, old.number, old.amount_fen) == ("033001900111", "12345678", None)


@pytest.mark.parametrize("text", ["", "http://example.com/x", "01,99,1,2,3,20261103", "01,32,,1"])
def test_another_qr_is_no_invoice(text: str) -> None:
    with pytest.raises(errors.BadInvoice):
        invoices.read_qr(text)


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        ({"seller_name": "别的店"}, True), ({"amount_fen": 1}, True),
        ({"number": "26332000000012345679"}, False), ({"number": " 26332000000012345678 "}, True),
    ],
)  # fmt: skip
def test_twenty_figures_are_the_invoice(changed: dict[str, object], is_same: bool) -> None:
    other = replace(FIELDS, **changed)
    assert (invoices.key_text(other) == invoices.key_text(FIELDS)) is is_same


def test_an_old_number_needs_its_code() -> None:
    keys = {
        invoices.key_text(replace(FIELDS, code=code, number="12345678"))
        for code in ("033001900111", "033001900112", "")
    }
    assert len(keys) == 3
    assert invoices.key_text(replace(FIELDS, number="")) == ""


@pytest.mark.django_db
def test_the_same_invoice_in_two_villages_has_one_key(desk: Desk) -> None:
    mine = desk.start()
    record(desk, mine)
    assert record(desk, mine) == Invoice.objects.get().ext_id

    other = desk.start()
    record(desk, other)

    assert len(set(Invoice.objects.values_list("key_index", flat=True))) == 1
    assert Invoice.objects.count() == 2
    assert FIELDS.number not in Invoice.objects.first().key_index
    assert [one.amount_fen for one in queries.invoices_of(mine)] == [126_000]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [
        {"amount_fen": 0}, {"amount_fen": None}, {"number": "12"},
        {"number": "发票"}, {"issue_date": date(2026, 11, 19)}, {"code": "1"},
        {"amount_fen": 10**16},
    ],
)  # fmt: skip
def test_an_invoice_that_cannot_be_is_refused(desk: Desk, changed: dict[str, object]) -> None:
    number = desk.start()
    with pytest.raises(errors.BadInvoice):
        record(desk, number, replace(FIELDS, **changed))
    assert not Invoice.objects.exists()


@pytest.mark.django_db
def test_an_invoice_of_a_submitted_case_stays(desk: Desk) -> None:
    number = desk.start()
    ext_id = record(desk, number)
    actions.remove_invoice(by=desk.actor("cashier_reporter"), at=AT, ext_id=ext_id)
    assert not Invoice.objects.exists()

    done = desk.submitted()
    with pytest.raises(errors.SubjectClosed):
        record(desk, done)
    with pytest.raises(NotFound):
        record(desk, done, role="stone_cashier")


@pytest.mark.django_db
def test_invoices_of_a_package_come_in_once_with_the_same_key(desk: Desk) -> None:
    rows = [
        {
            "invoice_id": "I-1", "payment_id": "P-1", "case_id": "C-1", "kind": "e_invoice",
            "invoice_no": FIELDS.number, "issue_date": FIELDS.issue_date, "amount_fen": 126_000,
            "verify_status": "ok", "verified_at": AT,
        }
    ]  # fmt: skip
    context = LoadContext(by=desk.actor("county_agri"), at=AT)

    first = loading.load_invoices(rows, context)
    again = loading.load_invoices(rows, context)

    assert (first.added, again.unchanged) == (1, 1)
    assert Invoice.objects.get().key_index == actions.key_index(FIELDS)
