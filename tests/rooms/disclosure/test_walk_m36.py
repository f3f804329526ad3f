"""M36: a month from the books is checked, released and shown; a question is answered in public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sanzi.disclosure import errors, inquiry_rules, loading
from sanzi.disclosure.models import Inquiry, Publication
from sanzi.matters import shelf
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, CaseEntry
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.actions import dispatch, gateways
from sanzi.record.loaders import LoadContext
from worlds import deals, village, walks
from worlds import money as money_world
from worlds.fake_bank import FakeBank
from worlds.publications import published
from worlds.village import World

pytestmark = pytest.mark.django_db
DECEMBER = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
SHEET = {"kind": "sheet", "title": "11月逐笔收支", "item": "F01", "period": "2026-11"}
QUESTION = {
    "kind": "inquiry", "title": "路灯为什么换两次", "askers": "reps", "asker_count": "6",
    "question": "三月换过，九月又换，钱从哪里来？",
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return village.build()


@pytest.fixture
def paid() -> Iterator[World]:
    """A village that paid four people in November."""
    money = money_world.build()
    gateways.use(FakeBank())
    money_world.released_order(money)
    dispatch.work(money_world.AT)
    yield money.world
    gateways.use(None)


def begun(world: World, form: dict[str, Any], at: datetime = DECEMBER) -> walks.Walk:
    world.at = at
    by = world.actor("village_clerk", at)
    number = cases.start(matter_code="M36", organisation_ext_id="O-WILLOW-VC", by=by, at=at)
    walk = walks.Walk(world, number, at)
    walk.submit("village_clerk", form)
    return walk


def answered(world: World, **changed: str) -> walks.Walk:
    walk = begun(world, {**QUESTION, **changed})
    walk.approve("supervision_head")
    walk.record("committee_member", {"answer": "三月是主路，九月是支路，都在预算里。"})
    walk.approve("village_secretary")
    return walk


def test_a_month_walks_from_the_books_to_the_bulletin(paid: World) -> None:
    walk = begun(paid, SHEET)
    walk.approve("supervision_head")
    assert published(walk.number) == {}
    walk.approve("village_secretary")

    sheet = published(walk.number)["F01"]
    assert (sheet.total_fen, sheet.is_late, sheet.facts["出了（元）"]) == (
        114_610,
        False,
        "1,146.10",
    )
    [lines] = sheet.tables.values()
    assert [row[3:] for row in lines] == [["出", "1,146.10"]]
    with pytest.raises(errors.StillShown):
        walk.record("committee_member", {"comments": "没有"})
    assert CaseEntry.objects.count() == 0
    walk.at += timedelta(days=30)
    walk.record("committee_member", {"comments": "没有"})
    assert walk.case.state == "DONE"
    [row] = [one for one in deals.record_rows("disclosure") if one["period"]]
    assert (row["period"], row["min_days"], row["subject_id"]) == ("2026-11", 30, walk.number)


def test_a_month_released_after_its_day_is_late_and_a_second_release_corrects_it(
    paid: World,
) -> None:
    late = begun(paid, SHEET, DECEMBER + timedelta(days=20))
    late.approve("supervision_head", "village_secretary")
    again = begun(paid, {**SHEET, "words": "补一条说明"}, DECEMBER + timedelta(days=21))
    again.approve("supervision_head", "village_secretary")

    first = Publication.objects.get(subject_id=late.number)
    second = Publication.objects.get(subject_id=again.number)
    assert (first.is_late, second.replaces, second.reason) == (True, first, "内容有更正")


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"period": "2026-12"}, errors.PeriodNotOver),
        ({"period": "冬天"}, errors.PeriodNotOver),
        ({"period": "2026-09"}, errors.NothingInPeriod),
        ({"item": "Z9"}, errors.NoSuchItem),
        ({"words": "打电话19900008888"}, errors.NumberInText),
    ],
)
def test_a_sheet_that_cannot_be_published_is_refused(
    paid: World, changed: dict[str, str], refusal: type[Exception]
) -> None:
    before = Publication.objects.count()

    with pytest.raises(refusal):
        begun(paid, {**SHEET, **changed})

    case = Case.objects.get(matter_code="M36")
    assert (case.state, Publication.objects.count()) == ("DRAFT", before)


def test_an_inquiry_walks_to_its_answer_and_what_people_say_of_it(world: World) -> None:
    walk = begun(world, QUESTION)
    inquiry = Inquiry.objects.get()
    assert inquiry.due_at == datetime(2026, 12, 17, 16, 0, tzinfo=UTC)
    walk.approve("supervision_head")
    with pytest.raises(errors.NumberInText):
        walk.record("committee_member", {"answer": "问王师傅19900008888"})
    walk.record("committee_member", {"answer": "三月是主路，九月是支路。"})
    assert "G04" not in published(walk.number)
    walk.approve("village_secretary")
    walk.record("supervision_head", {"satisfied": "9", "unsatisfied": "2"})

    assert walk.case.state == "DONE"
    [row] = deals.record_rows("inquiry")
    assert (row["kind"], row["asker_count"], row["status"]) == ("reps", 6, "closed")
    assert bool(row["is_satisfied"])
    assert row["answered_at"] is not None
    sheet = published(walk.number)["G04"]
    assert (sheet.stage, sheet.is_late, sheet.version) == ("评价过了", False, 2)
    assert sheet.facts["怎么答复"] == "三月是主路，九月是支路。"
    assert sheet.facts["满意的几人"] == "9"


def test_an_answer_after_its_days_is_seen_as_late(world: World) -> None:
    walk = begun(world, QUESTION)
    walk.approve("supervision_head")
    walk.at += timedelta(days=16)
    walk.record("committee_member", {"answer": "三月是主路，九月是支路。"})
    walk.approve("village_secretary")

    assert published(walk.number)["G04"].is_late
    inquiry = Inquiry.objects.get()
    assert inquiry.answered_at is not None
    assert inquiry.answered_at > inquiry.due_at


def test_what_did_not_satisfy_is_answered_by_the_town(world: World) -> None:
    first = answered(world)
    first.record("supervision_head", {"satisfied": "1", "unsatisfied": "5"})
    earlier = Inquiry.objects.get()

    again = begun(world, {**QUESTION, "again": earlier.ext_id})
    again.record("town_agri_head", {"answer": "到村里看过，两次是两条路。"})
    again.approve("town_leader")
    again.record("supervision_head", {"satisfied": "6", "unsatisfied": "0"})

    later = Inquiry.objects.get(again=earlier)
    assert (earlier.is_satisfied, later.is_satisfied) == (False, True)
    assert later.due_at - later.asked_at > timedelta(days=20)
    assert published(again.number)["G04"].facts["怎么答复"] == "到村里看过，两次是两条路。"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"asker_count": "4"}, errors.TooFewAskers),
        ({"askers": "voters", "asker_count": "0"}, errors.TooFewAskers),
        ({"again": "Q-NOWHERE"}, errors.NotUnsatisfied),
        ({"question": "卡6228480012345678901的钱去哪了"}, errors.NumberInText),
    ],
)
def test_an_inquiry_that_cannot_be_taken_is_refused(
    world: World, changed: dict[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        begun(world, {**QUESTION, **changed})

    assert not Inquiry.objects.exists()
    assert Case.objects.get().state == "DRAFT"


def test_a_single_villager_asks_too_and_is_answered_sooner(world: World) -> None:
    begun(world, {**QUESTION, "askers": "anybody", "asker_count": "1"})

    assert Inquiry.objects.get().due_at == datetime(2026, 12, 9, 16, 0, tzinfo=UTC)


def test_a_tenth_of_the_voters_is_counted_up() -> None:
    found = inquiry_rules.on(DECEMBER.date())

    assert [found.least("voters", count) for count in (0, 10, 11, 1000)] == [1, 1, 2, 100]
    with pytest.raises(LookupError):
        inquiry_rules.on(datetime(2019, 12, 31, tzinfo=UTC).date())


def test_inquiries_stand_on_the_shelf_of_their_village_only(world: World) -> None:
    begun(world, QUESTION)
    wanted = shelf.Wanted()

    seen = shelf.rows(by=world.actor("village_secretary"), key="inquiries", wanted=wanted)
    elsewhere = shelf.rows(by=world.actor("stone_cashier"), key="inquiries", wanted=wanted)

    assert [one.title for one in seen] == ["路灯为什么换两次"]
    assert list(elsewhere) == []


def test_inquiries_of_the_past_come_in_once(world: World) -> None:
    row = {
        "inquiry_id": "Q-OLD", "village_id": village.WILLOW, "case_id": None, "title": "山塘租金",
        "kind": "supervision", "asked_at": DECEMBER, "subject_kind": None, "subject_id": None,
        "asker_count": 3, "addressee_org_id": "O-WILLOW-VC", "due_at": DECEMBER,
        "answered_at": None, "is_satisfied": None, "status": "asked",
    }  # fmt: skip
    context = LoadContext(by=SYSTEM, at=DECEMBER)

    counts = [loading.load_inquiries([row], context) for _ in range(2)]

    assert [(one.added, one.unchanged) for one in counts] == [(1, 0), (0, 1)]
    [kept] = deals.record_rows("inquiry")
    assert (kept["inquiry_id"], kept["kind"], kept["status"]) == ("Q-OLD", "supervision", "asked")
