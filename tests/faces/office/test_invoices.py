"""Invoices in the office: read, confirmed by the clerk, listed, verified, found twice."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sanzi.evidence.models import Attachment, File, Invoice, InvoiceCheck, WhiteSlip
from worlds import invoice_papers as made
from worlds import office
from worlds.cases import AT
from worlds.fake_tax import tax_office

pytestmark = pytest.mark.django_db


def hang(client, number: str, name: str, content: bytes):
    """Hang an invoice file on a draft and return the form it leads to."""
    sent = {"kind": "invoice", "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("office:add_paper", args=[number]), sent, follow=True)


def typed(page: str) -> dict[str, str]:
    """Return what the form of the invoice holds."""
    from lxml import html

    (form,) = html.fromstring(page).xpath("//form[contains(@action, 'invoices/add')]")
    return {key: value or "" for key, value in form.fields.items()}


def test_a_photo_is_read_confirmed_and_found_again_in_another_case(desk, officer) -> None:
    client, number, other = officer("cashier_reporter"), desk.start(), desk.start()

    page = hang(client, number, "照片.jpg", made.photo(made.QR)).content.decode()
    assert "读出1张发票，请点“核对”看一遍再记下。" in page
    assert not Invoice.objects.exists()
    (link,) = {part.split('"')[0] for part in page.split('href="') if part.startswith("?read=")}
    form = client.get(reverse("office:form", args=[number]) + link.split("#")[0]).content.decode()
    said = typed(form)
    assert (said["number"], said["amount"]) == (made.NUMBER, "1,260.00")
    assert "读自二维码，请核对" in form

    said |= {"seller_name": "柳湾农资店", "part": "600.00"}
    client.post(reverse("office:add_invoice", args=[number]), said)
    kept = Invoice.objects.get()
    assert (kept.number, kept.used_fen, kept.amount_fen) == (made.NUMBER, 60_000, 126_000)
    assert (kept.sources["number"], kept.sources["seller_name"]) == ("qr", "typed")
    assert kept.file_digest

    page = hang(client, other, "发票.xml", made.xml()).content.decode()
    assert "读出1张发票，记下了。" in page
    assert f"发票{made.NUMBER}已经报过，用在" in page
    assert Invoice.objects.count() == 2


def test_another_village_hears_that_it_is_used_and_not_where(desk, officer) -> None:
    number = desk.start()
    hang(officer("cashier_reporter"), number, "发票.xml", made.xml())
    Invoice.objects.update(division_code="999901102201")

    page = officer("cashier_reporter").get(reverse("office:form", args=[desk.start()]))
    assert "已经报过" not in page.content.decode()
    again = desk.start()
    page = hang(officer("cashier_reporter"), again, "发票.xml", made.xml()).content.decode()
    assert f"发票{made.NUMBER}已经报过，用在别的村。" in page
    assert number not in page


def test_the_register_is_searched_narrowed_and_taken_away(desk, officer) -> None:
    client = officer("cashier_reporter")
    hang(client, desk.start(), "发票.xml", made.xml())
    here = reverse("office:invoices")

    for query in (f"text={made.NUMBER}", "text=1260.00", "text=农资", "day=2026-11-03",
                  "month=2026-11", "state=pending"):  # fmt: skip
        assert made.NUMBER in client.get(f"{here}?{query}").content.decode(), query
    for query in ("text=没有", "day=2026-11-04", "month=x&state=ok", "state=twice", "state=after"):
        assert made.NUMBER not in client.get(f"{here}?{query}").content.decode(), query
    sheet = b"".join(client.get(f"{here}?as=csv").streaming_content).decode()
    assert f"{made.NUMBER},,数电票（普通发票）,2026-11-03,柳湾农资店" in sheet
    assert made.NUMBER not in officer("stone_cashier").get(here).content.decode()


def test_the_agency_asks_and_two_persons_read_where_no_machine_can(desk, officer) -> None:
    hang(officer("cashier_reporter"), desk.start(), "发票.xml", made.xml())
    one = Invoice.objects.get()
    here = reverse("office:invoice", args=[one.ext_id])
    with tax_office():
        officer("agency_accountant").post(reverse("office:verify_invoice", args=[one.ext_id]))
        assert "查验一致" in officer("cashier_reporter").get(here).content.decode()

    read = reverse("office:read_invoice", args=[one.ext_id])
    picture = SimpleUploadedFile("页.jpg", made.photo())
    first, second = officer("agency_accountant"), officer("agency_reviewer")
    assert "要有网页截图" in first.post(read, {"result": "RED"}, follow=True).content.decode()
    first.post(read, {"result": "RED", "picture": picture})
    assert "还要另一位再查一次" in second.get(here).content.decode()
    second.post(read, {"result": "RED"})

    page = second.get(here).content.decode()
    assert "已经红冲" in page
    assert InvoiceCheck.objects.filter(channel="manual").count() == 1
    assert Invoice.objects.get().verified_at == AT


def test_a_slip_is_filled_in_on_the_form_of_a_case_on_slips(desk, officer) -> None:
    client, number = officer("cashier_reporter"), desk.start()
    desk.fill(number, proof_kind="white_slip")
    said = {
        "line_no": "1", "kind": "labour", "payee_name": "王秀英", "id_no": "11010519491231002X",
        "quantity": "1.5", "unit": "工", "unit_price": "200.00", "amount": "300.00",
        "reason": "清理水渠", "handler_name": "吴小芬", "witness_name": "高林",
    }  # fmt: skip

    page = client.post(reverse("office:add_slip", args=[number]), said, follow=True)
    assert "收条：第1行王秀英" in page.content.decode()
    wrong = said | {"amount": "301.00", "line_no": "2"}
    page = client.post(reverse("office:add_slip", args=[number]), wrong, follow=True)
    assert "数量乘单价是300.00元" in page.content.decode()
    assert "11010519491231002X" not in page.content.decode()
    slip = WhiteSlip.objects.get()
    client.post(reverse("office:remove_slip", args=[number]), {"slip": slip.ext_id})
    assert not WhiteSlip.objects.exists()


@pytest.mark.parametrize(("title", "is_told"), [("发票.ofd", True), ("发票.xml", False)])
def test_the_page_says_that_the_seal_inside_a_file_was_not_checked(
    desk, officer, title: str, is_told: bool
) -> None:
    found = office.invoice(desk.start())
    found.file_digest = "cd" * 32
    found.save(update_fields=["file_digest"])
    File.objects.create(digest=found.file_digest, size_bytes=9, media_type="x", stored_at=AT)
    Attachment.objects.create(
        ext_id="EV-1", file_id=found.file_digest, subject_kind="case", title=title,
        subject_id=found.case_number, kind="invoice", uploaded_by_id=1, uploaded_at=AT,
    )  # fmt: skip

    shown = officer("agency_reviewer").get(reverse("office:invoice", args=[found.ext_id]))

    assert ("没有验，真假以税务局查验为准" in shown.content.decode()) is is_told
