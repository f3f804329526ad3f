"""The one place that reads the real time.

Actions take `at` from the face; only faces, workers and new ids ask here.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(tz=UTC)


def local_date(at: datetime) -> date:
    """Return the day in Shanghai on which `at` (aware) falls."""
    if at.tzinfo is None:
        message = "at must be aware"
        raise ValueError(message)
    return at.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """Return the instant at which a day begins in Shanghai, aware, in Shanghai's zone."""
    return datetime.combine(day, time(), SHANGHAI)


def minute_text(at: datetime) -> str:
    """Return an aware instant as people in Shanghai read it: `2026-11-03 09:20`."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def day_said(day: date) -> str:
    """Return a day of this year as people say it: `11月3日`."""
    return f"{day.month}月{day.day}日"


def date_said(day: date) -> str:
    """Return a day with its year: `2026年11月3日`."""
    return f"{day.year}年{day_said(day)}"


def today() -> date:
    """Return the present day in Shanghai."""
    return local_date(now())
