"""M06 from the need to the audit: competed for on the platform, its diary kept by who began it."""

from __future__ import annotations

import pytest

from sanzi.deals.errors import ContractBeforeDecision
from sanzi.matters import errors
from sanzi.matters.models import Decision
from sanzi.orgs.models import Appointment
from sanzi.registers.works import errors as refusals
from sanzi.registers.works.models import Diary, Works
from worlds import deals, walks, works
from worlds.publications import published
from worlds.village import World
from worlds.works import FORM, LATER, NOTICED, SIGNED


@pytest.fixture
def world(db: None) -> World:
    return works.build()


def contracted(world: World) -> walks.Walk:
    walk = walks.start(world, "M06", "committee_member")
    walk.submit("committee_member", FORM, ("before_photo",))
    walk.approve("village_secretary", "town_works_office", "town_agri_head")
    walk.record("town_works_office", {"guide_price": "240000", "agency": "C-PRICE"}, ("report",))
    asked = {"price_fen": 23_000_000, "limit_price_fen": 24_000_000}
    village = deals.awarded(world, **asked)
    walk.at = NOTICED
    with pytest.raises(refusals.AwardWrong, match="镇平台"):
        walk.record("village_clerk", {"tender": village})
    assert walk.open_step.step_key == "award"
    platform = deals.awarded(
        world, title="后塘路", platform_level="town", platform_number="ZJ-2026-88", **asked
    )
    walk.record("village_clerk", {"tender": platform})
    works.promise_all(world, Works.objects.get())
    walk.record("coop_director", SIGNED, ("contract",))
    walk.at = LATER
    return walk


def stand_in(world: World, role: str, as_role: str) -> None:
    """Give a person a second post in the village."""
    held = Appointment.objects.filter(person=world.people[role], role_code=role).first()
    assert held is not None
    Appointment.objects.create(
        ext_id="A-SECOND", person=held.person, organisation=held.organisation, role_code=as_role,
        start_date=held.start_date,
    )  # fmt: skip


def test_m06_walks_from_the_need_to_the_audit(world: World) -> None:
    walk = contracted(world)
    walk.record("village_clerk", {"kind": "progress", "percent": "100"}, ("photo",))
    walk.record(
        "supervision_head",
        {"is_passed": "yes", "measured": "400", "contracted": "400", "present": works.present()},
        ("photo",),
    )
    walk.record(
        "town_works_office",
        {"settlement": "230000", "audited": "225000", "agency": "C-AUDIT"}, ("report",),
    )  # fmt: skip

    assert walk.case.state == "DONE"
    [row] = deals.record_rows("works")
    assert (row["case_id"], row["status"], row["audited_fen"]) == (
        walk.number, "settled", 22_500_000,
    )  # fmt: skip
    assert len(deals.record_rows("contract")) == 1
    assert published(walk.number)["W01"].stage == "审定了"


def test_works_are_not_begun_without_a_vote_nor_signed_before_it_or_above_its_sum(
    world: World,
) -> None:
    voted = Decision.objects.filter(ext_id="D-1")
    walk = walks.start(world, "M06", "committee_member")
    with pytest.raises(errors.FormIncomplete, match="会议决议"):
        walk.submit("committee_member", {**FORM, "decision_id": ""}, ("before_photo",))
    walk.submit("committee_member", {"decision_id": "D-1"})
    walk.approve("village_secretary", "town_works_office")
    voted.update(status="rejected")
    with pytest.raises(errors.DecisionNeeded, match="没有通过"):
        walk.approve("town_agri_head")

    voted.update(status="passed")
    walk.approve("town_agri_head")
    walk.record("town_works_office", {"guide_price": "240000", "agency": "C-PRICE"}, ("report",))
    walk.at = NOTICED
    tender = deals.awarded(
        world, platform_level="town", platform_number="ZJ-2026-88", price_fen=23_000_000,
        limit_price_fen=24_000_000,
    )  # fmt: skip
    walk.record("village_clerk", {"tender": tender})
    works.promise_all(world, Works.objects.get())
    for changed, words in (
        ({"amount_fen": 22_999_999}, "金额超过"),
        ({"amount_fen": 23_000_000, "passed_at": LATER}, "签在表决之前"),
    ):
        voted.update(**changed)
        with pytest.raises(ContractBeforeDecision, match=words):
            walk.record("coop_director", SIGNED, ("contract",))

    assert Works.objects.get().status == "awarded"


def test_who_began_the_works_keeps_their_diary_but_does_not_accept_them(world: World) -> None:
    walk = contracted(world)
    stand_in(world, "committee_member", "village_clerk")

    walk.record("committee_member", {"kind": "progress", "percent": "100"}, ("photo",))
    assert Diary.objects.get().person == world.people["committee_member"]

    stand_in_head(world)
    with pytest.raises(errors.StandsAside):
        walk.record(
            "committee_member",
            {"is_passed": "yes", "measured": "4", "contracted": "4", "present": works.present()},
        )
    assert Works.objects.get().status == "completed"
    assert walk.open_step.step_key == "acceptance"


def stand_in_head(world: World) -> None:
    Appointment.objects.filter(ext_id="A-SECOND").update(role_code="supervision_head")


@pytest.mark.parametrize("matter", ["M05", "M06"])
def test_a_secretary_who_leads_the_collective_too_signs_what_he_let_begin(
    world: World, matter: str
) -> None:
    Appointment.objects.filter(role_code="coop_director").delete()
    stand_in(world, "village_secretary", "coop_director")

    walk = walks.start(world, matter, "committee_member")
    walk.submit("committee_member", FORM, ("before_photo",))
    walk.approve("village_secretary", "town_works_office", "town_agri_head")

    assert walk.case.state == "APPROVED"
    assert walk.open_step.step_key == "guide_price"
