"""Lists of payments as sheets to take away."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase

from sanzi.interfaces.look import words
from sanzi.interfaces.office.pages import csv_file

CSV_ROWS_MAX = 10_000


def orders(rows: Any) -> HttpResponseBase:
    """Return orders as a sheet, streamed."""
    return csv_file(
        "付款",
        ["办件号", "用途", "单位", "户数", "金额（元）", "状态", "交银行时间"],
        (
            [
                one.case_number,
                one.purpose,
                one.organisation.name,
                one.payment_count,
                words.yuan(one.amount_fen),
                one.get_state_display(),
                one.released_at.isoformat() if one.released_at else "",
            ]
            for one in rows[:CSV_ROWS_MAX].iterator(500)
        ),
    )
