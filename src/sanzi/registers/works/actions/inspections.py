"""A project is looked at by those who supervise; what they find is put right and looked at again.

An inspection is written on the site with a fresh photo. Each finding names who puts it right and
until when; he answers with a photo, and another verifies, who neither did it nor had to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.deals.queries import parties
from sanzi.evidence import hooks
from sanzi.evidence.actions import files
from sanzi.evidence.reading import exif
from sanzi.kernel import clock, ids
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.registers.works import inspection_queries as queries
from sanzi.registers.works import rules
from sanzi.registers.works.actions.site import Photo, require_photo
from sanzi.registers.works.errors import (
    RectifyNotYours,
    RiskNotNow,
    TooNear,
    VerifyOwn,
    WorksNotNow,
    WorksWrong,
)
from sanzi.registers.works.inspection_queries import INSPECT, INSPECTABLE, RECTIFY, VERIFY
from sanzi.registers.works.models import (
    Inspection,
    Rectification,
    Result,
    Risk,
    RiskState,
    Works,
)

SUBJECT: Final = "works"
WORDS_LENGTH_MIN = 4
FINDINGS_MAX = 6


@dataclass(frozen=True)
class Shot:
    """A photo as it came from the phone: its name and bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Finding:
    """What is wrong: kind, level, words, who puts it right (a person's ext id), until when.

    Without a day he has as long as the level allows.
    """

    kind: str
    level: str
    words: str
    person: str
    due_date: date | None = None


@dataclass(frozen=True)
class Seen:
    """What somebody saw on the site: words, where on it, and what is wrong; nothing when fine."""

    words: str
    place: str = ""
    findings: Sequence[Finding] = ()


def hang_photos() -> None:
    """Speak for projects to evidence; called once from `apps.ready`."""
    hooks.register(SUBJECT, hooks.Subject(_may_see, _may_change))


def _may_see(by: Actor, ext_id: str) -> None:
    found = Works.objects.filter(ext_id=ext_id).first()
    if found is None or not scope.can(by, queries.SEE, found.division_code):
        raise NotFound


def _may_change(by: Actor, ext_id: str, _at: datetime) -> str:
    found = Works.objects.select_related("organisation").filter(ext_id=ext_id).first()
    if found is None or not any(
        scope.can(by, one, found.division_code) for one in (INSPECT, RECTIFY)
    ):
        raise NotFound
    return found.organisation.ext_id


@transaction.atomic
def inspect(*, works: str, seen: Seen, shot: Shot | None, by: Actor, at: datetime) -> str:
    """Write down an inspection with what was found; return its ext id.

    Raises: NotFound, TooNear, WorksNotNow, WorksWrong, PhotoNeeded, what evidence refuses.
    """
    row = Works.objects.filter(ext_id=works).first()
    if row is None or by.person_id is None:
        raise NotFound
    scope.require(by, INSPECT, row.division_code)
    kept, photo = _kept(works, shot, "inspection", by, at)
    found = _locked(works)
    if found.status not in INSPECTABLE:
        raise WorksNotNow(name=found.name, stage=found.get_status_display(), verb="检查")
    _require_apart(found, by, "检查")
    require_photo(found, photo, at)
    made = Inspection.objects.create(
        ext_id=ids.new_id("JC", at), works=found, organisation=found.organisation,
        division_code=found.division_code, role_code=queries.office_of(by, found, INSPECT),
        person_id=by.person_id, inspected_at=at, stage=found.status,
        place=(seen.place.strip() or found.place)[:120], words=_words(seen.words, "words", 300),
        result=Result.FOUND if seen.findings else Result.FINE,
        severity=rules.worst(_level(one.level) for one in seen.findings),
        file_hash=photo.file_hash, photo_ext_id=kept, taken_at=photo.taken_at,
        lat_micro=photo.lat_micro, lng_micro=photo.lng_micro,
    )  # fmt: skip
    if len(seen.findings) > FINDINGS_MAX:
        raise WorksWrong(what="问题", why=f"一次最多写{FINDINGS_MAX}个", field="findings")
    for one in seen.findings:
        _find(made, one, by, at)
    _tell(found, ("works.inspection.made", made.ext_id), by, at, {"result": made.result})
    return made.ext_id


def _find(made: Inspection, one: Finding, by: Actor, at: datetime) -> None:
    """Keep one finding. Raises: WorksWrong."""
    today = clock.local_date(at)
    known = rules.inspection_rules(today)
    if one.kind not in known.kinds:
        raise WorksWrong(what="问题类别", why="没有这一类", field="kind")
    latest = today + timedelta(days=known.days_max[one.level])
    due = one.due_date or latest
    if not today <= due <= latest:
        why = f"这一级最晚到{clock.day_said(latest)}，不能早过今天"
        raise WorksWrong(what="整改期限", why=why, field="due_date")
    who = Person.objects.filter(ext_id=one.person).first()
    may = dict(queries.answerable(made.division_code, today))
    if who is None or one.person not in may or who.pk == by.person_id:
        raise WorksWrong(what="谁来整改", why="要选本村在任、能整改的另一个人", field="person")
    Risk.objects.create(
        ext_id=ids.new_id("WT", at), works=made.works, inspection=made,
        organisation=made.organisation, division_code=made.division_code, kind=one.kind,
        level=one.level, words=_words(one.words, "finding", 200), person=who,
        due_date=due,
    )  # fmt: skip


@transaction.atomic
def rectify(*, risk: str, words: str, shot: Shot | None, by: Actor, at: datetime) -> str:
    """Answer a finding with what was done and a photo of it; return the answer's ext id.

    The one who was named answers; a colleague may once he holds no such post any more.
    Raises: NotFound, RiskNotNow, RectifyNotYours, WorksWrong, PhotoNeeded, what evidence refuses.
    """
    row = Risk.objects.select_related("works").filter(ext_id=risk).first()
    if row is None or by.person_id is None:
        raise NotFound
    scope.require(by, RECTIFY, row.division_code)
    kept, photo = _kept(row.works.ext_id, shot, "rectification", by, at)
    found, row = _locked(row.works.ext_id), _locked_risk(risk)
    if row.state != RiskState.OPEN:
        raise RiskNotNow(state=row.get_state_display(), verb="填整改")
    may = dict(queries.answerable(row.division_code, clock.local_date(at)))
    if row.person_id != by.person_id and row.person.ext_id in may:
        raise RectifyNotYours(name=row.person.name)
    require_photo(found, photo, at)
    made = Rectification.objects.create(
        ext_id=ids.new_id("ZG", at), risk=row, person_id=by.person_id, done_at=at,
        words=_words(words, "words", 300), file_hash=photo.file_hash, photo_ext_id=kept,
        taken_at=photo.taken_at,
    )  # fmt: skip
    row.state = RiskState.ANSWERED
    row.save(update_fields=["state"])
    _tell(found, ("works.risk.rectified", risk), by, at, {"rectification": made.ext_id})
    return made.ext_id


@transaction.atomic
def verify(*, risk: str, is_accepted: bool, words: str, by: Actor, at: datetime) -> None:
    """Say after looking whether a finding was put right; if not, it is open again.

    Raises: NotFound, RiskNotNow, VerifyOwn, TooNear, WorksWrong.
    """
    row = Risk.objects.select_related("works").filter(ext_id=risk).first()
    if row is None or by.person_id is None:
        raise NotFound
    scope.require(by, VERIFY, row.division_code)
    found, row = _locked(row.works.ext_id), _locked_risk(risk)
    done = row.rectifications.filter(verified_at__isnull=True).first()
    if row.state != RiskState.ANSWERED or done is None:
        raise RiskNotNow(state=row.get_state_display(), verb="核对")
    if done.person_id == by.person_id:
        raise VerifyOwn(why="是您整改的")
    if row.person_id == by.person_id:
        raise VerifyOwn(why="该您整改")
    _require_apart(found, by, "核对")
    done.verdict = words.strip()[:200] if is_accepted else _words(words, "words", 200)
    done.verified_by_id, done.verified_at, done.is_accepted = by.person_id, at, is_accepted
    done.verifier_role = queries.office_of(by, found, VERIFY)
    done.save(
        update_fields=["verdict", "verified_by", "verified_at", "is_accepted", "verifier_role"]
    )
    row.state = RiskState.CLOSED if is_accepted else RiskState.OPEN
    row.closed_at = at if is_accepted else None
    row.save(update_fields=["state", "closed_at"])
    verb = "verified" if is_accepted else "sent_back"
    _tell(found, (f"works.risk.{verb}", risk), by, at, {"rectification": done.ext_id})


def _kept(works: str, shot: Shot | None, kind: str, by: Actor, at: datetime) -> tuple[str, Photo]:
    """Hang a photo on a project before it is locked; return its ext id and what it says."""
    if shot is None:
        return "", Photo("")
    upload = files.Upload(shot.name, kind, shot.content, may_be_invoice=False)
    stored = files.store(by=by, at=at, upload=upload, subject_kind=SUBJECT, subject_id=works)
    if not stored.media_type.startswith("image/"):
        raise WorksWrong(what="照片", why="不是照片", field="photo")
    told = exif.read(shot.content)
    return stored.ext_id, Photo(stored.digest, told.at, told.lat_e6, told.lng_e6)


def _locked(works: str) -> Works:
    rows = Works.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.get(ext_id=works)


def _locked_risk(risk: str) -> Risk:
    rows = Risk.objects.select_for_update(of=("self",)).select_related("person")
    return rows.get(ext_id=risk)


def _require_apart(found: Works, by: Actor, verb: str) -> None:
    """Refuse who has a share in the builder, or near kin there. Raises: TooNear."""
    if found.counterparty_id is None or by.person_id is None:
        return
    behind = parties.people_behind(found.counterparty_id)
    if behind & {by.person_id, *orgs.kin_ids(by.person_id)}:
        raise TooNear(verb=verb)


def _level(level: str) -> str:
    if level not in rules.LEVELS:
        raise WorksWrong(what="轻重", why="没有这一级", field="level")
    return level


def _words(text: str, field: str, most: int) -> str:
    said = text.strip()
    if len(said) < WORDS_LENGTH_MIN:
        raise WorksWrong(what="说明", why=f"要写至少{WORDS_LENGTH_MIN}个字", field=field)
    return said[:most]


def _tell(
    found: Works, what: tuple[str, str], by: Actor, at: datetime, after: dict[str, object]
) -> None:
    """Note that the project's page moved, and tell the log of (kind, subject's id)."""
    kind, subject = what
    found.qr_updated_at = at
    found.save(update_fields=["qr_updated_at"])
    audit.write(
        chain=found.organisation.ext_id,
        kind=kind,
        by=by,
        at=at,
        subject=(kind.rsplit(".", 1)[0].replace(".", "_"), subject),
        after={"works": found.ext_id, "name": found.name, **after},
    )
