"""Works given out: split, priced by a friend, let on too low a platform, promised too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from fires import nights
from sanzi.deals.actions import contracts
from sanzi.matters import errors
from sanzi.orgs.models import Counterparty, CounterpartyOwner
from sanzi.registers.works.actions import projects, site
from sanzi.registers.works.models import Works
from sanzi.supervision.models import Verdict
from worlds import deals, village, works
from worlds.village import World
from worlds.works import HERE, LATER, NOTICED, Given

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {
    "tender-contract-deviates", "tender-not-held", "works-no-commitment", "works-no-guide-price",
    "works-split-tier", "works-variation-over",
}  # fmt: skip
DITCH = Given(name="五组水渠", kind="water")
WISH = projects.Wish(
    name="后塘路二期", kind="road", place="三组后塘", estimate_fen=1_900_000,
    planned_end_date=date(2027, 3, 1), lat_micro=HERE[0], lng_micro=HERE[1],
)  # fmt: skip


def wished(world: World, day: int, **changed: Any) -> str:
    """Ask for works on a day; return their id."""
    return projects.apply(
        wish=replace(WISH, **changed), organisation="O-WILLOW", case_number=f"K-{day}",
        by=world.actor("committee_member"), at=world.at + timedelta(days=day),
    )  # fmt: skip


def stopped(code: str) -> set[str]:
    """Return the works at which a red line spoke when a step was written down."""
    kept = Verdict.objects.filter(model_code=code, severity="block", finding_kind="works")
    return set(kept.values_list("finding_id", flat=True))


def test_works_beside_each_other_that_come_to_a_tier_together_are_found() -> None:
    world, code = works.build(), "works-split-tier"
    wished(world, 1)
    wished(world, 2, kind="water", place="五组", lat_micro=HERE[0] + 9_000)
    wished(world, 3, kind="lighting", place="五组", lat_micro=HERE[0] + 18_000)
    assert nights.found(NOTICED, code) == set()

    made = wished(world, 4, kind="house", place="祠堂边", estimate_fen=1_100_000)

    assert nights.found(NOTICED, code) == {(code, made)}


def test_works_whose_pricer_and_builder_are_one_mans_are_stopped() -> None:
    world, code = works.build(), "works-no-guide-price"
    boss = village.villager(world, "钱老板")
    deals.party("C-FRIEND", owner=boss)
    CounterpartyOwner.objects.create(
        counterparty=Counterparty.objects.get(ext_id="C-1"), person=boss, share_percent=40,
        kind="shareholder",
    )  # fmt: skip
    works.awarded(world, Given())
    assert (stopped(code), nights.found(NOTICED, code)) == (set(), set())

    with pytest.raises(errors.Blocked):
        works.awarded(world, replace(DITCH, agency="C-FRIEND"))

    made = Works.objects.get(name=DITCH.name)
    assert stopped(code) == {made.ext_id}
    assert made.status == "priced"


def test_works_that_cost_more_than_a_village_may_give_out_are_stopped() -> None:
    world, code = works.build(), "tender-not-held"
    small = Given(power="M05", estimate=90_000, guide=210_000, won_fen=19_999_900)
    works.contracted(world, small)
    assert (stopped(code), nights.found(NOTICED, code)) == (set(), set())

    with pytest.raises(errors.Blocked):
        works.contracted(world, replace(small, name="五组水渠", kind="water", won_fen=20_000_000))

    made = Works.objects.get(name="五组水渠")
    assert stopped(code) == {made.ext_id}
    assert made.status == "awarded"


def test_a_contract_dated_before_the_promises_is_stopped() -> None:
    world, code = works.build(), "works-no-commitment"
    works.contracted(world, Given())
    assert (stopped(code), nights.found(LATER, code)) == (set(), set())

    with pytest.raises(errors.Blocked):
        works.contracted(world, replace(DITCH, days_to_promise=1))

    made = Works.objects.get(name=DITCH.name)
    assert stopped(code) == {made.ext_id}
    assert made.status == "awarded"


def test_a_contract_that_grows_by_a_supplement_and_works_that_grow_by_changes_are_found() -> None:
    world = works.build()
    made = works.contracted(world, Given())
    asked = (LATER, "tender-contract-deviates", "works-variation-over")

    def change(fen: int, decision: str = "") -> None:
        site.ask_variation(
            works=made.ext_id, amount_fen=fen, reason_code="quantity", reason="多铺了一段石子路",
            decision=decision, by=world.actor("committee_member", LATER), at=LATER,
        )  # fmt: skip

    def add(fen: int) -> None:
        said = deals.fields(
            title="补充协议", sign_date=LATER.date(), parent=made.contract_ext_id, amount_fen=fen
        )
        contracts.register(fields=said, by=world.actor("village_clerk", LATER), at=LATER)

    change(2_300_000)
    assert nights.found(*asked) == set()
    change(100, "D-1")
    assert nights.found(*asked) == {("works-variation-over", made.ext_id)}

    add(2_300_000)
    assert nights.found(*asked) == set()
    add(100)
    assert nights.found(*asked) == {("tender-contract-deviates", made.tender_ext_id)}
