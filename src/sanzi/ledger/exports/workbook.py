"""A book as an Excel workbook: 科目表, 期初, 凭证, 余额表. Rows are streamed to disk.

Amounts are numbers in yuan; text is text, never a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import xlsxwriter

from sanzi.ledger.exports.gbt24589 import AUX_TITLES
from sanzi.ledger.exports.shapes import ExportedBook, Turnover, Vouchers

FEN_PER_YUAN: Final = 100
ROWS_MAX: Final = 1_048_576
_CLASSES: Final = {
    "asset": "资产", "liability": "负债", "equity": "所有者权益", "cost": "成本",
    "income": "收入", "expense": "支出",
}  # fmt: skip
_WIDTH: Final = 16

Row = Sequence[object]


class Yuan(int):
    """An amount in fen that its cell shows in yuan."""


def write(
    file: Path, book: ExportedBook, turnovers: Iterable[Turnover], vouchers: Vouchers
) -> None:
    """Write the workbook. A sheet that would be too long goes on in another one."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(file), options) as made:
        money = made.add_format({"num_format": "#,##0.00"})
        for title, head, rows in (
            ("科目表", _CHART_HEAD, _chart(book)),
            ("期初", _OPENING_HEAD, _openings(book)),
            ("凭证", _VOUCHER_HEAD, _vouchers(book, vouchers)),
            ("余额表", _TURNOVER_HEAD, _turnovers(book, turnovers)),
        ):
            _sheet(made, (title, head), rows, money)


_CHART_HEAD: Final = ("科目编号", "科目名称", "级次", "类别", "余额方向", "辅助核算")
_OPENING_HEAD: Final = ("科目编号", "科目名称", "核算对象", "对象编号", "借方", "贷方")
_VOUCHER_HEAD: Final = (
    "日期", "凭证号", "行号", "摘要", "科目编号", "科目名称", "核算对象", "对象编号", "借方",
    "贷方", "附件数", "制单", "审核", "记账", "凭证编号", "来源",
)  # fmt: skip
_TURNOVER_HEAD: Final = (
    "月份", "科目编号", "科目名称", "核算对象", "对象编号", "期初余额", "借方", "贷方", "期末余额",
)  # fmt: skip


def _sheet(
    made: xlsxwriter.Workbook, told: tuple[str, Row], rows: Iterable[Row], money: object
) -> None:
    title, head = told
    part = 1
    sheet = _opened(made, title, head)
    line = 1
    for row in rows:
        if line == ROWS_MAX:
            part, line = part + 1, 1
            sheet = _opened(made, f"{title}{part}", head)
        for place, value in enumerate(row):
            if isinstance(value, Yuan):
                sheet.write_number(line, place, value / FEN_PER_YUAN, money)
            elif isinstance(value, int):
                sheet.write_number(line, place, value)
            elif value:
                sheet.write_string(line, place, str(value))
        line += 1


def _opened(made: xlsxwriter.Workbook, title: str, head: Row) -> xlsxwriter.worksheet.Worksheet:
    sheet = made.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head) - 1, _WIDTH)
    for place, name in enumerate(head):
        sheet.write_string(0, place, str(name))
    return sheet


def _chart(book: ExportedBook) -> Iterable[Row]:
    for one in book.accounts.values():
        yield (
            one.code,
            one.name,
            one.level,
            _CLASSES[one.account_class],
            "借" if one.side == "debit" else "贷",
            "、".join(AUX_TITLES.get(kind, kind) for kind in one.requires),
        )


def _openings(book: ExportedBook) -> Iterable[Row]:
    for one in book.openings:
        yield (
            one.account_code,
            _name(book, one.account_code),
            *_aux(one.aux),
            Yuan(max(one.balance_fen, 0)),
            Yuan(max(-one.balance_fen, 0)),
        )


def _vouchers(book: ExportedBook, vouchers: Vouchers) -> Iterable[Row]:
    for one in vouchers:
        for number, line in enumerate(one.lines, 1):
            yield (
                one.date.isoformat(),
                one.label,
                number,
                line.summary or one.summary,
                line.account_code,
                _name(book, line.account_code),
                *_aux(line.aux),
                Yuan(line.debit_fen),
                Yuan(line.credit_fen),
                one.attachment_count,
                one.maker,
                one.reviewer,
                one.posted_by,
                one.ext_id,
                one.source,
            )


def _turnovers(book: ExportedBook, turnovers: Iterable[Turnover]) -> Iterable[Row]:
    for one in turnovers:
        yield (
            one.period,
            one.account_code,
            _name(book, one.account_code),
            *_aux(one.aux),
            Yuan(one.opening_fen),
            Yuan(one.debit_fen),
            Yuan(one.credit_fen),
            Yuan(one.closing_fen),
        )


def _name(book: ExportedBook, code: str) -> str:
    return book.accounts[code].name


def _aux(aux: tuple[str, str]) -> tuple[str, str]:
    return AUX_TITLES.get(aux[0], aux[0]), aux[1]
