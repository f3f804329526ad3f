"""Workbooks of the registers: each table has a sheet, a row goes through it and back unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sanzi.interfaces.cli.main import main
from sanzi.kernel.money import format_yuan
from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi.record import excel, loaders
from sanzi.record.packages import Package, open_package
from sanzi.record.schema import Column, Table, load_tables
from sanzi.record.templates import GROUPS
from sanzi.registers.funds.models import PriceItem, TownProject
from sanzi_county.county import write_county
from worlds import village
from worlds.village import AT, TOWN

UNTIL = date(2026, 11, 10)
EAST = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("county") / "package"
    write_county(folder, villages=2, months=3, until=UNTIL, seed=7)
    return open_package(folder)


def first_rows(county: Package, table: Table) -> list[dict[str, Any]]:
    """The first row that the county tells of a table, or one made up where it tells none."""
    rows: Iterator[dict[str, Any]] = county.rows(table.name)
    first = next(rows, None)
    if first is None:
        return [{one.name: _made(one) for one in table.exchange_columns}]
    if table.name == "ledger_line":
        return [first, *(one for one in rows if one["voucher_id"] == first["voucher_id"])]
    return [first]


def _made(column: Column) -> object:
    if column.enum:
        return column.enum[0]
    if column.pattern or column.format:
        return None
    made: dict[str, object] = {
        "integer": max(column.minimum or 0, 1), "decimal": Decimal("1.5"), "boolean": True,
        "date": UNTIL, "datetime": datetime(2026, 11, 3, 1, 20, tzinfo=UTC), "string": "样例",
    }  # fmt: skip
    return made[column.type]


def typed(column: Column, value: object) -> object:
    """What somebody types into a cell for a value of the record."""
    if value is None:
        return None
    if column.name.endswith("_fen"):
        return format_yuan(int(str(value))).replace(",", "")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.astimezone(EAST).strftime("%Y-%m-%d %H:%M:%S")
    return str(value) if isinstance(value, Decimal) else value


def fill(path: Path, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Type rows into the sheets of a workbook, from its third line on."""
    book = openpyxl.load_workbook(path)
    tables = load_tables()
    for name, some in rows.items():
        sheet = book[tables[name].title]
        places = {cell.value: cell.column for cell in sheet[1]}
        for number, row in enumerate(some, start=excel.FIRST_ROW):
            for column in tables[name].exchange_columns:
                cell = sheet.cell(number, places[excel.heading(column)])
                cell.value = typed(column, row.get(column.name))
    book.save(path)


def filled(county: Package, group: str, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Write the workbook of a group with the first rows of its tables."""
    tables = load_tables()
    rows = {name: first_rows(county, tables[name]) for name in GROUPS[group][1]}
    excel.write_template(folder / f"{group}.xlsx", group)
    fill(folder / f"{group}.xlsx", rows)
    return rows


def test_every_table_that_is_taken_has_a_sheet_in_a_workbook() -> None:
    offered = {name for _, names in GROUPS.values() for name in names}
    taken = {one.table for one in loaders.registered() if load_tables()[one.table].exchange}
    assert taken - offered == set()
    assert all(load_tables()[name].exchange for name in offered)
    titles = [load_tables()[name].title for name in offered]
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 31 for title in [*titles, *(title for title, _ in GROUPS.values())])


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_a_row_of_each_table_goes_through_its_workbook_and_back(
    county: Package, group: str, tmp_path: Path
) -> None:
    rows = filled(county, group, tmp_path)
    excel.excel_to_package(tmp_path / f"{group}.xlsx", tmp_path / "p")

    found = open_package(tmp_path / "p")
    assert set(found.files) == set(rows)
    for name, some in rows.items():
        assert list(found.rows(name)) == some, name


@pytest.mark.django_db
def test_the_rows_of_a_county_come_in_by_workbooks_and_change_nothing(
    county: Package, tmp_path: Path
) -> None:
    packages.import_folder(folder=county.folder, by=SYSTEM, at=AT)
    for group in GROUPS:
        told = {name: some for name, some in filled(county, group, tmp_path).items()
                if next(county.rows(name), None) is not None}  # fmt: skip
        excel.write_template(tmp_path / f"{group}.xlsx", group)
        fill(tmp_path / f"{group}.xlsx", told)
        excel.excel_to_package(tmp_path / f"{group}.xlsx", tmp_path / group)
        result = packages.import_folder(folder=tmp_path / group, by=SYSTEM, at=AT)
        odd = {name: one for name, one in result.counts.items() if one.added or one.changed}
        assert (group, odd, result.skipped) == (group, {}, ())
        assert {name for name, one in result.counts.items() if one.total} == set(told)


FUND = {"fund_code": "F-9", "org_id": "O-WILLOW", "name": "公厕改造补助", "source_level": "county",
        "amount_fen": 10_000_000}  # fmt: skip
PROJECT = {"project_id": "TP-9", "org_id": "O-AGENCY", "town_id": TOWN, "name": "农村公厕改造",
           "budget_fen": 30_000_000, "paid_fen": 9_000_000, "progress_percent": 40,
           "payable_fen": 0}  # fmt: skip
PRICE = {"price_id": "PB-9", "org_id": "O-COUNTY", "item_code": "rice", "name": "水稻青苗",
         "unit": "亩", "price_fen": 120_000, "valid_from_date": UNTIL}  # fmt: skip


@pytest.fixture
def book(db: None, tmp_path: Path) -> Path:
    village.build()
    excel.write_template(tmp_path / "资金.xlsx", "funds")
    return tmp_path / "资金.xlsx"


def test_a_workbook_of_one_group_may_name_what_is_stored(book: Path, capsys: Any) -> None:
    fill(book, {"fund": [FUND], "town_project": [PROJECT], "price_book": [PRICE]})
    assert main(["import", str(book)]) == 0
    assert TownProject.objects.get().name == "农村公厕改造"
    assert PriceItem.objects.get().price_fen == 120_000
    assert "town_project" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"org_id": "O-NOWHERE"}, ("组织编号", "O-NOWHERE", "组织表里没有这个编号")),
        ({"progress_percent": 140}, ("进度（百分之几）", "140", "不能大于 100")),
        ({"paid_fen": 30_000_001}, ("已付（元）", "300,000.01", "已付不能大于预算")),
        ({"name": None}, ("项目名称", "", "这一格不能空")),
    ],
)
def test_a_wrong_cell_is_told_by_file_sheet_row_and_heading_and_nothing_is_kept(
    book: Path,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, Any],
    told: tuple[str, str, str],
) -> None:
    fill(book, {"town_project": [{**PROJECT, **changed}], "price_book": [PRICE]})
    assert main(["import", "--json", str(book)]) == 2
    [error] = json.loads(capsys.readouterr().out)["errors"]
    assert (error["file"], error["row"]) == ("资金.xlsx 工作表“乡镇项目”", 3)
    assert (error["column"], error["value"], error["expected"]) == told
    assert not TownProject.objects.exists()
    assert not PriceItem.objects.exists()


def test_all_workbooks_are_written_at_once_and_each_explains_itself(tmp_path: Path) -> None:
    assert main(["template", "--all", str(tmp_path)]) == 0
    assert {one.stem for one in tmp_path.iterdir()} == set(GROUPS)
    book = openpyxl.load_workbook(tmp_path / "treasury.xlsx")
    told = [[cell.value for cell in row] for row in book[excel.HOW].iter_rows()]
    assert told[0][0] == "存款、债务、借款和投资"
    assert ["债务", "先要有：组织、行政区划、往来单位、人员、民主决策、合同"] in told
    hint = {cell.value: book["债务"].cell(2, cell.column).value for cell in book["债务"][1]}
    assert hint["组织编号"] == "必填；“组织”里的编号"
