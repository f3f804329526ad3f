"""Files from outside: what is opened and what is refused, how cells are read, headers found."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest

from sanzi.record.outside import errors, headers, values
from sanzi.record.outside.headers import Field
from sanzi.record.outside.opening import Formula, OutsideFile
from sanzi.record.outside.values import Formats
from worlds.sheets_outside import text, workbook

FIELDS = (
    Field("id_no", "证件号码", "resident_id", ("身份证号",), is_required=True),
    Field("day", "死亡日期", "date", ("死亡时间",), is_required=True),
    Field("amount", "金额", "yuan", ("发放金额",)),
)
RIGHT_ID = "11010519491231002X"


def lines(data: bytes, name: str = "x.xlsx") -> list[Any]:
    opened = OutsideFile(data, name)
    return list(opened.lines(opened.sheets[0]))


def packed(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in entries.items():
            # A time of its own, not the clock's: the same entries are the same bytes.
            pack.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", errors.FileUnknown),
        (b"%PDF-1.7 not a table \x00\x01", errors.FileUnknown),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, errors.FileOld),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            errors.FileLocked,
        ),
        (packed({"word/document.xml": b"<x/>"}), errors.FileUnknown),
        (packed({"xl/workbook.xml": b"\x00" * 40_000_000}), errors.FileTooBig),
        (packed({"xl/workbook.xml": b"<broken"}), errors.FileUnknown),
        (b"PK\x03\x04 cut off", errors.FileUnknown),
        ('甲,乙\r\n"不成对,1\r\n'.encode(), errors.FileUnknown),
        (b"\xff\xff\xff\x81\x20", errors.FileUnknown),
    ],
    ids=(
        "empty", "pdf", "old-excel", "locked", "word", "too-big", "broken-workbook",
        "cut-off", "open-quote", "no-text",
    ),
)  # fmt: skip
def test_what_is_no_table_of_today_is_refused_by_its_bytes(
    data: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as refused:
        lines(data, "名单.xlsx")

    assert "名单.xlsx" in str(refused.value)


@pytest.mark.parametrize("coding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_text_tables_are_read_in_the_codings_of_the_country(coding: str) -> None:
    data = text(("姓名", "号码"), ("张㐂", '="0123"'), coding=coding)

    assert lines(data, "x.csv") == [(1, ["姓名", "号码"]), (2, ["张㐂", "0123"])]


def test_a_sheet_is_read_with_its_own_row_numbers_and_formulas_marked() -> None:
    data = workbook(("标题",), (), ("甲", "乙"), (1, "=A1+1"), ("", None))

    found = lines(data)

    assert [number for number, _ in found] == [1, 3, 4]
    assert isinstance(found[2][1][1], Formula)


def test_merged_cells_and_hidden_rows_are_named() -> None:
    def title(_book: Any, sheet: Any) -> None:
        sheet.merge_cells("A1:B1")

    def header(_book: Any, sheet: Any) -> None:
        sheet.merge_cells("A2:B2")

    def hidden(_book: Any, sheet: Any) -> None:
        sheet.row_dimensions[4].hidden = True

    rows = (("标题", None), ("甲", "乙"), (1, 2), (3, 4))
    OutsideFile(workbook(*rows, more=title), "x").require_plain("名单", 2)
    with pytest.raises(errors.CellsMerged) as merged:
        OutsideFile(workbook(*rows, more=header), "x").require_plain("名单", 2)
    with pytest.raises(errors.RowsHidden) as lost:
        OutsideFile(workbook(*rows, more=hidden), "x").require_plain("名单", 2)

    assert "A2:B2" in merged.value.text
    assert "第4行" in lost.value.text


def test_hidden_sheets_are_not_offered_and_too_many_rows_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def second(book: Any, _sheet: Any) -> None:
        book.create_sheet("底稿").sheet_state = "hidden"

    opened = OutsideFile(workbook(("甲",), (1,), (2,), more=second), "x")

    assert opened.sheets == ("名单",)
    with pytest.raises(errors.SheetUnknown):
        list(opened.lines("底稿"))
    monkeypatch.setattr("sanzi.record.outside.opening.ROWS_MAX", 2)
    with pytest.raises(errors.FileTooBig):
        list(opened.lines("名单"))


@pytest.mark.parametrize(
    ("kind", "cell", "read"),
    [
        ("date", "2026.3.5", "2026-03-05"),
        ("date", "20260305", "2026-03-05"),
        ("date", "２０２６年３月５日", "2026-03-05"),
        ("date", "2026/3/5 08:30", "2026-03-05"),
        ("date", 46086, "2026-03-05"),
        ("date", datetime(2026, 3, 5, 9, 30), "2026-03-05"),
        ("date", date(2026, 3, 5), "2026-03-05"),
        ("period", "2026年3月", "2026-03"),
        ("period", 202603, "2026-03"),
        ("period", "2026年度", "2026"),
        ("yuan", "“1,234.50”", "123450"),
        ("yuan", "￥１，２３４．５", "123450"),
        ("yuan", "1.2万元", "1200000"),
        ("yuan", 0.1 + 0.2, "30"),
        ("yuan", 640, "64000"),
        ("milli", "3.25", "3250"),
        ("resident_id", " 110105 19491231 002x ", RIGHT_ID),
        ("name", "张 三", "张三"),
        ("boolean", "√", "true"),
        ("integer", 3.0, "3"),
        ("text", None, ""),
    ],
)
def test_cells_are_read_as_people_write_them(kind: str, cell: Any, read: str) -> None:
    assert values.read(kind, cell, Formats()) == values.Read(read)


@pytest.mark.parametrize(
    ("kind", "cell", "fault"),
    [
        ("date", "3/5/2026", "format"),
        ("date", "2026-02-30", "format"),
        ("date", "昨天", "format"),
        ("yuan", "-5", "format"),
        ("yuan", "1.005", "format"),
        ("yuan", "约三百", "format"),
        ("yuan", "12,34", "format"),
        ("resident_id", 1.10105194912310e17, "digits"),
        ("account", "6.2284E+18", "digits"),
        ("resident_id", "110105194912310021", "checksum"),
        ("name", "——", "format"),
        ("code", "没有的", "code"),
        ("yuan", Formula("=A1"), "formula"),
    ],
)
def test_cells_that_cannot_be_read_say_why(kind: str, cell: Any, fault: str) -> None:
    found = values.read(kind, cell, Formats())

    assert (found.text, found.fault) == ("", fault)
    assert found.why


def test_formats_of_a_column_decide_order_unit_and_words() -> None:
    assert values.read("date", "3/5/2026", Formats(order="mdy")).text == "2026-03-05"
    assert values.read("date", "3/5/2026", Formats(order="dmy")).text == "2026-05-03"
    assert values.read("yuan", "1.5", Formats(unit="wan")).text == "1500000"
    assert values.read("yuan", "150", Formats(unit="fen")).text == "150"
    assert values.read("code", "吃皇粮", Formats(codes={"吃皇粮": "payroll"})).text == "payroll"


def test_the_header_is_found_and_columns_are_proposed_by_words_and_by_content() -> None:
    rows = [
        (1, ["2026年死亡人员"]),
        (3, ["序号", "身份证号 ", "某某时间", "发放金额（万元）"]),
        (4, [1, RIGHT_ID, "2026-03-05", "1.2"]),
        (5, [2, RIGHT_ID, "2026-03-06", "0.3"]),
    ]

    row = headers.find_row(rows, FIELDS)
    found = headers.headings(rows[1:], row, "名单")
    proposed = headers.propose(FIELDS, found, [cells for _, cells in rows[2:]])

    assert row == 3
    assert {name: (one.heading, one.reason) for name, one in proposed.items()} == {
        "id_no": ("身份证号", headers.BY_NAME),
        "day": ("某某时间", headers.BY_CONTENT),
        "amount": ("发放金额（万元）", headers.BY_NAME),
    }
    assert proposed["amount"].unit == "wan"


def test_headers_that_are_none_or_doubled_are_refused() -> None:
    doubled = [(1, ["姓名", "金额", "姓 名"]), (2, ["张三", 1, 2])]

    with pytest.raises(errors.HeaderRepeated) as refused:
        headers.headings(doubled, 1, "名单")
    with pytest.raises(errors.HeaderMissing):
        headers.headings(doubled, 2, "名单")
    with pytest.raises(errors.HeaderMissing):
        headers.headings(doubled, 9, "名单")

    assert "A、C" in refused.value.text
    assert headers.headings([(1, ["甲", None, "丙"]), (2, [1, 2, 3, 4])], 1, "x") == [
        "甲", "（B列）", "丙", "（D列）",
    ]  # fmt: skip


def test_a_changed_header_says_what_changed() -> None:
    same = headers.change(["姓名", "金额"], ["姓 名", "金额（元）"])
    other = headers.change(["姓名", "金额", "日期"], ["日期", "姓名", "备注"])

    assert same.is_same
    assert headers.fingerprint(["姓名", "金额"]) == headers.fingerprint(["姓 名", "金额（元）"])
    assert other.words == "少了金额，多了备注，列的次序变了"
