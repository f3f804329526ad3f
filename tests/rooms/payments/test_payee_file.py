"""The Excel list of payees: 352 rows in one go, and errors in the sheet's own terms."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from sanzi.payments.actions.payee_file import (
    COLUMNS,
    ROWS_MAX,
    read_payee_file,
    write_payee_template,
)
from sanzi.payments.errors import PayeeFileRefused
from worlds.money import BANK_CODE, card, name_of


def row(number: int) -> list[object]:
    return [number, name_of(number), "", card(number), BANK_CODE, 286.5, "重阳慰问"]


def sheet(rows: list[list[object]], change=None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(write_payee_template()))
    for one in rows:
        book.active.append(one)
    if change is not None:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def problems(data: bytes) -> list[str]:
    with pytest.raises(PayeeFileRefused) as refused:
        read_payee_file(data)
    return refused.value.data["problems"]


def test_a_list_of_352_is_read_in_one_go() -> None:
    found = read_payee_file(sheet([row(number) for number in range(1, 353)]))

    assert len(found.lines) == 352
    assert found.amount_fen == 352 * 28_650
    assert found.lines[116].account == card(117)
    assert found.lines[116].payee_name == name_of(117)


def test_the_template_has_the_columns_and_an_empty_one_is_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_payee_template()))

    assert [cell.value for cell in book.active[1]] == list(COLUMNS)
    assert problems(write_payee_template()) == ["表里没有一户。"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (1, "", "第118行 户主姓名没有填。"),
        (2, "330521199001011234", "第118行 身份证号不对：最后一位核不上。"),
        (3, "62284-8x", "第118行 收款账号不对：要8到32位数字。"),
        (3, "", "第118行 收款账号没有填。"),
        (
            3,
            6228480000000000118,
            "第118行 收款账号被Excel当成数字，后几位已经丢了，请设成文本重填。",
        ),
        (3, card(5), "第118行 收款账号和第6行一样。"),
        (4, "402999901011", "第118行 联行号不对：最后一位核不上。"),
        (5, -3, "第118行 金额不对：不能是负数。"),
        (5, 0, "第118行 金额不对：不能是零。"),
        (5, 1.005, "第118行 金额不对：小数超过两位。"),
        (5, 1_234_567_890_123, "第118行 金额不对：超过12位数。"),
        (5, "=SUM(F2:F9)", "第118行 金额是公式，请改成数字或文字。"),
        (1, "=HYPERLINK(1)", "第118行 户主姓名是公式，请改成数字或文字。"),
        (6, "长" * 61, "第118行 备注太长，最多60个字。"),
    ],
    ids=str,
)
def test_a_wrong_cell_is_named_by_row_and_column(column: int, value: object, said: str) -> None:
    rows = [row(number) for number in range(1, 353)]
    rows[116][column] = value

    assert problems(sheet(rows)) == [said]


def test_all_wrong_rows_are_named_at_once() -> None:
    rows = [row(number) for number in range(1, 5)]
    rows[1][5] = "abc"
    rows[3][3] = "1"

    assert problems(sheet(rows)) == [
        "第3行 金额不对：不是数字。",
        "第5行 收款账号不对：要8到32位数字。",
    ]


def test_a_hidden_row_is_refused() -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book.active.row_dimensions[3].hidden = True

    assert problems(sheet([row(1), row(2)], hide)) == ["第3行藏起来了，请取消隐藏再传。"]


def test_another_header_is_refused() -> None:
    def rename(book: openpyxl.Workbook) -> None:
        book.active["D1"] = "账户"

    assert "表头" in problems(sheet([row(1)], rename))[0]


def test_more_than_two_thousand_rows_are_refused() -> None:
    assert "2000行" in problems(sheet([row(number) for number in range(1, ROWS_MAX + 3)]))[0]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", "序号,户主姓名".encode()], ids=str)
def test_what_is_no_sheet_is_refused(data: bytes) -> None:
    assert len(problems(data)) == 1


def test_a_zip_bomb_is_not_unpacked() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in range(4):
            archive.writestr(f"xl/worksheets/sheet{part}.xml", b"0" * 40_000_000)

    assert "展开以后太大" in problems(stream.getvalue())[0]


def test_macros_are_refused() -> None:
    stream = io.BytesIO(sheet([row(1)]))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")

    assert "宏" in problems(stream.getvalue())[0]
