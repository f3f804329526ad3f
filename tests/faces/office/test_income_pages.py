"""Pages of accounts and income: a bill in six fields, a claim by one tap, a file of accounts."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from sanzi.kernel import references
from sanzi.orgs.models import Counterparty, Person
from sanzi.payments.models import (
    AccountProposal,
    BankAccount,
    BankTransaction,
    Bill,
    Receipt,
    ReceiptBook,
)
from worlds.cases import AT, Desk, photo
from worlds.office import credit, income_things

pytestmark = pytest.mark.django_db
BILL = {
    "organisation": "O-WILLOW",
    "payer_name": "青石机械厂",
    "phone": "",
    "kind": "rent",
    "purpose": "四季度租金",
    "amount": "12,500",
    "due_date": "2026-11-30",
    "source_id": "",
}


def page(client: Any, name: str, *arguments: str, **query: str) -> str:
    found = client.get(reverse(f"office:{name}", args=arguments), query)
    assert found.status_code == 200, name
    return str(found.content.decode())


def test_a_village_cashier_issues_a_bill_and_shows_its_code(officer: Any, desk: Desk) -> None:
    client = officer("cashier_reporter")
    assert "开缴款单" in page(client, "bills")
    assert "柳湾村股份经济合作社" in page(client, "bill_new")

    made = client.post(reverse("office:bill_new"), BILL, follow=True).content.decode()

    bill = Bill.objects.get()
    assert f"开好了{bill.number}号。" in made
    assert "青石机械厂要在11月30日前交12,500.00元" in made
    assert references.grouped(bill.reference) in made
    assert "<svg" in made
    paper = client.get(reverse("office:bill_file", args=[bill.ext_id]))
    assert paper.content.startswith(b"%PDF")
    assert "青石机械厂：四季度租金" in page(client, "bills", text=bill.reference)


def test_a_wrong_amount_stands_at_its_field_and_issues_nothing(officer: Any, desk: Desk) -> None:
    client = officer("cashier_reporter")

    for changed in ({"amount": "十二"}, {"due_date": "2026-01-01"}, {"amount": ""}):
        said = client.post(reverse("office:bill_new"), {**BILL, **changed}).content.decode()
        assert "error" in said

    assert Bill.objects.count() == 0


def test_a_registered_payer_is_found_chosen_and_kept_when_something_else_is_wrong(
    officer: Any, desk: Desk
) -> None:
    client, to = officer("cashier_reporter"), reverse("office:bill_new")
    firm = Counterparty.objects.create(ext_id="C-MILL", name="青石机械厂有限公司", kind="company")
    typed = {**BILL, "purpose": "三号厂房四季度", "payer_name": "机械厂"}

    found = client.post(to, {**typed, "find": "1"}).content.decode()
    wrong = client.post(to, {**typed, "payer": "counterparty:C-MILL", "amount": "十二"})
    again = wrong.content.decode()

    assert 'value="counterparty:C-MILL"' in found
    assert "就用上面写的名字" in found
    assert "error" not in found
    for said in (found, again):
        assert 'value="三号厂房四季度"' in said
        assert 'value="机械厂"' in said
    assert 'value="counterparty:C-MILL" checked' in again
    assert Bill.objects.count() == 0
    client.post(to, {**typed, "payer": "counterparty:C-MILL"})
    bill = Bill.objects.get()
    assert (bill.payer_counterparty, bill.payer_name) == (firm, "青石机械厂有限公司")


def test_a_villager_is_found_in_his_own_village_only(officer: Any, desk: Desk) -> None:
    client, to = officer("cashier_reporter"), reverse("office:bill_new")
    here, there = desk.world.bodies["willow"].division, desk.world.bodies["stone"].division
    Person.objects.create(ext_id="P-HERE", name="鲁根土", division=here)
    Person.objects.create(ext_id="P-THERE", name="鲁根水", division=there)

    found = client.post(to, {**BILL, "payer_name": "鲁", "find": "1"}).content.decode()
    forged = client.post(to, {**BILL, "payer_name": "鲁", "payer": "person:P-THERE"})
    nobody = client.post(to, {**BILL, "payer_name": "没这人", "find": "1"}).content.decode()
    empty = client.post(to, {**BILL, "payer_name": "", "find": "1"}).content.decode()
    elsewhere = client.post(to, {**BILL, "organisation": "O-STONE", "find": "1"})

    assert "person:P-HERE" in found
    assert "鲁根水" not in found
    assert "名字改过了，请再找一次。" in forged.content.decode()
    assert "没有找到“没这人”" in nobody
    assert "先写上名字" in empty
    assert elsewhere.status_code == 200
    assert Bill.objects.count() == 0
    client.post(to, {**BILL, "payer_name": "鲁", "payer": "person:P-HERE"})
    assert Bill.objects.get().payer_person.ext_id == "P-HERE"


def test_a_bill_is_voided_with_a_reason(officer: Any, desk: Desk) -> None:
    bill = income_things(desk)["bill"]
    client = officer("cashier_reporter")
    to = reverse("office:bill_void", args=[bill])

    assert "要写理由" in client.post(to, {"reason": "错"}, follow=True).content.decode()
    said = client.post(to, {"reason": "金额写错了"}, follow=True).content.decode()

    assert "作废了：金额写错了" in said
    assert Bill.objects.get().state == "VOID"


def test_one_tap_claims_a_credit_for_its_bill(officer: Any, desk: Desk) -> None:
    bill = income_things(desk)["bill"]
    Bill.objects.update(amount_fen=1_250_000)
    line = credit(desk)
    client = officer("agency_accountant")
    assert "就是这笔，认领" in page(client, "unclaimed")
    to = reverse("office:claim", args=[line.ext_id])
    assert client.post(to, {"what": "bill", "target": "BL-OTHER"}).status_code == 404
    assert Receipt.objects.filter(bill__isnull=False).count() == 0

    said = client.post(to, {"what": "bill", "target": bill}, follow=True).content.decode()

    assert "认领了，收据开好，账也记了。" in said
    receipt = Receipt.objects.get(bill__ext_id=bill)
    shown = page(client, "receipt", receipt.ext_id)
    assert reverse("office:voucher", args=[receipt.voucher_ext_id]) in shown
    assert "交清了12,500.00元" in page(client, "bill", bill)
    movements = page(client, "account", "A-WILLOW")
    assert reverse("office:receipt", args=[receipt.ext_id]) in movements
    void = reverse("office:receipt_void", args=[receipt.ext_id])
    client.post(void, {"reason": "挂错单子了"})
    assert Bill.objects.get().paid_fen == 0


def test_interest_is_claimed_in_one_go(officer: Any, desk: Desk) -> None:
    lines = [credit(desk, f"B-{number}") for number in (1, 2)]
    BankTransaction.objects.update(channel="interest", memo="结息", peer_name="农商银行")
    client = officer("agency_accountant")
    assert "勾上的都按利息认领" in page(client, "unclaimed", channel="interest")

    said = client.post(
        reverse("office:claim_interest"), {"line": [one.ext_id for one in lines]}, follow=True
    )

    assert "认领了2笔利息" in said.content.decode()
    assert Receipt.objects.filter(kind="interest").count() == 2


def test_the_register_narrows_and_goes_out_as_a_file(officer: Any, desk: Desk) -> None:
    client = officer("county_agri")
    said = page(client, "accounts")
    assert "1个账户，余额合计0.00元" in said or "1个账户，余额合计0元" in said
    assert "没有这样的账户" in page(client, "accounts", kind="term")
    book = client.get(reverse("office:accounts"), {"as": "xlsx"})
    rows = list(load_workbook(io.BytesIO(book.content)).active.values)
    assert any("****0001" in [str(cell) for cell in row] for row in rows)
    csv = b"".join(client.get(reverse("office:accounts"), {"as": "csv"}).streaming_content)
    assert "****0001" in csv.decode()
    credit(desk)
    assert "绿源农业公司" in page(client, "account", "A-WILLOW", text="四季度", min="12500")
    assert "没有这样的流水" in page(client, "account", "A-WILLOW", max="12499.99")
    assert "没有这样的流水" in page(client, "account", "A-WILLOW", until="2026-11-01")


def test_an_account_is_asked_for_with_its_paper_and_approved(officer: Any, desk: Desk) -> None:
    paper = io.BytesIO(photo(9))
    paper.name = "决议.jpg"
    sent = {
        "organisation": "O-WILLOW", "kind": "general", "holder_name": "柳湾村股份经济合作社",
        "number": "201000099990777", "bank_code": "102100099996", "due_date": "",
        "reason": "项目资金专户", "decision_number": "柳村决〔2026〕12号",
        "decision_date": "2026-11-10", "eligible_count": "41", "agree_count": "20",
        "paper": paper,
    }  # fmt: skip
    client = officer("agency_accountant")
    weak = client.post(reverse("office:account_open"), sent).content.decode()
    assert "没有过半" in weak
    assert AccountProposal.objects.count() == 0
    paper.seek(0)

    said = client.post(
        reverse("office:account_open"), {**sent, "agree_count": "30"}, follow=True
    ).content.decode()

    assert "已交给镇农经负责人批。" in said
    proposal = AccountProposal.objects.get()
    head = officer("town_agri_head")
    assert "同意开户" in page(head, "account_proposal", proposal.ext_id)
    to = reverse("office:account_proposal", args=[proposal.ext_id])
    assert (
        "批了，登记册已经改好。" in head.post(to, {"do": "approve"}, follow=True).content.decode()
    )
    assert BankAccount.objects.filter(tail="0777").exists()
    asked = page(client, "account_close", BankAccount.objects.get(tail="0777").ext_id)
    assert "账上没有钱" in asked


def test_a_book_goes_out_is_used_and_written_off(officer: Any, desk: Desk) -> None:
    accountant, cashier = officer("agency_accountant"), officer("cashier_reporter")
    cover = {
        "organisation": "O-WILLOW", "number": "农收0009", "first_serial": "1", "last_serial": "3",
    }  # fmt: skip
    accountant.post(reverse("office:receipt_books"), cover)
    book = ReceiptBook.objects.get().ext_id
    to = reverse("office:receipt_book_write", args=[book])
    written = {
        "serial": "1", "payer_name": "青石市场", "kind": "rent", "purpose": "摊位费",
        "amount": "600", "received_date": AT.date().isoformat(),
    }  # fmt: skip
    assert "error" in cashier.post(to, {**written, "amount": "x"}).content.decode()
    cashier.post(to, written)
    change = reverse("office:receipt_book_change", args=[book])
    cashier.post(change, {"do": "spoil", "serial": "2", "reason": "写坏了一张", "copies": "1"})
    said = page(cashier, "receipt_book", book)
    assert "还空1张" in said
    assert "摊位费" in said
    reviewer = officer("agency_reviewer")
    refused = reviewer.post(change, {"do": "write_off", "blank": "1"}, follow=True)
    assert "现金没有存进银行" in refused.content.decode()
    assert "600.00" in page(cashier, "unbanked")
