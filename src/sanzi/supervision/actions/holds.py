"""The release of a hold by the named reviewer, on the facts as they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.record import extraction, neighbourhood
from sanzi.record.extraction import Only
from sanzi.supervision import queries, rules
from sanzi.supervision.actions import routing
from sanzi.supervision.errors import NothingHeld, OwnCase, ReasonTooShort
from sanzi.supervision.models import Release, Verdict

PERMISSION: Final = "supervision.release_hold"

acted: list[Callable[[str], set[str]]] = []
"""What higher rooms know of who acted on a case number: ext ids of persons. Set in `ready`."""

released: list[Callable[[str, str, Actor, datetime], None]] = []
"""Higher rooms that hear of a release: case number, reason, who, when. Set in `ready`."""


def release_hold(
    *, case_number: str, model_code: str, finding_id: str, reason: str, by: Actor, at: datetime
) -> None:
    """Let a hold of the newest check go, with a reason of eight characters or more.

    The release binds to the digest of what was found: other facts need another release.
    Raises: NotFound (no such post there), NothingHeld, OwnCase, ReasonTooShort.
    """
    with transaction.atomic():
        waiting = [
            one
            for one in (*queries.unreleased(case_number), *queries.unreleased_pages(case_number))
            if (one.model_code, one.finding_id) == (model_code, finding_id)
        ]
        if not waiting:
            raise NothingHeld
        held = waiting[0]
        verdict = Verdict.objects.filter(
            gate_check__subject_id=case_number,
            model_code=model_code,
            finding_id=finding_id,
            figures_digest=held.figures_digest,
        ).latest("id")
        scope.require(by, PERMISSION, verdict.division_code)
        _refuse_own(case_number, by)
        text = reason.strip()
        if len(text) < rules.REASON_LEAST:
            raise ReasonTooShort(count=len(text), least=rules.REASON_LEAST)
        Release.objects.create(
            subject_kind=queries.CASE,
            subject_id=case_number,
            model_code=model_code,
            finding_id=finding_id,
            figures_digest=held.figures_digest,
            released_by_id=by.user_id or 0,
            reason=text[:300],
            released_at=at,
        )
        audit.write(
            chain=verdict.org_ext_id,
            kind="supervision.hold.released",
            by=by,
            at=at,
            subject=(queries.CASE, case_number),
            after={"model": model_code, "finding": finding_id, "reason": text[:300]},
        )
        for told in released:
            told(case_number, text, by, at)


def _refuse_own(case_number: str, by: Actor) -> None:
    """Refuse who acts in the case, and whose kin it pays."""
    case = extraction.fetch("case", Only("case_id", [case_number]))
    places = [
        extraction.position("case", name) for name in ("handler_person_id", "created_by_person_id")
    ]
    actors = {row[place] for row in case for place in places}
    signed_at = extraction.position("approval", "actor_person_id")
    steps = extraction.fetch("approval", Only("subject_id", [case_number]))
    actors |= {row[signed_at] for row in steps}
    for known in acted:
        actors |= known(case_number)
    if by.person_ext_id in actors:
        raise OwnCase(why="经办或签过字")
    own = neighbourhood.begin([case_number], ["payment", "labour_day"])
    payees = own.values("payment", "payee_person_id") | own.values("labour_day", "person_id")
    if payees & routing.with_kin([by.person_ext_id]):
        raise OwnCase(why="收款人是您或您的亲属")
