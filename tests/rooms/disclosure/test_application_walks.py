"""Other matters from the public door: a question, aid, a stamp, a homestead, membership."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from sanzi.disclosure import inquiry_queries
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.models import Inquiry, Publication
from sanzi.matters import followed
from sanzi.matters.actions import cases
from sanzi.matters.errors import NotOnline, PapersMissing
from sanzi.matters.models import Case
from sanzi.orgs.actors import SYSTEM
from sanzi.registers.land.models import Homestead, Membership
from sanzi.registers.seals.models import SealUse
from sanzi.registers.subsidies.models import AidCase
from worlds import doors, land, subsidies, walks
from worlds.publications import published
from worlds.village import AT, WILLOW, World

pytestmark = pytest.mark.django_db
BOARD = f"/village/{WILLOW}/bulletin/"
ANSWER = {"answer": "三月是主路，九月是支路，合同都附在后面。"}


def sheet() -> Publication:
    body = {"kind": "逐笔收支", "facts": [], "tables": []}
    made = publishing.Sheet(
        division_code=WILLOW, org_ext_id="O-WILLOW", item_code="F01", title="10月逐笔收支",
        body=body, subject=("month", "2026-10"),
    )  # fmt: skip
    return publishing.publish(sheet=made, by=SYSTEM, at=AT)


def page(publication: str) -> str:
    return Client().get(f"{BOARD}{publication}/").content.decode()


@pytest.fixture
def asked(db: None) -> tuple[walks.Walk, str]:
    """A question of 王小芳 about a sheet of the bulletin."""
    world = doors.build()
    about = sheet().ext_id
    number = doors.hand_in("M36", doors.QUESTION, about=about).number
    return walks.Walk(world, number), about


def test_a_question_is_answered_in_public_under_what_it_asks_about(asked: Any) -> None:
    walk, about = asked
    one = Inquiry.objects.get()
    assert (one.askers, one.asker_count, one.subject_id, one.asked_at) == ("anybody", 1, about, AT)
    assert "等村里受理" in page(about)
    assert "路灯" not in page(about)

    walk.approve("village_clerk", "supervision_head")
    assert "路灯为什么换两次" in page(about)
    walk.record("committee_member", ANSWER)
    walk.approve("village_secretary")

    told = published(walk.number)["G04"]
    assert "三月是主路" in told.text
    assert "王" not in told.text
    [shown] = inquiry_queries.about(about, AT)
    assert (shown.title, shown.is_late) == ("路灯为什么换两次", False)
    assert f"{BOARD}{shown.answer_ext_id}/" in page(about)
    assert "王小芳" not in page(about) + page(shown.answer_ext_id)
    assert inquiry_queries.answer_of(walk.number) is not None


def test_a_late_answer_is_seen_to_be_late(asked: Any) -> None:
    walk, about = asked
    walk.approve("village_clerk", "supervision_head")
    [waiting] = inquiry_queries.about(about, AT + timedelta(days=9))
    assert waiting.is_late

    walk.at = AT + timedelta(days=20)
    walk.record("committee_member", ANSWER)
    walk.approve("village_secretary")

    assert "晚了" in page(about)
    [late] = inquiry_queries.about(about, walk.at)
    assert (late.is_late, late.answered_at) == (True, walk.at)


def test_a_question_refused_by_the_village_leaves_the_board(asked: Any) -> None:
    walk, about = asked
    world = walk.world
    opinion = cases.Opinion("reject", walk.case.content_digest, "", "not_village")
    cases.act(number=walk.number, by=world.actor("village_clerk"), at=AT, opinion=opinion)

    assert inquiry_queries.about(about, AT) == []
    assert "这一份还没有人问" in page(about)


def test_a_question_about_what_is_not_published_is_refused(db: None) -> None:
    doors.build()
    with pytest.raises(NotOnline):
        doors.hand_in("M36", doors.QUESTION, about="NOTHING")
    assert (Case.objects.count(), Inquiry.objects.count()) == (0, 0)


AID = {
    "title": "申请低保", "kind": "low_income", "applicant": "V1", "kin_of_staff": "no",
    "members": [{"person": "V5"}],
}  # fmt: skip
VISIT = {
    "visitors": [{"person": "P-agency-4"}, {"person": "P-willow-4"}],
    "visited_at": "2026-11-12T09:00", "income": "860", "agreed": "yes",
}  # fmt: skip


@pytest.fixture
def poor(db: None) -> World:
    made = subsidies.build()
    wife = subsidies.villager(made, "李梅")
    wife.household = made.people["王一"].household
    wife.save(update_fields=["household"])
    return made


def test_aid_goes_from_the_household_to_the_county_and_its_illness_nowhere(poor: World) -> None:
    receipt = doors.hand_in(
        "M26", AID, name="王一",
        uploads=(doors.picture("consent", 3), doors.picture("illness", 5, "尿毒症诊断.jpg")),
    )  # fmt: skip
    walk = walks.Walk(poor, receipt.number)
    assert AidCase.objects.count() == 1
    walk.approve("village_clerk", "town_civil_office")
    walk.record("town_civil_office", VISIT, ("photo",))
    walk.record("committee_member", {"place": "公开栏"}, ("photo",))
    walk.at = AT + timedelta(days=7)
    walk.record("committee_member", {})
    grant = {"result": "approved", "monthly": "1,035", "start_date": "2026-11-01", "visited": "no"}
    walk.record("county_civil_affairs", grant)

    seen = followed.follow(by=doors.villager("李梅"), number=walk.number, at=walk.at)
    [decision] = seen.decisions
    assert ("批不批", "批准") in [(one.label, one.words) for one in decision.said]
    public = " ".join(one.text for one in published(walk.number).values())
    board = "".join(page(one.ext_id) for one in Publication.objects.all())
    for text in (public, board, Client().get(BOARD).content.decode()):
        assert "尿毒症" not in text
        assert "王一" not in text
        assert "诊断" not in text


def test_aid_without_the_signed_consent_is_refused_whole(poor: World) -> None:
    with pytest.raises(PapersMissing, match="核对授权书"):
        doors.hand_in("M26", AID, name="王一", uploads=(doors.picture("income"),))
    assert (Case.objects.count(), AidCase.objects.count()) == (0, 0)


def test_aid_for_somebody_of_another_household_is_refused(poor: World) -> None:
    for changed in ({"applicant": "V2"}, {"members": [{"person": "V2"}]}):
        with pytest.raises(NotOnline, match="您家里的人"):
            doors.hand_in("M26", {**AID, **changed}, name="王一")
    assert Case.objects.count() == 0


def test_a_stamp_by_the_list_waits_for_the_clerk_then_for_the_keeper(db: None) -> None:
    world = doors.build()
    form = {
        "seal_id": "S-1", "item_code": "residence", "applicant_person_id": "V1", "copies": "1",
        "purpose": "孩子上学",
    }  # fmt: skip
    number = doors.hand_in("M34", form, uploads=(doors.picture("document"),)).number
    walk = walks.Walk(world, number)
    assert (walk.case.state, SealUse.objects.get().status) == ("SUBMITTED", "requested")

    walk.approve("village_clerk")
    assert (walk.case.state, walk.open_step.step_key) == ("APPROVED", "press")
    walk.record("seal_keeper", {"is_used": "yes"}, ("before_photo", "after_photo"))

    assert walk.case.state == "DONE"
    assert SealUse.objects.get().status == "stamped"


def test_a_homestead_is_asked_for_and_published_once_the_village_took_it(db: None) -> None:
    world = land.build()
    form = {
        "applicant": "V1", "ground": "split", "land_class": "farmland", "area_m2": "120",
        "place": "二组后山脚", "old_site": "none", "has_sold": "no",
    }  # fmt: skip
    number = doors.hand_in(
        "M22", form, name="王大山", uploads=(doors.picture("application"),)
    ).number
    walk = walks.Walk(world, number)
    assert walk.case.form["household"] == "H1"
    assert Homestead.objects.count() == 1
    assert published(number) == {}

    walk.approve("committee_member")

    assert published(number)["T03"].stage == "提出来了"
    assert walk.open_step.step_key == "discuss"


def test_membership_is_asked_for_by_who_married_in(db: None) -> None:
    world = land.build()
    land.child(world, "李嫁", "王大山", birth_date=date(1998, 3, 3), gender="female")
    form = {"reason": "婚入一人", "person": "V-李嫁", "kind": "join", "ground": "marriage"}
    papers = (doors.picture("application", 3), doors.picture("proof", 5))
    number = doors.hand_in("M24", form, name="李嫁", uploads=papers).number
    walk = walks.Walk(world, number)
    walk.approve("committee_member", "coop_director")

    assert Membership.objects.count() == 1
    assert walk.open_step.step_key == "decide"
