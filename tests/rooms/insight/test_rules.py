"""How points are counted: shares, counts, missing data, caps, what would move a score."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.insight.indices import catalogue, rules
from sanzi.insight.indices.rules import Figure
from sanzi.insight.indices.shapes import Cap, Index, Indicator

INDEX = catalogue.indices()["integrity"]
MORE = Indicator("more", "多的好", 1, "share", 700, 1000, "rows", "", "", "")
LESS = replace(MORE, code="less", zero=50, hundred=0)
COUNT = replace(MORE, code="count", unit="count", zero=10, hundred=0)


@pytest.mark.parametrize(
    ("indicator", "figure", "tenths"),
    [
        (MORE, Figure(7, 10, 10), 0),
        (MORE, Figure(85, 100, 100), 500),
        (MORE, Figure(10, 10, 10), 1000),
        (MORE, Figure(1, 10, 10), 0),
        (MORE, Figure(0, 0, 3), None),
        (MORE, None, None),
        (LESS, Figure(0, 40, 40), 1000),
        (LESS, Figure(1, 40, 40), 500),
        (LESS, Figure(2, 40, 40), 0),
        (COUNT, None, 1000),
        (COUNT, Figure(3, 3, 3), 700),
        (COUNT, Figure(30, 30, 30), 0),
    ],
)
def test_points_lie_between_the_ends(
    indicator: Indicator, figure: Figure | None, tenths: int | None
) -> None:
    assert rules.points(indicator, figure) == tenths


def _full(index: Index) -> dict[str, Figure]:
    """Return figures that get everything."""
    return {
        one.code: Figure(0, 1000, 5) if one.is_less_better else Figure(1000, 1000, 5)
        for one in index.indicators
    }


def test_everything_right_is_a_hundred_points_and_the_best_grade() -> None:
    found = rules.judge(INDEX, _full(INDEX), [])

    assert (found.tenths, found.coverage_percent, found.grade) == (1000, 100, "A")


def test_what_has_no_data_weighs_nothing() -> None:
    figures = _full(INDEX)
    del figures["seal_exceptions"]

    found = rules.judge(INDEX, figures, [])

    assert found.tenths == 1000
    assert found.coverage_percent == 95, "fifteen of a hundred of a field that weighs thirty"


def test_too_little_data_gives_no_index_and_no_grade() -> None:
    figures = {code: one for code, one in _full(INDEX).items() if code == "matters_by_list"}

    found = rules.judge(INDEX, figures, [])

    assert (found.tenths, found.grade) == (None, "")
    assert 0 < found.coverage_percent < INDEX.coverage_min_percent


def test_a_statement_that_failed_is_no_data_even_for_a_count() -> None:
    found = rules.judge(INDEX, _full(INDEX), [], frozenset({"confirmed_cases"}))
    [field] = [one for one in found.fields if one.field.code == "cadres"]
    [scored] = [one for one in field.indicators if one.indicator.code == "confirmed_cases"]

    assert scored.tenths is None
    assert found.coverage_percent < 100


def test_a_cap_holds_whatever_the_rest_says() -> None:
    found = rules.judge(INDEX, _full(INDEX), [Cap("private_account", "", 59, "")])

    assert (found.tenths, found.grade, found.caps) == (590, "D", ("private_account",))


def test_a_post_is_half_its_holder_half_its_village() -> None:
    own = {"own_in_time": Figure(10, 10, 10), "own_rubber_stamp": Figure(0, 10, 10),
           "own_kin_dealings": Figure(0, 10, 10)}  # fmt: skip

    assert rules.judge_post(INDEX, 800, own).tenths == 900
    assert rules.judge_post(INDEX, None, own).tenths is None
    assert rules.judge_post(INDEX, 800, {}).tenths is None


def test_the_gain_is_what_the_index_rises_by() -> None:
    figures = {**_full(INDEX), "cash": Figure(25, 1000, 40)}
    before = rules.judge(INDEX, figures, [])
    [field] = [one for one in before.fields if one.field.code == "assets"]
    [cash] = [one for one in field.indicators if one.indicator.code == "cash"]

    after = rules.judge(INDEX, _full(INDEX), [])

    assert cash.tenths == 500
    assert before.tenths is not None
    assert after.tenths is not None
    assert abs(after.tenths - before.tenths - rules.gain(before.fields, "cash")) <= 1


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_points_never_leave_their_ends(part: int, whole: int) -> None:
    for one in (*INDEX.indicators, *INDEX.posts.indicators):
        tenths = rules.points(one, Figure(part, whole, 1))
        assert tenths is not None
        assert 0 <= tenths <= 1000


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 1000)), min_size=1))
def test_a_mean_lies_between_its_least_and_its_most(weighted: list[tuple[int, int]]) -> None:
    found = rules.mean([*weighted, (50, None)])

    assert found is not None
    assert min(t for _, t in weighted) <= found <= max(t for _, t in weighted)
