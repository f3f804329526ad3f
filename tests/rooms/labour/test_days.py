"""Rosters: photo first, fit people, real hours, three signatures on the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, OutsideDeath, OutsideStatus, Person
from sanzi.registers.labour import errors
from sanzi.registers.labour.actions import days
from sanzi.registers.labour.models import LabourDay, LabourListing, RateCard
from worlds import labour as world
from worlds.labour import DAY, EVENING, Labour, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_id(labour: Labour) -> str:
    made = world.approved(labour)
    world.shoot(labour, made)
    return made


def test_a_day_is_entered_signed_and_checked(labour: Labour, request_id: str) -> None:
    assert world.enter(labour, request_id) == 4
    assert world.check(labour, request_id) == 4

    found = LabourDay.objects.order_by("pk")
    assert [one.amount_fen for one in found] == [15_000] * 4
    assert {one.checked_at for one in found} == {EVENING}
    assert {one.signed_by for one in found} == {"phone"}


def test_entering_again_replaces_the_day_and_keeps_who_signed(labour, request_id) -> None:
    world.enter(labour, request_id)
    first = labour.workers[0]
    world.enter(labour, request_id, row(first, minutes=240, is_signed=False))

    found = LabourDay.objects.get()
    assert (found.amount_fen, found.signed_by) == (7_500, "phone")


@pytest.fixture
def piece_work(labour: Labour) -> str:
    made = world.by_piece(labour)
    world.shoot(labour, made)
    return made


def test_piece_work_is_paid_by_the_piece(labour: Labour, piece_work: str) -> None:
    world.enter(labour, piece_work, row(labour.workers[0], pieces=3))

    assert LabourDay.objects.get().amount_fen == 12_000


def test_piece_work_stays_so_when_the_card_changes(labour: Labour, piece_work: str) -> None:
    RateCard.objects.filter(rate_code="piece").update(unit="day")

    world.enter(labour, piece_work, row(labour.workers[0], pieces=3))

    assert LabourDay.objects.get().amount_fen == 12_000


def refused(
    labour: Labour, request_id: str, refusal: type[Exception], *rows: Any, **said: Any
) -> Any:
    before = list(LabourDay.objects.values_list("ext_id", flat=True))
    with pytest.raises(refusal) as told:
        world.enter(labour, request_id, *rows, **said)
    assert list(LabourDay.objects.values_list("ext_id", flat=True)) == before
    return told.value


@pytest.mark.parametrize("pieces", [None, 0, 10_001])
def test_piece_work_says_how_many_pieces(
    labour: Labour, piece_work: str, pieces: int | None
) -> None:
    told = refused(labour, piece_work, errors.PiecesWrong, row(labour.workers[0], pieces=pieces))

    assert "件数要在1到10000之间" in told.text


def test_pieces_do_not_raise_the_wage_of_a_day(labour: Labour, request_id: str) -> None:
    told = refused(labour, request_id, errors.PiecesWrong, row(labour.workers[0], pieces=3))

    assert "按天算工钱" in told.text


def test_a_day_starts_with_a_photo(labour: Labour) -> None:
    made = world.approved(labour)

    refused(labour, made, errors.PhotoFirst)


def test_nobody_dead_stands_on_a_roster(labour: Labour, request_id: str) -> None:
    worker = labour.workers[0]
    worker.id_no_index = "dead"
    worker.save()
    OutsideDeath.objects.create(pk="dead", sealed_id_no="", death_date=date(2026, 3, 8))

    told = refused(labour, request_id, errors.PersonUnfit)

    assert "2026年3月8日已经去世" in told.text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"death_date": date(2026, 11, 17)}, "已经去世"),
        ({"household_status": "absent"}, "不在村里"),
        ({"household_status": "moved_out"}, "不在村里"),
        ({"birth_date": date(2011, 1, 1)}, "15岁，未满16岁"),
        ({"birth_date": date(1950, 1, 1)}, "76岁，超过70岁"),
    ],
)
def test_a_person_who_may_not_work_is_named(labour, request_id, changed, words) -> None:
    Person.objects.filter(pk=labour.workers[1].pk).update(**changed)

    assert words in refused(labour, request_id, errors.PersonUnfit).text


def test_an_old_man_with_a_health_paper_works(labour: Labour, request_id: str) -> None:
    worker = labour.workers[0]
    Person.objects.filter(pk=worker.pk).update(birth_date=date(1950, 1, 1))
    LabourListing.objects.filter(person=worker).update(health_until_date=DAY)

    assert world.enter(labour, request_id) == 4


def test_who_is_not_on_the_list_or_in_custody_stays_off(labour, request_id) -> None:
    LabourListing.objects.filter(person=labour.workers[3]).update(until_date=date(2026, 11, 17))
    assert "不在用工名单上" in refused(labour, request_id, errors.PersonUnfit).text

    Person.objects.filter(pk=labour.workers[0].pk).update(id_no_index="held")
    OutsideStatus.objects.create(
        id_no_index="held", sealed_id_no="", kind="custody", since_date=date(2026, 11, 1)
    )
    assert "在押" in refused(labour, request_id, errors.PersonUnfit).text


def test_cadres_dispatcher_and_checker_are_not_paid(labour, request_id) -> None:
    people = labour.money.world.people
    for role in ("committee_member", "supervision_head"):
        refused(labour, request_id, errors.DispatcherPaid, row(people[role]))
    told = refused(labour, request_id, errors.PersonUnfit, row(people["cashier_reporter"]))
    assert "报账员" in told.text


def test_a_former_member_works_again(labour: Labour, request_id: str) -> None:
    Appointment.objects.create(
        ext_id="A-OLD", person=labour.workers[0], role_code="committee_member",
        organisation=labour.money.organisation, start_date=date(2020, 1, 1),
        end_date=date(2026, 10, 31),
    )  # fmt: skip

    assert world.enter(labour, request_id) == 4


def test_hours_in_two_requests_do_not_overlap(labour: Labour, request_id: str) -> None:
    world.enter(labour, request_id)
    other = world.approved(labour, "K-2", place="村西路")
    world.shoot(labour, other, mark=3)
    worker = labour.workers[0]
    noon = datetime(2026, 11, 18, 5, 0, tzinfo=UTC)

    afternoon = row(worker, start_at=noon, end_at=noon + timedelta(hours=5), minutes=300)
    told = refused(labour, other, errors.Overlap, afternoon)
    assert "08:00到17:00已经在柳湾村村东排水沟记了工" in told.text

    after = replace(afternoon, start_at=noon + timedelta(hours=4), end_at=noon + timedelta(hours=9))
    told = refused(labour, other, errors.HoursWrong, replace(after, minutes=241))
    assert "超过12小时" in told.text
    assert world.enter(labour, other, replace(after, minutes=240)) == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"minutes": 25 * 60}, errors.HoursWrong),
        ({"minutes": 0}, errors.HoursWrong),
        ({"minutes": -480}, errors.HoursWrong),
        ({"end_at": datetime(2026, 11, 17, tzinfo=UTC)}, errors.HoursWrong),
        ({"start_at": datetime(2026, 11, 17, 1, tzinfo=UTC)}, errors.HoursWrong),
        ({"person": "P-stone-1"}, errors.PersonUnfit),
        ({"person": "nobody"}, errors.PersonUnfit),
    ],
)
def test_rows_that_cannot_be_are_refused(labour, request_id, changed, refusal) -> None:
    refused(labour, request_id, refusal, replace(row(labour.workers[0]), **changed))


def test_one_person_stands_once(labour: Labour, request_id: str) -> None:
    worker = labour.workers[0]
    refused(labour, request_id, errors.PersonTwice, row(worker), row(worker))


def test_work_before_approval_is_refused(labour: Labour) -> None:
    at = EVENING - timedelta(hours=2)
    made = world.approved(labour, at=at, planned_start_at=at + timedelta(hours=1))
    world.shoot(labour, made)

    told = refused(labour, made, errors.StartedBefore)

    assert "批准" in told.text


@pytest.mark.parametrize(
    ("day", "at", "refusal"),
    [
        (date(2026, 11, 16), EVENING, errors.DayOutside),
        (date(2026, 11, 20), EVENING, errors.DayOutside),
        (date(2026, 11, 19), EVENING, errors.DayLate),
        (DAY, EVENING + timedelta(days=1), errors.DayLate),
        (DAY, EVENING + timedelta(days=2), errors.DayLate),
    ],
)
def test_a_day_is_entered_on_the_day(labour, request_id, day, at, refusal) -> None:
    refused(labour, request_id, refusal, day=day, at=at)


def test_the_day_after_needs_a_reason(labour: Labour, request_id: str) -> None:
    later = EVENING + timedelta(days=1)
    world.enter(labour, request_id, at=later, late_reason="山里没有网")

    assert set(LabourDay.objects.values_list("late_reason", flat=True)) == {"山里没有网"}


def test_only_the_requests_own_officers_act(labour: Labour, request_id: str) -> None:
    refused(labour, request_id, NotFound, role="village_secretary")
    refused(labour, request_id, NotFound, role="stone_cashier")
    refused(labour, request_id, errors.RosterTooLong, *[row(labour.workers[0])] * 201)
    with pytest.raises(errors.RosterEmpty):
        days.enter_day(
            request=request_id, work_date=DAY, rows=[], by=labour.actor("committee_member"),
            at=EVENING,
        )  # fmt: skip
    world.enter(labour, request_id)
    with pytest.raises(NotFound):
        world.check(labour, request_id, role="committee_member")
    assert not LabourDay.objects.exclude(checked_at=None).exists()


def test_a_day_is_checked_when_all_signed_and_the_work_was_shown(labour: Labour) -> None:
    made = world.approved(labour)
    world.shoot(labour, made, "before")
    world.enter(labour, made, row(labour.workers[0], is_signed=False))
    with pytest.raises(errors.NotSigned):
        world.check(labour, made)
    dispatcher = labour.actor("committee_member")
    with pytest.raises(errors.PhotoFirst):
        days.sign_sheet(request=made, work_date=DAY, by=dispatcher, at=EVENING)

    world.shoot(labour, made, "checkin", mark=4)
    assert days.sign_sheet(request=made, work_date=DAY, by=dispatcher, at=EVENING) == 1
    with pytest.raises(errors.PhotoFirst):
        world.check(labour, made)
    assert LabourDay.objects.get().checked_at is None

    world.shoot(labour, made, "after", mark=5)
    assert world.check(labour, made) == 1
    with pytest.raises(errors.DayLocked):
        world.check(labour, made)
    refused(labour, made, errors.DayLocked)


def test_a_day_sent_back_is_signed_anew(labour: Labour) -> None:
    made = world.worked(labour)
    by = labour.actor("supervision_head")
    said = {"request": made, "work_date": DAY, "by": by, "at": EVENING}
    with pytest.raises(errors.ReasonNeeded):
        days.send_back_day(**said, reason="错")

    days.send_back_day(**said, reason="少了一个人")

    assert LabourDay.objects.filter(checked_at=None, worker_signed_at=None).count() == 4
