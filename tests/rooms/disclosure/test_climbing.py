"""An inquiry that nobody answers in time goes up by itself: to the town, then to the county."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from sanzi.audit.models import Event
from sanzi.disclosure import inquiry_queries
from sanzi.disclosure.actions import climbing
from sanzi.disclosure.models import Inquiry, InquiryDelay, Publication
from sanzi.kernel import clock
from sanzi.matters.actions import cases
from sanzi.matters.models import CaseStep
from sanzi.notices import duties, outbox
from sanzi.notices.models import Notice
from sanzi.orgs import queries as orgs
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Organisation
from sanzi.record import extraction
from sanzi.supervision import catalogue
from sanzi.supervision.actions import nightly
from sanzi.supervision.models import Alert
from worlds import deals, village, walks
from worlds.publications import published
from worlds.village import WILLOW, World

pytestmark = pytest.mark.django_db
DECEMBER = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 17, 16, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANSWER = {"answer": "三月是主路，九月是支路，都在预算里。"}
QUESTION = {
    "kind": "inquiry", "title": "路灯为什么换两次", "askers": "reps", "asker_count": "6",
    "question": "三月换过，九月又换，钱从哪里来？",
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return village.build()


def begun(world: World, at: datetime = DECEMBER, **changed: Any) -> walks.Walk:
    by = world.actor("village_clerk", at)
    number = cases.start(matter_code="M36", organisation_ext_id="O-WILLOW-VC", by=by, at=at)
    walk = walks.Walk(world, number, at)
    walk.submit("village_clerk", {**QUESTION, **changed})
    return walk


def climb(at: datetime) -> int:
    return duties.run_now("disclosure.inquiries", at)


def turn(number: str) -> tuple[str, str]:
    row = CaseStep.objects.get(case__number=number, state="OPEN")
    return row.step_key, row.role_code


@pytest.mark.parametrize(
    ("askers", "due"),
    [("reps", DUE), ("anybody", datetime(2026, 12, 9, 16, 0, tzinfo=UTC))],
)
def test_it_waits_until_its_last_moment_and_goes_up_a_second_later_once(
    world: World, askers: str, due: datetime
) -> None:
    walk = begun(world, askers=askers)
    walk.approve("supervision_head")

    assert climb(due) == 0
    assert (turn(walk.number), Inquiry.objects.get().level) == (
        ("answer", "committee_member"), "village",
    )  # fmt: skip
    assert climb(due + SECOND) == 1
    assert climb(due + timedelta(hours=1)) == 0

    found = Inquiry.objects.get()
    assert (found.level, turn(walk.number)) == ("town", ("town_answer", "town_agri_head"))
    assert InquiryDelay.objects.get().due_at == due
    event = Event.objects.get(kind="disclosure.inquiry.climbed")
    assert (event.subject_id, event.actor_id) == (found.ext_id, None)


def test_the_town_has_twenty_days_and_then_the_county_answers(world: World) -> None:
    walk = begun(world)
    climb(DUE + SECOND)
    town_due = Inquiry.objects.get().due_at
    assert town_due == datetime(2027, 1, 7, 16, 0, tzinfo=UTC)

    assert climb(town_due) == 0
    assert climb(town_due + SECOND) == 1

    found = Inquiry.objects.get()
    assert (found.level, turn(walk.number)) == ("county", ("county_answer", "county_agri"))
    assert found.due_at == datetime(2027, 1, 28, 16, 0, tzinfo=UTC)
    walk.at = town_due + timedelta(days=2)
    walk.record("county_agri", ANSWER)
    sheet = published(walk.number)["G04"]
    assert sheet.facts["怎么答复"] == ANSWER["answer"]
    walk.record("supervision_head", {"satisfied": "6", "unsatisfied": "0"})
    assert walk.case.state == "DONE"


def test_the_town_answers_what_the_village_left(world: World) -> None:
    walk = begun(world)
    walk.approve("supervision_head")
    climb(DUE + SECOND)

    walk.at = DUE + timedelta(days=3)
    walk.record("town_agri_head", {"answer": "到村里看过，两次是两条路。"})
    walk.approve("town_leader")

    assert published(walk.number)["G04"].facts["怎么答复"] == "到村里看过，两次是两条路。"
    assert climb(DUE + timedelta(days=60)) == 0
    [seen] = _public(walk)
    assert (seen.level, seen.late_levels, seen.is_late) == ("镇里", ("村里",), True)


def _public(walk: walks.Walk) -> list[inquiry_queries.Asked]:
    Inquiry.objects.update(subject_kind="publication", subject_id="G-1")
    return inquiry_queries.about("G-1", walk.at)


def test_an_answer_in_time_stays_where_it_is(world: World) -> None:
    walk = begun(world)
    walk.approve("supervision_head")
    walk.record("committee_member", ANSWER)
    walk.approve("village_secretary")

    assert climb(DUE + timedelta(days=1)) == 0
    assert not InquiryDelay.objects.exists()


def test_an_answer_that_nobody_released_is_none(world: World) -> None:
    walk = begun(world)
    walk.approve("supervision_head")
    walk.record("committee_member", ANSWER)

    assert climb(DUE + SECOND) == 1

    found = Inquiry.objects.get()
    assert (found.status, found.answered_at, found.level) == ("asked", None, "town")
    assert turn(walk.number)[0] == "town_answer"


def test_a_village_that_does_not_even_take_it_up_loses_it_too(world: World) -> None:
    walk = begun(world)
    assert turn(walk.number)[0] == "accept"

    assert climb(DUE + SECOND) == 1

    assert turn(walk.number) == ("town_answer", "town_agri_head")


def test_what_was_given_back_to_who_asked_does_not_go_up(world: World) -> None:
    walk = begun(world)
    opinion = cases.Opinion(
        "return", walk.case.content_digest, text="问的是哪盏灯，请写清楚", reason_code="other"
    )
    cases.act(
        number=walk.number, by=world.actor("supervision_head", walk.at), at=walk.at, opinion=opinion
    )
    assert walk.case.state == "RETURNED"

    assert climb(DUE + timedelta(days=9)) == 0
    assert not InquiryDelay.objects.exists()
    assert Inquiry.objects.get().level == "village"


def test_both_offices_and_the_villager_who_asked_are_told(world: World) -> None:
    sealed = secrets.seal("phone", "13712345678")
    asker = village.villager(world, "王小芳", sealed_phone=sealed)
    form = {"title": "路灯为什么换两次", "question": "三月换过，九月又换，钱从哪里来？"}
    number = _asked_online(world, asker.pk, form)
    due = Inquiry.objects.get().due_at

    climb(due + SECOND)

    told = Notice.objects.filter(template=climbing.OFFICE, channel="INBOX")
    assert set(told.values_list("user_id", flat=True)) == {
        world.users[role].pk
        for role in ("committee_member", "village_secretary", "town_agri_head", "town_leader")
    }
    [text] = Notice.objects.filter(template=climbing.ASKER)
    assert text.sealed_phone == sealed
    assert outbox.wording(text.template, text.params) == (
        f"您问村里的事，村里到期没有答复，转到镇里了，最迟12月30日答复。回执号{number}。"
    )


def _asked_online(world: World, person: int, form: dict[str, str]) -> str:
    from sanzi.matters.actions import online

    return online.hand_in(
        matter_code="M36", wish=online.Wish(form=form), by=orgs.villager(person), at=DECEMBER
    )


def test_inquiries_of_the_past_without_a_case_go_up_too(world: World) -> None:
    Inquiry.objects.create(
        ext_id="Q-OLD", organisation=Organisation.objects.get(ext_id="O-WILLOW-VC"),
        division_code=WILLOW, title="广场电费是谁用的", askers="reps", asker_count=5,
        asked_at=DECEMBER, due_at=DUE,
    )  # fmt: skip

    assert [climb(DUE + SECOND), climb(DUE + timedelta(days=1))] == [1, 0]
    assert Inquiry.objects.get().level == "town"
    assert inquiry_queries.tally(WILLOW, DUE + timedelta(days=1)).late == 1


def test_each_level_that_let_its_day_pass_is_an_alert_at_the_discipline_office(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = catalogue.models()["disclosure-inquiry-unanswered"]
    monkeypatch.setattr(catalogue, "at_gate", lambda _gate: [model])
    begun(world)
    for count, wait in enumerate((0, 21, 42), start=1):
        at = DUE + timedelta(days=wait, seconds=1)
        climb(at)
        nightly.run(as_of=at, by=SYSTEM)
        assert Alert.objects.count() == count

    rows = deals.record_rows("inquiry_delay")
    assert [row["level"] for row in sorted(rows, key=lambda row: str(row["due_at"]))] == [
        "village", "town", "county",
    ]  # fmt: skip
    assert len(extraction.fetch("inquiry_delay")) == 3
    said = list(Alert.objects.order_by("pk").values_list("sentence", flat=True))
    assert said[0] == "质询“路灯为什么换两次”村里到期没有公开答复，晚了1天，转到镇里了。"
    assert "到镇里也没有按时公开答复" in said[1]
    assert "到县里还没有按时公开答复" in said[2]
    assert set(Alert.objects.values_list("route_role", flat=True)) == {"town_discipline_office"}


def test_the_public_page_says_who_owes_the_answer_and_until_when(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = begun(world)
    first.approve("supervision_head")
    first.record("committee_member", ANSWER)
    first.approve("village_secretary")
    sheet = Publication.objects.get(subject_id=first.number, item_code="G04")
    begun(world, about=sheet.ext_id, title="支路为什么要换")
    climb(DUE + SECOND)
    monkeypatch.setattr(clock, "now", lambda: DUE + timedelta(hours=1))

    page = Client().get(f"/village/{WILLOW}/bulletin/{sheet.ext_id}/").content.decode()

    assert "12月2日问的，村里到期没答，转到镇里，最迟" in page
    assert "1月7日答复" in page
