"""Words for money, days and hours as they are shown on a page. Pure; no Django.

Amounts come in fen and go out as the office, the portal or the wall writes them.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sanzi.kernel import money

LOCAL: Final = ZoneInfo("Asia/Shanghai")
UNKNOWN: Final = "未知"
_MINUS: Final = "\u2212"


def yuan(fen: int | None) -> str:
    """Return the office form: `365,591.00`, `0`, `−1,260.00`, or 未知 when there is no figure."""
    return UNKNOWN if fen is None else money.signed_yuan(fen)


def portal_yuan(fen: int | None) -> str:
    """Return the portal form in words: `12,196元5角`."""
    return UNKNOWN if fen is None else _signed(fen, money.portal_yuan)


def percent(basis_points: int | None) -> str:
    """Return a rate: `1.55%`; 未知 when there is none. Units: basis points."""
    return UNKNOWN if basis_points is None else f"{basis_points / 100:.2f}%"


def wan(fen: int | None) -> str:
    """Return a total in ten thousands: `18.64万元`."""
    return UNKNOWN if fen is None else money.signed_wan(fen)


def plain_yuan(fen: int) -> str:
    """Return the machine form for `<data value>`: `365591.00`, with a plain minus sign."""
    sign = "-" if fen < 0 else ""
    whole, part = divmod(abs(fen), 100)
    return f"{sign}{whole}.{part:02d}"


def local_day(moment: date | datetime | None, *, today: date) -> str:
    """Return `11月3日`; with the year when it is not this year; 未知 when there is no day.

    Units: an aware datetime is read in Asia/Shanghai; a date is taken as it is.
    """
    if moment is None:
        return UNKNOWN
    day = moment.astimezone(LOCAL).date() if isinstance(moment, datetime) else moment
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def local_time(moment: datetime | None, *, today: date) -> str:
    """Return `11月3日 17:30` in Asia/Shanghai; with the year when it is not this year."""
    if moment is None:
        return UNKNOWN
    return f"{local_day(moment, today=today)} {moment.astimezone(LOCAL):%H:%M}"


def _signed(fen: int, form: Callable[[int], str]) -> str:
    """Return a form of the amount with a true minus sign for a reversal."""
    return f"{_MINUS}{form(-fen)}" if fen < 0 else form(fen)
