"""Emergency works (M07): ordered and done first, written down, reviewed and priced afterwards.

There is no competition and no contract (LAW-BID 66); until the price is checked nothing is paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sanzi.deals.queries import parties
from sanzi.kernel import clock
from sanzi.matters.actions import needs
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Counterparty
from sanzi.registers.works import rules
from sanzi.registers.works.actions.projects import locked, move
from sanzi.registers.works.actions.site import Photo, require_photo
from sanzi.registers.works.errors import AwardWrong, WorksWrong
from sanzi.registers.works.models import Diary, Stage

EMERGENCY = "M07"
EARLY = timedelta(hours=2)
"""The order may be given by phone first: the town has two hours to write it down."""


@dataclass(frozen=True)
class Rescue:
    """What was done in an emergency: the order's number, who did it, from when to when."""

    order_no: str
    firm: str
    started_at: datetime
    ended_at: datetime
    words: str


@transaction.atomic
def rescue(*, case_number: str, done: Rescue, photo: Photo | None, by: Actor, at: datetime) -> None:
    """Write down what was done on the town's order, with who did it.

    Raises: NotFound, WorksNotNow, WorksWrong, AwardWrong, PhotoNeeded.
    """
    found = locked(case_number, (Stage.APPROVED,), "补登记")
    firm = Counterparty.objects.filter(ext_id=done.firm).first()
    if firm is None:
        raise AwardWrong(why="名册里没有这一家")
    day = clock.local_date(at)
    if parties.tie_to_officers(firm.pk, found.division_code, day) == parties.NEAR:
        raise AwardWrong(why="它是村干部或近亲属的")
    if found.approved_at is not None and done.started_at < found.approved_at - EARLY:
        raise WorksWrong(what="开工时间", why="早过应急令", field="started_at")
    if not done.started_at < done.ended_at <= at:
        raise WorksWrong(what="排完的时间", why="要在开工以后，不能是将来", field="ended_at")
    require_photo(found, photo, at)
    Diary.objects.create(
        works=found, logged_at=at, kind="progress", percent=100, words=done.words.strip()[:200],
        file_hash=photo.file_hash if photo else "", taken_at=photo.taken_at if photo else None,
        person_id=by.person_id,
    )  # fmt: skip
    found.counterparty, found.started_at, found.completed_at = firm, done.started_at, done.ended_at
    found.save(update_fields=["counterparty", "started_at", "completed_at"])
    move(found, Stage.COMPLETED, by, at, f"应急令{done.order_no.strip()}，{firm.name}排完险")


@transaction.atomic
def review(*, case_number: str, decision: str, by: Actor, at: datetime) -> None:
    """Take the decision of the meeting that looked at it afterwards; it stands as acceptance.

    Raises: NotFound, WorksNotNow, DecisionNeeded.
    """
    found = locked(case_number, (Stage.COMPLETED,), "补议")
    passed = needs.require_passed(
        ext_id=decision, division_code=found.division_code, matter_code=EMERGENCY,
        amount_fen=found.estimate_fen,
    )  # fmt: skip
    found.decision_ext_id, found.accepted_at = passed.ext_id, at
    found.warranty_end_date = rules.warranty_end(clock.local_date(at))
    found.save(update_fields=["decision_ext_id", "accepted_at", "warranty_end_date"])
    move(found, Stage.ACCEPTED, by, at, f"补议通过：{passed.title}")
