"""What waits on the desk: whoever is to move sees it, until it is done, and nobody else."""

from __future__ import annotations

from datetime import timedelta

from sanzi.inspection.actions import answering, leads, plans
from sanzi.inspection.actions.leads import Told
from sanzi.inspection.waiting import waiting
from worlds import inspections
from worlds.inspections import LATER
from worlds.village import AT, World


def kinds(world: World, role: str) -> list[str]:
    return [one.kind for one in waiting(by=world.actor(role), at=LATER)]


def test_each_step_waits_for_who_is_to_do_it(world: World) -> None:
    task = inspections.drawn(world)
    everybody = ("county_agri", "county_finance", "village_secretary", "county_discipline")
    assert [kinds(world, one) for one in everybody] == [["task"], ["task"], [], []]

    one = inspections.found(world, task)
    inspections.looked_through(world, task)
    assert [kinds(world, one) for one in everybody] == [[], [], ["finding"], []]
    [mine] = waiting(by=world.actor("village_secretary"), at=LATER)
    assert (mine.ext_id, mine.words, mine.due_at) == (
        one.ext_id,
        "钱付给了报账员或不相干的人",
        one.due_at,
    )
    assert not mine.is_late(LATER)
    assert mine.is_late(one.due_at + timedelta(days=1))

    inspections.answered(world, one)
    # Who found it does not verify it; the other who was sent does.
    assert [kinds(world, each) for each in everybody] == [[], ["verify"], [], []]
    answering.verify(
        ext_id=one.ext_id, is_accepted=True, words="看了回单，钱在账上",
        by=world.actor("county_finance"), at=LATER,
    )  # fmt: skip
    assert [kinds(world, each) for each in everybody] == [[], [], [], ["close"]]
    assert kinds(world, "stone_cashier") == []


def test_a_lead_waits_for_its_office_and_then_for_who_took_it(world: World) -> None:
    task = inspections.drawn(world)
    told = Told("报账员三次把维修款打进自己的卡，书记签了字")
    made = leads.hand(task=task.ext_id, told=told, by=world.actor("county_agri"), at=AT)
    assert "lead" in kinds(world, "town_discipline_office")
    assert kinds(world, "village_secretary") == []

    leads.take(ext_id=made, by=world.actor("town_discipline_office"), at=AT)
    assert "lead" in kinds(world, "town_discipline_office")
    assert "lead" not in kinds(world, "county_discipline")
    assert plans.not_yet(task.inspection)
