"""M07: ordered within two hours, done, written down, reviewed by a meeting, priced, then paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters import catalogue, registry
from sanzi.matters import errors as matter_errors
from sanzi.matters.models import CaseEntry
from sanzi.registers.works import errors as refusals
from sanzi.registers.works.models import Works
from worlds import deals, walks, works
from worlds.publications import published
from worlds.village import AT, World

NEXT = AT + timedelta(days=1)


@pytest.fixture
def world(db: None) -> World:
    return works.build()


@pytest.fixture
def ordered(world: World) -> walks.Walk:
    walk = walks.start(world, "M07", "committee_member")
    walk.submit("committee_member", works.SLIDE, ("before_photo",))
    walk.approve("town_leader")
    walk.at = NEXT
    return walk


def test_the_chain_is_order_rescue_meeting_price(world: World) -> None:
    matter = catalogue.matters()["M07"]

    assert [one.key for one in matter.steps] == ["apply", "order", "rescue", "meeting", "settle"]
    limits = {one.key: one.limit.hours for one in matter.steps if one.limit and one.limit.hours}
    assert limits == {"order": 2, "rescue": 48, "meeting": 360}


def test_m07_walks_from_the_report_to_the_price(ordered: walks.Walk) -> None:
    walk = ordered
    walk.record("village_clerk", works.CLEARED, ("photo",))
    with pytest.raises(refusals.WorksNotNow, match="付款"):
        registry.require_payable("works", walk.number, 1, "P-1")
    walk.record("village_secretary", {"decision": "D-1"})
    walk.record(
        "town_works_office",
        {"settlement": "41000", "audited": "38000", "agency": "C-AUDIT"}, ("report",),
    )  # fmt: skip

    assert walk.case.state == "DONE"
    [row] = deals.record_rows("works")
    assert (row["case_id"], row["status"], row["decision_id"], row["audited_fen"]) == (
        walk.number, "settled", "D-1", 3_800_000,
    )  # fmt: skip
    assert row["is_emergency"]
    assert len(deals.record_rows("works_log")) == 1
    shown = published(walk.number)["W01"]
    assert (shown.stage, shown.facts["应急令编号"]) == ("审定了", "应急〔2026〕3号")
    registry.require_payable("works", walk.number, 3_686_000, "P-1")
    with pytest.raises(refusals.WorksOverpaid, match="97%"):
        registry.require_payable("works", walk.number, 3_686_001, "P-1")


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"firm": "C-NONE"}, refusals.AwardWrong),
        ({"firm": "C-KIN"}, refusals.AwardWrong),
        ({"started_at": "2026-11-12T07:00"}, refusals.WorksWrong),
        ({"ended_at": "2026-11-12T10:59"}, refusals.WorksWrong),
        ({"ended_at": "2026-11-14T10:00"}, refusals.WorksWrong),
        ({"order_no": ""}, matter_errors.FormIncomplete),
    ],
)
def test_what_cannot_be_a_rescue_is_refused_and_nothing_changes(
    ordered: walks.Walk, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    deals.party("C-KIN", owner=ordered.world.people["village_secretary"])

    with pytest.raises(refusal):
        ordered.record("village_clerk", {**works.CLEARED, **changed}, ("photo",))

    assert Works.objects.get().status == "approved"
    assert Works.objects.get().counterparty is None
    assert not CaseEntry.objects.exists()


def test_a_meeting_that_did_not_pass_ends_nothing(ordered: walks.Walk) -> None:
    ordered.record("village_clerk", works.CLEARED, ("photo",))

    with pytest.raises(matter_errors.DecisionNeeded):
        ordered.record("village_secretary", {"decision": "D-NONE"})

    assert Works.objects.get().status == "completed"
    assert ordered.open_step.step_key == "meeting"
