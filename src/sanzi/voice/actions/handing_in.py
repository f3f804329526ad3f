"""Handing a letter in: sealed before it is stored, laid where nobody in it can see it.

No address, device or session is kept; without a name, the time is a full hour. The same form sent
twice is one letter: the receipt code is made of the form's own token.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from sanzi.disclosure.actions.households import index
from sanzi.evidence import rules as files
from sanzi.evidence import storage
from sanzi.kernel import clock, digest, ids
from sanzi.orgs import queries as orgs
from sanzi.orgs import secrets
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.voice import queries, rules, sealing
from sanzi.voice.actions import proofs, turning
from sanzi.voice.errors import (
    NameMissing,
    NoKeyYet,
    NoPhoto,
    NoSuchKind,
    NothingSaid,
    TooLong,
    TooManyPhotos,
)
from sanzi.voice.models import Bar, Complaint, Lock, OfficeKey, Part, State, WrappedKey

TOKEN_LENGTH = (16, 40)
_FIGURES = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Letter:
    """A letter as it was typed.

    Shapes: `accused` holds `person:ID` and `office:ID`; `photos` are (name, bytes); `name` and
    `phone` are empty without a name; `token` came with the form; `helper` says in words who helped.
    """

    division_code: str
    kind: str
    words: str
    token: str
    place: str = ""
    accused: tuple[str, ...] = ()
    is_named: bool = False
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    wants_call: bool = False
    helper: str = ""
    photos: tuple[tuple[str, bytes], ...] = ()
    proof: proofs.Proof = proofs.NO_PROOF


@dataclass(frozen=True)
class Receipt:
    """The code that opens a letter for its writer; it is shown once and not kept."""

    code: str


def hand_in(*, letter: Letter, at: datetime) -> Receipt:
    """Take a letter and lay it where it belongs; the same form again gives the same receipt.

    Raises: NotFound (no such village, no token), NoSuchKind, NothingSaid, TooLong, NameMissing,
        TooManyPhotos, NoPhoto, evidence.FileTooBig, FileUnsafe, FileBroken, NoKeyYet, ProofNeeded.
        Nothing is left then.
    """
    least, most = TOKEN_LENGTH
    if not least <= len(letter.token) <= most or not queries.village_exists(letter.division_code):
        raise NotFound
    edition = rules.on(clock.local_date(at))
    kind = edition.kind(letter.kind)
    if kind is None:
        raise NoSuchKind(field="kind")
    _check_words(letter, edition)
    photos = _clean(letter.photos, edition)
    receipt = Receipt(_receipt(letter.token))
    token_index = index("voice-token", letter.token)
    with transaction.atomic():
        if Complaint.objects.filter(token_index=token_index).exists():
            return receipt
        proofs.require(
            division_code=letter.division_code, kind=letter.kind, proof=letter.proof, at=at
        )
        _store(letter, kind, photos, receipt.code, at if letter.is_named else rules.hour_of(at))
    return receipt


def _receipt(token: str) -> str:
    """Return the receipt code of a form: 80 bits that only who holds the form's token can tell."""
    key = bytes.fromhex(settings.SANZI.index_key)
    found = int(digest.hmac_sm3(key, f"voice-receipt-of:{token}"), 16)
    text = "".join(_FIGURES[found >> (5 * place) & 31] for place in range(rules.RECEIPT_FIGURES))
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _check_words(letter: Letter, edition: rules.Edition) -> None:
    if not letter.words.strip():
        raise NothingSaid(field="words")
    if len(letter.words) > edition.words_max or len(letter.place) > 200:
        raise TooLong(limit=edition.words_max, field="words")
    if letter.is_named and not (letter.name.strip() and letter.phone.strip()):
        raise NameMissing(field="name")


def _clean(photos: tuple[tuple[str, bytes], ...], edition: rules.Edition) -> list[bytes]:
    """Return the photos without what they tell of place, time and phone."""
    if len(photos) > edition.photos_max:
        raise TooManyPhotos(limit=edition.photos_max, field="photos")
    found = []
    for name, data in photos:
        if len(data) <= files.SIZE_MAX_BYTES and files.sniff(data) not in files.IMAGE_TYPES:
            raise NoPhoto(name=name[:40], field="photos")
        found.append(storage.bare_picture(files.examine(data, name).data))
    return found


def _store(
    letter: Letter, kind: rules.Kind, photos: list[bytes], receipt: str, at: datetime
) -> None:
    ext_id = ids.new_id("XF", at)
    bars = _bars(ext_id, letter.accused, at)
    holders = queries.holders_on(ext_id, clock.local_date(at))
    place = rules.choose(kind, letter.division_code, bars, holders)
    step = place or rules.Place(len(kind.route), rules.OUTSIDE, "")
    keepers = rules.keepers(letter.division_code, bars, holders) if place else []
    readers = _readers(kind, step, keepers, at)
    body, identity = sealing.new_content_key(), sealing.new_content_key()
    is_house = not kind.is_sealed and place is not None
    last = kind.route[min(step.step, len(kind.route) - 1)]
    complaint = Complaint.objects.create(
        ext_id=ext_id,
        division_code=letter.division_code,
        kind=kind.code,
        is_sealed=not is_house,
        is_named=letter.is_named,
        has_accused=bool(bars),
        sealed_letter=secrets.seal("letter", body.hex()) if is_house else "",
        receipt_index=queries.receipt_index(receipt),
        token_index=index("voice-token", letter.token),
        state=State.DISPATCHED if place else State.TRANSFERRED,
        route_step=step.step,
        route_role=step.role,
        route_division=step.division_code,
        received_at=at,
        dispatched_at=at,
        due_at=last.due(at, orgs.calendar()),
    )
    Bar.objects.bulk_create([Bar(complaint=complaint, mark=one) for one in sorted(bars)])
    _wrap(complaint, readers, receipt, body, identity if letter.is_named else None)
    _seal_parts(complaint, letter, photos, body, identity)
    turning.keep(complaint, turning.Step("received"), by=turning.WRITER, at=at)
    went = turning.Step("dispatched" if place else "transferred", step.role, step.division_code)
    turning.keep(complaint, went, by=turning.WRITER, at=at)
    if place:
        turning.tell(complaint, "voice_arrived", at)
        turning.tell_station(complaint, at)


def _bars(ext_id: str, accused: tuple[str, ...], at: datetime) -> frozenset[str]:
    """Return the marks of the accused, their kin, and their offices."""
    found: set[str] = set()
    day = clock.local_date(at)
    for one in accused:
        sort, _, key = one.partition(":")
        if sort == "person":
            person = Person.objects.filter(ext_id=key).first()
            if person is not None:
                found |= _of_person(person, ext_id, day)
        elif sort == "office":
            office = Organisation.objects.filter(ext_id=key).first()
            if office is not None:
                known = queries.office_marks(office.ext_id, office.division_id)
                found |= {queries.mark(ext_id, what) for what in known}
    return frozenset(found)


def _of_person(person: Person, ext_id: str, day: date) -> set[str]:
    posts = orgs.posts_of(person.pk, day)
    found = set(queries.marks(ext_id, person.ext_id, posts))
    kin = orgs.kin_ids(person.pk) | orgs.kin_ids(person.pk, statutory=False)
    for relative in Person.objects.filter(pk__in=kin):
        found |= queries.marks(ext_id, relative.ext_id, ())
    return found


def _readers(
    kind: rules.Kind, place: rules.Place, keepers: list[tuple[str, str]], at: datetime
) -> list[OfficeKey]:
    """Return the keys that will open a letter: those of the offices that have no part in it.

    Raises: NoKeyYet when the office that must open it has none.
    """
    wanted = keepers or [(rules.OUTSIDE, "")]
    if kind.is_sealed or place.role == rules.OUTSIDE:
        first = (place.role, place.division_code)
        wanted = [first, *(one for one in keepers if one != first)]
        if not queries.keys_for([first]):
            raise NoKeyYet(office=queries.office_title(*first, at))
    found = queries.keys_for(wanted)
    if not found:
        raise NoKeyYet(office=queries.office_title(*wanted[-1], at))
    return found


def _wrap(
    complaint: Complaint,
    readers: list[OfficeKey],
    receipt: str,
    body: bytes,
    identity: bytes | None,
) -> None:
    rows = [
        WrappedKey(
            complaint=complaint,
            lock=lock,
            holder=one.fingerprint,
            wrapped=sealing.wrap_for_office(one.public_key, key),
        )
        for lock, key in ((Lock.BODY, body), (Lock.IDENTITY, identity))
        if key is not None
        for one in readers
    ]
    wrapped = sealing.wrap_for_writer(receipt, body, complaint.ext_id)
    own = WrappedKey(complaint=complaint, lock=Lock.BODY, holder=sealing.WRITER, wrapped=wrapped)
    WrappedKey.objects.bulk_create([*rows, own])


def _seal_parts(
    complaint: Complaint, letter: Letter, photos: list[bytes], body: bytes, identity: bytes
) -> None:
    for name, text in (
        ("words", letter.words.strip()),
        ("place", letter.place.strip()),
        ("helper", letter.helper),
    ):
        if text:
            turning.add_part(complaint, Part(lock=Lock.BODY, name=name), text, body)
    for number, data in enumerate(photos, start=1):
        part = Part(lock=Lock.BODY, name="photo", number=number)
        turning.add_part(complaint, part, base64.b64encode(data).decode(), body)
    if letter.is_named:
        told = {
            "name": letter.name,
            "phone": letter.phone,
            "call": "1" if letter.wants_call else "",
        }
        for name, text in told.items():
            if text.strip():
                part = Part(lock=Lock.IDENTITY, name=name)
                turning.add_part(complaint, part, text.strip()[:60], identity)
