"""What waits too long: a step, an alert, a letter, a question, what must be published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fires import nights
from sanzi.disclosure.actions import periodic
from sanzi.matters.actions import cases
from sanzi.notices import duties
from sanzi.orgs.actors import SYSTEM
from sanzi.supervision.actions import alerts, nightly
from sanzi.supervision.models import Alert
from sanzi.voice.actions import handling
from sanzi.voice.models import Complaint
from worlds import deals, letters, walks
from worlds.village import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "disclosure-inquiry-unanswered", "disclosure-overdue", "efficiency-alert-timeout",
    "efficiency-complaint-timeout", "efficiency-repeat-alert", "efficiency-step-timeout",
)  # fmt: skip
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
BEGUN = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
TENTH = datetime(2026, 12, 10, 1, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 17, 16, 0, tzinfo=UTC)
WHY = "已经核对了办件和台账"
QUESTION = {
    "kind": "inquiry", "title": "路灯为什么换两次", "askers": "reps", "asker_count": "6",
    "question": "三月换过，九月又换，钱从哪里来？",
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return letters.build()


def question(world: World) -> walks.Walk:
    by = world.actor("village_clerk", BEGUN)
    number = cases.start(matter_code="M36", organisation_ext_id="O-WILLOW-VC", by=by, at=BEGUN)
    walk = walks.Walk(world, number, BEGUN)
    walk.submit("village_clerk", QUESTION)
    return walk


def of_the_record(table: str, column: str) -> set[str]:
    return {row[column] for row in deals.record_rows(table)}


def test_a_step_that_nobody_takes_and_then_its_alert_are_found(world: World) -> None:
    walk = question(world)
    late = walk.open_step.due_at + 9 * DAY
    [step] = of_the_record("open_step", "open_step_id")

    assert nights.found(walk.open_step.due_at - SECOND, "efficiency-step-timeout") == set()
    assert nights.found(late, "efficiency-step-timeout") == {
        ("efficiency-step-timeout", step), ("efficiency-step-timeout", walk.number),
    }  # fmt: skip

    nightly.run(as_of=late, by=SYSTEM)
    alert = Alert.objects.get(model_code="efficiency-step-timeout", finding_kind="open_step")
    sides = [SECOND, -SECOND]
    found = [nights.found(alert.due_at + one, "efficiency-alert-timeout") for one in sides]
    assert [("efficiency-alert-timeout", alert.ext_id) in one for one in found] == [True, False]


def test_a_step_that_is_taken_is_not(world: World) -> None:
    walk = question(world)
    due = walk.open_step.due_at
    walk.approve("supervision_head")

    assert nights.found(due + DAY, "efficiency-step-timeout") == set()


@pytest.mark.parametrize("times", [1, 2])
def test_an_alert_that_is_sent_back_twice_is_found_and_once_is_not(
    world: World, times: int
) -> None:
    late = question(world).open_step.due_at + DAY
    nightly.run(as_of=late, by=SYSTEM)
    alert = Alert.objects.get(model_code="efficiency-step-timeout")
    by, other = world.actor(alert.route_role, late), world.actor("town_discipline_office", late)
    for _ in range(times):
        alerts.take(ext_id=alert.ext_id, by=by, at=late)
        alerts.conclude(ext_id=alert.ext_id, conclusion="explained", text=WHY, by=by, at=late)
        alerts.verify(ext_id=alert.ext_id, agrees=False, text=WHY, by=other, at=late)

    expected = {("efficiency-repeat-alert", alert.ext_id)} if times == 2 else set()
    assert nights.found(late, "efficiency-repeat-alert") == expected


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_letter_without_an_answer_is_found(world: World, is_answered: bool) -> None:
    _, letter = letters.write(kind="business", accused=(), token="B" * 20, at=BEGUN)
    due = Complaint.objects.get().due_at
    if is_answered:
        by = world.actor("town_agri_head", BEGUN)
        handling.take(ext_id=letter.ext_id, by=by, at=BEGUN)
        handling.answer(
            ext_id=letter.ext_id, words="查过了，发票退回，钱已追回。", opener=None, by=by, at=BEGUN
        )

    expected = set() if is_answered else {("efficiency-complaint-timeout", letter.ext_id)}
    assert nights.found(due + DAY, "efficiency-complaint-timeout") == expected
    assert nights.found(due - SECOND, "efficiency-complaint-timeout") == set()


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_question_that_nobody_answers_in_time_is_found(world: World, is_answered: bool) -> None:
    walk = question(world)
    walk.approve("supervision_head")
    if is_answered:
        walk.record("committee_member", {"answer": "三月是主路，九月是支路，都在预算里。"})
        walk.approve("village_secretary")

    duties.run_now("disclosure.inquiries", DUE + SECOND)

    delays = of_the_record("inquiry_delay", "delay_id")
    assert len(delays) == (0 if is_answered else 1)
    assert nights.found(DUE + DAY, "disclosure-inquiry-unanswered") == {
        ("disclosure-inquiry-unanswered", one) for one in delays
    }


def test_what_the_worker_did_not_publish_is_found_and_what_it_did_is_not(world: World) -> None:
    periodic.work(BEGUN)
    due = of_the_record("disclosure_due", "due_id")
    asked = (TENTH + 2 * DAY, "disclosure-overdue")
    assert due
    assert nights.found(*asked) == {("disclosure-overdue", one) for one in due}

    periodic.work(TENTH)

    rows = deals.record_rows("disclosure_due")
    left = {one["due_id"] for one in rows if not one["published_at"] and not one["empty_at"]}
    assert left < due
    assert nights.found(*asked) == {("disclosure-overdue", one) for one in left}
