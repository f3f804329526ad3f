"""M34, use of a seal: by class to the keeper's hand, two pictures a time, none too many."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sanzi.deals.models import Contract
from sanzi.kernel.refusals import Refusal
from sanzi.matters import errors as matters
from sanzi.matters.models import Case
from sanzi.notices.models import Notice
from sanzi.registers.seals import errors
from sanzi.registers.seals.actions import keeping
from sanzi.registers.seals.models import Seal, SealImpression, SealUse
from worlds import deals, publications, seals, walks
from worlds.village import AT, World

FORM = {
    "seal_id": "S-1", "item_code": "residence", "purpose": "孩子上学", "applicant_person_id": "V1",
    "copies": "2",
}  # fmt: skip
PAPER = ("document",)
PHOTOS = ("before_photo", "after_photo")
YES, NO = {"is_used": "yes"}, {"is_used": "no"}


@pytest.fixture
def world(db: None) -> World:
    return seals.build()


def _submitted(world: World, **changed: Any) -> walks.Walk:
    walk = walks.start(world, "M34", "village_clerk")
    walk.submit("village_clerk", {**FORM, **changed}, PAPER)
    return walk


def _rows() -> list[dict[str, Any]]:
    return deals.record_rows("seal_use")


def test_a_routine_paper_is_stamped_by_the_list_and_the_head_hears_of_it(world: World) -> None:
    walk = _submitted(world)

    use = SealUse.objects.get()
    assert (walk.case.tier, walk.case.state, walk.open_step.step_key) == ("T0", "APPROVED", "press")
    assert (use.status, use.approver, use.not_after_at) == (
        "approved", None, AT + timedelta(hours=24),
    )  # fmt: skip
    heard = Notice.objects.get(template="seal_routine")
    assert heard.user_id == world.users["committee_head"].pk

    walk.record("seal_keeper", YES, PHOTOS, is_last=False)
    walk.photos = 98
    walk.record("seal_keeper", {**YES, "lat": "29.306", "lng": "120.074"}, PHOTOS)

    assert walk.case.state == "DONE"
    [row] = _rows()
    assert (row["status"], row["copies_approved"], row["copies_stamped"]) == ("stamped", 2, 2)
    assert (row["is_listed_item"], row["approver_person_id"]) in ((True, None), (1, None))
    assert row["keeper_person_id"] == "P-seal_keeper"
    assert row["before_photo_hash"] != row["after_photo_hash"] != ""
    assert list(SealImpression.objects.values_list("place", flat=True)) == [1, 2]
    shown = publications.published(walk.number)["G01"]
    [line] = shown.tables["公章盖了什么"]
    assert line == ["居住情况说明", "A类", "王*芳", "2026-11-12 10:00", "2个"]
    assert (shown.is_late, "王小芳" in shown.text) == (False, False)


def test_a_report_waits_for_the_head_and_a_contract_for_head_supervision_and_vote(
    world: World,
) -> None:
    report = _submitted(world, item_code="report")
    assert (report.case.tier, report.open_step.due_at) == ("T1", AT + timedelta(hours=4))
    report.approve("committee_head")
    assert report.open_step.step_key == "press"

    deals.party("C-1")
    seals.decision(world)
    contract = deals.contract(world)
    walk = walks.start(world, "M34", "village_clerk")
    form = {**FORM, "seal_id": "S-2", "item_code": "contract", "contract_id": contract,
            "copies": "1"}  # fmt: skip
    with pytest.raises(errors.DecisionNeeded, match="还没有选"):
        walk.submit("village_clerk", form, PAPER)
    assert not SealUse.objects.filter(case_number=walk.number).exists()
    walk.submit("village_clerk", {"decision_id": "D-1"})
    walk.approve("committee_head", "supervision_head")
    walk.record("seal_keeper", YES, PHOTOS)

    use = SealUse.objects.get(case_number=walk.number)
    assert (use.seal_class, use.status) == ("C", "stamped")
    assert use.approver == world.people["committee_head"]
    assert Contract.objects.get(ext_id=contract).seal_use_ext_id == use.ext_id


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"item_code": "guarantee"}, errors.NeverStamped),
        ({"item_code": "blank"}, errors.NeverStamped),
        ({"item_code": "kinship"}, errors.NeverStamped),
        ({"item_code": "poem"}, errors.NotOnList),
        ({"item_code": "member_note"}, errors.NotOnList),
        ({"copies": "0"}, errors.CopiesWrong),
        ({"copies": "51"}, errors.CopiesWrong),
        ({"applicant_person_id": "P-seal_keeper"}, errors.SamePerson),
        ({"applicant_person_id": "V-NONE"}, matters.BadField),
        ({"seal_id": "S-2", "item_code": "contract"}, errors.ContractNeeded),
        ({"seal_id": "S-2", "item_code": "land"}, errors.DecisionNeeded),
    ],
)
def test_what_the_list_does_not_allow_is_refused_and_nothing_is_written(
    world: World, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        _submitted(world, **changed)
    assert not SealUse.objects.exists()
    assert Case.objects.get().state == "DRAFT"


def test_a_seal_out_of_the_village_asks_as_much_as_a_contract_and_a_place(world: World) -> None:
    with pytest.raises(matters.FormIncomplete, match="带到哪里"):
        _submitted(world, is_offsite="yes")
    walk = _submitted(world, is_offsite="yes", offsite_place="县行政服务中心")
    assert (walk.case.tier, walk.open_step.step_key) == ("T2", "head")
    walk.approve("committee_head", "supervision_head")
    use = SealUse.objects.get()
    assert (use.is_offsite, use.not_after_at) == (True, AT + timedelta(hours=24))


def test_the_keeper_is_nobody_who_approves(world: World) -> None:
    Seal.objects.filter(ext_id="S-1").update(keeper=world.people["village_secretary"])
    with pytest.raises(errors.KeeperWrong, match="村党组织书记"):
        _submitted(world)
    assert not SealUse.objects.exists()


def test_a_head_who_asks_for_himself_is_passed_over(world: World) -> None:
    head = world.people["committee_head"].ext_id
    walk = _submitted(world, item_code="report", applicant_person_id=head)
    assert walk.open_step.role_code == "village_secretary"


@pytest.mark.parametrize(
    ("role", "papers", "hours", "refusal"),
    [
        ("seal_keeper", (), 1, errors.PhotosNeeded),
        ("seal_keeper", ("before_photo",), 1, errors.PhotosNeeded),
        ("seal_keeper", PHOTOS, 25, errors.OutsideWindow),
        ("committee_head", (), 1, matters.NoOpenStep),
    ],
)
def test_an_impression_that_may_not_be_is_refused(
    world: World, role: str, papers: tuple[str, ...], hours: int, refusal: type[Refusal]
) -> None:
    walk = _submitted(world)
    walk.at = AT + timedelta(hours=hours)
    with pytest.raises(refusal):
        walk.record(role, YES, papers, is_last=False)
    assert not SealImpression.objects.exists()
    assert SealUse.objects.get().copies_stamped == 0


def test_no_third_impression_where_two_were_approved_and_no_picture_serves_twice(
    world: World,
) -> None:
    walk = _submitted(world)
    walk.record("seal_keeper", YES, PHOTOS, is_last=False)
    walk.photos = 1  # the pictures of the first impression again
    with pytest.raises(errors.SamePhoto, match="别的用印"):
        walk.record("seal_keeper", YES, PHOTOS, is_last=False)
    assert SealUse.objects.get().copies_stamped == 1


def test_a_stamp_that_was_not_needed_ends_unused(world: World) -> None:
    walk = _submitted(world)
    walk.at = AT + timedelta(hours=30)
    walk.record("seal_keeper", NO)
    assert walk.case.state == "DONE"
    assert [row["status"] for row in _rows()] == ["unused"]


def test_a_lost_seal_is_void_at_once_and_everybody_who_watches_hears(world: World) -> None:
    walk = _submitted(world)
    keeper = world.actor("seal_keeper")
    keeping.report_lost(seal="S-1", words="去县里路上丢了", by=keeper, at=AT)

    seal = Seal.objects.get(ext_id="S-1")
    assert (seal.state, seal.lost_at) == ("lost", AT)
    assert seal.void_notice.startswith("柳湾村村委会公章遗失")
    told = set(Notice.objects.filter(template="seal_lost").values_list("user_id", flat=True))
    assert world.users["town_discipline_office"].pk in told
    with pytest.raises(errors.SealNotUsable):
        walk.record("seal_keeper", YES, PHOTOS)
    with pytest.raises(errors.SealStateWrong):
        keeping.report_lost(seal="S-1", words="", by=keeper, at=AT)
    with pytest.raises(errors.SealNotUsable):
        _submitted(world)
    assert SealImpression.objects.count() == 0


def test_another_keeper_is_chosen_by_vote_and_never_who_approves(world: World) -> None:
    by = world.actor("town_civil_office")
    other = seals.post(world, "seal_keeper", "新保管")
    head = world.people["committee_head"].ext_id
    for keeper, decision, refusal in (
        (head, "D-1", errors.KeeperWrong),
        ("V1", "D-1", errors.KeeperWrong),
        (other.ext_id, "D-NONE", errors.DecisionNeeded),
    ):
        with pytest.raises(refusal):
            keeping.give_to(seal="S-1", keeper=keeper, decision=decision, by=by, at=AT)
    assert Seal.objects.get(ext_id="S-1").keeper == world.people["seal_keeper"]

    seals.decision(world)
    keeping.give_to(seal="S-1", keeper=other.ext_id, decision="D-1", by=by, at=AT)
    assert Seal.objects.get(ext_id="S-1").keeper == other


def test_what_the_keeper_would_press_for_his_kin_the_head_approves_first(world: World) -> None:
    deals.kin(world.people["seal_keeper"], world.people["王小芳"])
    walk = _submitted(world)
    assert (walk.case.tier, walk.open_step.step_key) == ("T1", "head_brief")
    with pytest.raises(matters.NoOpenStep):
        walk.record("seal_keeper", YES, PHOTOS)

    walk.approve("committee_head")
    walk.record("seal_keeper", YES, PHOTOS, is_last=False)

    assert SealImpression.objects.count() == 1
