"""What all writes of the room share: words, files, notices, the log, the order of locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sanzi.audit import actions as audit
from sanzi.evidence import hooks
from sanzi.evidence.actions import files
from sanzi.inspection import queries
from sanzi.inspection.errors import (
    AmountWrong,
    EvidenceMissing,
    EvidenceTooMany,
    FindingNotNow,
    InspectionClosed,
    InspectorTooNear,
    NotYourTask,
    WordsTooShort,
)
from sanzi.inspection.models import Answer, Finding, Inspection, Task
from sanzi.kernel import clock
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

FINDING, ANSWER = "inspection_finding", "inspection_answer"
WORDS_LEAST: Final = 4
AMOUNT_MOST_FEN: Final = 10**13


@dataclass(frozen=True)
class Paper:
    """A photo or a paper as it came from the phone: its name and bytes."""

    name: str
    content: bytes


def hang_files() -> None:
    """Speak for findings and answers to evidence; called once from `apps.ready`."""
    hooks.register(FINDING, hooks.Subject(_may_see_finding, _may_add_to_finding))
    hooks.register(ANSWER, hooks.Subject(_may_see_answer, _may_add_to_answer))


def _may_see_finding(by: Actor, ext_id: str) -> None:
    queries.access_finding(by=by, ext_id=ext_id)


def _may_see_answer(by: Actor, ext_id: str) -> None:
    if not Answer.objects.filter(ext_id=ext_id, finding__in=queries.findings(by)).exists():
        raise NotFound


def _may_add_to_finding(by: Actor, ext_id: str, _at: datetime) -> str:
    """Let files in only while the finding is being written: what stands there is fixed then."""
    found = queries.access_finding(by=by, ext_id=ext_id)
    if found.file_hashes or found.found_by_id != by.person_id:
        raise FindingNotNow(state=found.get_state_display(), verb="换材料")
    return found.organisation.ext_id


def _may_add_to_answer(by: Actor, ext_id: str, _at: datetime) -> str:
    _may_see_answer(by, ext_id)
    found = Answer.objects.select_related("finding__organisation").get(ext_id=ext_id)
    if found.file_hashes or found.person_id != by.person_id:
        raise FindingNotNow(state=found.finding.get_state_display(), verb="换材料")
    return found.finding.organisation.ext_id


def keep(
    papers: Sequence[Paper], subject: tuple[str, str], most: int, by: Actor, at: datetime
) -> str:
    """Hang papers on a subject; return their digests, parted by `;`.

    Raises: EvidenceMissing, EvidenceTooMany, what evidence refuses.
    """
    kind, ext_id = subject
    if not papers:
        raise EvidenceMissing(what="查出的问题" if kind == FINDING else "整改")
    if len(papers) > most:
        raise EvidenceTooMany(most=most)
    kept = [
        files.store(
            by=by,
            at=at,
            upload=files.Upload(
                one.name, kind.rsplit("_", 1)[1], one.content, may_be_invoice=False
            ),
            subject_kind=kind,
            subject_id=ext_id,
        ).digest
        for one in papers
    ]
    return ";".join(dict.fromkeys(kept))


def said(text: str, what: str, most: int, least: int = WORDS_LEAST) -> str:
    """Return what was written, cut. Raises: WordsTooShort."""
    words = text.strip()
    if len(words) < least:
        raise WordsTooShort(what=what, least=least)
    return words[:most]


def sum_of(fen: int) -> int:
    """Return a sum that can be. Raises: AmountWrong."""
    if fen < 0:
        raise AmountWrong(why="不能是负数")
    if fen > AMOUNT_MOST_FEN:
        raise AmountWrong(why="太大了")
    return fen


def locked(found: Inspection) -> Inspection:
    """Lock an inspection, first of all locks of the room. Raises: InspectionClosed."""
    row = Inspection.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if row.state == Inspection.State.CLOSED:
        raise InspectionClosed
    return row


def locked_task(task: Task) -> Task:
    """Lock a task under its locked inspection. Raises: InspectionClosed."""
    locked(task.inspection)
    rows = Task.objects.select_for_update(of=("self",))
    return rows.select_related("inspection", "organisation").get(pk=task.pk)


def locked_finding(found: Finding) -> Finding:
    """Lock a finding under its locked inspection. Raises: InspectionClosed."""
    locked(found.task.inspection)
    rows = Finding.objects.select_for_update(of=("self",))
    return rows.select_related("task__inspection", "organisation").get(pk=found.pk)


def require_inspector(task: Task, by: Actor, at: datetime) -> str:
    """Return the post in which the actor inspects; he was named and is still far enough.

    Raises: NotFound, NotYourTask, InspectorTooNear.
    """
    scope.require(by, queries.INSPECT, task.division_code)
    mine = task.inspectors.select_related("person").filter(person_id=by.person_id or 0).first()
    village = orgs.village_name(task.division_code)
    if mine is None:
        raise NotYourTask(village=village)
    local = queries.people_of(task.division_code, clock.local_date(at))
    if queries.is_near(mine.person, task.division_code, local):
        raise InspectorTooNear(name=mine.person.name, village=village)
    return mine.role_code


def tell(
    chain: str,
    what: tuple[str, str],
    by: Actor,
    at: datetime,
    after: Mapping[str, object],
) -> None:
    """Tell the log of (kind, subject's id)."""
    kind, subject = what
    audit.write(
        chain=chain,
        kind=kind,
        by=by,
        at=at,
        subject=(kind.rsplit(".", 1)[0].replace(".", "_"), subject),
        after=dict(after),
    )


def notify(
    template: str,
    users: Iterable[int],
    params: dict[str, str],
    *,
    key: str,
    at: datetime,
    subject: tuple[str, str] = ("", ""),
) -> None:
    """Write a notice into the inbox of each of these, once for its key."""
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"{template}/{key}/{user_id}"[:80],
                channel=Channel.INBOX,
                template=template,
                params=params,
                user_id=user_id,
                subject_kind=subject[0],
                subject_id=subject[1],
            )
            for user_id in sorted(set(users))
        ],
        at=at,
    )
