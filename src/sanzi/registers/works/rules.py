"""How far a project may be paid, changed, split; who must be at an acceptance; inspections. Pure.

The figures are parameters of the county. Units: fen, percent, millionths of a degree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import cos, hypot, radians
from pathlib import Path
from typing import Any, Final

from sanzi.kernel import yamls

GUIDE_FROM_FEN = 3_000_000
TENDER_FROM_FEN = 3_000_000
PLATFORM_FROM_FEN = 20_000_000
COUNTY_FROM_FEN = 100_000_000
TIERS_FEN = (3_000_000, 20_000_000, 100_000_000, 400_000_000)
START_PERCENT = 30
PROGRESS_PERCENT = 70
PROGRESS_SHARE_PERCENT = 80
AUDIT_PERCENT = 97
RETENTION_PERCENT = 3
WARRANTY_DAYS = 365
VARIATION_VILLAGE_PERCENT = 5
VARIATION_TOWN_PERCENT = 10
VARIATION_MAX_PERCENT = 20
SPLIT_DAYS = 180
SPLIT_METRES = 500
TWICE_METRES = 50
TWICE_YEARS = 5
QUANTITY_TOLERANCE_PERCENT = 2
VILLAGER_REPS_MIN = 2
PHOTO_METRES_MAX = 500
PHOTO_AGE = timedelta(days=1)
_METRES_PER_DEGREE = 111_320
LEVELS: Final = ("low", "medium", "high")
FOLDER: Final = Path(__file__).resolve().parent.parent.parent / "data" / "works"


def tier_of(fen: int) -> int:
    """Return how many tier limits a sum has reached."""
    return sum(fen >= limit for limit in TIERS_FEN)


def metres(lat_a: int, lng_a: int, lat_b: int, lng_b: int) -> int:
    """Return the distance of two places nearby."""
    north = (lat_a - lat_b) / 1e6 * _METRES_PER_DEGREE
    east = (lng_a - lng_b) / 1e6 * _METRES_PER_DEGREE * cos(radians(lat_a / 1e6))
    return round(hypot(north, east))


def platform_for(fen: int) -> str:
    """Return the lowest place at which a sum may be competed for."""
    if fen >= COUNTY_FROM_FEN:
        return "county"
    return "town" if fen >= PLATFORM_FROM_FEN else "village"


def approver_of(percent: int) -> str:
    """Return the role that may approve changes of so much of the contract; empty when none may."""
    if percent > VARIATION_MAX_PERCENT:
        return ""
    if percent > VARIATION_TOWN_PERCENT:
        return "town_leader"
    return "town_works_office" if percent > VARIATION_VILLAGE_PERCENT else "village_secretary"


def percent_of(part: int, whole: int) -> int:
    """Return a share in whole percent, rounded up: a fraction over a limit is over it."""
    return -(-part * 100 // whole) if whole > 0 else 0


def payable(
    *,
    contract_fen: int,
    changes_fen: int,
    percent: int | None,
    is_accepted: bool,
    audited_fen: int | None,
    warranty_over: bool,
) -> tuple[int, str]:
    """Return up to which sum a project may be paid now, and why no further.

    Shapes: `percent` is that of the last diary line, None before the start.
    """
    whole = contract_fen + changes_fen
    if audited_fen is not None:
        most = min(audited_fen, whole)
        if warranty_over:
            return most, "审定价全部"
        return most * AUDIT_PERCENT // 100, f"审定价的{AUDIT_PERCENT}%，质保金到期再付"
    if percent is None:
        return contract_fen * START_PERCENT // 100, f"开工前最多合同价的{START_PERCENT}%"
    cap = PROGRESS_PERCENT
    reached = max(START_PERCENT, min(cap, percent * PROGRESS_SHARE_PERCENT // 100))
    why = "结算审计前最多合同价的70%" if is_accepted else f"进度{percent}%"
    return whole * (cap if is_accepted else reached) // 100, why


def missing_at_acceptance(roles: Collection[str], reps: int, *, needs_town: bool) -> list[str]:
    """Return who is missing at an acceptance, in words."""
    missing = [
        words
        for role, words in (("village", "村里的人"), ("supervision", "村监会的人"))
        if role not in roles
    ]
    if reps < VILLAGER_REPS_MIN:
        missing.append(f"{VILLAGER_REPS_MIN}名村民代表")
    if needs_town and not {"town", "third_party"} & set(roles):
        missing.append("镇里或第三方的人")
    return missing


def warranty_end(accepted: date) -> date:
    """Return the last day of the warranty."""
    return accepted + timedelta(days=WARRANTY_DAYS)


@dataclass(frozen=True)
class InspectionRules:
    """What is looked for, and how long things may take, from a day on. Units: days.

    Shapes: `kinds` maps codes to titles, `days_max` the three levels to days.
    """

    valid_from_date: date
    supervision_inspections: int
    diary_days: int
    verify_days: int
    days_max: Mapping[str, int]
    kinds: Mapping[str, str]


def inspection_rules(on: date) -> InspectionRules:
    """Return the rules of inspections that are in force on a day."""
    lists = _inspection_lists()
    return ([one for one in lists if one.valid_from_date <= on] or list(lists[:1]))[-1]


@cache
def _inspection_lists() -> tuple[InspectionRules, ...]:
    raw: Any = yamls.read(FOLDER / "inspections.yaml")["lists"]
    return tuple(
        InspectionRules(
            **{key: value for key, value in one.items() if key not in ("kinds", "source_ref")},
            kinds={kind["code"]: kind["title"] for kind in one["kinds"]},
        )
        for one in raw
    )


def worst(levels: Iterable[str]) -> str:
    """Return the strongest of some levels, empty when there is none."""
    return max(levels, key=LEVELS.index, default="")


def supervision_due(started: date, planned_end: date, *, done: int, needed: int) -> date | None:
    """Return until when the next inspection by the village is due, None when enough were made.

    The days of building are cut into as many equal parts as inspections are needed; each part
    has one at its end.
    """
    if done >= needed:
        return None
    days = max((planned_end - started).days, 0)
    return started + timedelta(days=days * (done + 1) // needed)


def on_time(rows: Iterable[tuple[date, date | None]], today: date) -> tuple[int, int]:
    """Return how many were done by their day, of how many whose day has come or that are done.

    Shapes: (due day, day on which it was done or None).
    """
    judged = [(due, done) for due, done in rows if done is not None or due < today]
    return sum(done is not None and done <= due for due, done in judged), len(judged)


def phase(status: str, warranty_end: date | None, today: date) -> str:
    """Return which of its faces a project shows: before, building, accepted, warranty, over, ended.

    From the audit on the warranty is what is left; before it, acceptance waits for the price.
    """
    if status == "ended":
        return "ended"
    if status in ("building", "completed"):
        return "building"
    if status == "accepted":
        return "accepted"
    if status == "settled":
        return "warranty" if warranty_end is not None and today <= warranty_end else "over"
    return "before"
