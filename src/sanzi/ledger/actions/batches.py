"""Review many drafts in one go: each in a transaction of its own, none stops the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sanzi.kernel.refusals import Refusal
from sanzi.ledger.actions import corrections
from sanzi.orgs.actors import Actor


@dataclass(frozen=True)
class ReviewResult:
    """What became of one draft: the numbers it was posted under, or why not."""

    draft_ext_id: str
    labels: tuple[str, ...] = ()
    code: str = ""
    sentence: str = ""

    @property
    def is_posted(self) -> bool:
        """Whether the draft was posted."""
        return not self.code


def review_many(*, draft_ext_ids: Sequence[str], by: Actor, at: datetime) -> list[ReviewResult]:
    """Review and post drafts in the order given; a refused one stays as it was.

    Each is held to the same rules as alone: the reviewer is not its maker, and no cashier.
    """
    return [_one(ext_id, by, at) for ext_id in draft_ext_ids]


def _one(ext_id: str, by: Actor, at: datetime) -> ReviewResult:
    try:
        posted = corrections.review_and_post(draft_ext_id=ext_id, by=by, at=at)
    except Refusal as refusal:
        return ReviewResult(ext_id, code=refusal.code, sentence=refusal.text)
    return ReviewResult(ext_id, tuple(each.label for each in posted))
