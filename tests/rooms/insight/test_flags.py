"""Red and yellow flags: who gets them, when they are given, what follows from them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.audit.models import Event
from sanzi.insight.actions import flags, indices, objections
from sanzi.insight.errors import StepDone, StepNone, StepWords
from sanzi.insight.indices import catalogue, queries, rules
from sanzi.insight.indices import flags as flag_queries
from sanzi.insight.indices.rules import Figure, Standing
from sanzi.insight.models import Flag, IndexScore
from sanzi.notices.models import Notice
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from worlds.village import AT, STONE, WILLOW

INDEX = catalogue.indices()["flags"]
RULE = INDEX.flag_rule
assert RULE is not None
database = pytest.mark.django_db


def _village(code: str, tenths: int | None, coverage: int = 80, *, red_line=False, hidden=False):
    return Standing(code, tenths, coverage, red_line, hidden)


def _flags(*standings: Standing) -> dict[str, str]:
    return {code: one.flag for code, one in rules.flags_of(RULE, standings).items()}


def test_of_forty_three_villages_six_may_be_red_and_four_yellow() -> None:
    high = [_village(f"h{n:02}", 999 - n) for n in range(20)]
    low = [_village(f"l{n:02}", 700 - n) for n in range(23)]

    found = _flags(*high, *low)

    assert [code for code, flag in found.items() if flag == "red"] == [f"h{n:02}" for n in range(6)]
    assert [code for code, flag in found.items() if flag == "yellow"] == [
        "l19",
        "l20",
        "l21",
        "l22",
    ]


def test_few_villages_are_one_village_and_fewer_are_not_ranked() -> None:
    five = [_village(str(n), 500 + n * 100) for n in range(5)]

    assert _flags(*five) == {"0": "yellow", "1": "", "2": "", "3": "", "4": "red"}
    assert set(_flags(*five[:4]).values()) == {""}, "four villages are no ranking"


def test_points_alone_or_place_alone_give_no_flag() -> None:
    good = [_village(str(n), 950 + n) for n in range(5)]
    middling = [_village(str(n), 850 + n) for n in range(5)]

    assert _flags(*good)["0"] == "", "last, but at ninety-five"
    assert _flags(*middling)["4"] == "", "first, but below ninety"


def test_a_confirmed_red_line_leaves_no_red_flag_and_a_hidden_payment_is_yellow() -> None:
    four = [_village(str(n), 950 + n) for n in range(4)]
    best, hidden = _village("best", 1000, red_line=True), _village("best", 1000, hidden=True)

    assert rules.flags_of(RULE, [*four, best])["best"].reason == "red_line"
    assert rules.flags_of(RULE, [*four, best])["best"].flag == ""
    assert rules.flags_of(RULE, [*four, hidden])["best"].flag == "yellow"
    assert _flags(_village("alone", None, hidden=True)) == {"alone": "yellow"}, "without a score"


def test_equal_points_are_told_apart_by_data_and_a_tie_that_does_not_fit_gets_none() -> None:
    low = [_village(str(n), 850) for n in range(8)]
    tied = [_village("a", 1000), _village("b", 1000)]
    apart = [_village("a", 1000, 81), _village("b", 1000, 80)]

    assert set(_flags(*low, *tied).values()) == {""}
    assert rules.flags_of(RULE, [*low, *tied])["a"].reason == "tied"
    assert _flags(*low, *apart)["a"] == "red"
    assert rules.flags_of(RULE, [*low, *apart])["b"].place == 2


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(0, 1000),
            st.integers(40, 100),
            st.booleans(),
            st.booleans(),
        ),
        max_size=60,
    )
)
def test_flags_follow_points_whatever_the_villages(
    given_rows: list[tuple[int | None, int, bool, bool]],
) -> None:
    """Property: equal standings are judged alike; limits and shares always hold."""
    standings = [Standing(str(n), *row) for n, row in enumerate(given_rows)]
    found = rules.flags_of(RULE, standings)
    held = sum(one.tenths is not None for one in standings)

    judged = {row: found[str(n)] for n, row in enumerate(given_rows)}
    assert all(judged[row] == found[str(n)] for n, row in enumerate(given_rows))
    for s in standings:
        one = found[s.code]
        assert one.flag != "red" or ((s.tenths or 0) >= 900 and not s.has_red_line)
        assert (one.flag == "yellow") >= s.is_hidden
        assert one.flag != "yellow" or s.is_hidden or (s.tenths or 0) < 800
        assert (one.place is None) == (s.tenths is None)
    flags_given = [one.flag for one in found.values() if one.reason == "rank"]
    assert flags_given.count("red") <= max(held * 15 // 100, 1)
    assert flags_given.count("yellow") <= max(held * 10 // 100, 1)


def test_each_payment_outside_costs_five_points_of_what_its_field_gives() -> None:
    full = {
        one.code: Figure(0 if one.is_less_better else 1000, 1000, 5) for one in INDEX.indicators
    }

    def points(count: int) -> int | None:
        return rules.judge(INDEX, {**full, "outside": Figure(count, count, count)}, []).tenths

    assert [points(count) for count in (0, 1, 5, 50)] == [1000, 950, 750, 750]


@pytest.fixture
def month(world, pay, monkeypatch):
    """Return October as the night before its end left it: an index of one figure with flags."""
    cash = next(one for one in catalogue.indices()["integrity"].indicators if one.code == "cash")
    field = replace(INDEX.fields[0], weight=100, indicators=(cash,))
    penalties = tuple(one for one in INDEX.penalties if one.code != "outside")
    small = replace(
        INDEX, fields=(field,), penalties=penalties, flag_rule=replace(RULE, ranked_from=1)
    )
    monkeypatch.setattr(catalogue, "indices", lambda: {"flags": small})
    pay("K1", 300, days_ago=20)
    pay("K2", 25, days_ago=20, method="cash")
    indices.run(at=AT - timedelta(days=15), by=SYSTEM)
    return small


def _october() -> IndexScore:
    return IndexScore.objects.get(division_code=WILLOW, period="2026-10")


@database
def test_a_flag_is_given_when_the_days_of_objection_are_over(world, month):
    score = _october()
    page = queries.score_page(by=world.actor("village_secretary"), ext_id=score.ext_id)
    assert page.row.flag is not None
    assert (page.row.flag.flag, page.row.flag.decided_at) == ("yellow", None)

    indices.run(at=AT.replace(day=4), by=SYSTEM)
    assert Flag.objects.count() == 0, "the days are not over"
    indices.run(at=AT, by=SYSTEM)
    indices.run(at=AT + timedelta(days=1), by=SYSTEM)

    flag = Flag.objects.get(division_code=WILLOW)
    assert (flag.period, flag.flag, flag.reason, flag.running, flag.step) == (
        "2026-10", "yellow", "rank", 1, "",
    )  # fmt: skip
    assert Flag.objects.get(division_code=STONE).flag == ""
    assert Event.objects.filter(kind="insight.flag.decided").count() == 1
    assert Notice.objects.filter(template="flag_given").exists()


@database
def test_an_open_objection_holds_the_flags_back_and_what_it_put_right_counts(world, month):
    from sanzi.payments.models import Payment, PaymentOrder

    secretary, made_at = world.actor("village_secretary"), AT.replace(day=3)
    made = objections.make(
        ext_id=_october().ext_id, indicator="cash", words="这笔是转账", by=secretary, at=made_at
    )
    indices.run(at=AT, by=SYSTEM)
    assert Flag.objects.count() == 0

    PaymentOrder.objects.filter(case_number="K2").update(method="transfer")
    assert Payment.objects.filter(order__case_number="K2").exists()
    objections.answer(
        ext_id=made, words="属实，已更正", is_upheld=True, at=AT,
        by=world.actor("town_party_office"),
    )  # fmt: skip
    indices.run(at=AT + timedelta(days=1), by=SYSTEM)

    assert _october().tenths == 1000
    assert Flag.objects.get(division_code=WILLOW).flag == "red"


@database
def test_two_yellow_running_ask_for_a_talk_that_is_noted_once(world, month):
    before = IndexScore.objects.create(
        ext_id="IX-9", index_code="flags", version="1", period="2026-09", division_code=WILLOW,
        tenths=500, coverage_percent=100, grade="D", computed_at=AT,
    )  # fmt: skip
    Flag.objects.create(
        ext_id="IF-9", score=before, index_code="flags", division_code=WILLOW, period="2026-09",
        flag="yellow", reason="rank", place=1, of=1, running=1, decided_at=AT,
    )  # fmt: skip
    indices.run(at=AT, by=SYSTEM)
    flag = Flag.objects.get(division_code=WILLOW, period="2026-10")
    discipline = world.actor("town_discipline_office")
    given = {"ext_id": flag.ext_id, "at": AT}

    assert (flag.running, flag.step) == (2, "talk")
    assert [one.step for one in flag_queries.to_follow(by=discipline)] == ["talk"]
    with pytest.raises(NotFound):
        flags.follow(words="谈了", by=world.actor("village_secretary"), **given)
    with pytest.raises(StepWords):
        flags.follow(words=" ", by=discipline, **given)
    flags.follow(words="和王书记谈了，下月补齐", by=discipline, **given)
    with pytest.raises(StepDone):
        flags.follow(words="再谈", by=discipline, **given)
    with pytest.raises(StepNone):
        flags.follow(ext_id="IF-9", words="谈", by=discipline, at=AT)

    flag.refresh_from_db()
    assert (flag.words, flag.done_by_name) == ("和王书记谈了，下月补齐", discipline.name)
    assert flag_queries.to_follow(by=discipline) == []
    assert Event.objects.filter(kind="insight.flag.followed").count() == 1


@database
def test_the_whole_index_runs_and_a_payment_nobody_entered_is_hidden(world, pay):
    counted = indices.count(INDEX, AT)

    assert counted.errors == {}


def test_three_running_go_on_the_countys_list() -> None:
    assert [rules.step_of(RULE, running) for running in range(5)] == [
        "",
        "",
        "talk",
        "list",
        "list",
    ]
