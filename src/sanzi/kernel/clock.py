"""The one place that reads the real time.

Actions take `at` from the face; only faces, workers and new ids ask here.
"""

from datetime import UTC, date, datetime
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


def minute_text(at: datetime) -> str:
    """Return an aware instant as people in Shanghai read it: `2026-11-03 09:20`."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def today() -> date:
    """Return the present day in Shanghai."""
    return local_date(now())
