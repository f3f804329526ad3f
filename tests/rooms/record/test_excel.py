"""The county's workbook: written, filled in, read back, and refused when it is not safe."""

from __future__ import annotations

import csv
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sanzi.record.errors import PackageRefused
from sanzi.record.excel import HOW, excel_to_package, write_template
from sanzi.record.packages import open_package
from sanzi.record.schema import load_tables
from sanzi.record.templates import COUNTY, GROUPS


@pytest.fixture
def template(tmp_path: Path) -> Path:
    write_template(tmp_path / "county.xlsx")
    return tmp_path / "county.xlsx"


def fill(path: Path, sheet: str, values: dict[str, Any], *, row: int = 3) -> None:
    """Type values under headings of a sheet."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    places = {cell.value: cell.column for cell in page[1]}
    for title, value in values.items():
        page.cell(row, places[title], value)
    book.save(path)


def town(code: str = "999901101000") -> dict[str, Any]:
    return {"区划代码": code, "名称": "清河镇", "层级": "town"}


def org() -> dict[str, Any]:
    return {
        "组织编号": "E1",
        "区划代码": "999901101000",
        "组织名称": "清河镇人民政府",
        "层级": "town",
        "类别": "office",
        "是否薄弱村": "否",
    }


def test_the_template_has_a_sheet_a_table_with_headings_and_hints(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    titles = [load_tables()[name].title for name in GROUPS[COUNTY][1]]
    assert book.sheetnames == [HOW, *titles]
    budget = book["预算"]
    assert [cell.value for cell in budget[1]][5] == "预算金额（元）"
    assert budget["F2"].value == "必填；元，最多两位小数"
    lists = {str(v.sqref): v.formula1 for v in book["行政区划"].data_validations.dataValidation}
    assert lists == {"C3:C5001": '"province,city,county,town,village"'}


def test_a_filled_workbook_becomes_a_package_without_errors(template: Path, tmp_path: Path) -> None:
    fill(template, "行政区划", {**town(), "启用日期": datetime(2020, 1, 2)})
    fill(template, "组织", org())
    decision = {
        "表决编号": "D1",
        "组织编号": "E1",
        "事项代码": "M02",
        "议题": "预算",
        "程序": "committee",
        "表决主体": "council",
        "结果": "passed",
        "金额（元）": 1234.5,
        "通过时间": "2026-03-01 09:30",
    }
    fill(template, "民主决策", decision)
    excel_to_package(template, tmp_path / "p")
    package = open_package(tmp_path / "p")
    assert package.check() == []
    [place] = package.rows("division")
    assert place["valid_from_date"] == date(2020, 1, 2)
    [vote] = package.rows("decision")
    assert vote["amount_fen"] == 123_450
    assert str(vote["passed_at"]) == "2026-03-01 01:30:00+00:00"
    [office] = package.rows("org")
    assert office["is_poor_village"] is False


def test_a_wrong_value_is_found_one_row_above_its_row_in_the_sheet(
    template: Path, tmp_path: Path
) -> None:
    fill(template, "行政区划", town("99990110"))
    excel_to_package(template, tmp_path / "p")
    [error] = open_package(tmp_path / "p").check()
    assert (error.file, error.row, error.column) == ("division.csv", 2, "code")


def refusal(path: Path, folder: Path) -> tuple[str, str, str]:
    with pytest.raises(PackageRefused) as refused:
        excel_to_package(path, folder)
    [error] = refused.value.errors
    return error.file, error.column, error.expected


def test_a_formula_is_refused_with_sheet_and_cell(template: Path, tmp_path: Path) -> None:
    fill(template, "行政区划", {**town(), "名称": '="清河"&"镇"'})
    assert refusal(template, tmp_path / "p") == (
        "工作表“行政区划”",
        "B3",
        "这一格是公式，请改成填好的值",
    )


def test_an_empty_row_between_rows_is_refused(template: Path, tmp_path: Path) -> None:
    fill(template, "行政区划", town(), row=3)
    fill(template, "行政区划", town("999901102000"), row=5)
    assert refusal(template, tmp_path / "p")[2] == "中间不能有空行"


def test_an_account_typed_as_a_number_is_refused(template: Path, tmp_path: Path) -> None:
    fill(template, "银行账户", {"账户编号": "A1", "账号": 6_299_990_000_000_000_013})
    assert refusal(template, tmp_path / "p") == (
        "工作表“银行账户”",
        "B3",
        "超过 15 位的数字要按文本填写",
    )


def test_a_heading_of_ones_own_is_refused(template: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(template)
    book["行政区划"]["B1"] = "地名"
    book.save(template)
    assert refusal(template, tmp_path / "p")[1:] == ("B1", "不认识的表头，请用原来的模板")


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "county.xlsx"
    path.write_bytes(b"")
    assert refusal(path, tmp_path / "p")[2] == "不是能打开的 xlsx 文件"


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    assert refusal(path, tmp_path / "p")[2] == "文件压缩得不正常，不能导入"


def test_the_template_alone_gives_empty_tables(template: Path, tmp_path: Path) -> None:
    excel_to_package(template, tmp_path / "p")
    with (tmp_path / "p" / "person.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.reader(stream))) == 1
