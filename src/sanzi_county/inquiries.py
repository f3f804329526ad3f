"""Questions to the first village: answered, answered and not liked, and one left without answer."""

from __future__ import annotations

from datetime import date
from typing import Final

from sanzi_county.days import DAY, at
from sanzi_county.world import Village
from sanzi_county.write import Sink

# Days before the end: asked, answered (None: never), who asks, how many, did it satisfy.
_ASKED: Final = (
    ("路灯为什么一年换两次", 90, 82, "reps", 6, True),
    ("山塘承包款到账没有", 60, 49, "supervision", 3, False),
    ("广场电费是谁用的", 40, None, "reps", 5, None),
    ("垃圾清运的合同到期没有", 3, None, "anybody", 1, None),
)  # fmt: skip
_DAYS: Final = {"anybody": 7}
_FORMAL_DAYS: Final = 15


def write(sink: Sink, village: Village, until: date) -> None:
    """Write the inquiries of a village; the third is overdue since weeks."""
    for number, (title, asked, answered, kind, count, liked) in enumerate(_ASKED, start=1):
        day = until - asked * DAY
        status = "asked" if answered is None else "closed"
        sink.add(
            "inquiry",
            inquiry_id=f"Q{village.key}{number:02d}",
            village_id=village.code,
            title=title,
            kind=kind,
            asked_at=at(day, 9),
            asker_count=count,
            addressee_org_id=village.committee.org_id,
            due_at=at(day + (_DAYS.get(kind, _FORMAL_DAYS) + 1) * DAY, 0),
            answered_at=None if answered is None else at(until - answered * DAY, 16),
            is_satisfied=liked,
            status=status,
        )
