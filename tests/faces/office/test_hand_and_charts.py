"""Filling in vouchers, and what a county changes, as officers do it on the pages."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sanzi.ledger.actions import books, posting
from sanzi.ledger.models import CashPolicy, ChartAddition, EntryVersion, Voucher, VoucherDraft
from sanzi.orgs.actors import SYSTEM
from worlds.books import read_ledger
from worlds.cases import AT, Desk

ROWS = {
    "rows": "4",
    "summary": "补记办公费",
    "date": "2026-11-12",
    "account-0": "5130102 管理费用／办公费",
    "debit-0": "120",
    "account-1": "102 银行存款",
    "aux-1": "account:A-WILLOW 基本户",
    "credit-1": "120.00",
}


def fill_url() -> str:
    return reverse("office:fill", args=["O-WILLOW"])


def test_a_voucher_is_filled_in_by_one_and_reviewed_by_another(officer: Any, desk: Desk) -> None:
    paper = SimpleUploadedFile("说明.txt", b"x")
    made = officer("agency_accountant").post(fill_url(), ROWS | {"files": paper}, follow=True)
    body = made.content.decode()
    assert "凭证填好了，等审核的人来看。" in body
    assert "说明.txt" in body, "a file that is not taken is said, and the draft stays"
    draft = VoucherDraft.objects.get()

    shown = officer("agency_reviewer").post(
        reverse("office:review", args=[draft.ext_id]), {"do": "post"}, follow=True
    )

    assert "审核过了，记了记-" in shown.content.decode()
    voucher = Voucher.objects.order_by("id").last()
    assert (voucher.summary, voucher.total_fen, voucher.origin) == ("补记办公费", 12000, "manual")


def test_rows_come_and_go_and_are_added_up_without_a_script(officer: Any, desk: Desk) -> None:
    client = officer("agency_accountant")

    more = client.post(fill_url(), ROWS | {"do": "more"}).content.decode()
    fewer = client.post(fill_url(), ROWS | {"do": "drop-0"}).content.decode()

    assert 'name="account-7"' in more
    assert "两边一样" in more
    assert 'name="account-3"' not in fewer
    assert "差120.00元" in fewer
    assert VoucherDraft.objects.count() == 0


def test_bad_input_is_told_on_the_form_and_nothing_is_kept(officer: Any, desk: Desk) -> None:
    client = officer("agency_accountant")
    cases = {
        "借贷不平": {"credit-1": "119"},
        "不能用": {"account-0": "999"},
        "要写明是哪一个银行账户": {"aux-1": ""},
        "不是金额": {"debit-0": "一百"},
        "平时只记贷方": {"account-0": "50103"},
        "这里不用现金": {"account-1": "101", "aux-1": ""},
        "这本账从": {"date": "2020-01-01"},
        "“0026-11-03”不是能用的日子": {"date": "0026-11-03"},
    }
    for words, change in cases.items():
        answer = client.post(fill_url(), ROWS | change)
        assert answer.status_code == 409, words
        assert words in answer.content.decode()

    assert VoucherDraft.objects.count() == 0


def test_a_returned_draft_is_changed_or_taken_back_by_its_maker(officer: Any, desk: Desk) -> None:
    officer("agency_accountant").post(fill_url(), ROWS)
    draft = VoucherDraft.objects.get()
    officer("agency_reviewer").post(
        reverse("office:review", args=[draft.ext_id]), {"do": "return", "reason": "金额不对"}
    )
    client = officer("agency_accountant")
    edit = reverse("office:revise", args=[draft.ext_id])
    assert "补记办公费" in client.get(edit).content.decode()

    client.post(edit, ROWS | {"debit-0": "130", "credit-1": "130"})
    draft.refresh_from_db()
    assert (draft.returned_reason, draft.content[0]["lines"][0]["debit_fen"]) == ("", 13000)

    client.post(reverse("office:draft_change", args=[draft.ext_id]), {"do": "withdraw"})
    assert VoucherDraft.objects.count() == 0


def posted(text: str, org: str = "O-WILLOW") -> str:
    (found,) = posting.post_many(book_org_ext_id=org, drafts=read_ledger(text), at=AT, by=SYSTEM)
    return reverse("office:correct", args=[found.ext_id])


def test_a_wrong_amount_is_put_right_by_the_difference(officer: Any, desk: Desk) -> None:
    here = posted("2026-11-03 买纸\n 5130102 120.00\n 102 account:A-WILLOW -120.00")
    client = officer("agency_accountant")
    typed = {"account-0": "5130102", "debit-0": "100", "account-1": "102", "credit-1": "100"}
    assert "科目没错，只补差额" in client.get(here).content.decode()

    for wrong in ({"account-0": "5130103"}, {"debit-1": "100", "credit-1": ""}):
        answer = client.post(here, typed | wrong | {"do": "amounts"})
        assert answer.status_code == 409
        assert "请冲掉重记" in answer.content.decode()
    assert VoucherDraft.objects.count() == 0
    client.post(here, typed | {"do": "amounts"})

    (draft,) = VoucherDraft.objects.all()
    lines = draft.content[0]["lines"]
    assert [(one["debit_fen"], one["credit_fen"]) for one in lines] == [(-2000, 0), (0, -2000)]


def test_last_years_error_is_put_right_by_a_voucher_of_this_year(officer: Any, desk: Desk) -> None:
    books.ensure_book(org_ext_id="O-STONE", first_period="2025-12", by=SYSTEM, at=AT)
    here = posted("2025-12-09 租金\n 102 account:A-STONE 800.00\n 50103 -800.00", "O-STONE")
    client = officer("agency_accountant")
    page = client.get(here).content.decode()
    assert "订正2025年的记-1" in page
    assert "冲掉" not in page
    rows = {"rows": "2", "account-0": "102", "aux-0": "account:A-STONE", "debit-0": "50",
            "account-1": "32202", "credit-1": "50"}  # fmt: skip

    more = client.post(here, rows | {"do": "more"}).content.decode()
    assert 'name="account-5"' in more
    uneven = client.post(here, rows | {"debit-0": "60", "do": "save"})
    assert (uneven.status_code, VoucherDraft.objects.count()) == (409, 0)
    client.post(here, rows | {"do": "save"})

    (draft,) = VoucherDraft.objects.all()
    assert draft.content[0]["summary"].startswith("订正2025年12月9日记-1号凭证")
    assert draft.content[0]["date"] == AT.date().isoformat()


def test_an_account_is_proposed_and_approved_on_its_page(officer: Any, desk: Desk) -> None:
    page = reverse("office:chart", args=["rce2023"])
    new = {"code": "5130190", "name": "党报党刊"}
    taken = officer("county_agri").post(page, {"code": "51301", "name": "别的"})
    assert taken.status_code == 409
    late = officer("county_agri").post(page, new | {"from": "20261-11-03"})
    assert late.status_code == 409
    assert ChartAddition.objects.count() == 0
    assert "是会计制度里的科目" in taken.content.decode() or "已经给了" in taken.content.decode()
    officer("county_agri").post(page, new)
    waiting = ChartAddition.objects.get()

    own = officer("county_agri").get(page).content.decode()
    other = officer("county_finance").get(page).content.decode()
    assert ("核准</button>" in own, "核准</button>" in other) == (False, True)
    officer("county_finance").post(
        reverse("office:decide", args=["account", waiting.ext_id]), {"do": "approve", "to": page}
    )

    assert "党报党刊" in officer("agency_accountant").get(page + "?text=党报").content.decode()


def test_a_rule_is_tried_out_before_it_is_proposed(officer: Any, desk: Desk) -> None:
    page = reverse("office:entry_rule", args=["rce2023", "payment.settled"])
    client = officer("county_agri")
    text = client.get(page).context["content"].replace("version: '1'", "version: '2'")

    tried = client.post(page, {"do": "try", "content": text}).content.decode()
    assert "只是试算，没有记账。" in tried
    assert EntryVersion.objects.count() == 0
    bad = client.post(page, {"do": "try", "content": "rule: ["})
    assert bad.status_code == 409

    client.post(page, {"do": "propose", "content": text, "reason": "试一试"})
    assert EntryVersion.objects.get().version == "2"
    assert "第2版" in officer("county_finance").get(page).content.decode()


def test_cash_is_allowed_by_two(officer: Any, desk: Desk) -> None:
    page = reverse("office:cash")
    wish = {"place": "999901101201", "policy": "LIMITED", "limit": "2000", "reason": "集市"}
    for wrong in ({"limit": ""}, {"from": "0026-11-03"}):
        refused = officer("county_agri").post(page, wish | wrong)
        assert refused.status_code == 409
    assert CashPolicy.objects.count() == 0

    shown = officer("county_agri").post(page, wish, follow=True).content.decode()

    assert "限额使用，手里不超过2,000.00元" in shown
