"""When the bank takes orders: closed days and the hours without payments, by its own clock."""

import re
import sqlite3
from datetime import date, timedelta

from sanzi_bank.store import DAY_MS, day_of, get_setting, local_time, start_of

WEEKEND = 5
LOOK_AHEAD_DAYS = 60


def is_closed(db: sqlite3.Connection, day: date) -> bool:
    """Whether the bank is closed on a day: as put in, else by the setting `weekends`."""
    row = db.execute("SELECT is_open FROM special_day WHERE day = ?", (day.isoformat(),)).fetchone()
    if row is not None:
        return not row["is_open"]
    return day.weekday() >= WEEKEND and get_setting(db, "weekends", "open") == "closed"


def refusal(db: sqlite3.Connection, at_ms: int, wanted: date | None) -> str:
    """DT01 on a closed day or for a date that is not today, TM01 in the closed hours, else ''.

    The wanted date counts only if the setting `check_dates` is `on`.
    """
    today = day_of(at_ms)
    is_dated = get_setting(db, "check_dates", "off") == "on" and wanted is not None
    if is_closed(db, today) or (is_dated and wanted != today):
        return "DT01"
    return "TM01" if _window(db, at_ms) else ""


def next_opening(db: sqlite3.Connection, at_ms: int) -> int:
    """The first instant at or after this one at which an order is taken."""
    moment = at_ms
    for _ in range(LOOK_AHEAD_DAYS):
        day = day_of(moment)
        window = _window(db, moment)
        if is_closed(db, day):
            moment = start_of(day + timedelta(days=1))
        elif window:
            moment = _minute_of(day, window[1])
        else:
            return moment
    return moment


def next_cut_off(db: sqlite3.Connection, at_ms: int) -> int | None:
    """The next instant at which closed hours begin; None if there are none."""
    starts = [first for first, _ in _windows(db)]
    found = [
        start_of(day_of(at_ms)) + days * DAY_MS + _minutes(first) * 60_000
        for first in starts
        for days in (0, 1)
    ]
    return min((one for one in found if one > at_ms), default=None)


def _windows(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return read_windows(get_setting(db, "cut_off"))


def read_windows(text: str) -> list[tuple[str, str]]:
    """Read `17:15-17:30,22:00-24:00`; a window that passes midnight is two. Raises: ValueError."""
    found: list[tuple[str, str]] = []
    for part in text.replace("，", ",").split(","):
        if not part.strip():
            continue
        match = re.fullmatch(r"\s*(\d\d:\d\d)-(\d\d:\d\d)\s*", part)
        if match is None or max(_minutes(match[1]), _minutes(match[2])) > 24 * 60:
            raise ValueError(f"closed hours as 17:15-17:30, not {part!r}")
        first, last = match[1], match[2]
        found += [(first, last)] if first < last else [(first, "24:00"), ("00:00", last)]
    return found


def _window(db: sqlite3.Connection, at_ms: int) -> tuple[str, str] | None:
    now = f"{local_time(at_ms):%H:%M}"
    return next(((first, last) for first, last in _windows(db) if first <= now < last), None)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _minute_of(day: date, text: str) -> int:
    return start_of(day) + _minutes(text) * 60_000
