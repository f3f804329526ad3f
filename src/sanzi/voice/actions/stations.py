"""What the station of a village does: it goes and looks, and records what was put right.

Whoever has the letter in hand, put the thing right, or is kin of who did, does not verify it.
Photos are drawn anew before they are kept: where the phone was is noted only when the form says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from sanzi.evidence import hooks
from sanzi.evidence import rules as file_rules
from sanzi.evidence.actions import files
from sanzi.evidence.reading import exif
from sanzi.kernel import clock, ids
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Organisation, Person
from sanzi.orgs.roles import roles
from sanzi.voice import queries
from sanzi.voice import station_queries as stations
from sanzi.voice.actions import turning
from sanzi.voice.actions.turning import CHAIN, Step
from sanzi.voice.errors import (
    NothingToPutRight,
    NotNow,
    VisitOwn,
    VisitPhotoWrong,
    VisitWrong,
)
from sanzi.voice.models import (
    Complaint,
    Finding,
    Lock,
    Part,
    Rectification,
    State,
    Turn,
    Visit,
)

PLACE_LENGTH_MAX = 60
MICRO = 1_000_000


@dataclass(frozen=True)
class Shot:
    """A photo as it came from the phone: its name and bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Seen:
    """What somebody saw on the spot; degrees only when the phone was asked for them."""

    finding: str
    words: str
    place: str = ""
    lat: float | None = None
    lng: float | None = None


@dataclass(frozen=True)
class Done:
    """What was put right: by whom (`person:ID` or `office:ID`), on which local day, in words."""

    doer: str
    done_date: date
    words: str


@dataclass(frozen=True)
class _Kept:
    ext_id: str
    digest: str
    taken_at: datetime | None


def hang_photos() -> None:
    """Speak for letters to evidence; called once from `apps.ready`."""
    hooks.register(stations.SUBJECT, hooks.Subject(stations.require_seen, _may_change))


def _may_change(by: Actor, ext_id: str, _at: datetime) -> str:
    stations.access_report(by=by, ext_id=ext_id)
    return CHAIN


@transaction.atomic
def visit(*, ext_id: str, seen: Seen, shot: Shot | None, by: Actor, at: datetime) -> str:
    """Write down what was seen on the spot, with a photo; return the visit's ext id.

    Raises: NotFound, NotNow, VisitOwn, VisitWrong, ReasonTooShort, VisitPhotoWrong, what
        evidence refuses. Nothing is left then.
    """
    complaint = _locked(ext_id, by, "核实")
    if seen.finding not in Finding.values:
        raise VisitWrong(what="看到的", why="请选一样", field="finding")
    lat, lng = _micro(seen.lat, 90), _micro(seen.lng, 180)
    text = turning.said(seen.words)
    kept = _keep(complaint, shot, "visit", by, at)
    turn = _turn(complaint, "visited", text, by, at)
    spot = seen.place.strip()[:PLACE_LENGTH_MAX]
    if spot:
        part = Part(turn=turn, lock=Lock.BODY, name="spot")
        turning.add_part(complaint, part, spot, queries.body_key(complaint, None))
    made = Visit.objects.create(
        ext_id=ids.new_id("HS", at), complaint=complaint, turn=turn, role_code=turn.role_code,
        person_id=by.person_id or 0, visited_at=at, finding=seen.finding, photo_ext_id=kept.ext_id,
        file_hash=kept.digest, taken_at=kept.taken_at,
        lat_micro=None if lng is None else lat, lng_micro=None if lat is None else lng,
    )  # fmt: skip
    return made.ext_id


@transaction.atomic
def put_right(*, ext_id: str, done: Done, shot: Shot | None, by: Actor, at: datetime) -> str:
    """Record that what was found is put right, with a photo of it; return the record's ext id.

    The writer may then close his letter; whoever handles it still answers.
    Raises: NotFound, NotNow, NothingToPutRight, VisitOwn, VisitWrong, ReasonTooShort,
        VisitPhotoWrong, what evidence refuses. Nothing is left then.
    """
    complaint = _locked(ext_id, by, "记整改")
    if stations.standing(complaint) != stations.TO_PUT_RIGHT:
        raise NothingToPutRight
    today = clock.local_date(at)
    if not clock.local_date(complaint.received_at) <= done.done_date <= today:
        raise VisitWrong(what="哪天改好的", why="要在收到信以后、今天以前", field="done_date")
    title = _doer(complaint, done.doer, by, today)
    text = turning.said(done.words)
    kept = _keep(complaint, shot, "put_right", by, at)
    turn = _turn(complaint, "put_right", text, by, at)
    made = Rectification.objects.create(
        ext_id=ids.new_id("GZ", at), complaint=complaint, turn=turn, role_code=turn.role_code,
        person_id=by.person_id or 0, recorded_at=at, doer=done.doer, doer_title=title,
        done_date=done.done_date, photo_ext_id=kept.ext_id, file_hash=kept.digest,
        taken_at=kept.taken_at,
    )  # fmt: skip
    if complaint.state != State.ANSWERED:
        turning.tell(complaint, "voice_put_right", at)
    return made.ext_id


def forget_places(at: datetime) -> int:
    """Take the place off visits whose days are over; return how many. Safe to repeat."""
    count = 0
    known = Visit.objects.filter(Q(lat_micro__isnull=False) | Q(lng_micro__isnull=False))
    for one in known.select_related("complaint").order_by("pk"):
        days = timedelta(days=queries.edition_of(one.complaint).place_days)
        if one.visited_at + days < at:
            one.lat_micro = one.lng_micro = None
            one.save(update_fields=["lat_micro", "lng_micro"])
            count += 1
    return count


def _locked(ext_id: str, by: Actor, verb: str) -> Complaint:
    seen = stations.access_report(by=by, ext_id=ext_id)
    found = Complaint.objects.select_for_update().get(pk=seen.pk)
    if found.state not in stations.VISITABLE:
        raise NotNow(state=State(found.state).label, action=verb)
    part = stations.part_in(by, found)
    if part:
        raise VisitOwn(why=part)
    return found


def _doer(complaint: Complaint, doer: str, by: Actor, day: date) -> str:
    """Return who put it right, as the writer reads it. Raises: VisitWrong, VisitOwn."""
    if doer not in dict(stations.doers(complaint.division_code, day)):
        raise VisitWrong(what="谁改的", why="请从名单里选", field="doer")
    sort, _, key = doer.partition(":")
    if sort == "office":
        if any(post.org_ext_id == key for post in by.posts):
            raise VisitOwn(why="是您的单位改的")
        return Organisation.objects.get(ext_id=key).name
    person = Person.objects.get(ext_id=key)
    if person.pk == by.person_id:
        raise VisitOwn(why="是您改的")
    own = by.person_id or 0
    if person.pk in orgs.kin_ids(own) | orgs.kin_ids(own, statutory=False):
        raise VisitOwn(why="是您的近亲属改的")
    post = orgs.posts_of(person.pk, day)[0]
    return queries.office_title(post.role_code, post.division_code, complaint.received_at)


def _keep(complaint: Complaint, shot: Shot | None, kind: str, by: Actor, at: datetime) -> _Kept:
    """Keep a photo without what it tells of place and phone. Raises: VisitPhotoWrong."""
    if shot is None:
        raise VisitPhotoWrong(why="还没有拍", field="photo")
    taken_at = None
    if len(shot.content) <= file_rules.SIZE_MAX_BYTES:
        if file_rules.sniff(shot.content) not in file_rules.IMAGE_TYPES:
            raise VisitPhotoWrong(why="不是照片", field="photo")
        taken_at = exif.read(shot.content).at
        days = timedelta(days=queries.edition_of(complaint).photo_days)
        if taken_at is not None and not at - days <= taken_at <= at + timedelta(hours=1):
            raise VisitPhotoWrong(why="不是这两天拍的", field="photo")
    upload = files.Upload(shot.name, kind, shot.content, may_be_invoice=False)
    stored = files.store(
        by=by, at=at, upload=files.without_place(upload),
        subject_kind=stations.SUBJECT, subject_id=complaint.ext_id,
    )  # fmt: skip
    for one in (Visit, Rectification):
        if one.objects.filter(file_hash=stored.digest).exists():
            raise VisitPhotoWrong(why="以前交过了", field="photo")
    return _Kept(stored.ext_id, stored.digest, taken_at)


def _turn(complaint: Complaint, action: str, text: str, by: Actor, at: datetime) -> Turn:
    role = next(
        one.role_code
        for one in by.posts
        if one.role_code in roles() and stations.VISIT in roles()[one.role_code].may
    )
    key = queries.body_key(complaint, None)
    step = Step(action, role, complaint.division_code, text, key)
    return turning.keep(complaint, step, by=by, at=at)


def _micro(degrees: float | None, most: int) -> int | None:
    if degrees is None:
        return None
    if not -most <= degrees <= most:
        raise VisitWrong(what="位置", why="经纬度不对", field="lat")
    return round(degrees * MICRO)
