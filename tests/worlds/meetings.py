"""A village that meets: representatives, delegates, party members, and a clerk who calls them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Any

from sanzi.audit.models import Event
from sanzi.evidence.actions import files
from sanzi.kernel.refusals import Refusal
from sanzi.matters import decision_queries
from sanzi.matters.actions import decisions, meetings
from sanzi.matters.models import (
    Attendance,
    Decision,
    DecisionPlan,
    DecisionRecusal,
    DecisionStep,
    Meeting,
)
from sanzi.orgs import electorates, secrets
from sanzi.orgs.models import Appointment, Household, Organisation, Person
from worlds import cases, village

AT = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
PARTY = 9
REPS = 12
DELEGATES = 24
COUNCIL = 3


@dataclass
class Hall:
    """The village and its clerk. Moments go by as the procedure asks for them.

    `at` is when a decision is planned, `days` how far ahead each of its meetings is called.
    """

    world: village.World
    at: datetime = AT
    days: int = 4

    def clerk(self, at: datetime = AT) -> Any:
        """Return the clerk, who may call meetings."""
        return self.world.actor("village_clerk", at)

    def plan(self, **changed: Any) -> str:
        """Plan a road of 80,000 yuan by four steps and two publications; return its id."""
        whole = decisions.Plan(
            organisation_ext_id="O-WILLOW-VC", title="村内道路修补", subject="works",
            procedure="four_two", body="villager_reps", plan_text="修补主路三百米。",
            amount_fen=8_000_000,
        )  # fmt: skip
        by = self.clerk(self.at)
        return decisions.plan(plan=replace(whole, **changed), by=by, at=self.at)

    def call(
        self, ext_id: str, step: str, at: datetime, *, days: int | None = None, **changed: Any
    ) -> str:
        """Give notice of a meeting some days ahead; return its id."""
        ahead = timedelta(days=self.days if days is None else days)
        whole = meetings.Call(
            decision_ext_id=ext_id, step=step, held_at=at + ahead,
            place="村文化礼堂", chair=self.world.people["village_secretary"].ext_id,
            recorder=self.world.people["village_clerk"].ext_id,
        )  # fmt: skip
        return meetings.call(call=replace(whole, **changed), by=self.clerk(at), at=at)

    def open(self, meeting: str) -> datetime:
        """Open the roll at the hour of the meeting; return that hour."""
        held_at = Meeting.objects.get(ext_id=meeting).held_at
        meetings.open_roll(meeting_ext_id=meeting, by=self.clerk(held_at), at=held_at)
        return held_at

    def sign(self, meeting: str, *people: Person, **changed: Any) -> None:
        """Put people on the roll at the hour of the meeting."""
        held_at = Meeting.objects.get(ext_id=meeting).held_at
        for one in people:
            meetings.sign(
                meeting_ext_id=meeting, person_ext_id=one.ext_id, by=self.clerk(held_at),
                at=held_at, **changed,
            )  # fmt: skip

    def count(self, ext_id: str, meeting: str, agree: int, against: int = 0) -> str:
        """Count the votes at the hour of the meeting; return the decision's status."""
        held_at = Meeting.objects.get(ext_id=meeting).held_at
        return meetings.count(
            meeting_ext_id=meeting, decision_ext_id=ext_id,
            votes=meetings.Votes(agree, against, 0), by=self.clerk(held_at), at=held_at,
        )  # fmt: skip

    def people(self, role_code: str) -> list[Person]:
        """Return the holders of a post in the village."""
        rows = Person.objects.filter(
            appointments__role_code=role_code,
            appointments__organisation__division_id=village.WILLOW,
        )
        return list(rows.order_by("ext_id").distinct())

    def hold(self, ext_id: str, step: str, at: datetime, people: list[Person]) -> datetime:
        """Hold an earlier meeting where all agree; return its hour."""
        meeting = self.call(ext_id, step, at)
        held_at = self.open(meeting)
        self.sign(meeting, *people)
        self.count(ext_id, meeting, agree=len(people))
        return held_at

    def up_to_vote(self, ext_id: str) -> datetime:
        """Hold everything before the vote of four steps; return the last hour."""
        heads = self.people("village_secretary") + self.people("party_committee")
        at = self.hold(ext_id, "proposal", self.at, heads)
        joint = self.people("village_secretary") + self.people("committee_member")
        joint += self.people("party_committee") + self.people("coop_board")
        at = self.hold(ext_id, "consultation", at, joint)
        return self.hold(ext_id, "party_review", at, heads + self.people("party_member"))

    def passed(self, **changed: Any) -> tuple[str, str, datetime]:
        """Pass a decision by the representatives; return it, its meeting and the hour."""
        ext_id = self.plan(**changed)
        meeting = self.call(ext_id, "resolution", self.up_to_vote(ext_id))
        held_at = self.open(meeting)
        people = self.people("villager_rep") + self.people("committee_member")
        self.sign(meeting, *people)
        assert self.count(ext_id, meeting, agree=len(people)) == "passed"
        return ext_id, meeting, held_at

    def minute(self, meeting: str, at: datetime) -> None:
        """Hang minutes and a photo on a meeting and keep them."""
        for mark, kind in ((1, "minutes"), (2, "photo")):
            files.store(
                by=self.clerk(at), at=at, subject_kind="meeting", subject_id=meeting,
                upload=files.Upload("照片.jpg", kind, cases.photo(mark)),
            )  # fmt: skip
        meetings.keep_minutes(meeting_ext_id=meeting, by=self.clerk(at), at=at)

    def usable(self, **changed: Any) -> tuple[str, datetime]:
        """Pass a decision, keep its minutes and show its resolution; return it and the moment."""
        ext_id, meeting, held_at = self.passed(**changed)
        return ext_id, self.show(ext_id, meeting, held_at)

    def show(self, ext_id: str, meeting: str, held_at: datetime) -> datetime:
        """Keep the minutes of a vote and show its resolution; return the moment."""
        self.minute(meeting, held_at)
        at = held_at + timedelta(hours=2)
        decisions.publish(
            ext_id=ext_id, step="resolution_notice",
            until_date=(held_at + timedelta(days=8)).date(), by=self.clerk(held_at), at=at,
        )  # fmt: skip
        return at

    def by_members(self, subject: str, held_at: datetime) -> str:
        """Let all members agree at an hour long after `AT`, and make it public; return its id."""
        ext_id = self.plan(
            organisation_ext_id="O-WILLOW", title="成员大会决议", subject=subject,
            procedure="member_meeting", body="member_meeting", amount_fen=None,
        )  # fmt: skip
        heads = self.people("village_secretary") + self.people("party_committee")
        at = self.hold(ext_id, "proposal", AT, heads)
        plan = DecisionPlan.objects.get(decision__ext_id=ext_id)
        if "comment" in decision_queries.steps_wanted(plan.decision, plan):
            decisions.publish(
                ext_id=ext_id, step="comment", until_date=(at + timedelta(days=16)).date(),
                by=self.clerk(at), at=at + timedelta(hours=1),
            )  # fmt: skip
        watcher = self.world.people["supervision_head"].ext_id
        days = 11
        meeting = self.call(
            ext_id, "resolution", held_at - timedelta(days=days), days=days, watcher=watcher
        )
        self.open(meeting)
        people = electorates.adults(village.WILLOW, held_at.date(), members_only=True).people
        self.sign(meeting, *people)
        assert self.count(ext_id, meeting, agree=len(people)) == "passed"
        self.show(ext_id, meeting, held_at)
        return ext_id


def build() -> Hall:
    """Build the small world with its representatives, delegates and party members."""
    return settle(village.build())


def settle(world: village.World) -> Hall:
    """Let a small world have its representatives, delegates and party members."""
    branch = Organisation.objects.create(
        ext_id="O-WILLOW-PB", division_id=village.WILLOW, kind="party_branch",
        name="柳湾村党支部",
    )  # fmt: skip
    committee, collective = world.bodies["willow_committee"], world.bodies["willow"]
    world.bodies["party"] = branch
    for role, body, count in (
        ("villager_rep", committee, REPS), ("member_delegate", collective, DELEGATES),
        ("party_member", branch, PARTY), ("party_committee", branch, 2),
        ("coop_board", collective, COUNCIL),
    ):  # fmt: skip
        for number in range(1, count + 1):
            appoint(world, role, body, f"{role}{number}")
    return Hall(world)


def members(world: village.World, count: int = 3) -> Hall:
    """Let a small world have a few grown-up members, who are its party committee too."""
    for number in range(1, count + 1):
        appoint(world, "party_committee", world.bodies["willow_committee"], f"成员{number}")
    return Hall(world)


def appoint(
    world: village.World,
    role: str,
    body: Organisation,
    name: str,
    *,
    end_date: date | None = None,
) -> Person:
    """Appoint a grown-up villager of his own household to a post."""
    home = Household.objects.create(
        ext_id=f"HM-{name}", division_id=village.WILLOW, head_person_ext_id=f"M-{name}"
    )
    phone = f"1391000{Person.objects.count():04d}"
    person = Person.objects.create(
        ext_id=f"M-{name}", name=name, division_id=village.WILLOW, household=home,
        birth_date=date(1980, 5, 1), is_member=True, sealed_phone=secrets.seal("phone", phone),
        phone_index=secrets.index("phone", phone),
    )  # fmt: skip
    world.people[name] = person
    Appointment.objects.create(
        ext_id=f"A-{name}", person=person, organisation=body, role_code=role,
        start_date=date(2024, 1, 1), end_date=end_date, document_ref="任〔2024〕3号",
    )  # fmt: skip
    return person


def phone_of(person: Person) -> str:
    """Return the registered phone of somebody appointed here."""
    return secrets.reveal("phone", person.sealed_phone)


def rows() -> dict[str, Any]:
    """Return everything that a refusal must leave as it was."""
    tables = (Decision, DecisionPlan, DecisionStep, DecisionRecusal, Meeting, Attendance)
    found: dict[str, Any] = {
        one.__name__: list(one.objects.order_by("pk").values()) for one in tables
    }
    found["events"] = Event.objects.count()
    return found


class Unchanged:
    """A block that must be refused and must leave nothing behind."""

    def __init__(self, refusal: type[Refusal], said: str = "") -> None:
        self.refusal, self.said = refusal, said

    def __enter__(self) -> None:
        self.before = rows()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        assert kind is not None, f"{self.refusal.__name__} was expected"
        if not issubclass(kind, self.refusal):
            return False
        assert self.said in str(value)
        assert rows() == self.before
        return True
