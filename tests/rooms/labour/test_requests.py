"""Requests for labour: asked for before the work, by two persons, within card and limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.orgs.errors import NotFound
from sanzi.registers.labour import errors
from sanzi.registers.labour.actions import requests, standards
from sanzi.registers.labour.actions.standards import Rate
from sanzi.registers.labour.models import LabourListing, LabourRequest, RateCard
from sanzi.registers.labour.queries import requests as sheets
from sanzi.registers.labour.queries import standards as standing
from worlds import labour as world
from worlds.labour import ASKED, CASE, Labour
from worlds.village import COUNTY, WILLOW

pytestmark = pytest.mark.django_db


def test_a_request_takes_rate_and_budget_from_the_card(labour: Labour) -> None:
    world.asked(labour)

    made = LabourRequest.objects.get()
    assert (made.rate_fen_day, made.budget_fen, made.state) == (15_000, 120_000, "SUBMITTED")
    assert (made.submitted_at, made.case_number, made.division_code) == (ASKED, CASE, WILLOW)
    assert Event.objects.filter(kind="labour.request.opened").count() == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"planned_start_at": ASKED - timedelta(minutes=1)}, errors.StartedBefore),
        ({"checker": "P-willow-2"}, errors.CheckerIsDispatcher),
        ({"checker": "V1"}, errors.PostMissing),
        ({"dispatcher": "P-agency-1"}, errors.PostMissing),
        ({"dispatcher": "nobody"}, errors.RequestWrong),
        ({"rate_code": "skilled"}, errors.RateUnknown),
        ({"rate_fen_day": 15_001}, errors.RateOver),
        ({"rate_fen_day": -1}, errors.RequestWrong),
        ({"budget_fen": 5_000_000}, errors.RequestWrong),
        ({"person_days_planned": 0}, errors.RequestWrong),
        ({"person_days_planned": 10**9}, errors.RequestWrong),
        ({"headcount_planned": -3}, errors.RequestWrong),
        ({"work_kind": "building"}, errors.RequestWrong),
        ({"reason": "　 "}, errors.RequestWrong),
        ({"place": ""}, errors.RequestWrong),
        ({"planned_end_at": ASKED}, errors.RequestWrong),
        ({"planned_end_at": ASKED + timedelta(days=400)}, errors.RequestWrong),
        ({"organisation": "O-STONE"}, NotFound),
        ({"organisation": "nothing"}, NotFound),
    ],
)
def test_a_request_that_may_not_stand_leaves_nothing(
    labour: Labour, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        world.asked(labour, **changed)

    assert not LabourRequest.objects.exists()
    assert not Event.objects.filter(kind__startswith="labour.").exists()


def test_piece_work_without_a_budget_leaves_nothing(labour: Labour) -> None:
    code = world.piece_rate()

    with pytest.raises(errors.RequestWrong) as told:
        world.asked(labour, rate_code=code)

    assert told.value.code == "labour.request_wrong"
    assert told.value.text == "预算不对：按件算工钱的要写。"
    assert not LabourRequest.objects.exists()
    assert not Event.objects.filter(kind__startswith="labour.").exists()


def test_piece_work_takes_unit_and_rate_from_the_card(labour: Labour) -> None:
    made = world.found(world.by_piece(labour))

    assert (made.rate_unit, made.rate_fen_day, made.budget_fen) == ("piece", 4_000, 120_000)


@pytest.mark.parametrize("place", [COUNTY, WILLOW])
@pytest.mark.parametrize("unit", ["piece", "day"])
def test_a_rate_set_after_the_request_leaves_its_unit(
    labour: Labour, unit: str, place: str
) -> None:
    made = world.by_piece(labour) if unit == "piece" else world.asked(labour)
    asked = world.found(made)
    standards.set_rate(
        rate=rate(
            code=asked.rate_code,
            unit="day" if unit == "piece" else "piece",
            division_code=place,
            valid_from_date=date(2026, 11, 17),
        ),
        by=labour.actor("county_agri" if place == COUNTY else "town_agri_head"),
        at=ASKED,
    )

    card = standing.rate_on(asked.rate_code, WILLOW, world.DAY)
    assert card is not None
    assert card.unit != unit
    assert world.found(made).rate_unit == unit
    assert sheets.sheet(world.found(made), world.DAY).is_by_piece is (unit == "piece")


def test_rescue_work_is_asked_for_within_a_day(labour: Labour) -> None:
    began = {"is_emergency": True, "planned_start_at": ASKED - timedelta(hours=24)}
    world.asked(labour, **began)

    late = ASKED - timedelta(hours=24, minutes=1)
    with pytest.raises(errors.StartedBefore):
        world.asked(labour, "K-2", is_emergency=True, planned_start_at=late)

    assert LabourRequest.objects.count() == 1


def test_a_case_that_was_sent_back_keeps_its_request(labour: Labour) -> None:
    first = world.asked(labour)
    secretary = labour.actor("village_secretary")
    requests.send_back(case_number=CASE, by=secretary, at=ASKED)

    again = world.asked(labour, place="村西排水沟")
    requests.approve(case_number=CASE, by=secretary, at=ASKED)

    made = LabourRequest.objects.get()
    assert (again, made.place, made.state) == (first, "村西排水沟", "APPROVED")
    with pytest.raises(errors.NotOpen):
        world.asked(labour)
    with pytest.raises(NotFound):
        requests.approve(case_number="", by=secretary, at=ASKED)


def rate(**changed: Any) -> Rate:
    said = {
        "code": "general", "title": "普通工", "division_code": COUNTY, "value_fen": 16_000,
        "unit": "day", "valid_from_date": date(2026, 12, 1), "source_ref": "县农〔2026〕9号",
    }  # fmt: skip
    return Rate(**{**said, **changed})


def test_a_new_rate_ends_the_one_before(labour: Labour) -> None:
    standards.set_rate(rate=rate(), by=labour.actor("county_agri"), at=ASKED)

    days = (date(2026, 11, 30), date(2026, 12, 1))
    found = [standing.rate_on("general", WILLOW, day) for day in days]
    assert [one.value_fen for one in found if one] == [15_000, 16_000]


def test_the_rate_of_the_village_comes_before_that_of_the_county(labour: Labour) -> None:
    by = labour.actor("town_agri_head")
    standards.set_rate(rate=rate(division_code=WILLOW, value_fen=14_000), by=by, at=ASKED)

    found = standing.rates_on(WILLOW, date(2026, 12, 2))
    assert [one.value_fen for one in found] == [14_000]


@pytest.mark.parametrize(
    ("role", "changed", "refusal"),
    [
        ("town_agri_head", {}, NotFound),
        ("cashier_reporter", {"division_code": WILLOW}, NotFound),
        ("county_agri", {"value_fen": 0}, errors.ListWrong),
        ("county_agri", {"value_fen": 10**12}, errors.ListWrong),
        ("county_agri", {"unit": "hour"}, errors.ListWrong),
        ("county_agri", {"code": "普通 工"}, errors.ListWrong),
        ("county_agri", {"source_ref": " "}, errors.ListWrong),
        ("county_agri", {"valid_from_date": date(2025, 1, 1)}, errors.ListWrong),
    ],
)
def test_a_rate_that_may_not_be_set_leaves_the_card(labour, role, changed, refusal) -> None:
    with pytest.raises(refusal):
        standards.set_rate(rate=rate(**changed), by=labour.actor(role), at=ASKED)

    assert list(RateCard.objects.values_list("value_fen", "valid_until_date")) == [(15_000, None)]


def test_a_villager_is_listed_once_and_taken_off(labour: Labour) -> None:
    clerk = labour.actor("village_clerk")
    row = LabourListing.objects.get(person=labour.workers[0])
    with pytest.raises(errors.ListWrong):
        standards.list_person(person="V1", division_code=WILLOW, by=clerk, at=ASKED)

    standards.unlist_person(ext_id=row.ext_id, by=clerk, at=ASKED)
    standards.list_person(person="V1", division_code=WILLOW, by=clerk, at=ASKED)

    listed = standing.listings(WILLOW, date(2026, 11, 16)).filter(person=labour.workers[0])
    assert listed.count() == 1
    with pytest.raises(NotFound):
        standards.list_person(person="V1", division_code="999901101202", by=clerk, at=ASKED)
    with pytest.raises(errors.ListWrong):
        standards.unlist_person(ext_id=row.ext_id, by=clerk, at=ASKED)


def test_nobody_dead_is_listed(labour: Labour) -> None:
    person = labour.workers[0]
    LabourListing.objects.all().delete()
    person.death_date = date(2026, 3, 8)
    person.save()

    with pytest.raises(errors.ListWrong):
        standards.list_person(
            person=person.ext_id, division_code=WILLOW, by=labour.actor("village_clerk"),
            at=datetime(2026, 11, 16, tzinfo=UTC),
        )  # fmt: skip

    assert not LabourListing.objects.exists()
