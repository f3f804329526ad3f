"""What was decided and never done: works late on their way, bids in step, a vote without a deed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from fires import nights
from sanzi.matters.models import Decision
from sanzi.registers.works.models import Works
from worlds import deals, meetings, walks, works
from worlds.village import World
from worlds.works import FORM, NOTICED, SIGNED

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = ("decision-not-implemented", "tender-price-pattern", "works-overdue")
DAY = timedelta(days=1)


def contracted(world: World) -> tuple[str, str]:
    """Bring works from the need to the contract; return them and their tender."""
    walk = walks.start(world, "M06", "committee_member")
    walk.submit("committee_member", FORM, ("before_photo",))
    walk.approve("village_secretary", "town_works_office", "town_agri_head")
    priced = {"guide_price": "240000", "agency": "C-PRICE"}
    walk.record("town_works_office", priced, ("report",))
    walk.at = NOTICED
    tender = deals.awarded(
        world, title="后塘路", platform_level="town", platform_number="ZJ-2026-88",
        price_fen=23_000_000, limit_price_fen=24_000_000,
    )  # fmt: skip
    walk.record("village_clerk", {"tender": tender})
    made = Works.objects.get()
    works.promise_all(world, made)
    walk.record("coop_director", SIGNED, ("contract",))
    return made.ext_id, tender


def test_works_past_their_day_and_bids_in_step_are_found() -> None:
    world = works.build()
    built, in_step = contracted(world)
    other = deals.published(world, title="文化礼堂修缮", limit_price_fen=24_000_000)
    for firm, fen in (("C-1", 21_913_700), ("C-2", 23_348_200), ("C-3", 22_406_900)):
        deals.bid(world, other, firm, fen)
    deals.opened(world, other)

    assert nights.found(NOTICED, "tender-price-pattern") == {("tender-price-pattern", in_step)}
    due = datetime.combine(Works.objects.get().planned_end_date, time(4), UTC)
    found = [nights.found(due + days * DAY, "works-overdue") for days in (15, 16)]
    assert found == [set(), {("works-overdue", built)}]


def test_a_decision_on_which_nothing_follows_is_found_and_one_with_a_contract_is_not() -> None:
    hall = meetings.build()
    decision, at = hall.usable()
    code = "decision-not-implemented"
    passed_at = Decision.objects.get(ext_id=decision).passed_at
    assert passed_at is not None

    found = [nights.found(passed_at + days * DAY, code) for days in (90, 91)]
    assert found == [set(), {(code, decision)}]

    deals.party("C-1")
    deals.contract(
        hall.world, organisation="O-WILLOW-VC", decision=decision, amount_fen=8_000_000
    )  # fmt: skip
    assert nights.found(at + 91 * DAY, code) == set()
