"""Pure rules of village labour: wages, hours that overlap, ages, distances. No Django."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

DAY_MINUTES: Final = 480
"""A day of work is eight hours."""
MINUTES_OF_A_DAY: Final = 1440
ROSTER_MAX: Final = 200
PIECES_MAX: Final = 10_000
"""How many pieces one person can have made in a day."""
REASON_LENGTH_MIN: Final = 4
PUBLIC_DAYS: Final = 3
"""The roll is shown three days before the wages are paid."""
WORK_KINDS: Final = {
    "cleaning": "保洁清扫",
    "greening": "绿化养护",
    "ditch": "沟渠清理",
    "road": "道路养护",
    "repair": "零星维修",
    "patrol": "巡逻值守",
    "rescue": "抢险救灾",
    "event": "活动布置",
    "other": "其他公共事务",
}
CADRE_ROLES: Final = (
    "village_secretary", "committee_member", "supervision_head", "supervision_member",
    "coop_director", "coop_supervisor", "village_clerk", "cashier_reporter",
)  # fmt: skip
OUT_OF_VILLAGE: Final = ("moved_out", "absent")
OUTSIDE_BARS: Final = {"custody": "那几天在押", "payroll": "在财政供养名单上"}
_EARTH_M: Final = 6_371_000


@dataclass(frozen=True)
class Shift:
    """Some hours of one person: aware moments, minutes of work in them, where."""

    start_at: datetime
    end_at: datetime
    minutes: int
    place: str = ""


def wage_fen(*, rate_fen: int, minutes: int, pieces: int | None = None) -> int:
    """Return the wage: pieces at their rate, else the day rate by eight hours, half a fen up."""
    if pieces is not None:
        return rate_fen * pieces
    return (2 * rate_fen * minutes + DAY_MINUTES) // (2 * DAY_MINUTES)


def overlapping(one: Shift, others: Iterable[Shift]) -> Shift | None:
    """Return the first other shift whose time [start, end) meets this one's."""
    return next(
        (it for it in others if one.start_at < it.end_at and it.start_at < one.end_at), None
    )


def hours_fault(shift: Shift, others: Sequence[Shift], *, hours_max: int) -> str:
    """Return why these hours cannot be, empty when they can. `others` are of the same day."""
    span = int((shift.end_at - shift.start_at) / timedelta(minutes=1))
    if span <= 0:
        return "收工要在开工以后"
    if span > MINUTES_OF_A_DAY or shift.minutes > MINUTES_OF_A_DAY:
        return "一天没有24小时以上"
    if shift.minutes <= 0:
        return "工时要大于零"
    if shift.minutes > span:
        return f"从开工到收工只有{hours_text(span)}小时，记了{hours_text(shift.minutes)}小时"
    total = shift.minutes + sum(one.minutes for one in others)
    if total > hours_max * 60:
        return f"这一天加起来{hours_text(total)}小时，超过{hours_max}小时"
    return ""


def hours_text(minutes: int) -> str:
    """Return minutes as hours: `8`, `7.5`, `4.25`."""
    whole, rest = divmod(minutes, 60)
    if not rest:
        return str(whole)
    return f"{whole}.{rest * 100 // 60:02d}".rstrip("0")


def age_on(born: date, day: date) -> int:
    """Return the full years on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def metres(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Return the distance between two places (lat, lng in millionths of a degree)."""
    lat_a, lng_a, lat_b, lng_b = (math.radians(it / 1e6) for it in (*one, *other))
    step = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lng_b - lng_a) / 2) ** 2
    )
    return round(2 * _EARTH_M * math.asin(math.sqrt(min(1.0, step))))


def is_over_plan(*, done: int, planned: int, percent: int) -> bool:
    """Whether what was done is more than was planned, with the tolerance in percent."""
    return done * 100 > planned * (100 + percent)
