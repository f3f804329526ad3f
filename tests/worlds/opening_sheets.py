"""Sheets of opening balances as somebody fills them in: under the book's rules and the old ones."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache

import openpyxl

HEAD = ("科目编号", "科目名称", "借方余额", "贷方余额", "往来对象")
Line = tuple[object, ...]
OWN: tuple[Line, ...] = (
    ("102", "银行存款", 5000, None, "A-WILLOW"),
    ("1510101", "房屋建筑物", 380000, None, None),
    ("31102", "政府补助形成", None, 380000, None),
    ("32202", "未分配收益", None, "5,000.00", None),
    ("合计", None, 385000, 385000, None),
)
# Of 2004: 131 goes to one or two new accounts, 202 has moved to 211.
OLD: tuple[Line, ...] = (
    ("102", "银行存款", 5000, None, "A-WILLOW"),
    ("131", "牲畜（禽）资产", 3000, None, None),
    ("311", "公积公益金", None, 8000, None),
)


def sheet(rows: Sequence[Line]) -> bytes:
    """Return a workbook with these rows under the headings: the same rows, the same bytes.

    A workbook carries the second it was saved in; made again it would be another file.
    """
    return _sheet(tuple(rows))


@cache
def _sheet(rows: tuple[Line, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
