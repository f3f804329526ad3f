"""One table, three files: amounts stay amounts, text stays text, and the three agree."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pypdfium2

from sanzi.record.sheets import Column, Row, Sheet, csv_file, pdf, workbook

SHEET = Sheet(
    title="科目余额表",
    columns=(
        Column("科目", "text", 30),
        Column("借方", "money", group="期末余额"),
        Column("贷方", "money", group="期末余额"),
        Column("笔数", "count"),
    ),
    rows=(
        Row(("银行存款", 36_510_000, None, 3)),
        Row(("农商行", -126_000, 0, 12), level=1),
        Row(("=1+1", 1, None, None), tone="quiet"),
        Row(("合计", 36_384_001, 0, 15), tone="total"),
    ),
    left="柳湾村",
    middle="2026年11月",
    notes=("借贷相等",),
    signers=("制表：",),
)


def loaded(*sheets: Sheet) -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook(sheets)))


def test_amounts_are_numbers_with_two_decimals_in_the_workbook() -> None:
    sheet = loaded(SHEET).active

    assert [sheet.cell(5, place).value for place in range(1, 5)] == ["银行存款", 365100, None, 3]
    assert sheet.cell(6, 2).value == -1260
    assert sheet.cell(5, 2).number_format == "#,##0.00;-#,##0.00;0.00"
    assert sheet.cell(6, 1).value == "　农商行"
    assert sheet.freeze_panes == "B5"


def test_text_is_never_a_formula() -> None:
    sheet = loaded(SHEET).active
    rows = list(csv.reader(io.StringIO(csv_file(SHEET).decode("utf-8-sig"))))

    assert (sheet.cell(7, 1).value, sheet.cell(7, 1).data_type) == ("=1+1", "s")
    assert rows[3][0] == "'=1+1"


def test_heads_stand_in_two_lines_where_columns_have_a_group() -> None:
    sheet = loaded(SHEET).active

    assert (sheet["B3"].value, sheet["B4"].value, sheet["C4"].value) == ("期末余额", "借方", "贷方")
    assert "B3:C3" in {str(one) for one in sheet.merged_cells.ranges}
    assert "A3:A4" in {str(one) for one in sheet.merged_cells.ranges}


def test_the_largest_amount_keeps_its_last_fen() -> None:
    most = 999_999_999_999_99
    sheet = Sheet("最大", (Column("元", "money"),), (Row((most,)), Row((-most,))))

    written = loaded(sheet).active

    assert round(written["A4"].value * 100) == most
    assert csv_file(sheet).decode("utf-8-sig").splitlines()[1] == "999999999999.99"


def test_sheets_of_one_name_are_told_apart() -> None:
    named = Sheet("总账[1]/甲*乙", (Column("科目"),), ())

    assert loaded(named, named).sheetnames == ["总账1甲乙", "总账1甲乙_2"]


def test_the_pdf_shows_what_the_workbook_says() -> None:
    document = pypdfium2.PdfDocument(pdf("科目余额表", [SHEET]))
    text = document[0].get_textpage().get_text_range()

    for word in ("科目余额表", "柳湾村", "期末余额", "365,100.00", "-1,260.00", "=1+1", "制表"):
        assert word in text


def test_a_wide_table_lies_on_its_side_and_every_row_is_there() -> None:
    columns = [Column("摘要"), *(Column(f"栏{place}", "money") for place in range(8))]
    rows = [Row((f"行{place}。", *([place] * 8))) for place in range(300)]
    document = pypdfium2.PdfDocument(pdf("多栏账", [Sheet("多栏账", columns, rows)]))

    assert document[0].get_width() > document[0].get_height()
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert all(f"行{place}。" in text for place in range(300))


def test_the_same_sheets_give_the_same_bytes() -> None:
    assert pdf("表", [SHEET]) == pdf("表", [SHEET])
    assert workbook([SHEET]) == workbook([SHEET])
