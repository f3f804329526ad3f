"""M31: from the application to full membership, stage by stage, over more than two years."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters.actions import cases
from sanzi.matters.models import Case
from sanzi.orgs.models import Appointment, Person
from sanzi.record import extraction
from sanzi.registers.party import errors
from sanzi.registers.party.models import PartyDevelopment, PartyStage
from worlds import deals, walks
from worlds import posts as worlds_posts
from worlds.money import Money
from worlds.publications import published
from worlds.village import AT, World
from worlds.walks import Walk


@pytest.fixture
def world(money: Money) -> World:
    worlds_posts.villager(money.world, "方小雨", birth_date=date(1995, 5, 1))
    return money.world


def _submit(world: World, **changed: str) -> Walk:
    walk = walks.start(world, "M31", "party_committee")
    form = {"person": world.people["方小雨"].ext_id, "applied_date": "2026-10-08", **changed}
    walk.submit("party_committee", form, ("application",))
    return walk


def _vote(walk: Walk, day: str, agree: int = 16, **changed: Any) -> None:
    """Write a vote down at ten in the morning of a day."""
    year, month, of_month = (int(part) for part in changed.pop("now", day).split("-"))
    walk.at = datetime(year, month, of_month, 2, 0, tzinfo=UTC)
    form = {"held_date": day, "eligible": "20", "present": "18", "agree": str(agree), **changed}
    walk.record("village_secretary", form, ("minutes",))


def _show(walk: Walk) -> None:
    walk.record("village_clerk", {"place": "村公开栏"}, ("notice",))


def _to_object(world: World) -> Walk:
    walk = _submit(world)
    _vote(walk, "2026-11-13")
    _vote(walk, "2027-11-15")
    _show(walk)
    walk.approve("town_party_office")
    return walk


def test_a_member_grows_from_the_application_to_full_membership(world: World) -> None:
    walk = _to_object(world)
    _vote(walk, "2027-12-01")
    _show(walk)
    walk.approve("town_party_office")
    _vote(walk, "2028-12-04")
    _show(walk)
    with pytest.raises(errors.PublicityRuns, match="12月11日"):
        walk.approve("town_party_office")
    walk.at = datetime(2028, 12, 12, 2, 0, tzinfo=UTC)
    walk.approve("town_party_office")

    assert (walk.case.state, walk.case.title) == ("DONE", "方小雨")
    [row] = deals.record_rows("party_development")
    assert (row["person_id"], row["stage"], row["case_id"]) == (
        world.people["方小雨"].ext_id, "full", walk.number,
    )  # fmt: skip
    assert [one[2] for one in extraction.fetch("party_stage")] == [
        "activist", "object", "probation", "full",
    ]  # fmt: skip
    made = Appointment.objects.get(ext_id=row["appointment_id"])
    assert (made.role_code, made.start_date) == ("party_member", date(2028, 12, 4))
    shown = published(walk.number)["P02"]
    assert shown.facts == {"谁申请": "方小雨"}
    assert shown.version == 4


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"applied_date": "2026-12-01"}, errors.StageWrong),
        ({"applied_date": "2013-04-30"}, errors.StageWrong),
    ],
)
def test_who_may_not_apply_is_not_handed_in(
    world: World, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        _submit(world, **changed)

    assert Case.objects.get().state == "DRAFT"
    assert not PartyDevelopment.objects.exists()


def test_nobody_is_on_his_way_twice_and_a_member_does_not_apply(world: World) -> None:
    first = _submit(world)
    with pytest.raises(errors.RunsAlready, match="正在培养"):
        _submit(world)
    by = world.actor("party_committee")
    cases.withdraw(number=first.number, by=by, at=AT)
    assert PartyDevelopment.objects.get().stage == "ended"
    Appointment.objects.create(
        ext_id="A-M", person=Person.objects.get(name="方小雨"), role_code="party_member",
        organisation=world.bodies["willow"], start_date=date(2020, 1, 1),
    )  # fmt: skip

    with pytest.raises(errors.RunsAlready, match="已经是党员"):
        _submit(world)

    assert PartyDevelopment.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"day": "2027-11-12"}, errors.TooEarly),
        ({"day": "2027-11-15", "present": "10", "agree": 10}, errors.VoteFails),
        ({"day": "2027-11-15", "agree": 10}, errors.VoteFails),
        ({"day": "2027-11-15", "agree": 19}, errors.VoteFails),
        ({"day": "2027-11-16", "now": "2027-11-15"}, errors.StageWrong),
    ],
)
def test_a_stage_that_is_not_reached_is_refused_and_not_kept(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    walk = _submit(world)
    _vote(walk, "2026-11-13")

    with pytest.raises(refusal):
        _vote(walk, **changed)

    assert PartyDevelopment.objects.get().stage == "activist"
    assert PartyStage.objects.count() == 1


def test_nobody_is_taken_in_while_his_name_still_hangs(world: World) -> None:
    walk = _to_object(world)

    with pytest.raises(errors.PublicityRuns, match="11月22日"):
        _vote(walk, "2027-11-22")

    assert PartyDevelopment.objects.get().stage == "object"
