"""Reads of letters: the one door past the bars, an office's list, what a writer sees, counts.

Whoever is accused, his kin and his office carry a mark that the letter knows; they meet the same
404 as for nothing, on every list and in every count. The marks are keyed and hold for one letter.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from sanzi.disclosure.actions.households import index
from sanzi.kernel import clock, divisions, ids
from sanzi.kernel.cipher import SealBroken
from sanzi.orgs import people_queries, scope, secrets
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor, Post
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division, Organisation
from sanzi.orgs.roles import title as role_title
from sanzi.voice import rules, sealing
from sanzi.voice.errors import KeyMissing, ReceiptNotOpened
from sanzi.voice.models import Complaint, Lock, OfficeKey, Part, State, Turn

HANDLE, COUNT = "voice.handle", "voice.count"
OPEN_STATES = (State.RECEIVED, State.DISPATCHED, State.HANDLING, State.REOPENED)
LISTED_MAX = 300
SENT_BACK = ("rated", "reopened")
"""What a writer does when he is not content; what was seen before counts no more."""


def mark(ext_id: str, what: str) -> str:
    """Return the mark of somebody or some office on one letter."""
    return index("voice-bar", f"{ext_id}:{what}")


def marks(ext_id: str, person_ext_id: str, posts: Iterable[Post]) -> frozenset[str]:
    """Return the marks that somebody carries: himself, his offices, the villages he serves."""
    found = {f"person:{person_ext_id}"}
    for post in posts:
        found |= office_marks(post.org_ext_id, post.division_code)
    return frozenset(mark(ext_id, one) for one in found)


def office_marks(org_ext_id: str, division_code: str) -> set[str]:
    """Return what an office is known by; the bodies of one village count as one office."""
    found = {f"office:{org_ext_id}"}
    if divisions.level(division_code) == "village":
        found.add(f"place:{division_code}")
    return found


def holders_on(ext_id: str, day: date) -> rules.Holders:
    """Return who holds a role at a place on a day, with the marks he carries on one letter."""

    def found(role: str, division_code: str) -> list[rules.Holder]:
        return [
            rules.Holder(
                role,
                division_code,
                marks(ext_id, one.person_ext_id, orgs.posts_of(one.person_id, day)),
            )
            for one in orgs.holders(role, division_code, day)
            if one.division_code == division_code
        ]

    return found


def free_users(complaint: Complaint, role: str, division_code: str, day: date) -> list[int]:
    """Return the users who hold a role at a place and carry no bar of this letter."""
    bars = bars_of(complaint)
    return [
        one.user_id
        for one in orgs.holders(role, division_code, day)
        if one.user_id is not None
        and one.division_code == division_code
        and not marks(complaint.ext_id, one.person_ext_id, orgs.posts_of(one.person_id, day)) & bars
    ]


def bars_of(complaint: Complaint) -> frozenset[str]:
    """Return the marks that a letter keeps out."""
    return frozenset(one.mark for one in complaint.bars.all())


def kind_of(complaint: Complaint) -> rules.Kind:
    """Return the kind of a letter by the rules of the day it came."""
    found = rules.on(clock.local_date(complaint.received_at)).kind(complaint.kind)
    if found is None:
        raise LookupError(complaint.kind)
    return found


def edition_of(complaint: Complaint) -> rules.Edition:
    """Return the rules of the day a letter came."""
    return rules.on(clock.local_date(complaint.received_at))


def village_of(complaint: Complaint) -> str:
    """Return the name of the village that a letter is about."""
    return orgs.village_name(complaint.division_code)


def awaits_writer(complaint: Complaint) -> bool:
    """Tell whether a letter is answered and its writer has not said whether he is content."""
    return complaint.state == State.ANSWERED


def is_put_right(complaint: Complaint) -> bool:
    """Tell whether the station recorded that it was put right, and nobody sent it back since."""
    last = complaint.turns.filter(action__in=("put_right", *SENT_BACK)).order_by("-pk").first()
    return last is not None and last.action == "put_right"


def may_rate(complaint: Complaint) -> bool:
    """Tell whether its writer may say whether he is content: answered, or put right."""
    is_open = complaint.state in OPEN_STATES
    return awaits_writer(complaint) or (is_open and is_put_right(complaint))


def is_closed(complaint: Complaint) -> bool:
    """Tell whether a letter is closed."""
    return complaint.state == State.CLOSED


def is_in_hand(by: Actor, complaint: Complaint) -> bool:
    """Tell whether the actor has a letter in hand."""
    return complaint.state == State.HANDLING and complaint.handler_id == by.user_id


def is_outside(complaint: Complaint) -> bool:
    """Tell whether a letter is for the office outside alone."""
    return complaint.route_role == rules.OUTSIDE


def is_handler(by: Actor, complaint: Complaint) -> bool:
    """Tell whether the actor holds a post to which a letter is now routed; bars not asked."""
    if is_outside(complaint):
        return False
    stop = kind_of(complaint).route[complaint.route_step]
    return _holds(by, stop.roles, complaint.route_division)


def is_above(by: Actor, complaint: Complaint) -> bool:
    """Tell whether the actor holds a post at the stop above the one that has the letter."""
    route = kind_of(complaint).route
    following = complaint.route_step + 1
    if is_outside(complaint) or following >= len(route):
        return False
    stop = route[following]
    return _holds(by, stop.roles, stop.division(complaint.division_code))


def is_keeper(by: Actor, complaint: Complaint) -> bool:
    """Tell whether the actor is of a discipline office over the place."""
    return not is_outside(complaint) and any(
        _holds(by, (role,), complaint.division_code[:length].ljust(12, "0"))
        for role, length in ((rules.DISCIPLINE["town"], 9), (rules.DISCIPLINE["county"], 6))
    )


def _holds(by: Actor, roles: Iterable[str], division_code: str) -> bool:
    wanted = set(roles)
    return any(
        post.role_code in wanted and post.division_code == division_code for post in by.posts
    )


def may_read(by: Actor, complaint: Complaint) -> bool:
    """Tell whether a letter is there for the actor at all."""
    if by.user_id is None or marks(complaint.ext_id, by.person_ext_id, by.posts) & bars_of(
        complaint
    ):
        return False
    return is_handler(by, complaint) or is_above(by, complaint) or is_keeper(by, complaint)


def access_complaint(*, by: Actor, ext_id: str) -> Complaint:
    """Return a letter that is there for the actor. Raises: NotFound, for all others alike."""
    found = Complaint.objects.prefetch_related("bars").filter(ext_id=ext_id).first()
    if found is None or not may_read(by, found):
        raise NotFound
    return found


def letters(*, by: Actor, is_open: bool = True) -> list[Complaint]:
    """Return the letters that are there for the actor, threats first, then the earliest due."""
    rows = (
        _in_scope(by).filter(state__in=OPEN_STATES)
        if is_open
        else _in_scope(by).exclude(state__in=OPEN_STATES)
    )
    rows = rows.order_by("due_at", "pk") if is_open else rows.order_by("-received_at", "-pk")
    found = [one for one in rows[:LISTED_MAX] if may_read(by, one)]
    return sorted(found, key=lambda one: one.threatened_at is None) if is_open else found


def _in_scope(by: Actor) -> QuerySet[Complaint]:
    if not scope.prefixes(by, HANDLE) or by.user_id is None:
        raise NotFound
    rows = Complaint.objects.exclude(route_role=rules.OUTSIDE).prefetch_related("bars")
    return rows.filter(scope.within(by, HANDLE))


def offices(complaint: Complaint, at: datetime) -> list[tuple[str, str]]:
    """Return where the discipline office may send a letter: (`kind:step`, words).

    Whoever carries a bar is left out; what is sealed goes to discipline offices alone.
    """
    here = (complaint.kind, complaint.route_step)
    return [
        (
            f"{kind.code}:{step}",
            f"{office_title(place.role, place.division_code, at)}，{kind.title}",
        )
        for kind in edition_of(complaint).kinds
        if kind.is_sealed or not complaint.is_sealed
        for step in range(len(kind.route))
        if (kind.code, step) != here and (place := free_place(complaint, kind, step, at))
    ]


def free_place(
    complaint: Complaint, kind: rules.Kind, step: int, at: datetime
) -> rules.Place | None:
    """Return the place of a step if somebody there carries no bar of a letter."""
    holders = holders_on(complaint.ext_id, clock.local_date(at))
    bars = bars_of(complaint)
    place = rules.choose(kind, complaint.division_code, bars, holders, start=step)
    return place if place is not None and place.step == step else None


def is_review(by: Actor, complaint: Complaint) -> bool:
    """Tell whether the actor has in hand what was answered one level below and sent back."""
    if not is_in_hand(by, complaint) or not complaint.reopened_count:
        return False
    last = complaint.turns.filter(action="answered").order_by("-pk").first()
    return last is not None and last.division_code != complaint.route_division


def kinds(day: date) -> tuple[rules.Kind, ...]:
    """Return the kinds that may be chosen on a day."""
    return rules.on(day).kinds


def accusable(village: str, on: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return who may be named, by place: the officers of the village, town and county, and offices.

    Shapes: [(place, [(`person:ID` or `office:ID`, words)])].
    """
    found = []
    for code in (village, *orgs.ancestors(village)[:2]):
        people = [(f"person:{key}", words) for key, words in people_queries.appointed(code, on)]
        offices = Organisation.objects.filter(division_id=code).order_by("id")
        rows = [*people, *((f"office:{one.ext_id}", f"{one.name}（整个单位）") for one in offices)]
        if rows:
            found.append((orgs.village_name(code), rows))
    return found


def office_title(role: str, division_code: str, at: datetime) -> str:
    """Return an office as a writer reads it: `清河镇 镇纪委`."""
    if role == rules.OUTSIDE:
        return rules.on(clock.local_date(at)).outside_office
    return f"{orgs.village_name(division_code)} {role_title(role)}"


def keys_for(keepers: Iterable[tuple[str, str]]) -> list[OfficeKey]:
    """Return the keys of now of these offices, in their order; those without one are left out."""
    held = {
        (one.role_code, one.division_code): one
        for one in OfficeKey.objects.filter(ended_at__isnull=True)
    }
    return [held[one] for one in keepers if one in held]


@dataclass(frozen=True)
class Said:
    """One step of a letter for a page: when, what, which office, the words; "" when still shut.

    `found` is what the station saw, or by whom and when it was put right; with its photo.
    """

    at: datetime
    action: str
    office: str
    words: str
    found: str = ""
    photo_ext_id: str = ""
    photo_digest: str = ""
    helper: str = ""


@dataclass(frozen=True)
class Opened:
    """What stands in a letter for whoever holds its key."""

    complaint: Complaint
    words: str
    place: str
    helper: str
    photo_count: int
    turns: tuple[Said, ...]
    is_shut: bool


def body_key(complaint: Complaint, opener: sealing.Opener | None) -> bytes:
    """Return the content key of a letter for an office.

    Raises: KeyMissing when it is sealed and the office's key is not there.
    """
    if complaint.sealed_letter:
        return bytes.fromhex(secrets.reveal("letter", complaint.sealed_letter))
    return _wrapped(complaint, Lock.BODY, opener)


def _wrapped(complaint: Complaint, lock: Lock, opener: sealing.Opener | None) -> bytes:
    if opener is None:
        raise KeyMissing
    held = complaint.keys.filter(lock=lock, holder=opener.fingerprint).first()
    if held is None:
        raise KeyMissing
    return sealing.unwrap_by_office(opener, held.wrapped)


def opened(*, by: Actor, ext_id: str, opener: sealing.Opener | None) -> Opened:
    """Return a letter as an office sees it; shut while its key is missing. Raises: NotFound."""
    complaint = access_complaint(by=by, ext_id=ext_id)
    try:
        key: bytes | None = body_key(complaint, opener)
    except KeyMissing:
        key = None
    return open_with(complaint, key)


def open_with(complaint: Complaint, key: bytes | None) -> Opened:
    """Return a letter for whoever holds its content key, shut without; callers hold its door."""
    parts = list(complaint.parts.filter(lock=Lock.BODY).order_by("pk"))
    own = {one.name: one for one in parts if one.turn_id is None and one.name != "photo"}
    said = {(one.turn_id, one.name): one for one in parts if one.turn_id is not None}
    turns = complaint.turns.select_related("visit", "rectification").order_by("at", "pk")
    return Opened(
        complaint=complaint,
        words=_text(own.get("words"), complaint, key),
        place=_text(own.get("place"), complaint, key),
        helper=_text(own.get("helper"), complaint, key),
        photo_count=sum(one.name == "photo" for one in parts),
        turns=tuple(
            Said(
                one.at,
                one.action,
                _office(one),
                _text(said.get((one.pk, "said")), complaint, key),
                *_seen(one, _text(said.get((one.pk, "spot")), complaint, key)),
                helper=_text(said.get((one.pk, "helper")), complaint, key),
            )
            for one in turns
        ),
        is_shut=key is None,
    )


def _seen(turn: Turn, spot: str) -> tuple[str, str, str]:
    """Return what the station saw in a step in words, with the id and digest of its photo."""
    if turn.action == "visited":
        visit = turn.visit
        words = f"{visit.get_finding_display()}{f'，在{spot}' if spot else ''}"
        return words, visit.photo_ext_id, visit.file_hash
    if turn.action == "put_right":
        done = turn.rectification
        words = f"{done.done_date.month}月{done.done_date.day}日，{done.doer_title}改的"
        return words, done.photo_ext_id, done.file_hash
    return "", "", ""


def _office(turn: Turn) -> str:
    if not turn.role_code:
        return ""
    return office_title(turn.role_code, turn.division_code, turn.at)


def context(part: Part, ext_id: str) -> str:
    """Return what binds a sealed part to its place."""
    return f"{ext_id}:{part.lock}:{part.name}:{part.number}"


def _text(part: Part | None, complaint: Complaint, key: bytes | None) -> str:
    if part is None or key is None:
        return ""
    return sealing.reveal(key, part.sealed, context(part, complaint.ext_id))


def photo(*, by: Actor, ext_id: str, number: int, opener: sealing.Opener | None) -> bytes:
    """Return a photo of a letter as WebP. Raises: NotFound, KeyMissing."""
    complaint = access_complaint(by=by, ext_id=ext_id)
    return photo_with(complaint, body_key(complaint, opener), number)


def photo_with(complaint: Complaint, key: bytes, number: int) -> bytes:
    """Return a photo of a letter as WebP; callers hold its door. Raises: NotFound."""
    found = complaint.parts.filter(turn=None, name="photo", number=number).first()
    if found is None:
        raise NotFound
    return base64.b64decode(sealing.reveal(key, found.sealed, context(found, complaint.ext_id)))


def identity(complaint: Complaint, opener: sealing.Opener | None) -> dict[str, str]:
    """Return who wrote a letter; the caller logs it. Raises: KeyMissing."""
    key = _wrapped(complaint, Lock.IDENTITY, opener)
    parts = complaint.parts.filter(lock=Lock.IDENTITY).order_by("name")
    return {one.name: _text(one, complaint, key) for one in parts}


def receipt_index(code: str) -> str:
    """Return the index by which a receipt code finds its letter."""
    return index("voice-receipt", ids.read_token(code))


def by_receipt(code: str) -> tuple[Complaint, bytes]:
    """Return a writer's letter and its content key. Raises: ReceiptNotOpened, for all alike."""
    found = Complaint.objects.filter(receipt_index=receipt_index(code)).first()
    if found is None:
        raise ReceiptNotOpened
    held = found.keys.get(lock=Lock.BODY, holder=sealing.WRITER)
    try:
        return found, sealing.unwrap_by_writer(code, held.wrapped, found.ext_id)
    except SealBroken as broken:
        raise ReceiptNotOpened from broken


def own_photo(*, code: str, number: int) -> bytes:
    """Return a photo that a writer handed in, as WebP. Raises: ReceiptNotOpened, NotFound."""
    return photo_with(*by_receipt(code), number)


def followed(*, code: str) -> Opened:
    """Return a letter as its writer follows it. Raises: ReceiptNotOpened."""
    return open_with(*by_receipt(code))


@dataclass(frozen=True)
class Tally:
    """Counts of one kind, and nothing of any letter."""

    title: str
    received: int
    waiting: int
    late: int
    closed: int


def tallies(*, by: Actor, at: datetime) -> list[Tally]:
    """Return the counts of a year in the actor's scope; letters that keep him out do not count.

    Raises: NotFound.
    """
    if by.user_id is None or not scope.prefixes(by, COUNT):
        raise NotFound
    since = at - timedelta(days=365)
    rows = Complaint.objects.filter(Q(received_at__gt=since) & scope.within(by, COUNT)).exclude(
        route_role=rules.OUTSIDE
    )
    counted = [
        one
        for one in rows.prefetch_related("bars")
        if not marks(one.ext_id, by.person_ext_id, by.posts) & bars_of(one)
    ]
    received = Counter(one.kind for one in counted)
    waiting = Counter(one.kind for one in counted if one.state in OPEN_STATES)
    late = Counter(one.kind for one in counted if one.state in OPEN_STATES and one.due_at < at)
    closed = Counter(one.kind for one in counted if one.state == State.CLOSED)
    return [
        Tally(one.title, received[one.code], waiting[one.code], late[one.code], closed[one.code])
        for one in kinds(clock.local_date(at))
    ]


def own_key(by: Actor) -> tuple[str, str] | None:
    """Return (role, division) of the discipline office the actor is of, None for others."""
    wanted = set(rules.DISCIPLINE.values())
    return next(
        ((one.role_code, one.division_code) for one in by.posts if one.role_code in wanted), None
    )


def key_of_now(office: tuple[str, str]) -> OfficeKey | None:
    """Return the key of an office, None before it has one."""
    return next(iter(keys_for([office])), None)


def village_exists(code: str) -> bool:
    """Tell whether a village is known."""
    return Division.objects.filter(pk=code, level="village").exists()
