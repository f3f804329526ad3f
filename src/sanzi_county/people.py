"""The people of a village: officers with their kin, households, elders, land, accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from random import Random
from typing import Final

from sanzi_county import names
from sanzi_county.bodies import RURAL, Bodies
from sanzi_county.codes import Numbers
from sanzi_county.days import at
from sanzi_county.world import Org, Person, Village
from sanzi_county.write import Sink

# Each holds one post; the secretary is also head of the collective (allowed on purpose).
VILLAGE_POSTS: Final = (
    ("village_secretary", "committee", 1), ("committee_member", "committee", 2),
    ("village_clerk", "committee", 1), ("cashier_reporter", "collective", 2),
    ("dispatcher", "committee", 1), ("supervision_head", "supervision", 1),
    ("supervision_member", "supervision", 1), ("coop_board", "collective", 1),
    ("coop_supervisor", "collective", 1),
)  # fmt: skip
# Shares of persons and households.
MEN: Final = 0.6
MARRIED: Final = 0.8
WITH_CHILD: Final = 0.6
WITH_ELDER: Final = 0.45
TERM_START: Final = date(2023, 3, 1)
DECLARED: Final[datetime] = at(date(2024, 1, 10), 10)
_BACK: Final = {
    "spouse": "spouse",
    "child": "parent",
    "parent": "child",
    "sibling": "sibling",
    "cousin": "cousin",
}


class People:
    """Makes persons and households and writes their rows."""

    def __init__(self, sink: Sink, numbers: Numbers, bodies: Bodies, today: date) -> None:
        self._sink = sink
        self._numbers = numbers
        self._bodies = bodies
        self._today = today
        self._posts = 0

    def person(
        self, random: Random, person_id: str, place: str, *, ages: tuple[int, int] = (30, 58)
    ) -> Person:
        """A new person, not written yet."""
        is_man = random.random() < MEN
        born = self._born(random, ages)
        return Person(
            person_id=person_id,
            name=names.surname(random) + names.given(random, is_man=is_man),
            id_no=self._numbers.resident_id(born, is_man=is_man),
            is_man=is_man,
            born=born,
            place=place,
        )

    def officer(self, random: Random, person_id: str, place: str) -> Person:
        """A new person with a phone, written; for offices and firms outside the villages."""
        person = self.person(random, person_id, place)
        person.phone = self._numbers.phone()
        self.write(person)
        return person

    def write(self, person: Person) -> None:
        """The person row."""
        self._sink.add(
            "person",
            person_id=person.person_id,
            name=person.name,
            id_no=person.id_no,
            gender="male" if person.is_man else "female",
            birth_date=person.born,
            death_date=person.died,
            village_id=person.place,
            household_id=person.household_id,
            household_status=person.status,
            is_member=person.is_member,
            phone=person.phone,
        )

    def open_account(self, person: Person) -> None:
        """Give the person an account and write it."""
        person.account = self._numbers.card()
        self._bodies.account(person, f"A-{person.person_id}", RURAL)

    def appoint(self, person: Person, org: Org, role: str, *, is_concurrent: bool = False) -> None:
        """One appointment row, open since the term began."""
        self._posts += 1
        self._sink.add(
            "appointment",
            appointment_id=f"T{self._posts:06d}",
            person_id=person.person_id,
            org_id=org.org_id,
            village_id=org.code if org.level == "village" else None,
            role_code=role,
            start_date=TERM_START,
            is_concurrent=is_concurrent,
            document_ref=f"任〔2023〕{self._posts}号",
        )

    def kin(self, person: Person, relative: Person, relation: str, source: str) -> None:
        """Both directions of a pair."""
        pairs = ((person, relative, relation), (relative, person, _BACK[relation]))
        for one, other, word in pairs:
            self._sink.add(
                "kinship",
                person_id=one.person_id,
                relative_person_id=other.person_id,
                relation=word,
                is_statutory_kin=word != "cousin",
                is_extended_kin=True,
                source=source,
                confirmed_at=DECLARED,
            )

    def household(
        self, random: Random, village: Village, number: int, *, is_officer: bool = False
    ) -> Person:
        """A household with its people, land and (for the head) an account; returns the head."""
        household_id = f"H{village.key}{number:04d}"
        members = self._members(random, village, number, is_officer=is_officer)
        for member in members:
            member.household_id = household_id
            member.is_member = True
            member.status = "resident"
            self.write(member)
        head = members[0]
        head.family = len(members)
        self._sink.add(
            "household",
            household_id=household_id,
            village_id=village.code,
            group_no=1 + number % 6,
            head_person_id=head.person_id,
            member_count=len(members),
        )
        self._land(random, village, household_id)
        self._house_kin(members, source="declared" if is_officer else "hukou")
        self.open_account(head)
        if not is_officer:
            self._remember_elders(village, members)
        village.household_count += 1
        village.population += len(members)
        return head

    def _members(
        self, random: Random, village: Village, number: int, *, is_officer: bool
    ) -> list[Person]:
        base = f"P{village.key}{number:04d}"
        head = self.person(random, f"{base}A", village.code, ages=(32, 62))
        head.phone = self._numbers.phone()
        members = [head]
        if random.random() < MARRIED:
            spouse = self.person(random, f"{base}B", village.code, ages=(30, 60))
            spouse.is_man = not head.is_man
            spouse.name = names.surname(random) + names.given(random, is_man=spouse.is_man)
            spouse.id_no = self._numbers.resident_id(spouse.born, is_man=spouse.is_man)
            members.append(spouse)
        if random.random() < WITH_CHILD:
            child = self.person(random, f"{base}C", village.code, ages=(1, 24))
            self._family_name(random, child, head)
            members.append(child)
        if not is_officer and random.random() < WITH_ELDER:
            elder = self.person(random, f"{base}D", village.code, ages=(72, 90))
            self._family_name(random, elder, head)
            members.append(elder)
        return members

    def _family_name(self, random: Random, person: Person, head: Person) -> None:
        surname = head.name[:2] if head.name[:2] in ("欧阳", "司徒") else head.name[0]
        person.name = surname + names.given(random, is_man=person.is_man)

    def _house_kin(self, members: Sequence[Person], *, source: str) -> None:
        words = {"B": "spouse", "C": "child", "D": "parent"}
        for member in members[1:]:
            self.kin(members[0], member, words[member.person_id[-1]], source)

    def _remember_elders(self, village: Village, members: Sequence[Person]) -> None:
        for member in members:
            if member.person_id.endswith("D"):
                self.open_account(member)
                village.elders.append(member)

    def _land(self, random: Random, village: Village, household_id: str) -> None:
        hundredths = random.randint(60, 420)
        self._sink.add(
            "land_right",
            parcel_id=f"L{household_id[1:]}",
            village_id=village.code,
            holder_kind="household",
            household_id=household_id,
            right_kind="contract",
            area_mu=f"{hundredths // 100}.{hundredths % 100:02d}",
            start_date=date(1999, 1, 1),
            end_date=date(2028, 12, 31),
        )

    def _born(self, random: Random, ages: tuple[int, int]) -> date:
        year = self._today.year - random.randint(*ages)
        return date(year, random.randint(1, 12), random.randint(1, 28))


def settle_village(people: People, random: Random, village: Village, households: int) -> None:
    """Fill a village: officers first, then two kin households, then the ordinary ones."""
    orgs = {
        "committee": village.committee,
        "collective": village.collective,
        "supervision": village.supervision,
    }
    number = 0
    for role, body, count in VILLAGE_POSTS:
        for _ in range(count):
            number += 1
            head = people.household(random, village, number, is_officer=True)
            people.appoint(head, orgs[body], role)
            village.officers.setdefault(role, []).append(head)
    secretary = village.officer("village_secretary")
    people.appoint(secretary, village.collective, "coop_director", is_concurrent=True)
    for role, holder in (
        ("committee_head", "committee_member"),
        ("seal_keeper", "cashier_reporter"),
    ):
        people.appoint(village.officer(holder, 1), village.committee, role, is_concurrent=True)
    for relation in ("sibling", "cousin"):
        number += 1
        relative = people.household(random, village, number, is_officer=True)
        people.kin(secretary, relative, relation, "declared")
        village.kin[relation] = relative
    for _ in range(households):
        number += 1
        village.heads.append(people.household(random, village, number))
    for head in village.heads[:3]:
        people.appoint(head, village.committee, "villager_rep")
