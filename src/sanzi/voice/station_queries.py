"""Reads of the station: letters whose place it looks at, where each stands, what was seen there.

A member reads letters of his village that are not sealed, past the same bars as everybody, and
never who wrote: names lie under a key of the discipline office alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sanzi.evidence import queries as evidence
from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor, Post
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment
from sanzi.orgs.roles import roles
from sanzi.voice import promise_rules, queries
from sanzi.voice.models import Complaint, Finding, Promise, State, Visit

VISIT = "voice.visit"
SUBJECT = "complaint"
VISITABLE = (State.DISPATCHED, State.HANDLING, State.REOPENED, State.ANSWERED)
TO_VISIT, TO_PUT_RIGHT, PUT_RIGHT, SEEN, OVER = "visit", "rectify", "rectified", "seen", "over"
WRONG = (Finding.REAL, Finding.PARTLY)
FINDINGS = tuple((str(value), str(label)) for value, label in Finding.choices)


def member_roles() -> list[str]:
    """Return the roles whose holders are of a station."""
    return [code for code, role in roles().items() if VISIT in role.may]


def members(complaint: Complaint, day: date) -> list[int]:
    """Return the users of the village's station who carry no bar of a letter, each once."""
    found = {
        user
        for role in member_roles()
        for user in queries.free_users(complaint, role, complaint.division_code, day)
    }
    return sorted(found)


def is_visited(complaint: Complaint) -> bool:
    """Tell whether the station looks at letters of this kind."""
    return not complaint.is_sealed and queries.kind_of(complaint).is_visited


def is_there_for(by: Actor, complaint: Complaint) -> bool:
    """Tell whether a letter is there for the actor as a member of the station."""
    if by.user_id is None or by.person_id is None or not is_visited(complaint):
        return False
    if not scope.can(by, VISIT, complaint.division_code):
        return False
    carried = queries.marks(complaint.ext_id, by.person_ext_id, by.posts)
    return not carried & queries.bars_of(complaint)


def access_report(*, by: Actor, ext_id: str) -> Complaint:
    """Return a letter for a member of the station. Raises: NotFound, for all others alike."""
    found = Complaint.objects.prefetch_related("bars").filter(ext_id=ext_id).first()
    if found is None or not is_there_for(by, found):
        raise NotFound
    return found


def require_seen(by: Actor, ext_id: str) -> None:
    """Refuse a photo of the place to whom the letter is not there for. Raises: NotFound."""
    try:
        access_report(by=by, ext_id=ext_id)
    except NotFound:
        queries.access_complaint(by=by, ext_id=ext_id)


def access_visit(*, by: Actor, ext_id: str) -> Visit:
    """Return a visit that the actor himself made, while the letter is there for him.

    Raises: NotFound.
    """
    found = Visit.objects.select_related("complaint").filter(ext_id=ext_id).first()
    if found is None or by.person_id is None or found.person_id != by.person_id:
        raise NotFound
    if not is_there_for(by, found.complaint):
        raise NotFound
    return found


def own_visit(by: Actor, complaint: Complaint) -> Visit | None:
    """Return the newest visit of the actor in which he saw something wrong, None for none."""
    if by.person_id is None:
        return None
    rows = complaint.visits.filter(person_id=by.person_id, finding__in=WRONG)
    return rows.order_by("-pk").first()


def reports(*, by: Actor) -> list[tuple[Complaint, str]]:
    """Return the letters the station may look at with where each stands, the earliest due first.

    Raises: NotFound.
    """
    if by.user_id is None or not scope.prefixes(by, VISIT):
        raise NotFound
    rows = (
        Complaint.objects.filter(scope.within(by, VISIT), is_sealed=False)
        .prefetch_related("bars", "turns", "visits", "rectifications")
        .order_by("due_at", "pk")
    )
    return [(one, standing(one)) for one in rows[: queries.LISTED_MAX] if is_there_for(by, one)]


def standing(complaint: Complaint) -> str:
    """Return where a letter stands for the station since its writer last sent it back."""
    if complaint.state not in VISITABLE:
        return OVER
    since = max(
        (one.pk for one in complaint.turns.all() if one.action in queries.SENT_BACK), default=0
    )
    told = [
        *((one.turn_id, one.finding) for one in complaint.visits.all()),
        *((one.turn_id, PUT_RIGHT) for one in complaint.rectifications.all()),
    ]
    last = max((one for one in told if one[0] > since), default=(0, ""))[1]
    if last in WRONG:
        return TO_PUT_RIGHT
    return {"": TO_VISIT, PUT_RIGHT: PUT_RIGHT}.get(last, SEEN)


@dataclass(frozen=True)
class Report:
    """A letter as the station sees it: the letter, where it stands, why he may not go himself."""

    opened: queries.Opened
    standing: str
    why_not: str


def report(*, by: Actor, ext_id: str) -> Report:
    """Return a letter for a member of the station. Raises: NotFound."""
    complaint = access_report(by=by, ext_id=ext_id)
    opened = queries.open_with(complaint, queries.body_key(complaint, None))
    return Report(opened, standing(complaint), part_in(by, complaint))


def part_in(by: Actor, complaint: Complaint) -> str:
    """Return what part the actor has in handling a letter, "" for none."""
    if complaint.handler_id == by.user_id or queries.is_handler(by, complaint):
        return "由您在办"
    return ""


def photo(*, by: Actor, ext_id: str, number: int) -> bytes:
    """Return a photo that came with a letter, as WebP. Raises: NotFound."""
    complaint = access_report(by=by, ext_id=ext_id)
    return queries.photo_with(complaint, queries.body_key(complaint, None), number)


def doers(village: str, day: date) -> list[tuple[str, str]]:
    """Return who may have put something right, with their words: officers and offices."""
    return [row for _, rows in queries.accusable(village, day) for row in rows]


def seen_photo(*, code: str, number: int) -> Path:
    """Return the picture of a step for the writer, steps counted from 0.

    Raises: ReceiptNotOpened, NotFound.
    """
    turns = queries.followed(code=code).turns
    digest = turns[number].photo_digest if 0 <= number < len(turns) else ""
    path = evidence.picture_path(digest) if digest else None
    if path is None:
        raise NotFound
    return path


@dataclass(frozen=True)
class Member:
    """Somebody of a station: who, in which post, and when he signed the promise in force."""

    name: str
    role_code: str
    division_code: str
    signed_at: datetime | None
    is_me: bool


def own_posts(by: Actor) -> list[Post]:
    """Return the posts in which the actor is of a station, one for each village."""
    found: dict[str, Post] = {}
    for post in by.posts:
        role = roles().get(post.role_code)
        if role is not None and VISIT in role.may:
            found.setdefault(post.division_code, post)
    return list(found.values())


def station_of(*, by: Actor, at: datetime) -> list[Member]:
    """Return who is of the stations of the actor's scope, with what each signed.

    Raises: NotFound.
    """
    day = clock.local_date(at)
    if by.user_id is None or not scope.prefixes(by, VISIT):
        raise NotFound
    text = promise_rules.text_on(day)
    rows = (
        Appointment.objects.filter(
            scope.within(by, VISIT, "organisation__division_id"),
            orgs.in_office(day),
            role_code__in=member_roles(),
        )
        .select_related("person", "organisation")
        .order_by("organisation__division_id", "role_code", "pk")
    )
    signed = {
        (one.person_id, one.division_code): one.signed_at
        for one in Promise.objects.filter(scope.within(by, VISIT), text_date=text.valid_from_date)
    }
    found: dict[tuple[int, str], Member] = {}
    for one in rows:
        village = one.organisation.division_id
        key = (one.person_id, village)
        found.setdefault(
            key,
            Member(
                one.person.name, one.role_code, village, signed.get(key),
                is_me=one.person_id == by.person_id,
            ),
        )  # fmt: skip
    return list(found.values())
