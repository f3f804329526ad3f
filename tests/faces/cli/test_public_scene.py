"""What the demo finds ready of publications: two comments on a plan, and what is due and late."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sanzi.disclosure import comment_queries, due_queries
from sanzi.disclosure.models import DueSheet, Publication
from sanzi.interfaces.cli import public_scene
from sanzi.matters.items import items
from sanzi.orgs.models import Appointment, Organisation
from sanzi.registers.posts.models import Pay
from worlds import village
from worlds.village import WILLOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> village.World:
    found = village.build()
    body = Organisation.objects.get(ext_id="O-WILLOW-VC")
    for number, name in enumerate(("王小芳", "赵大明")):
        Appointment.objects.create(
            ext_id=f"REP-{number}", person=village.villager(found, name), organisation=body,
            role_code="villager_rep", start_date=date(2024, 1, 1),
        )  # fmt: skip
    return found


def test_a_plan_has_two_comments_and_one_answer(world: village.World) -> None:
    ext_id = public_scene.leave_consultation(WILLOW, village.AT)

    said = comment_queries.of(Publication.objects.get(ext_id=ext_id), village.AT)
    assert said is not None
    assert said.is_open
    assert [count for _, count in said.counts] == [1, 0, 1]
    assert [one.answer for one in said.rows] == [public_scene.ANSWER]
    assert said.waiting == 1
    assert len(comment_queries.waiting(by=world.actor("village_clerk"))) == 1


@pytest.mark.parametrize("day", [5, 15, 28])
@pytest.mark.parametrize("month", [1, 2, 12])
def test_something_is_late_and_something_waits_whatever_the_day(
    world: village.World, month: int, day: int
) -> None:
    at = datetime(2027, month, day, 2, 0, tzinfo=UTC)
    body = Organisation.objects.get(ext_id="O-WILLOW")
    for period in ("2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-10", "2027-11"):
        Pay.objects.create(
            ext_id=f"PAY-{period}", organisation=body, division_code=WILLOW, kind="basic",
            person=world.people["王小芳"], role_code="village_secretary", period=period,
            amount_fen=320_000, status="approved",
        )  # fmt: skip
    public_scene.write_down_due(WILLOW, at)

    assert set(DueSheet.objects.values_list("division_id", flat=True)) == {WILLOW}
    states = {due_queries.state(one, at) for one in DueSheet.objects.select_related("publication")}
    assert states & {due_queries.DUE, due_queries.MISSING}
    assert due_queries.LATE in states
    over = DueSheet.objects.filter(due_at__lte=at).select_related("publication")
    late = {
        one.item_code
        for one in over
        if due_queries.state(one, at) == due_queries.LATE
        or (one.empty_at is not None and one.empty_at > one.due_at)
    }
    missing = {one.item_code for one in over if due_queries.state(one, at) == due_queries.MISSING}
    assert "V04" in late <= public_scene.LATE
    # Here no month is published from the books; what the village adds by hand waits for it.
    assert missing <= {"F01", *(one.code for one in items().values() if one.by_hand)}
