"""The list of payees as an Excel sheet: a template to fill in, and a reader that takes all or none.

The reader names every wrong cell in the sheet's own terms. It reads values only: a formula is
refused, never computed. Nothing is written here; the lines go to `orders.save_draft`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import openpyxl
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException

from sanzi.kernel import identity, money
from sanzi.kernel.refusals import Refusal
from sanzi.kernel.typed import plain
from sanzi.payments.actions.payees import PayeeLine
from sanzi.payments.errors import PayeeFileRefused

COLUMNS = ("序号", "户主姓名", "身份证号", "收款账号", "联行号", "金额", "备注")
NUMBER, NAME, ID_NO, ACCOUNT, BANK, AMOUNT, NOTE = range(len(COLUMNS))
ROWS_MAX = 2_000
BYTES_MAX = 5_000_000
UNPACKED_MAX = 60_000_000
PARTS_MAX = 60
PROBLEMS_MAX = 50
TEXT_MAX = 60
ACCOUNT_FIGURES_EXCEL_KEEPS = 15

Row = tuple[object, ...]


@dataclass(frozen=True)
class PayeeFile:
    """A list that was taken: its lines in the order of the sheet, and their sum in fen."""

    lines: tuple[PayeeLine, ...]
    amount_fen: int


def write_payee_template(rows: Iterable[PayeeLine] = ()) -> bytes:
    """Return the sheet that a village fills in, empty or with lines in it.

    All columns are text but the amount, so that long numbers keep their figures.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("收款名单")
    head = book.add_format({"bold": True, "bg_color": "#E4EEE3", "border": 1})
    text = book.add_format({"num_format": "@"})
    amount = book.add_format({"num_format": "0.00"})
    widths = (6, 14, 22, 24, 16, 12, 20)
    for place, (title, width) in enumerate(zip(COLUMNS, widths, strict=True)):
        sheet.set_column(place, place, width, amount if place == AMOUNT else text)
        sheet.write(0, place, title, head)
    sheet.freeze_panes(1, 0)
    for place, one in enumerate(rows, start=1):
        for column, cell in (
            (NUMBER, str(place)), (NAME, one.payee_name), (ID_NO, one.id_no),
            (ACCOUNT, one.account), (BANK, one.bank_code), (NOTE, one.note),
        ):  # fmt: skip
            sheet.write_string(place, column, cell, text)
        sheet.write_number(place, AMOUNT, one.amount_fen / 100, amount)
    book.close()
    return stream.getvalue()


def read_payee_file(data: bytes) -> PayeeFile:
    """Read a filled-in list.

    Units:  amounts in yuan in the sheet, fen in the lines.
    Raises: PayeeFileRefused with every problem found (fifty at most): not a sheet, too large,
        formulas, hidden or double rows, wrong ids, accounts, bank codes or amounts.
    """
    _refuse_bad_archive(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        rows = _rows(book)
        hidden = _hidden_rows(data)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile, OSError) as problem:
        raise _refused(["这不是一张能读的Excel表格。"]) from problem
    if not rows or [_text(one) for one in rows[0][1][: len(COLUMNS)]] != list(COLUMNS):
        raise _refused([f"第1行的表头要是：{'、'.join(COLUMNS)}。"])
    body = [(place, row) for place, row in rows[1:] if any(_text(one) for one in row)]
    if not body:
        raise _refused(["表里没有一户。"])
    problems: list[str] = [f"第{place}行藏起来了，请取消隐藏再传。" for place in hidden]
    lines = [_line(place, row, problems) for place, row in body]
    _refuse_doubles(body, problems)
    if problems:
        raise _refused(problems)
    kept = tuple(one for one in lines if one is not None)
    return PayeeFile(kept, sum(one.amount_fen for one in kept))


def _refused(problems: Sequence[str]) -> PayeeFileRefused:
    return PayeeFileRefused(
        count=len(problems), first=problems[0], problems=list(problems[:PROBLEMS_MAX])
    )


def _refuse_bad_archive(data: bytes) -> None:
    """Refuse what would unpack to more than a sheet can be, before anything is unpacked."""
    if not data:
        raise _refused(["文件是空的。"])
    if len(data) > BYTES_MAX:
        raise _refused([f"文件超过{BYTES_MAX // 1_000_000}MB，请分成几张。"])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as problem:
        raise _refused(["这不是一张能读的Excel表格，请存成.xlsx再传。"]) from problem
    if len(parts) > PARTS_MAX or sum(one.file_size for one in parts) > UNPACKED_MAX:
        raise _refused(["这个文件展开以后太大，不像一张名单，没有打开。"])
    names = {one.filename for one in parts}
    if any("vbaProject" in name or "externalLink" in name for name in names):
        raise _refused(["表里有宏或外部链接，请只留名单再传。"])


def _rows(book: openpyxl.Workbook) -> list[tuple[int, Row]]:
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    found: list[tuple[int, Row]] = []
    for place, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if len(found) > ROWS_MAX + 1:
            raise _refused([f"超过{ROWS_MAX}行，请分成几张名单。"])
        found.append((place, (*row, *([None] * len(COLUMNS)))[: max(len(row), len(COLUMNS))]))
    return found


def _hidden_rows(data: bytes) -> list[int]:
    """Return rows that a reader of the sheet would not see; at most two thousand are looked at."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next((one for one in archive.namelist() if one.startswith("xl/worksheets/")), "")
        text = archive.read(name).decode("utf-8", "replace") if name else ""
    return list(_hidden(text))


def _hidden(text: str) -> Iterator[int]:
    for tag in text.split("<row ")[1:]:
        head = tag.split(">", 1)[0]
        if 'hidden="1"' in head or 'hidden="true"' in head:
            number = head.split('r="', 1)[-1].split('"', 1)[0]
            if number.isdigit():
                yield int(number)


def _text(value: object) -> str:
    """Return a cell as it reads. A whole number that Excel keeps as a float loses its point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return plain(str(value))


def _line(place: int, row: Row, problems: list[str]) -> PayeeLine | None:
    """Return the line of one row, or None after writing down what is wrong with it."""
    before = len(problems)
    cells = [_text(one) for one in row[: len(COLUMNS)]]
    for title, cell in zip(COLUMNS, cells, strict=True):
        if cell.startswith("="):
            problems.append(f"第{place}行 {title}是公式，请改成数字或文字。")
        elif len(cell) > TEXT_MAX:
            problems.append(f"第{place}行 {title}太长，最多{TEXT_MAX}个字。")
    if any(_text(one) for one in row[len(COLUMNS) :]):
        problems.append(f"第{place}行 备注后面还有字，请删掉。")
    if len(problems) > before:
        return None
    if not cells[NAME]:
        problems.append(f"第{place}行 户主姓名没有填。")
    id_no = _checked(place, ID_NO, cells[ID_NO], problems) if cells[ID_NO] else ""
    account = _account(place, row[ACCOUNT], cells[ACCOUNT], problems)
    bank = _checked(place, BANK, cells[BANK], problems) if cells[BANK] else ""
    amount_fen = _amount(place, row[AMOUNT], cells[AMOUNT], problems)
    if len(problems) > before:
        return None
    return PayeeLine(
        kind="person",
        payee_name=cells[NAME],
        amount_fen=amount_fen,
        account=account,
        bank_code=bank,
        id_no=id_no,
        note=cells[NOTE],
    )


CHECKS = {
    ID_NO: identity.check_resident_id,
    ACCOUNT: identity.check_account,
    BANK: identity.check_cnaps,
}


def _checked(place: int, column: int, cell: str, problems: list[str]) -> str:
    try:
        return CHECKS[column](cell)
    except Refusal as refusal:
        why = str(refusal.data.get("why") or refusal.text)
        problems.append(f"第{place}行 {COLUMNS[column]}不对：{why}。")
        return ""


def _account(place: int, value: object, cell: str, problems: list[str]) -> str:
    if not cell:
        problems.append(f"第{place}行 收款账号没有填。")
        return ""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and len(cell) > ACCOUNT_FIGURES_EXCEL_KEEPS:
        problems.append(f"第{place}行 收款账号被Excel当成数字，后几位已经丢了，请设成文本重填。")
        return ""
    return _checked(place, ACCOUNT, cell, problems)


def _amount(place: int, value: object, cell: str, problems: list[str]) -> int:
    """Return fen. A float cell is read as Excel shows it, never rounded to fit."""
    text = repr(value) if isinstance(value, float) else cell
    try:
        return money.parse_yuan(text.removesuffix(".0"))
    except Refusal as refusal:
        problems.append(f"第{place}行 金额不对：{refusal.data['why']}。")
        return 0


def _refuse_doubles(body: Sequence[tuple[int, Row]], problems: list[str]) -> None:
    """Write down rows whose account or resident id stands in an earlier row."""
    for column in (ACCOUNT, ID_NO):
        seen: dict[str, int] = {}
        for place, row in body:
            cell = _text(row[column]).replace(" ", "").upper()
            if cell and cell in seen:
                problems.append(f"第{place}行 {COLUMNS[column]}和第{seen[cell]}行一样。")
            seen.setdefault(cell, place)
