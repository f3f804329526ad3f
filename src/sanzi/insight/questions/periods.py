"""Periods of a question: names that stay true tomorrow, and days that are typed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sanzi.insight.questions import errors
from sanzi.insight.questions.shapes import Form, Window

DAYS: Final = "days"
PERIODS: Final = {
    "this_month": "这个月",
    "last_month": "上个月",
    "this_quarter": "这个季度",
    "last_quarter": "上个季度",
    "this_year": "今年",
    "last_year": "去年",
    "twelve_months": "近12个月",
    "all": "全部",
    DAYS: "自己定",
}
_MONTHS: Final = {
    # name: (months of the period, months that it ended before this one)
    "this_month": (1, 0),
    "last_month": (1, 1),
    "this_quarter": (3, 0),
    "last_quarter": (3, 3),
    "this_year": (12, 0),
    "last_year": (12, 12),
    "twelve_months": (12, 0),
}
_FIRST: Final = date(2000, 1, 1)
_LAST: Final = date(2100, 12, 31)


def window(form: Form, today: date) -> Window:
    """Return the days of a form; a running period is compared up to today. Raises: PeriodWrong."""
    since, until = _days(form, today)
    if form.compare not in ("before", "year"):
        return Window(since, until)
    if since is None or until is None:
        raise errors.PeriodWrong(what="要跟以前比，先选一段日子。")
    months = _whole_months(since, until)
    if form.period != DAYS and since <= today < until:
        until = today
    if form.compare == "year":
        if until >= _moved(since, 12):
            raise errors.PeriodWrong(what="跟去年同期比，一段日子最多一年。")
        return Window(since, until, _moved(since, -12), _same_end(until, 12), (12, "MONTH"))
    if months:
        end = min(_same_end(until, months), since - timedelta(days=1))
        return Window(since, until, _moved(since, -months), end, (months, "MONTH"))
    length = (until - since).days + 1
    start = since - timedelta(days=length)
    return Window(since, until, start, since - timedelta(days=1), (length, "DAY"))


def _days(form: Form, today: date) -> tuple[date | None, date | None]:
    if form.period == "all":
        return None, None
    if form.period == DAYS:
        if form.since is None or form.until is None:
            raise errors.PeriodWrong(what="自己定日子，要写从哪天、到哪天。")
        if form.until < form.since:
            raise errors.PeriodWrong(what=f"到{form.until}比从{form.since}还早。")
        if form.since < _FIRST or form.until > _LAST:
            raise errors.PeriodWrong(what="日子要在2000年到2100年之间。")
        return form.since, form.until
    if form.period not in _MONTHS:
        raise errors.PeriodWrong(what="没有看懂问的是哪一段日子。")
    length, ago = _MONTHS[form.period]
    size = 1 if form.period == "twelve_months" else length
    running = today.year * 12 + today.month - 1
    block = running - running % size
    first = _first_of(block - ago - (11 if form.period == "twelve_months" else 0))
    return first, _moved(first, length) - timedelta(days=1)


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def _moved(day: date, months: int) -> date:
    """Return the same day so many months on; the last of the month where there is no such day."""
    first = _first_of(day.year * 12 + day.month - 1 + months)
    following = _first_of(first.year * 12 + first.month)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def _same_end(day: date, months: int) -> date:
    """Return the same end so many months before: of a month's last day the last of that month."""
    is_last = (day + timedelta(days=1)).day == 1
    return _moved(day + timedelta(days=1), -months) - timedelta(days=1) if is_last else (
        _moved(day, -months)
    )  # fmt: skip


def _whole_months(since: date, until: date) -> int:
    """Return of how many whole months a stretch is, 0 when it is not."""
    after = until + timedelta(days=1)
    if since.day != 1 or after.day != 1:
        return 0
    return (after.year - since.year) * 12 + after.month - since.month
