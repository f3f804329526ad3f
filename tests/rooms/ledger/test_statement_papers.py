"""Statements as papers: the form's two sides, a place's books in one go, and what is behind."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanzi.audit.models import Event
from sanzi.ledger.actions import papers
from sanzi.ledger.errors import NoFigures, PaperUnknown
from sanzi.ledger.queries import statement_sheets, statements
from sanzi.ledger.queries.figure_parts import Place, parts_of
from sanzi.orgs.errors import NotFound
from worlds import village

BOOKS = """
2026-10-08 10月租金 | receipt:R0
  102 account:A-1   1000.00
  50103            -1000.00
2026-11-02 11月租金 | receipt:R1
  102 account:A-1   9000.00
  50103            -9000.00
2026-11-05 11月保洁费 | payment:P2
  51401 person:V1    310.00
  51402               90.50
  102 account:A-1   -400.50
"""
TOWN = village.TOWN


@pytest.fixture
def accountant(post, world):
    post(BOOKS)
    return world.actor("agency_accountant")


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_a_balance_sheet_prints_its_two_sides_beside_each_other(accountant) -> None:
    page = statements.statement(
        by=accountant, org_ext_id="O-WILLOW", code="balance", period="2026-11"
    )
    sheet = statement_sheets.sheet_of(page)

    titles = [column.title for column in sheet.columns]
    assert titles[0] == "资产"
    assert titles[len(titles) // 2] == "负债和所有者权益"
    first = next(row for row in sheet.rows if "货币资金" in str(row.cells[0]))
    assert first.cells[2] == 959950
    last = sheet.rows[-1].cells
    assert (last[0], last[2]) == ("资产总计", 959950)
    assert (last[4], last[6]) == ("负债和所有者权益总计", 959950)
    assert sheet.notes[0].startswith("检查 ")


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_every_statement_of_a_month_leaves_in_three_forms(form, accountant, world) -> None:
    for layout in statements.layouts("rce2023"):
        period = statement_sheets.due_period(layout, "2026-11")
        if not period:
            continue
        made = papers.take_statement(
            by=accountant, at=world.at, org_ext_id="O-WILLOW", code=layout.code,
            period=period, form=form,
        )  # fmt: skip
        assert layout.title in made.name
        assert made.data


def test_all_statements_of_a_body_are_one_paper_and_one_line_in_the_log(accountant, world) -> None:
    made = papers.take_statements(
        by=accountant, at=world.at, org_ext_id="O-WILLOW", period="2026-11", form="xlsx"
    )

    book = openpyxl.load_workbook(io.BytesIO(made.data))
    assert "资产负债表" in book.sheetnames
    assert len(book.sheetnames) > 3
    event = Event.objects.get(kind="ledger.paper.taken")
    assert '"kind":"statements"' in event.change


def test_a_place_takes_all_its_books_in_one_archive(accountant, world, post) -> None:
    post(BOOKS.replace("50103", "50199"), org="O-WILLOW-VC")
    made = papers.township_pdf(by=accountant, at=world.at, division_code=TOWN, period="2026-11")

    with zipfile.ZipFile(io.BytesIO(made.data)) as packed:
        names = packed.namelist()
        text = text_of(packed.read(names[0]))
    assert names == [
        "999901101201_柳湾村股份经济合作社_报表_2026-11.pdf",
        "999901101201_柳湾村村民委员会_报表_2026-11.pdf",
    ]
    for word in ("资产负债表", "柳湾村股份经济合作社", "9,599.50", "单位：元"):
        assert word in text
    assert Event.objects.filter(kind="ledger.paper.taken").count() == 2


def test_a_places_archive_asks_the_database_once_for_all_books(accountant, world, post) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            statement_sheets.books_with_statements(TOWN, "2026-11")
        return len(caught)

    alone = count()
    from sanzi.ledger.actions import books as book_actions
    from sanzi.orgs.actors import SYSTEM

    book_actions.ensure_book(org_ext_id="O-STONE", first_period="2026-01", by=SYSTEM, at=village.AT)
    post(BOOKS, org="O-STONE")

    assert count() <= alone + 3


def test_a_statement_of_a_place_is_summed_and_side_by_side(accountant, world) -> None:
    wanted = papers.GroupWanted(TOWN, "rce2023", "balance", "2026-11")
    made = papers.take_group(by=accountant, at=world.at, wanted=wanted, form="xlsx")

    book = openpyxl.load_workbook(io.BytesIO(made.data))
    assert book.sheetnames == ["汇总", "各单位"]
    heads = [cell.value for cell in book["各单位"][3]]
    assert heads == ["项目", "柳湾村股份经济合作社"]
    assert Event.objects.get(kind="ledger.paper.taken").subject_id == TOWN


def test_behind_a_figure_stand_its_accounts_in_the_months_of_the_column(accountant) -> None:
    page = statements.statement(
        by=accountant, org_ext_id="O-WILLOW", code="balance", period="2026-11"
    )
    row = next(one for one in page.rows if one.title == "货币资金")

    found = parts_of(
        by=accountant, org_ext_id="O-WILLOW", code="balance", period="2026-11",
        place=Place(row.id, page.columns[0].id),
    )  # fmt: skip

    assert (found.figure_fen, found.first_period, found.last_period) == (
        959950, "2026-01", "2026-11",
    )  # fmt: skip
    (part,) = found.parts
    assert (part.account_code, part.debit_fen, part.credit_fen) == ("102", 1000000, 40050)
    assert part.closing_fen == found.figure_fen


def test_every_figure_of_every_statement_has_something_behind_it(accountant) -> None:
    for layout in statements.layouts("rce2023"):
        period = statement_sheets.due_period(layout, "2026-11")
        if not period:
            continue
        page = statements.statement(
            by=accountant, org_ext_id="O-WILLOW", code=layout.code, period=period
        )
        for row in page.rows:
            for fen, column in zip(row.figures, page.columns, strict=True):
                if not fen:
                    continue
                place = Place(row.id, column.id, row.account_code, row.aux_kind, row.aux_id)
                found = parts_of(
                    by=accountant, org_ext_id="O-WILLOW", code=layout.code, period=period,
                    place=place,
                )  # fmt: skip
                assert found.figure_fen == fen
                assert found.parts, f"{layout.code} {row.title} {column.title}"


def test_what_is_not_there_is_refused_and_leaves_no_trace(accountant, world) -> None:
    stranger = world.actor("stone_cashier")
    common = {"at": world.at, "org_ext_id": "O-WILLOW", "code": "balance"}
    with pytest.raises(NotFound):
        papers.take_statement(by=stranger, period="2026-11", form="pdf", **common)
    with pytest.raises(PaperUnknown):
        papers.take_statement(by=accountant, period="2026-11", form="doc", **common)
    with pytest.raises(NoFigures):
        papers.take_statement(by=accountant, period="2020-01", form="pdf", **common)
    with pytest.raises(NotFound):
        papers.township_pdf(by=stranger, at=world.at, division_code=TOWN, period="2026-11")
    with pytest.raises(NotFound):
        papers.township_pdf(by=accountant, at=world.at, division_code=TOWN, period="2020-01")
    with pytest.raises(NotFound):
        parts_of(
            by=accountant, org_ext_id="O-WILLOW", code="balance", period="2026-11",
            place=Place("999", "closing"),
        )  # fmt: skip

    assert not Event.objects.filter(kind="ledger.paper.taken").exists()
