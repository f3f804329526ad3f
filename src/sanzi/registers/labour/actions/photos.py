"""Photos of the site: kept as evidence, with the time and place that the phone wrote into them.

A photo that looks like another one of the county, is of another day or far from the place is kept
and marked; the marks hold the declaration (AL008).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.evidence import hooks
from sanzi.evidence.actions import files
from sanzi.evidence.errors import SubjectClosed
from sanzi.evidence.queries import alike as alike_queries
from sanzi.evidence.reading import exif
from sanzi.evidence.rules import SIZE_MAX_BYTES
from sanzi.kernel import clock, ids
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.registers.labour import rules
from sanzi.registers.labour.actions import requests
from sanzi.registers.labour.actions.locking import lock
from sanzi.registers.labour.errors import DayOutside, PhotoWrong
from sanzi.registers.labour.models import LabourPhoto, LabourRequest, Phase, RequestState
from sanzi.registers.labour.queries import standards

SEE = "labour.see"
OPEN = (RequestState.APPROVED,)
READ_MAX = SIZE_MAX_BYTES + 1
"""Faces read no more of a photo than this."""


@dataclass(frozen=True)
class Shot:
    """A photo as it came: phase, name, bytes, and where the page said the phone was."""

    phase: str
    name: str
    content: bytes
    lat_e6: int | None = None
    lng_e6: int | None = None


def register() -> None:
    """Speak for labour requests to evidence; called once from `apps.ready`."""
    hooks.register(requests.SUBJECT, hooks.Subject(_see, _change))


def _see(by: Actor, ext_id: str) -> None:
    row = LabourRequest.objects.filter(ext_id=ext_id).first()
    if row is None or not scope.can(by, SEE, row.division_code):
        raise NotFound


def _change(by: Actor, ext_id: str, _at: datetime) -> str:
    row = LabourRequest.objects.select_related("organisation").filter(ext_id=ext_id).first()
    if row is None or not scope.can(by, requests.DISPATCH, row.division_code):
        raise NotFound
    if row.state not in OPEN:
        raise SubjectClosed
    return row.organisation.ext_id


def add(*, request: str, work_date: date, shot: Shot, by: Actor, at: datetime) -> str:
    """Keep a photo of a day and return its id; the same photo sent again is one photo.

    Raises: NotFound, NotOpen, DayOutside, PhotoWrong, what evidence refuses.
    """
    if shot.phase not in Phase.values:
        raise PhotoWrong(why="没说是开工前、干活中、收工后还是签到单")
    if len(shot.content) <= SIZE_MAX_BYTES and not shot.content.startswith(
        (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
    ):
        raise PhotoWrong(why="不是照片")
    with transaction.atomic():
        require_within(lock(request, by, requests.DISPATCH, OPEN, "传照片"), work_date)
    # A picture takes long to open and draw: no lock is held meanwhile.
    upload = files.Upload(
        shot.name, f"{shot.phase}-{work_date:%m%d}", shot.content, may_be_invoice=False
    )
    stored = files.store(
        by=by, at=at, upload=upload, subject_kind=requests.SUBJECT, subject_id=request
    )
    with transaction.atomic():
        row = lock(request, by, requests.DISPATCH, OPEN, "传照片")
        known = LabourPhoto.objects.filter(attachment_ext_id=stored.ext_id).first()
        return known.ext_id if known else _keep(row, work_date, shot, stored, at).ext_id


def require_within(row: LabourRequest, day: date) -> None:
    """Refuse a day outside of those that were asked for. Raises: DayOutside."""
    first, last = clock.local_date(row.planned_start_at), clock.local_date(row.planned_end_at)
    if not first <= day <= last:
        raise DayOutside(
            day=clock.day_said(day),
            first=clock.day_said(first),
            last=clock.day_said(last),
        )


def _keep(
    row: LabourRequest, work_date: date, shot: Shot, stored: files.Stored, at: datetime
) -> LabourPhoto:
    told = exif.read(shot.content)
    lat = told.lat_e6 if told.lat_e6 is not None else shot.lat_e6
    lng = told.lng_e6 if told.lng_e6 is not None else shot.lng_e6
    photo = LabourPhoto(
        ext_id=ids.new_id("LP", at),
        request=row,
        work_date=work_date,
        phase=shot.phase,
        taken_at=told.at or at,
        has_own_time=told.at is not None,
        lat_e6=lat,
        lng_e6=lng,
        file_digest=stored.digest,
        likeness=alike_queries.likeness_of(stored.digest),
        attachment_ext_id=stored.ext_id,
        uploaded_at=at,
    )
    photo.alike_to = _alike_to(photo)
    photo.doubts = " ".join(_doubts(photo))
    photo.save()
    return photo


def _alike_to(photo: LabourPhoto) -> str:
    """Return what else looks like it: another day, another request, or the same file again."""
    known = standards.figures("labour-photo-missing", photo.request.division_code, photo.work_date)
    for other in alike_queries.alike(photo.file_digest, bits_max=known["max_distance"]):
        if other.attachment_ext_id == photo.attachment_ext_id:
            continue
        mine = (other.subject_kind, other.subject_id) == (requests.SUBJECT, photo.request.ext_id)
        if mine and other.bits and other.kind.endswith(f"-{photo.work_date:%m%d}"):
            continue
        return f"{other.subject_kind}:{other.subject_id}"
    return ""


def _doubts(photo: LabourPhoto) -> list[str]:
    found = ["alike"] if photo.alike_to else []
    if photo.taken_at is not None and clock.local_date(photo.taken_at) != photo.work_date:
        found.append("day")
    place = (photo.request.lat_e6, photo.request.lng_e6)
    shown = (photo.lat_e6, photo.lng_e6)
    if None not in place and None not in shown:
        known = standards.figures(
            "labour-photo-missing", photo.request.division_code, photo.work_date
        )
        metres = rules.metres((place[0] or 0, place[1] or 0), (shown[0] or 0, shown[1] or 0))
        if metres > known["max_km"] * 1000:
            found.append("far")
    return found
