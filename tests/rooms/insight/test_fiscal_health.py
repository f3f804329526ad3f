"""The fiscal health of townships: what the night counts of a real record, what takes points off."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.insight.actions import indices, objections
from sanzi.insight.indices import catalogue, queries, rules
from sanzi.insight.indices.rules import Figure
from sanzi.insight.models import IndexScore, Objection
from sanzi.notices.models import Notice
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from worlds import office, village
from worlds.village import AT, TOWN, WILLOW

INDEX = catalogue.indices()["fiscal_health"]
FULL = {
    one.code: Figure(one.hundred if one.unit != "count" else 0, 1000, 5) for one in INDEX.indicators
}
database = pytest.mark.django_db


def _town() -> IndexScore:
    return IndexScore.objects.get(index_code="fiscal_health", division_code=TOWN)


@database
def test_the_whole_index_runs_over_a_real_record(world, pay):
    pay("K1", 300)

    counted = indices.count(INDEX, AT)

    assert counted.errors == {}
    assert counted.figures[TOWN, ""]["cash"] == Figure(0, 30_000, 1)
    assert (WILLOW, "") not in counted.figures, "what lies in a village counts for its town"


@database
def test_every_town_has_a_score_and_too_little_data_gives_none(world, pay, monkeypatch):
    monkeypatch.setattr(catalogue, "indices", lambda: {"fiscal_health": INDEX})
    pay("K1", 300)

    assert indices.run(at=AT, by=SYSTEM) == 1
    assert (_town().tenths, _town().version) == (None, "1")
    assert _town().coverage_percent < INDEX.coverage_min_percent


@database
def test_a_confirmed_loss_takes_five_points_and_opens_its_alert(world, pay, monkeypatch):
    cash = next(one for one in INDEX.indicators if one.code == "cash")
    field = replace(INDEX.fields[0], weight=100, indicators=(cash,))
    small = replace(INDEX, fields=(field,))
    monkeypatch.setattr(catalogue, "indices", lambda: {"fiscal_health": small})
    pay("K1", 300)
    alert = office.alert("K1", state="disposed")
    alert.conclusion, alert.disposed_at, alert.involved_fen = "confirmed", AT, 8_000
    alert.disposed_at -= timedelta(days=1)
    alert.save()

    indices.run(at=AT, by=SYSTEM)
    page = queries.score_page(by=world.actor("town_leader"), ext_id=_town().ext_id)
    rows = queries.rows_page(
        by=world.actor("town_leader"), ext_id=_town().ext_id, indicator="money_loss"
    )

    assert _town().tenths == 950
    assert [(one.row_count, one.tenths) for one in page.lost] == [(1, 50), (0, 0)]
    assert [one.ext_id for one in rows.alerts] == [alert.ext_id]
    assert page.may_object is True


@database
def test_a_village_does_not_see_its_township(world, pay):
    pay("K1", 300)
    indices.run(at=AT, by=SYSTEM)

    def titles(role: str) -> list[str]:
        return [one.code for one in queries.boards(by=world.actor(role))]

    def rows(role: str) -> int:
        return len(queries.board(by=world.actor(role), index_code="fiscal_health").rows)

    assert "fiscal_health" not in titles("village_secretary")
    assert rows("village_secretary") == 0
    assert ("fiscal_health" in titles("town_leader"), rows("town_leader")) == (True, 1)
    assert village.COUNTY


def test_six_dimensions_of_a_hundred_with_weights_of_a_hundred_each() -> None:
    assert [one.weight for one in INDEX.fields] == [25, 20, 15, 15, 15, 10]
    assert {sum(part.weight for part in one.indicators) for one in INDEX.fields} == {100}


def test_penalties_are_at_most_twenty_points() -> None:
    two = {**FULL, "money_loss": Figure(1, 1, 1), "red_line_overdue": Figure(2, 2, 2)}
    many = {**FULL, "money_loss": Figure(3, 3, 3), "red_line_overdue": Figure(30, 30, 30)}

    assert rules.judge(INDEX, two, []).tenths == 1000 - 50 - 40
    assert rules.judge(INDEX, many, []).tenths == 800


def test_a_private_account_leaves_no_more_than_seventy_four() -> None:
    assert rules.judge(INDEX, FULL, INDEX.caps).tenths == 740


def test_the_worked_example_of_the_handbook() -> None:
    """Dimensions 92, 81, 70, 88, 64, 95 are 82.0; one red line overdue leaves 80.0."""
    fields = tuple(
        replace(one, indicators=(replace(one.indicators[0], zero=0, hundred=1000),))
        for one in INDEX.fields
    )
    index = replace(INDEX, fields=fields)
    points = (920, 810, 700, 880, 640, 950)
    figures = {
        one.indicators[0].code: Figure(tenths, 1000, 1)
        for one, tenths in zip(fields, points, strict=True)
    }
    overdue = {**figures, "red_line_overdue": Figure(1, 1, 1)}

    assert rules.judge(index, figures, []).tenths == 820
    assert (rules.judge(index, overdue, []).tenths, rules.judge(index, overdue, []).grade) == (
        800, "B",
    )  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from([one.code for one in INDEX.indicators]),
        st.tuples(st.integers(0, 10**9), st.integers(1, 10**9)),
        min_size=2,
    ),
    st.data(),
)
def test_data_that_go_missing_move_no_other_dimension(
    given_figures: dict[str, tuple[int, int]], data: st.DataObject
) -> None:
    """Property: one figure less leaves the points of all other dimensions and all bounds."""
    figures = {code: Figure(part, whole, 1) for code, (part, whole) in given_figures.items()}
    gone = data.draw(st.sampled_from(sorted(figures)))
    home = next(f.code for f in INDEX.fields if gone in {one.code for one in f.indicators})

    before = rules.judge(INDEX, figures, [])
    after = rules.judge(INDEX, {c: one for c, one in figures.items() if c != gone}, [])

    for old, new in zip(before.fields, after.fields, strict=True):
        if old.field.code != home:
            assert old == new
    assert after.tenths is None or 0 <= after.tenths <= 1000
    assert after.coverage_percent <= before.coverage_percent


@database
def test_a_township_objects_to_its_own_and_the_county_answers(world, pay, monkeypatch):
    cash = next(one for one in INDEX.indicators if one.code == "cash")
    small = replace(INDEX, fields=(replace(INDEX.fields[0], weight=100, indicators=(cash,)),))
    monkeypatch.setattr(catalogue, "indices", lambda: {"fiscal_health": small})
    pay("K1", 300, method="cash")
    indices.run(at=AT, by=SYSTEM)
    score = _town()
    said = {
        "ext_id": score.ext_id,
        "indicator": "cash",
        "words": "这笔是转账，登记错了。",
        "at": AT,
    }
    for role in ("village_secretary", "town_party_office", "town_agri_head"):
        with pytest.raises(NotFound):
            objections.make(**said, by=world.actor(role))

    made = objections.make(**said, by=world.actor("town_leader"))

    county, party = world.actor("county_finance"), world.actor("town_party_office")
    assert [one.ext_id for _, one in queries.open_objections(by=county)] == [made]
    assert queries.open_objections(by=party) == []
    told = Notice.objects.filter(template="index_objection")
    assert {one.user_id for one in told} == {county.user_id}
    answered = {"ext_id": made, "words": "查了回单，是转账。", "is_upheld": True, "at": AT}
    for role in ("town_party_office", "town_leader"):
        with pytest.raises(NotFound):
            objections.answer(**answered, by=world.actor(role))
    objections.answer(**answered, by=county)
    assert Objection.objects.get().is_upheld
    page = queries.score_page(by=world.actor("town_leader"), ext_id=score.ext_id)
    assert (page.may_object, [one.answer for one in page.objections]) == (True, [answered["words"]])
