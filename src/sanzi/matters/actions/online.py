"""What a villager begins himself at the public door: hand in, put right, all or nothing.

The case is the village's, he is its applicant; the office takes it as its first step. How he
proves his household, how often he may, and his receipt are in the disclosure room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from sanzi.evidence.actions import files
from sanzi.matters import catalogue, editions, errors, online_sense, registry
from sanzi.matters.actions import drafts, locking
from sanzi.matters.catalogue import Matter
from sanzi.matters.fields import Field
from sanzi.matters.models import Case
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Household, Organisation, Person

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Wish:
    """What a villager says. Shapes: `form` as typed, only fields he is asked; `uploads` his files.

    `about` is the publication that he asks about, empty without one.
    """

    form: Mapping[str, Any]
    uploads: tuple[files.Upload, ...] = ()
    about: str = ""


@dataclass(frozen=True)
class Place:
    """Where and for whom a form is filled: the body, its village, the household."""

    organisation: str
    division_code: str
    household: Household
    people: tuple[str, ...] = field(default=())


def hand_in(*, matter_code: str, wish: Wish, by: Actor, at: datetime) -> str:
    """Begin a case in the name of the village, hand it in, and return its number.

    Raises: NotFound for what can't be begun here, NotOnline, what a file or the form refuses.
        Nothing is left when raised.
    """
    matter = catalogue.get(matter_code)
    if matter is None or matter.online is None or by.household_id is None:
        raise NotFound
    household = Household.objects.get(pk=by.household_id)
    body = body_of(matter, household.division_id)
    with transaction.atomic():
        case = drafts.open_case(matter, body, by, at)
        _fill(case, matter, wish, by, at)
        drafts.submit(number=case.number, by=by, at=at)
    return case.number


def put_right(*, number: str, wish: Wish, by: Actor, at: datetime) -> None:
    """Hand in again what was given back; new files come beside the old ones.

    Raises: NotFound, NotNow, NotOnline, what a file or the form refuses. Nothing is left then.
    """
    with transaction.atomic():
        case = locking.lock_case(number, by)
        matter = editions.of(case)
        if by.household_id is None or matter is None or matter.online is None:
            raise NotFound
        _fill(case, matter, wish, by, at)
        drafts.submit(number=number, by=by, at=at)


def body_of(matter: Matter, division_code: str) -> Organisation:
    """Return the body of a village that a matter goes to from the public door.

    Raises: NotFound where the village has no such body.
    """
    kind = matter.online.body if matter.online else ""
    found = Organisation.objects.filter(division_id=division_code, kind=kind).order_by("pk").first()
    if found is None:
        raise NotFound
    return found


def place_of(body: Organisation, by: Actor) -> Place:
    """Return where a villager fills a form."""
    household = Household.objects.get(pk=by.household_id or 0)
    people = Person.objects.filter(household=household, death_date__isnull=True).order_by("pk")
    return Place(
        body.ext_id,
        household.division_id,
        household,
        tuple(people.values_list("ext_id", flat=True)),
    )


def offered(one: Field, place: Place) -> list[str] | None:
    """Return the values a villager may choose at a field, None where he writes what he likes.

    Of people and households he is offered his own.
    """
    if one.options is not None:
        return list(one.options)
    if one.type == "person":
        return list(place.people)
    if one.list == "households":
        return [place.household.ext_id]
    if one.type != "lookup":
        return None
    known = registry.list_of(one.list, place.organisation, place.division_code)
    return [value for value, _ in known or ()]


def _fill(case: Case, matter: Matter, wish: Wish, by: Actor, at: datetime) -> None:
    place = place_of(case.organisation, by)
    form = {**_own_part(matter, wish.form, place), **_filled(case, matter, wish, place, at)}
    drafts.save(number=case.number, by=by, at=at, form=form)
    known = {paper.kind for paper in matter.evidence} & set(
        matter.online.papers if matter.online else ()
    )
    for upload in wish.uploads:
        if upload.kind not in known:
            raise errors.NotOnline(label="材料", why="这里不收这一种")
        files.store(
            by=by, at=at, upload=files.without_place(upload), subject_kind="case",
            subject_id=case.number,
        )  # fmt: skip


def _own_part(matter: Matter, form: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Return what was typed, when all of it is asked and offered. Raises: NotOnline."""
    asked = matter.online.ask if matter.online else ()
    known = {one.key: one for one in matter.fields if one.key in asked}
    for key, value in form.items():
        if key not in known:
            raise errors.NotOnline(label=key[:20], why="网上不填这一栏")
        _require_offered(known[key], value, place)
    return dict(form)


def _require_offered(one: Field, value: object, place: Place) -> None:
    for column, said in _said(one, value):
        values = offered(column, place)
        if said and values is not None and said not in values:
            why = "要选您家里的人" if column.type == "person" else "没有这一项"
            raise errors.NotOnline(label=one.label, why=why, keys=[one.key])


def _said(one: Field, value: object) -> Iterator[tuple[Field, str]]:
    """Yield each value of a field; those of rows with their columns."""
    if one.type != "rows":
        yield one, str(value or "")
        return
    for row in value if isinstance(value, list) else ():
        for column in one.columns:
            yield column, str(row.get(column.key) or "")


def _filled(
    case: Case, matter: Matter, wish: Wish, place: Place, at: datetime
) -> dict[str, str]:  # fmt: skip
    """Return what is filled for him; what was filled at the first hand-in stays."""
    found = {}
    for key, value in (matter.online.fill if matter.online else NOTHING).items():
        if value == online_sense.NOW:
            found[key] = case.form.get(key) or at.isoformat(timespec="seconds")
        elif value == online_sense.HOUSEHOLD:
            found[key] = place.household.ext_id
        elif value == online_sense.ABOUT:
            found[key] = case.form.get(key) or wish.about
            _require_offered(matter.field(key), found[key], place)
        else:
            found[key] = value
    return found
