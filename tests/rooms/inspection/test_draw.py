"""The draw: by risk and by lot, once, by nobody's choice, and it can be drawn again."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.inspection import errors, queries, rules
from sanzi.inspection.actions import plans
from sanzi.inspection.models import Inspection, Inspector, Sample, Task
from sanzi.inspection.rules import Unit
from sanzi.kernel.refusals import Refusal
from sanzi.matters.models import CaseState
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment
from sanzi.supervision.models import Alert
from worlds import deals, inspections
from worlds.inspections import COUNTY_AGRI, DAY, FINANCE, TOWN_AGRI
from worlds.village import AT, STONE, WILLOW, World

SEED = "00" * 16


def _units(count: int, risky: int = 0) -> list[Unit]:
    return [
        Unit("case", f"B-{number:03d}", "", 100, points=number if number <= risky else 0)
        for number in range(1, count + 1)
    ]


def test_the_share_by_risk_are_those_with_the_most_points_and_the_rest_is_by_lot() -> None:
    drawn = rules.draw(_units(50, risky=10), size=10, percent=60, seed=SEED)

    assert [one.unit.ref for one in drawn[:6]] == [f"B-{n:03d}" for n in (10, 9, 8, 7, 6, 5)]
    assert [one.how for one in drawn] == ["risk"] * 6 + ["random"] * 4
    assert len({one.unit.ref for one in drawn}) == 10


def test_without_enough_risky_ones_the_lot_fills_up_and_without_enough_all_are_drawn() -> None:
    assert Counter(one.how for one in rules.draw(_units(9, 2), size=8, percent=60, seed=SEED)) == {
        "risk": 2, "random": 6,
    }  # fmt: skip
    assert len(rules.draw(_units(3), size=8, percent=60, seed=SEED)) == 3
    assert rules.draw([], size=8, percent=60, seed=SEED) == ()


def test_the_order_of_the_population_has_no_part_in_the_draw_and_the_seed_has() -> None:
    units = _units(40, risky=4)
    one = rules.draw(units, size=8, percent=25, seed=SEED)

    assert rules.draw(units[::-1], size=8, percent=25, seed=SEED) == one
    assert rules.draw(units, size=8, percent=25, seed="11" * 16) != one
    assert rules.digest_of(units) == rules.digest_of(units[::-1])
    assert rules.digest_of(units) != rules.digest_of(units[:-1])


def test_every_unit_without_points_is_drawn_as_often_as_the_others() -> None:
    units = _units(10)
    tally = Counter(
        one.unit.ref
        for number in range(600)
        for one in rules.draw(units, size=3, percent=0, seed=f"{number:032x}")
    )

    assert set(tally) == {one.ref for one in units}
    assert max(abs(count - 180) for count in tally.values()) < 60  # five standard deviations


def test_equal_points_are_decided_by_the_seed() -> None:
    units = [Unit("case", f"B-{number}", "", 0, points=5) for number in range(20)]
    first = {
        rules.draw(units, size=1, percent=100, seed=f"{n:032x}")[0].unit.ref for n in range(40)
    }

    assert len(first) > 8


def test_what_is_drawn_is_kept_with_its_seed_and_can_be_drawn_again(world: World) -> None:
    inspections.alert("M10-003")

    task = inspections.drawn(world)

    rows = list(task.samples.order_by("number"))
    assert (task.state, task.population_count, len(task.seed)) == ("drawn", 12, 32)
    assert [one.how for one in rows][:1] == ["risk"]
    assert (rows[0].ref, rows[0].points, rows[0].reasons) == ("M10-003", 40, ["有阻断预警"])
    assert [one.unit.ref for one in plans.again(task)] == [one.ref for one in rows]
    assert rules.digest_of([rules.unit(one) for one in task.population]) == task.population_digest
    told = Event.objects.get(kind="inspection.task.drawn")
    assert task.seed in told.change
    assert task.population_digest in told.change


def test_nobody_draws_twice(world: World) -> None:
    task = inspections.drawn(world)
    before = list(Sample.objects.values_list("ext_id", flat=True))

    with pytest.raises(errors.DrawnAlready):
        plans.draw(ext_id=task.ext_id, by=world.actor("county_finance"), at=AT)

    assert list(Sample.objects.values_list("ext_id", flat=True)) == before
    assert Task.objects.get().seed == task.seed
    assert Event.objects.filter(kind="inspection.task.drawn").count() == 1


@pytest.mark.parametrize(
    ("role", "refusal"),
    [
        ("county_discipline", errors.NotYourTask),  # he ordered it, others were sent
        ("town_agri_head", errors.NotYourTask),
        ("village_secretary", NotFound),
        ("stone_cashier", NotFound),
        ("town_leader", NotFound),  # sees, does not inspect
    ],
)
def test_only_who_was_sent_draws(world: World, role: str, refusal: type[Refusal]) -> None:
    task = inspections.ordered(world)

    with pytest.raises(refusal):
        plans.draw(ext_id=task.ext_id, by=world.actor(role), at=AT)

    assert not Sample.objects.exists()
    assert Task.objects.get().state == "ordered"


def test_the_population_is_the_business_of_the_fields_and_the_months_and_the_village(
    world: World,
) -> None:
    inspections.case(world, "M08-001", 5, matter="M08")  # a purchase: not among fields C and D
    inspections.case(world, "M10-DRAFT", 5, state=CaseState.DRAFT)
    inspections.case(world, "M10-OLD", 5, submitted_at=AT - timedelta(days=400))
    inspections.case(world, "M10-STONE", 5, body="stone")
    inspections.order_alone(world, "M10-ALONE", 6_000_000)

    found = {one.ref: one for one in queries.population(inspections.ordered(world))}

    assert set(found) == {f"M10-{n:03d}" for n in range(1, 13)} | {"M10-ALONE"}
    assert (found["M10-ALONE"].kind, found["M10-ALONE"].points) == ("order", 25)
    assert found["M10-ALONE"].reasons == ("数额大", "事后补录")


def test_points_follow_alerts_amounts_and_what_was_found_before(world: World) -> None:
    inspections.alert("M10-001", "hold")
    inspections.alert("M10-001", "hold", finding_id="P-2")  # a second one counts no more
    inspections.alert(
        "M10-002", "warn", state="disposed", conclusion="confirmed",
        disposed_at=AT - timedelta(days=30),
    )  # fmt: skip
    inspections.alert(
        "M10-004", "warn", state="disposed", conclusion="false_positive",
        disposed_at=AT - timedelta(days=30),
    )  # fmt: skip
    inspections.alert("M10-005", "block", model_code="payment-denied")  # for discipline alone

    before = {one.ref: one.points for one in queries.population(inspections.ordered(world))}
    assert {ref: n for ref, n in before.items() if n} == {"M10-001": 25, "M10-002": 15}

    inspections.found(world, inspections.drawn(world))
    after = {one.ref: one.points for one in queries.population(inspections.ordered(world))}
    assert after["M10-004"] == 15
    assert after["M10-001"] == 40


def test_an_empty_village_is_drawn_and_has_nothing(world: World) -> None:
    task = inspections.drawn(world, fields=["K"])

    assert (task.population_count, task.samples.count(), task.state) == (0, 0, "drawn")


# --- the order ----------------------------------------------------------------------------------


def test_an_order_sends_two_into_each_village_and_tells_them(world: World) -> None:
    task = inspections.ordered(world, villages={WILLOW: [COUNTY_AGRI, FINANCE],
                                                STONE: [COUNTY_AGRI, TOWN_AGRI]})  # fmt: skip

    made = task.inspection
    assert (made.fields, made.risk_percent, made.role_code) == (["C", "D"], 60, "county_discipline")
    assert list(made.tasks.order_by("pk").values_list("division_code", flat=True)) == [
        WILLOW, STONE,
    ]  # fmt: skip
    assert Inspector.objects.filter(task__division_code=STONE).count() == 2
    assert Event.objects.filter(kind="inspection.plan.ordered").count() == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"method": "picnic"}, errors.InspectionWrong),
        ({"fields": []}, errors.InspectionWrong),
        ({"fields": ["C", "Z"]}, errors.InspectionWrong),
        ({"sample_size": 0}, errors.InspectionWrong),
        ({"sample_size": 61}, errors.InspectionWrong),
        ({"ends_date": DAY - timedelta(days=1)}, errors.InspectionWrong),
        ({"ends_date": DAY + timedelta(days=121)}, errors.InspectionWrong),
        ({"period_until_date": DAY + timedelta(days=1)}, errors.InspectionWrong),
        ({"period_from_date": DAY - timedelta(days=1101)}, errors.InspectionWrong),
        ({"title": "查"}, errors.WordsTooShort),
        ({"basis": ""}, errors.WordsTooShort),
        ({"villages": {WILLOW: [COUNTY_AGRI]}}, errors.TooFewInspectors),
        ({"villages": {WILLOW: [COUNTY_AGRI, COUNTY_AGRI]}}, errors.TooFewInspectors),
        ({"villages": {WILLOW: [COUNTY_AGRI, "P-willow-1"]}}, errors.InspectorMayNot),
        ({"villages": {WILLOW: [COUNTY_AGRI, "P-NONE"]}}, errors.InspectorMayNot),
        ({"villages": {}}, NotFound),
        ({"villages": {"999901101999": [COUNTY_AGRI, FINANCE]}}, errors.InspectionWrong),
        ({"villages": {"110101001001": [COUNTY_AGRI, FINANCE]}}, NotFound),
    ],
)
def test_an_order_that_cannot_be_right_is_refused_and_nothing_is_kept(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        inspections.ordered(world, **changed)

    assert not Inspection.objects.exists()
    assert not Task.objects.exists()
    assert not Event.objects.filter(kind__startswith="inspection").exists()


@pytest.mark.parametrize("role", ["county_finance", "town_agri_head", "village_secretary"])
def test_those_who_do_not_order_inspections_order_none(world: World, role: str) -> None:
    with pytest.raises(NotFound):
        plans.order(wanted=inspections.wanted(), by=world.actor(role), at=AT)

    assert not Inspection.objects.exists()


@pytest.mark.parametrize("tie", ["kin", "resident", "post"])
def test_nobody_inspects_his_own_village_or_his_kin(world: World, tie: str) -> None:
    agri = world.people["county_agri"]
    if tie == "kin":
        deals.kin(world.people["village_secretary"], agri)
    elif tie == "resident":
        agri.division_id = WILLOW
        agri.save()
    else:
        Appointment.objects.create(
            ext_id="A-REP", person=agri, organisation=world.bodies["willow"],
            role_code="villager_rep", start_date=DAY - timedelta(days=300),
        )  # fmt: skip

    with pytest.raises(errors.InspectorTooNear, match="农业局"):
        inspections.ordered(world)

    assert not Inspection.objects.exists()


def test_who_becomes_kin_after_he_was_sent_draws_nothing(world: World) -> None:
    task = inspections.ordered(world)
    deals.kin(world.people["village_secretary"], world.people["county_agri"])

    with pytest.raises(errors.InspectorTooNear):
        plans.draw(ext_id=task.ext_id, by=world.actor("county_agri"), at=AT)

    assert not Sample.objects.exists()


def test_the_town_sees_its_villages_of_the_countys_inspection_and_a_village_sees_none(
    world: World,
) -> None:
    task = inspections.ordered(world)

    assert queries.visible(world.actor("town_leader")).get() == task.inspection
    for role in ("village_secretary", "supervision_head", "stone_cashier"):
        assert not queries.visible(world.actor(role)).exists()
        with pytest.raises(NotFound):
            queries.access_task(by=world.actor(role), ext_id=task.ext_id)


def test_a_village_with_a_low_grade_has_more_looked_at_and_the_draw_comes_out_again(
    world: World,
) -> None:
    from sanzi.insight.models import IndexScore

    for grade, period in (("A", "2026-09"), ("D", "2026-10")):
        IndexScore.objects.create(
            ext_id=f"IS-{grade}", index_code="integrity", version="1", period=period,
            division_code=WILLOW, tenths=500, coverage_percent=100, grade=grade,
            computed_at=AT - timedelta(days=2),
        )  # fmt: skip
    IndexScore.objects.create(
        ext_id="IS-post", index_code="integrity", version="1", period="2026-11", grade="A",
        division_code=WILLOW, role_code="village_secretary", person_ext_id="P-1", tenths=950,
        coverage_percent=100, computed_at=AT,
    )  # fmt: skip

    task = inspections.drawn(world)

    assert (task.grade, task.sample_size, task.inspection.sample_size) == ("D", 10, 5)
    assert task.samples.count() == 10
    assert [one.unit.ref for one in plans.again(task)] == list(
        task.samples.order_by("number").values_list("ref", flat=True)
    )
    figures = rules.figures(DAY)
    sizes = [figures.size_of(5, figures.weights_of(one, {})) for one in ("", "A", "C")]
    assert sizes == [5, 5, 8]
    most = figures.weights_of("D", {"confirmed_open": 9})
    assert figures.size_of(figures.sample_max, most) == figures.sample_max


def test_flags_and_confirmed_alerts_weigh_and_the_draw_tells_why(world: World) -> None:
    from sanzi.insight.models import Flag, IndexScore

    def flagged(place: str, colour: str, period: str, at: datetime = AT) -> None:
        score = IndexScore.objects.create(
            ext_id=f"IS-{place}-{period}", index_code="flags", version="1", period=period,
            division_code=place, tenths=500, coverage_percent=100, computed_at=at,
        )  # fmt: skip
        Flag.objects.create(
            ext_id=f"FL-{place}-{period}", score=score, index_code="flags", division_code=place,
            period=period, flag=colour, of=2, decided_at=at,
        )  # fmt: skip

    assert queries.counts_of(WILLOW, AT) == {
        "village_yellow": 0, "village_red": 0, "town_yellow": 0, "confirmed_open": 0,
    }  # fmt: skip
    flagged(WILLOW, "red", "2026-08")
    flagged(WILLOW, "yellow", "2026-09")
    flagged(STONE, "yellow", "2026-09")
    flagged(WILLOW, "red", "2026-10", AT + timedelta(days=90))
    alert = inspections.alert("K1", severity="warn")
    assert queries.counts_of(WILLOW, AT)["confirmed_open"] == 0, "nobody found it real yet"
    Alert.objects.filter(pk=alert.pk).update(conclusion="confirmed", state="verifying")

    task = inspections.drawn(world)

    assert task.weights == "grade:1:100;village_yellow:1:50;town_yellow:1:5;confirmed_open:1:10"
    assert (task.sample_size, task.inspection.sample_size) == (9, 5)
    assert [one.unit.ref for one in plans.again(task)] == list(
        task.samples.order_by("number").values_list("ref", flat=True)
    )
    found = rules.weights_read(task.weights)
    assert rules.weights_kept(found) == task.weights
    assert [one.words for one in found][1:] == [
        "这个村最近一次评了黄旗", "同镇还有1个村是黄旗", "1条预警属实、还没有销号",
    ]  # fmt: skip
    figures = rules.figures(DAY)
    many = {"village_yellow": 1, "town_yellow": 40, "confirmed_open": 40}
    assert [one.percent for one in figures.weights_of("D", many)] == [200, 50, 20, 50]
    assert figures.size_of(5, figures.weights_of("D", many)) == 15, "300 percent at most"
    before = rules.figures(date(2026, 10, 31))
    assert [one.name for one in before.weights_of("D", many)] == ["grade"], "not dated then"
