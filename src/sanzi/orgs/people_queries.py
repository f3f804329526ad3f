"""Reads of people and places for pages: finding, one person's page, who may be asked to act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from sanzi.kernel import masking
from sanzi.orgs import queries, scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Appointment, Counterparty, Division, Household, Organisation, Person
from sanzi.orgs.roles import title as role_title

SEE = "matters.see"
FOUND_MAX = 20
CHOICES_MAX = 2000
IDS_AT_ONCE = 500


@dataclass(frozen=True)
class PostRow:
    """A post that a person holds or held."""

    role: str
    organisation: str
    start_date: date
    end_date: date | None
    document_ref: str


@dataclass(frozen=True)
class PersonView:
    """A person's page. Numbers are masked here; the full ones go through `unmasking`."""

    ext_id: str
    name: str
    village: str
    division_code: str
    id_no_masked: str
    phone_masked: str
    household_ext_id: str
    status: str
    death_date: date | None
    posts: tuple[PostRow, ...]
    may_unmask: bool
    may_issue_code: bool


@dataclass(frozen=True)
class HouseholdView:
    """A household with its members' names."""

    ext_id: str
    village: str
    division_code: str
    head: str
    members: tuple[tuple[str, str], ...]


def villages(*, by: Actor, permission: str = SEE) -> list[tuple[str, str]]:
    """Return (code, name) of the villages of the actor's scope, by code."""
    rows = Division.objects.filter(scope.within(by, permission, "code"), level="village")
    return list(rows.order_by("code").values_list("code", "name"))


def bodies(*, by: Actor, permission: str = "matters.start") -> list[tuple[str, str, str]]:
    """Return (ext id, name, division) of the bodies with money in the actor's scope."""
    rows = _bodies_with_money(by, permission).order_by("division_id", "id")
    return list(rows.values_list("ext_id", "name", "division_id"))


def find_bodies(*, by: Actor, permission: str, words: str) -> list[tuple[str, str, str]]:
    """Return (ext id, name, place) of the first bodies in scope that these words are found in."""
    rows = _bodies_with_money(by, permission)
    rows = rows.filter(Q(name__icontains=words) | Q(division__name__icontains=words))
    told = rows.order_by("division_id", "id").values_list("ext_id", "name", "division__name")
    return list(told[:FOUND_MAX])


def bodies_called(*, by: Actor, permission: str, name: str) -> list[str]:
    """Return the ext ids of the bodies in scope that have a name or an ext id."""
    rows = _bodies_with_money(by, permission).filter(Q(name=name) | Q(ext_id=name))
    return list(rows.order_by("id").values_list("ext_id", flat=True))


def body_name(ext_id: str) -> str:
    """Return the name of a body, its ext id for none."""
    found = Organisation.objects.filter(ext_id=ext_id).values_list("name", flat=True).first()
    return found or ext_id


def _bodies_with_money(by: Actor, permission: str) -> QuerySet[Organisation]:
    return Organisation.objects.filter(
        scope.within(by, permission, "division_id"),
        kind__in=["collective", "village_committee", "enterprise"],
    )


def body_kind(org_ext_id: str) -> str:
    """Return the kind of a body; the caller holds its door."""
    return Organisation.objects.values_list("kind", flat=True).get(ext_id=org_ext_id)


def find_villages(*, by: Actor, words: str) -> list[tuple[str, str]]:
    """Return (code, name) of the villages whose name has these words."""
    return [one for one in villages(by=by) if words in one[1]][:FOUND_MAX]


def find_people(*, by: Actor, words: str) -> QuerySet[Person]:
    """Return the persons of the actor's scope whose name begins so."""
    return (
        Person.objects.filter(scope.within(by, SEE, "division_id"), name__startswith=words)
        .select_related("division")
        .order_by("division_id", "name", "id")
    )


def person_page(*, by: Actor, ext_id: str) -> PersonView:
    """Return a person of the actor's scope. Raises: NotFound."""
    person = queries.access_person(by=by, ext_id=ext_id)
    code = person.division_id or ""
    household = person.household
    return PersonView(
        ext_id=person.ext_id,
        name=person.name,
        village=queries.village_name(code),
        division_code=code,
        id_no_masked=_masked("id_no", person.sealed_id_no),
        phone_masked=_masked("phone", person.sealed_phone),
        household_ext_id=household.ext_id if household else "",
        status="已故" if person.death_date else ("本集体成员" if person.is_member else "不是成员"),
        death_date=person.death_date,
        posts=tuple(
            PostRow(
                role=role_title(one.role_code),
                organisation=one.organisation.name,
                start_date=one.start_date,
                end_date=one.end_date,
                document_ref=one.document_ref,
            )
            for one in person.appointments.select_related("organisation").order_by("-start_date")
        ),
        may_unmask=scope.can(by, "orgs.unmask", code),
        may_issue_code=scope.can(by, "disclosure.issue_code", code),
    )


def _masked(kind: str, sealed: str) -> str:
    if not sealed:
        return "没有登记"
    plain = secrets.reveal("id_no" if kind == "id_no" else "phone", sealed)
    return masking.resident_id(plain) if kind == "id_no" else masking.phone(plain)


def household_page(*, by: Actor, ext_id: str) -> HouseholdView:
    """Return a household for whom codes may be issued. Raises: NotFound."""
    found = queries.access_household(by=by, ext_id=ext_id)
    return HouseholdView(
        ext_id=found.ext_id,
        village=queries.village_name(found.division_id),
        division_code=found.division_id,
        head=_head(found),
        members=tuple(
            Person.objects.filter(household=found).order_by("id").values_list("ext_id", "name"),
        ),
    )


def _head(found: Household) -> str:
    name = Person.objects.filter(ext_id=found.head_person_ext_id).values_list("name", flat=True)
    return name.first() or "没有登记户主"


def appointed(division_code: str, on: date) -> list[tuple[str, str]]:
    """Return (ext id, `高大林 村委会成员`) of those who hold a post in a village."""
    rows = _open_posts(on).filter(organisation__division_id=division_code)
    found: dict[str, str] = {}
    for one in rows.order_by("organisation_id", "id"):
        words = f"{one.person.name} {role_title(one.role_code)}"
        found.setdefault(one.person.ext_id, words)
    return list(found.items())


def villagers(division_code: str) -> list[tuple[str, str]]:
    """Return (ext id, `高大林 3户`) of the living people of a village, by name."""
    rows = Person.objects.filter(division_id=division_code, death_date__isnull=True)
    return [
        (one.ext_id, f"{one.name} {one.household.ext_id[-4:]}户" if one.household else one.name)
        for one in rows.select_related("household").order_by("name", "id")[:CHOICES_MAX]
    ]


def names_of(ext_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of persons by ext id, in the order of the register."""
    found = Person.objects.filter(ext_id__in=_possible(ext_ids)).order_by("pk")
    return dict(found.values_list("ext_id", "name"))


def id_numbers(ext_ids: Iterable[str]) -> dict[str, str]:
    """Return the id numbers of persons in full: for machines that compare them, never for a page.

    The caller writes down for what.
    """
    found: dict[str, str] = {}
    wanted = sorted(set(ext_ids))
    for start in range(0, len(wanted), IDS_AT_ONCE):
        some = Person.objects.filter(ext_id__in=wanted[start : start + IDS_AT_ONCE])
        for ext_id, sealed in some.order_by("pk").values_list("ext_id", "sealed_id_no"):
            found[ext_id] = secrets.reveal("id_no", sealed)
    return found


def counterparty_choices() -> list[tuple[str, str]]:
    """Return (ext id, name) of the county's counterparties, by name."""
    rows = Counterparty.objects.order_by("name", "id")[:CHOICES_MAX]
    return [(one.ext_id, one.name) for one in rows]


def in_roll(ext_ids: Iterable[str], division_code: str) -> set[str]:
    """Return which of these persons, living or dead, stand in the roll of a village."""
    rows = Person.objects.filter(ext_id__in=_possible(ext_ids), division_id=division_code)
    return set(rows.values_list("ext_id", flat=True))


def known_counterparties(ext_ids: Iterable[str]) -> set[str]:
    """Return which of these counterparties the county knows."""
    rows = Counterparty.objects.filter(ext_id__in=_possible(ext_ids))
    return set(rows.values_list("ext_id", flat=True))


def _possible(ext_ids: Iterable[str]) -> list[str]:
    """Return the ids that a database can look for: PostgreSQL refuses a text with NUL."""
    return [one for one in ext_ids if "\0" not in one]


def colleagues(*, by: Actor, on: date) -> list[tuple[str, str]]:
    """Return (ext id, words) of those who hold a post where the actor holds one."""
    rows = _open_posts(on).filter(
        organisation__division_id__in=[post.division_code for post in by.posts],
    )
    others = rows.exclude(person__ext_id=by.person_ext_id).order_by("organisation_id", "id")
    found: dict[str, str] = {}
    for one in others[:200]:
        words = f"{one.person.name} {one.organisation.name}{role_title(one.role_code)}"
        found.setdefault(one.person.ext_id, words)
    return list(found.items())


def _open_posts(on: date) -> QuerySet[Appointment]:
    return Appointment.objects.select_related("person", "organisation").filter(
        Q(end_date__isnull=True) | Q(end_date__gte=on),
        start_date__lte=on,
    )


def payee_choices(
    *,
    by: Actor,
    division_code: str,
    words: str,
    permission: str = SEE,
) -> list[tuple[str, str, str]]:
    """Return (kind, ext id, words) of the villagers and counterparties whose name begins so.

    Raises: NotFound when the village lies outside of the actor's scope.
    """
    scope.require(by, permission, division_code)
    if not words:
        return []
    people = Person.objects.filter(division_id=division_code, name__startswith=words)
    firms = Counterparty.objects.filter(name__icontains=words)
    return [
        *(("person", one.ext_id, one.name) for one in people.order_by("id")[:FOUND_MAX]),
        *(("counterparty", one.ext_id, one.name) for one in firms.order_by("id")[:FOUND_MAX]),
    ]


def role_words(actor: Actor) -> str:
    """Return what a person is, for the frame: `柳湾村 报账员`; `没有职务` when he is nothing."""
    if not actor.posts:
        return "没有职务"
    post = actor.posts[0]
    return f"{queries.village_name(post.division_code)} {role_title(post.role_code)}"
