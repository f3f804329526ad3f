"""What was decided and never done: works late on their way, bids in step, a vote without a deed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from fires import nights
from sanzi.matters.actions import cases
from sanzi.matters.models import Decision
from sanzi.orgs.models import Counterparty, CounterpartyOwner
from sanzi.registers.works.actions import projects, site
from sanzi.registers.works.models import Works
from worlds import deals, meetings, walks, works
from worlds.village import World
from worlds.works import FORM, LATER, NOTICED, SIGNED

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "decision-no-regular-meeting", "decision-not-implemented", "fiscal-cross-level-duplicate",
    "tender-price-pattern", "works-acceptance-irregular", "works-audit-cut-abnormal",
    "works-duplicate-place", "works-overdue", "works-variation-after",
)  # fmt: skip
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WISH = projects.Wish(
    name="后塘路二期", kind="road", place="三组后塘", estimate_fen=1_200_000, fund_code="F-1",
    planned_end_date=date(2027, 3, 1),
)  # fmt: skip


def contracted(world: World) -> tuple[walks.Walk, str]:
    """Bring works from the need to the contract; return their case and their tender."""
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
    return walk, tender


def test_works_past_their_day_and_bids_in_step_are_found() -> None:
    world = works.build()
    _, in_step = contracted(world)
    built = Works.objects.get().ext_id
    other = deals.published(world, title="文化礼堂修缮", limit_price_fen=24_000_000)
    for firm, fen in (("C-1", 21_913_700), ("C-2", 23_348_200), ("C-3", 22_406_900)):
        deals.bid(world, other, firm, fen)
    deals.opened(world, other)

    assert nights.found(NOTICED, "tender-price-pattern") == {("tender-price-pattern", in_step)}
    due = datetime.combine(Works.objects.get().planned_end_date, time(4), UTC)
    found = [nights.found(due + days * DAY, "works-overdue") for days in (15, 16)]
    assert found == [set(), {("works-overdue", built)}]


def test_a_change_done_first_is_found_when_nobody_approves_it_in_two_days() -> None:
    world = works.build()
    contracted(world)
    built, code = Works.objects.get(), "works-variation-after"
    secretary = world.actor("village_secretary", LATER)
    _, late, soon = [
        site.ask_variation(
            works=built.ext_id, amount_fen=100, reason_code="safety", reason="边坡塌了连夜抢修",
            decision="", done_on=done_on, by=world.actor("committee_member", LATER), at=LATER,
        )
        for done_on in (None, LATER.date(), LATER.date())
    ]  # fmt: skip
    site.decide_variation(variation=soon, is_approved=True, by=secretary, at=LATER + DAY)

    nights_after = [nights.found(LATER + hours, code) for hours in (2 * DAY, 2 * DAY + HOUR)]
    assert nights_after == [set(), {(code, late)}]


def test_a_decision_on_which_nothing_follows_is_found_and_one_with_a_contract_is_not() -> None:
    hall = meetings.build()
    decision, at = hall.usable()
    code = "decision-not-implemented"
    passed_at = Decision.objects.get(ext_id=decision).passed_at
    assert passed_at is not None
    early = datetime(2026, 6, 20, 2, tzinfo=UTC)
    clerk = hall.world.actor("village_clerk", early)
    cases.start(matter_code="M36", organisation_ext_id="O-WILLOW-VC", by=clerk, at=early)
    autumn, winter = (datetime(*day, 2, tzinfo=UTC) for day in ((2026, 10, 5), (2027, 1, 5)))
    quarters = [nights.found(day, "decision-no-regular-meeting") for day in (autumn, winter)]
    assert quarters == [set(), {("decision-no-regular-meeting", "O-WILLOW-VC")}]

    found = [nights.found(passed_at + days * DAY, code) for days in (90, 91)]
    assert found == [set(), {(code, decision)}]

    deals.party("C-1")
    deals.contract(
        hall.world, organisation="O-WILLOW-VC", decision=decision, amount_fen=8_000_000
    )  # fmt: skip
    assert nights.found(at + 91 * DAY, code) == set()


@pytest.mark.parametrize("audited", ["184000", "183999"])
def test_works_built_twice_seen_by_their_builder_or_cut_by_a_fifth_are_found(audited: str) -> None:
    world = works.build()
    walk, _ = contracted(world)
    walk.at = LATER
    walk.record("village_clerk", {"kind": "progress", "percent": "100"}, ("photo",))
    built = Works.objects.get()
    for number, kind in (("K-WATER", "water"), ("K-ROAD", "road")):
        wish = replace(WISH, kind=kind, lat_micro=works.HERE[0], lng_micro=works.HERE[1])
        projects.apply(
            wish=wish, organisation="O-WILLOW", case_number=number,
            by=world.actor("committee_member", LATER + DAY), at=LATER + DAY,
        )  # fmt: skip
    again = Works.objects.get(case_number="K-ROAD").ext_id
    assert nights.found(LATER + DAY, "works-duplicate-place") == {("works-duplicate-place", again)}

    present = [{"person": "P-willow-1", "role": "village"}, *works.present()[1:]]
    passed = {"is_passed": "yes", "measured": "400", "contracted": "400", "present": present}
    walk.record("supervision_head", passed, ("photo",))
    settled = {"settlement": "230000", "audited": audited, "agency": "C-AUDIT"}
    walk.record("town_works_office", settled, ("report",))
    code, at = "works-audit-cut-abnormal", LATER + DAY
    assert nights.found(at, code) == ({(code, built.ext_id)} if audited == "183999" else set())
    code = "works-acceptance-irregular"
    assert nights.found(at, code) == set()
    CounterpartyOwner.objects.create(
        counterparty=Counterparty.objects.get(ext_id="C-1"),
        person=world.people["village_secretary"], share_percent=60, kind="shareholder",
    )  # fmt: skip
    assert nights.found(at, code) == {(code, built.ext_id)}


def test_one_place_asked_for_from_two_funds_is_found_and_two_places_are_not() -> None:
    world = works.build()
    by = world.actor("committee_member")
    wishes = {
        "K-1": WISH, "K-2": replace(WISH, place="五组", fund_code="F-2"),
        "K-3": replace(WISH, kind="water", fund_code="F-2"),
    }  # fmt: skip
    for number, wish in wishes.items():
        projects.apply(wish=wish, organisation="O-WILLOW", case_number=number, by=by, at=world.at)
    code = "fiscal-cross-level-duplicate"
    assert nights.found(NOTICED, code) == set()

    other = replace(WISH, name="后塘路路面", fund_code="F-2", estimate_fen=1_000_000)
    projects.apply(wish=other, organisation="O-WILLOW", case_number="K-4", by=by, at=world.at + DAY)

    later = Works.objects.get(case_number="K-4").ext_id
    assert nights.found(NOTICED, code) == {(code, later)}
