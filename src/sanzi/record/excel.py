"""The workbooks a county fills in, and the way from a filled-in workbook to a data package.

One workbook for a group of registers (`templates`), one sheet per table: headings in Chinese, a
row of hints, then rows; the first sheet explains. Money is typed in yuan, yes and no as 是 and 否.
Formulas are refused with sheet and cell, and what the package's check finds is told by them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

import openpyxl
import xlsxwriter
from openpyxl.utils import get_column_letter

from sanzi.kernel.money import format_yuan, parse_yuan
from sanzi.kernel.refusals import Refusal
from sanzi.record.errors import CellError, PackageRefused
from sanzi.record.packages import write_package
from sanzi.record.schema import Column, Table, load_tables
from sanzi.record.templates import COUNTY, GROUPS

HOW: Final = "说明"
RULES: Final = (
    "每张工作表写一种东西，从第3行起一行写一条，中间不空行。第1行是表头，第2行说怎么填，都不要改。",
    "表头是橙色的必须填，蓝灰色的可以空着。有下拉的从列表里选。",
    "编号自己定，全县不重复，定了就不变；再导入一次，同一个编号就是更新同一条。",
    "日期写2026-03-01，时间写2026-03-01 09:30，金额写元，最多两位小数。不要用公式。",
    "别的表里的编号，要先有那一条：在这本里填好，或者以前导入过。",
    "有一格不对就一条也不导入，会说清哪张表、哪一行、哪一列、应当怎么填。",
)
FIRST_ROW: Final = 3
ROWS_MAX: Final = 200_000
UNPACKED_MAX: Final = 300_000_000
RATIO_MAX: Final = 200
ENTRIES_MAX: Final = 500
_DROPDOWN_ROWS: Final = 5_000
_ZONE: Final = timezone(timedelta(hours=8))
_CSV_NAME: Final = re.compile(r"（[a-z_]+\.csv）")
_YES_NO: Final = {"是": "true", "否": "false"}
_FORMAT_HINTS: Final = {
    "resident_id": "18 位居民身份证号",
    "uscc": "18 位统一社会信用代码",
    "cnaps": "12 位联行号",
    "phone": "手机号或带区号的座机号",
    "account": "账号，只填数字",
    "division": "12 位区划代码",
}
_TYPE_HINTS: Final = {
    "integer": "整数",
    "decimal": "数字",
    "date": "日期，如 2026-03-01",
    "datetime": "时间，如 2026-03-01 09:30",
    "boolean": "是 或 否",
    "string": "",
}


def heading(column: Column) -> str:
    """The Chinese heading; amounts are asked in yuan."""
    return column.meaning.replace("（分）", "（元）")


def write_template(path: Path | str, group: str = COUNTY) -> None:
    """Write the empty workbook of a group. Raises: KeyError for a group that is not there."""
    title, names = GROUPS[group]
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime(2026, 1, 1, tzinfo=_ZONE).replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "num_format": "@"})
    must = book.add_format({"bold": True, "bg_color": "#FBE9D0", "border": 1, "num_format": "@"})
    hint = book.add_format({"italic": True, "font_color": "#5A6570", "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    tables = load_tables()
    _explain(book, title, [tables[name] for name in names], head)
    for name in names:
        table = tables[name]
        sheet = book.add_worksheet(table.title)
        sheet.freeze_panes(FIRST_ROW - 1, 1)
        for place, column in enumerate(table.exchange_columns):
            sheet.set_column(place, place, 20, text if column.type == "string" else None)
            sheet.write_string(0, place, heading(column), must if column.required else head)
            sheet.write_string(1, place, _hint(table, column), hint)
            _add_dropdown(sheet, place, column)
    book.close()


def _explain(book: Any, title: str, tables: list[Table], head: Any) -> None:
    """Write the first sheet: how to fill the book in, and what each sheet needs beforehand."""
    sheet = book.add_worksheet(HOW)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for place, line in enumerate((title, *RULES)):
        sheet.write_string(place, 0, line, head if place == 0 else None)
    known = load_tables()
    for place, table in enumerate(tables, start=len(RULES) + 2):
        needed = list(dict.fromkeys(known[key.table].title for key in table.foreign_keys))
        needed = [one for one in needed if one != table.title]
        said = f"先要有：{'、'.join(needed)}" if needed else "不靠别的表"
        sheet.write_string(place, 0, table.title, head)
        sheet.write_string(place, 1, said)


def _hint(table: Table, column: Column) -> str:
    parts = ["必填" if column.required else "可空"]
    keys = {key.column: key.table for key in table.foreign_keys}
    if column.enum:
        parts.append("从列表里选")
    elif column.name in keys:
        parts.append(f"“{load_tables()[keys[column.name]].title}”里的编号")
    elif column.name.endswith("_fen"):
        parts.append("元，最多两位小数")
    else:
        parts.append(_FORMAT_HINTS.get(column.format or "", _TYPE_HINTS[column.type]))
    return "；".join(part for part in parts if part)


def _add_dropdown(sheet: Any, place: int, column: Column) -> None:
    choices = list(column.enum) or (["是", "否"] if column.type == "boolean" else [])
    if choices:
        sheet.data_validation(
            FIRST_ROW - 1,
            place,
            _DROPDOWN_ROWS,
            place,
            {"validate": "list", "source": choices, "error_title": "不在列表里"},
        )


def excel_to_package(path: Path | str, folder: Path | str) -> None:
    """Turn a filled-in workbook into a package in `folder`; check it afterwards as any other.

    Row n of a sheet becomes row n-1 of its CSV; `in_words` tells errors by the sheet again.
    Raises PackageRefused, with file, sheet and cell, for formulas, unknown sheets or headings,
    empty rows between rows, values that cannot be read, and for files that are no workbook or
    unpack to too much.
    """
    source = Path(path)
    _guard(source)
    with source.open("rb") as stream:
        try:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=False)
        except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
            raise _refused(source.name, "不是能打开的 xlsx 文件") from error
        write_package(folder, source.stem, _sheets(source.name, book))


def packing_fault(file: Path | IO[bytes]) -> str:
    """Return why a zip may not be opened: it unpacks to too much, or too well; empty when it may.

    What is no zip at all has no fault here.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, OSError):
        return ""
    unpacked = sum(entry.file_size for entry in entries)
    packed_size = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > ENTRIES_MAX or unpacked > UNPACKED_MAX:
        return "文件解开后太大，不能导入"
    if unpacked > 1_000_000 and unpacked // packed_size > RATIO_MAX:
        return "文件压缩得不正常，不能导入"
    return ""


def _guard(path: Path) -> None:
    """Refuse what is no zip, or unpacks to more than it may, before opening it."""
    if not zipfile.is_zipfile(path):
        raise _refused(path.name, "不是能打开的 xlsx 文件")
    fault = packing_fault(path)
    if fault:
        raise _refused(path.name, fault)


def _sheets(file: str, book: Any) -> Mapping[str, Iterator[dict[str, object]]]:
    tables = load_tables()
    offered = {name for _, names in GROUPS.values() for name in names}
    by_title = {tables[name].title: tables[name] for name in offered}
    titles = [title for title in book.sheetnames if title != HOW]
    unknown = [title for title in titles if title not in by_title]
    if unknown:
        raise _refused(file, f"不认识工作表“{unknown[0]}”")
    return {by_title[title].name: _rows(book[title], by_title[title]) for title in titles}


def in_words(refused: PackageRefused, file: str) -> PackageRefused:
    """Return a refusal of a workbook's package by its own sheets, rows, headings and units."""
    return PackageRefused([_in_sheet(one, file) for one in refused.errors])


def _in_sheet(error: CellError, file: str) -> CellError:
    table = load_tables().get(error.file.removesuffix(".csv"))
    if table is None:
        return error
    named = {column.name: column for column in table.exchange_columns}
    titles = [heading(named[name]) for name in error.column.split("+") if name in named]
    value = error.value
    if error.column.endswith("_fen") and value.isdecimal():
        value = format_yuan(int(value))
    return CellError(
        file=f"{file} 工作表“{table.title}”",
        row=error.row + FIRST_ROW - 2 if error.row else 0,
        column="、".join(titles) or error.column,
        value=value,
        expected=_CSV_NAME.sub("", error.expected),
    )


def _rows(sheet: Any, table: Table) -> Iterator[dict[str, object]]:
    rows = sheet.iter_rows(max_row=ROWS_MAX)
    columns = _columns(table, [cell.value for cell in next(rows, ())])
    next(rows, None)
    gap = 0
    for number, row in enumerate(rows, start=FIRST_ROW):
        if all(cell.value in (None, "") for cell in row):
            gap = gap or number
            continue
        if gap:
            raise _cell_refused(table, gap, "", "", "中间不能有空行")
        yield _row(table, number, columns, row)


def _columns(table: Table, headings: list[object]) -> list[Column]:
    known = {heading(column): column for column in table.exchange_columns}
    while headings and headings[-1] is None:
        headings.pop()
    columns = []
    for place, title in enumerate(headings, start=1):
        column = known.get(str(title))
        if column is None or column in columns:
            where = f"{get_column_letter(place)}1"
            raise _cell_refused(table, 1, where, str(title)[:40], "不认识的表头，请用原来的模板")
        columns.append(column)
    return columns


def _row(table: Table, number: int, columns: list[Column], row: Any) -> dict[str, object]:
    values: dict[str, object] = {}
    for place, cell in enumerate(row):
        if cell.value is None:
            continue
        where = f"{get_column_letter(place + 1)}{number}"
        if cell.data_type == "f" or str(cell.value).startswith("="):
            shown = str(cell.value)[:40]
            raise _cell_refused(table, number, where, shown, "这一格是公式，请改成填好的值")
        if place >= len(columns):
            raise _cell_refused(table, number, where, "", "这一格没有表头")
        try:
            values[columns[place].name] = _text(columns[place], cell.value)
        except (ValueError, Refusal) as error:
            shown = "" if columns[place].is_personal else str(cell.value)[:40]
            raise _cell_refused(table, number, where, shown, str(error)) from error
    return values


def _text(column: Column, value: object) -> str:
    """The CSV cell for an Excel value. Raises ValueError or a Refusal with the reason."""
    if column.name.endswith("_fen"):
        return str(parse_yuan(_plain(value), allow_zero=True))
    if column.type == "boolean":
        return _YES_NO.get(str(value), str(value).lower())
    if isinstance(value, datetime) and column.type == "datetime":
        return value.replace(tzinfo=_ZONE).isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    text = _plain(value)
    if column.type == "string" and isinstance(value, float | int) and len(text) > 15:
        raise ValueError("超过 15 位的数字要按文本填写")
    if column.type == "datetime":
        return re.sub(r"^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}(:\d{2})?)$", r"\1T\2+08:00", text)
    return text


def _plain(value: object) -> str:
    """A number without exponent or trailing zeros; text without outer spaces."""
    if isinstance(value, float):
        exact = Decimal(repr(value))
        return format(exact.quantize(Decimal(1)) if exact == exact.to_integral() else exact, "f")
    return str(value).strip()


def _refused(file: str, expected: str) -> PackageRefused:
    return PackageRefused([CellError(file, 0, "", "", expected)])


def _cell_refused(table: Table, row: int, cell: str, value: str, expected: str) -> PackageRefused:
    return PackageRefused([CellError(f"工作表“{table.title}”", row, cell, value, expected)])
