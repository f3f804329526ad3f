"""Signing in by phone, and who is due at a meeting at all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sanzi.matters import decision_queries as queries
from sanzi.matters import meeting_errors
from sanzi.matters.actions import sign_in
from sanzi.matters.models import Attendance, Meeting
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from worlds import meetings as worlds_meetings
from worlds import village
from worlds.meetings import AT, Hall, Unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    """A village that meets."""
    return worlds_meetings.build()


def _typed(hall: Hall, meeting: str, person: Person, **changed: Any) -> sign_in.Typed:
    whole = {
        "code": Meeting.objects.get(ext_id=meeting).code,
        "name": person.name,
        "phone": worlds_meetings.phone_of(person),
    }
    return sign_in.Typed(**{**whole, **changed})


def test_a_phone_signs_in_with_code_name_and_number(hall: Hall) -> None:
    meeting = hall.call(hall.plan(), "proposal", AT)
    head = hall.people("party_committee")[0]
    with Unchanged(NotFound):
        sign_in.sign_in(meeting_ext_id=meeting, typed=_typed(hall, meeting, head), at=AT)
    held_at = hall.open(meeting)

    name = sign_in.sign_in(meeting_ext_id=meeting, typed=_typed(hall, meeting, head), at=held_at)

    assert name == head.name
    assert Attendance.objects.get().way == "phone"
    with Unchanged(meeting_errors.SignedAlready):
        sign_in.sign_in(meeting_ext_id=meeting, typed=_typed(hall, meeting, head), at=held_at)


def test_wrong_tries_are_counted_and_then_refused_for_a_while(hall: Hall) -> None:
    meeting = hall.call(hall.plan(), "proposal", AT)
    at = hall.open(meeting)
    head, other = hall.people("party_committee")
    wrong = (
        {"code": "x"}, {"phone": "13900000000"}, {"name": other.name}, {"phone": ""},
        {"code": ""}, {"code": "密码"}, {"phone": "1" * 400},
    )  # fmt: skip
    for changed in wrong:
        with pytest.raises(meeting_errors.SignInWrong):
            sign_in.sign_in(
                meeting_ext_id=meeting, typed=_typed(hall, meeting, head, **changed), at=at
            )
    assert Attendance.objects.count() == 0
    assert Meeting.objects.get().wrong_tries == len(wrong)
    for _ in range(sign_in.WRONG_MAX - len(wrong)):
        with pytest.raises(meeting_errors.SignInWrong):
            sign_in.sign_in(
                meeting_ext_id=meeting, typed=_typed(hall, meeting, head, code="0"), at=at
            )

    with Unchanged(meeting_errors.SignInTooOften, "先停10分钟"):
        sign_in.sign_in(meeting_ext_id=meeting, typed=_typed(hall, meeting, head), at=at)
    later = at + timedelta(minutes=10)
    sign_in.sign_in(meeting_ext_id=meeting, typed=_typed(hall, meeting, head), at=later)


# --- who is due -----------------------------------------------------------------------------------


def test_who_is_due_follows_the_registers_on_the_day(hall: Hall) -> None:
    day = date(2026, 9, 1)

    def count(body: str, on: date = day) -> int:
        return queries.electorate(body, village.WILLOW, on).count

    people = worlds_meetings
    assert count("villager_reps") == people.REPS + 1
    assert count("member_delegates") == people.DELEGATES
    assert count("council") == people.COUNCIL
    grown = count("villager_meeting")
    young = village.villager(hall.world, "小年轻", birth_date=date(2008, 9, 2))
    assert count("villager_meeting") == grown
    assert count("villager_meeting", date(2026, 9, 2)) == grown + 1
    young.death_date = date(2026, 9, 1)
    young.save()
    assert count("villager_meeting", date(2026, 9, 2)) == grown
    village.villager(
        hall.world, "搬走的", birth_date=date(1970, 1, 1), household_status="moved_out"
    )
    assert count("villager_meeting") == grown
    assert count("member_meeting") == grown + 1
    village.villager(hall.world, "没生日的")
    assert queries.electorate("villager_meeting", village.WILLOW, day).unknown_age >= 1
