"""Papers of a book: whole, logged, and only for those who may see the book."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pypdfium2
import pytest

from sanzi.audit.models import Event
from sanzi.ledger.actions import papers
from sanzi.ledger.errors import PaperUnknown
from sanzi.ledger.queries.journals import KINDS, Wanted
from sanzi.orgs.errors import NotFound

NOVEMBER = """
2026-11-02 11月租金 | receipt:R1
  102 account:A-1   9000.00
  50103            -9000.00
2026-11-05 11月保洁费 | payment:P2
  51401 person:V1    310.00
  51402               90.50
  102 account:A-1   -400.50
"""


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.fixture
def take(post, world) -> Callable[..., papers.PaperFile]:
    post(NOVEMBER)

    def do(kind: str, form: str, role: str = "agency_accountant", code: str = "") -> Any:
        return papers.take_journal(
            by=world.actor(role),
            at=world.at,
            org_ext_id="O-WILLOW",
            wanted=Wanted(kind, "2026-11", "2026-11", code=code),
            form=form,
        )

    return do


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_book_leaves_in_three_forms(kind, form, take) -> None:
    made = take(kind, form, code="514" if KINDS[kind].takes_account else "")

    assert made.name.endswith(f".{form}")
    begin = {"pdf": b"%PDF", "xlsx": b"PK\x03\x04", "csv": "\ufeff".encode()}[form]
    assert made.data.startswith(begin)


def test_pdf_workbook_and_csv_hold_the_same_figures(take) -> None:
    page, table = (
        text_of(take("detail", "pdf", code="102").data),
        take("detail", "xlsx", code="102"),
    )
    sheet = openpyxl.load_workbook(io.BytesIO(table.data)).active
    lines = take("detail", "csv", code="102").data.decode("utf-8-sig")

    assert "9,000.00" in page
    assert "8,599.50" in page
    assert [row[7].value for row in sheet.iter_rows(min_row=4, max_row=6)] == [0, 9000, 8599.5]
    assert "2026-11-05,记-2,11月保洁费,A-1,,400.50,借,8599.50" in lines


def test_a_long_ledger_turns_its_pages(take, post) -> None:
    post(
        "\n".join(
            f"2026-11-06 零星{n} | payment:Q{n}\n 51499 1.00\n 102 account:A-1 -1.00"
            for n in range(60)
        )
    )
    document = pypdfium2.PdfDocument(take("detail", "pdf", code="102").data)
    pages = [page.get_textpage().get_text_range() for page in document]

    assert len(pages) == 3
    assert ["过次页" in page for page in pages] == [True, True, False]
    assert ["承前页" in page for page in pages] == [False, True, True]


def test_taking_a_paper_is_logged(take, world) -> None:
    take("general", "xlsx")

    event = Event.objects.get(kind="ledger.paper.taken")
    assert (event.chain, event.subject_kind, event.actor_name) == ("O-WILLOW", "book", "沈月琴")
    assert '"form":"xlsx"' in event.change
    assert '"kind":"general"' in event.change


@pytest.mark.parametrize(
    ("kind", "form", "role", "refusal"),
    [
        ("general", "pdf", "stone_cashier", NotFound),
        ("nothing", "pdf", "agency_accountant", NotFound),
        ("general", "docx", "agency_accountant", PaperUnknown),
    ],
)
def test_a_refused_paper_leaves_no_trace(kind, form, role, refusal, take) -> None:
    with pytest.raises(refusal):
        take(kind, form, role=role)

    assert not Event.objects.filter(kind="ledger.paper.taken").exists()


def test_a_voucher_is_printed_with_its_amount_in_capitals_and_its_names(post, world) -> None:
    posted = post(NOVEMBER)[1]

    made = papers.take_voucher(
        by=world.actor("agency_accountant"), at=world.at, ext_id=posted.ext_id
    )

    text = text_of(made.data)
    for word in (
        "记账凭证", "柳湾村股份经济合作社", "2026年11月5日", "记-2", "人民币肆佰元伍角",
        "400.50", "附件0张", "制单：制单人", "审核：审核人", "记账：记账人", "公益支出／环境卫生",
    ):  # fmt: skip
        assert word in text
    assert made.name == "柳湾村股份经济合作社_2026-11_记-2.pdf"


def test_a_voucher_of_many_lines_goes_on_in_fractions(post, world) -> None:
    lines = "\n".join(f"  51401 person:V{n} 10.00" for n in range(13))
    (posted,) = post(f"2026-11-08 发工钱 | payment:P9\n{lines}\n  102 account:A-1 -130.00")

    made = papers.take_voucher(
        by=world.actor("agency_accountant"), at=world.at, ext_id=posted.ext_id
    )

    document = pypdfium2.PdfDocument(made.data)
    pages = [page.get_textpage().get_text_range() for page in document]
    assert ["记-1 1/2" in pages[0], "记-1 2/2" in pages[1]] == [True, True]
    assert ["壹佰叁拾元整" in page for page in pages] == [False, True]
    assert "合计见最后一页" in pages[0]


def test_a_months_vouchers_are_bound_in_order(post, world) -> None:
    post(NOVEMBER)
    actor = world.actor("agency_accountant")

    made = papers.take_vouchers(by=actor, at=world.at, org_ext_id="O-WILLOW", period="2026-11")

    document = pypdfium2.PdfDocument(made.data)
    assert [("记-1" in page.get_textpage().get_text_range()) for page in document] == [True, False]
    with pytest.raises(NotFound):
        papers.take_vouchers(by=actor, at=world.at, org_ext_id="O-WILLOW", period="2026-10")


def test_a_voucher_of_another_place_is_not_printed(post, world) -> None:
    posted = post(NOVEMBER)[0]

    with pytest.raises(NotFound):
        papers.take_voucher(by=world.actor("stone_cashier"), at=world.at, ext_id=posted.ext_id)
    assert not Event.objects.filter(kind="ledger.paper.taken").exists()
