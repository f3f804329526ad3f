"""How votes of the past came about: their steps, who stood aside, when they were made public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sanzi.kernel.digest import sm3
from sanzi_county.days import DAY, at
from sanzi_county.write import Sink

# Days before the vote at which each step was held or put up.
_MEETINGS: Final = {"proposal": 30, "consultation": 27, "party_review": 6, "resolution": 0}
_COMMENT: Final = (24, 16)
_SHORT_COMMENT: Final = (24, 4)
_ORDER: Final = {
    "five_two": (
        "proposal", "consultation", "comment", "party_review", "resolution", "resolution_notice",
    ),
    "member_meeting": ("proposal", "comment", "resolution", "resolution_notice"),
}  # fmt: skip
LATE, SHORT = "late", "short"


@dataclass(frozen=True)
class Vote:
    """A vote that was passed, as its row says it.

    `odd` is LATE for an outcome that was made public too late, SHORT for a plan that was shown
    for four days only.
    """

    decision_id: str
    org_id: str
    village_id: str
    title: str
    procedure: str
    day: date
    eligible: int
    present: int
    agree: int
    amount_fen: int | None
    odd: str = ""


def write(sink: Sink, vote: Vote) -> None:
    """Write the steps of a vote and the publication of its outcome."""
    for number, kind in enumerate(_ORDER[vote.procedure], start=1):
        sink.add(
            "decision_step", decision_id=vote.decision_id, step_kind=kind, step_no=number,
            **_held(vote, kind),
        )  # fmt: skip
    is_late = vote.odd == LATE
    sink.add(
        "disclosure",
        disclosure_id=f"G{vote.decision_id}",
        org_id=vote.org_id,
        village_id=vote.village_id,
        item_code="V02",
        subject_kind="decision",
        subject_id=vote.decision_id,
        title=vote.title,
        due_at=at(vote.day + 2 * DAY, 0),
        published_at=at(vote.day + (12 if is_late else 1) * DAY, 9),
        min_days=7,
        content_hash=sm3(f"resolution {vote.decision_id}".encode()),
        total_fen=vote.amount_fen,
    )


def aside(sink: Sink, decision_id: str, person_id: str, reason: str) -> None:
    """Write that somebody with an interest stood aside."""
    sink.add(
        "decision_recusal", decision_id=decision_id, person_id=person_id, reason=reason,
        is_recused=True,
    )  # fmt: skip


def _held(vote: Vote, kind: str) -> dict[str, object]:
    if kind in ("comment", "resolution_notice"):
        back, days = (-1, 8) if kind == "resolution_notice" else _COMMENT
        if kind == "comment" and vote.odd == SHORT:
            back, days = _SHORT_COMMENT
        start = vote.day - back * DAY
        return {"publicity_start_at": at(start, 9), "publicity_end_at": at(start + days * DAY, 17)}
    day = vote.day - _MEETINGS[kind] * DAY
    found: dict[str, object] = {
        "held_at": at(day, 15),
        "notice_given_at": at(day - 11 * DAY, 9),
        "minutes_hash": sm3(f"minutes {vote.decision_id} {kind}".encode()),
    }
    if kind == "resolution":
        found |= {
            "eligible_count": vote.eligible,
            "present_count": vote.present,
            "agree_count": vote.agree,
            "against_count": vote.present - vote.agree - 1,
            "abstain_count": 1,
            "minutes_hash": sm3(f"minutes {vote.decision_id}".encode()),
        }
    return found
