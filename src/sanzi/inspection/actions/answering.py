"""A village puts right what was found; somebody else than the finder looks whether it is so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sanzi.inspection import queries, rules
from sanzi.inspection.actions.keeping import (
    ANSWER,
    FINDING,
    Paper,
    keep,
    locked_finding,
    notify,
    said,
    sum_of,
    tell,
)
from sanzi.inspection.errors import FindingNotNow, VerifyOwn
from sanzi.inspection.models import Answer, Finding, Inspection
from sanzi.kernel import clock, ids
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person

PRESS_DAYS = 30
"""How long after its day a finding is pressed on again, once a day."""


@dataclass(frozen=True)
class Done:
    """What was done, in words, and what came back to the village. Units: fen."""

    words: str
    money_back_fen: int = 0


@transaction.atomic
def answer(*, ext_id: str, done: Done, papers: Sequence[Paper], by: Actor, at: datetime) -> str:
    """Tell what the village did about a finding, with papers; return the answer's ext id.

    Raises: NotFound, InspectionClosed, FindingNotNow, WordsTooShort, AmountWrong,
        EvidenceMissing, EvidenceTooMany, what evidence refuses. Nothing is left then.
    """
    found = locked_finding(queries.access_finding(by=by, ext_id=ext_id))
    scope.require(by, queries.ANSWER, found.division_code)
    if found.state != Finding.State.OPEN:
        raise FindingNotNow(state=found.get_state_display(), verb="交整改")
    role, _ = queries.office_of(by, queries.ANSWER, found.division_code)
    made = Answer.objects.create(
        ext_id=ids.new_id("JZ", at), finding=found, person_id=by.person_id or 0, role_code=role,
        done_at=at, words=said(done.words, "怎么改的", 500),
        money_back_fen=sum_of(done.money_back_fen),
    )  # fmt: skip
    most = rules.figures(found.task.inspection.list_date).files_max
    made.file_hashes = keep(papers, (ANSWER, made.ext_id), most, by, at)
    made.save(update_fields=["file_hashes"])
    found.state = Finding.State.ANSWERED
    found.save(update_fields=["state"])
    tell(
        found.organisation.ext_id, ("inspection.finding.answered", ext_id), by, at,
        {"answer": made.ext_id, "money_back_fen": made.money_back_fen},
    )  # fmt: skip
    _tell_inspectors(found, made.ext_id, at)
    return made.ext_id


def _tell_inspectors(found: Finding, key: str, at: datetime) -> None:
    people = [one.person_id for one in found.task.inspectors.all()]
    users = orgs.users_of(one for one in people if one != found.found_by_id)
    params = {"village": orgs.village_name(found.division_code)}
    notify("inspection_answered", users, params, key=key, at=at, subject=(FINDING, found.ext_id))


@transaction.atomic
def verify(*, ext_id: str, is_accepted: bool, words: str, by: Actor, at: datetime) -> None:
    """Say after looking whether a finding was put right; if not, it is open again.

    Who found it, who answered, and whoever is near to the village do not verify.
    Raises: NotFound, InspectionClosed, FindingNotNow, VerifyOwn, WordsTooShort.
    """
    found = locked_finding(queries.access_finding(by=by, ext_id=ext_id))
    scope.require(by, queries.INSPECT, found.division_code)
    waiting = found.answers.filter(verified_at__isnull=True).first()
    if found.state != Finding.State.ANSWERED or waiting is None:
        raise FindingNotNow(state=found.get_state_display(), verb="核对")
    why = why_not_verify(found, waiting, by, at)
    if why:
        raise VerifyOwn(why=why)
    role, _ = queries.office_of(by, queries.INSPECT, found.division_code)
    waiting.verdict = said(words, "核对到什么", 300)
    waiting.verified_by_id, waiting.verified_at = by.person_id, at
    waiting.verifier_role, waiting.is_accepted = role, is_accepted
    waiting.save(
        update_fields=["verdict", "verified_by", "verified_at", "verifier_role", "is_accepted"]
    )
    found.state = Finding.State.CLOSED if is_accepted else Finding.State.OPEN
    found.closed_at = at if is_accepted else None
    if not is_accepted:
        found.due_at = orgs.calendar().add_workdays(at, found.days)
    found.save(update_fields=["state", "closed_at", "due_at"])
    verb = "verified" if is_accepted else "sent_back"
    tell(
        found.organisation.ext_id, (f"inspection.finding.{verb}", ext_id), by, at,
        {"answer": waiting.ext_id},
    )  # fmt: skip
    if not is_accepted:
        users = queries.answerers(found.division_code, clock.local_date(at))
        params = {"due": clock.minute_text(found.due_at)}
        notify(
            "inspection_back", users, params, key=waiting.ext_id, at=at, subject=(FINDING, ext_id)
        )


def why_not_verify(found: Finding, waiting: Answer, by: Actor, at: datetime) -> str:
    """Return why the actor does not verify an answer, "" when he may."""
    if found.found_by_id == by.person_id:
        return "问题是您查出来的"
    if waiting.person_id == by.person_id:
        return "整改是您交的"
    person = Person.objects.filter(pk=by.person_id or 0).first()
    if person is None:
        raise NotFound
    local = queries.people_of(found.division_code, clock.local_date(at))
    if queries.is_near(person, found.division_code, local):
        return "您和这个村有关系，要回避"
    return ""


def press_overdue(at: datetime) -> int:
    """Remind those who answer of what is overdue, once a day; return how many findings."""
    late = Finding.objects.filter(
        state=Finding.State.OPEN, due_at__lt=at, due_at__gte=at - timedelta(days=PRESS_DAYS),
        task__inspection__state=Inspection.State.OPEN,
    )  # fmt: skip
    today = clock.local_date(at)
    rows = list(late.order_by("due_at", "pk")[:500])
    with transaction.atomic():
        for one in rows:
            users = queries.answerers(one.division_code, today)
            key = f"{one.ext_id}/{today:%m%d}"
            notify("inspection_late", users, {}, key=key, at=at, subject=(FINDING, one.ext_id))
    return len(rows)
