"""Asking the record: answers equal a plain count, and nobody sees what is not his."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sanzi.insight.questions import errors, queries
from sanzi.insight.questions.shapes import Form
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import Payment
from worlds import spending, village
from worlds.village import AT, STONE, TOWN, WILLOW

pytestmark = pytest.mark.django_db
FORM = Form("payments", ("amount", "rows"), by=("village",))


@pytest.fixture
def paid(world, pay):
    """Three payments in Willow, one of them last month, and two in Stone."""
    pay("B1", 100)
    pay("B2", 250)
    pay("B3", 40, days_ago=20)
    other = village.villager(world, "石小花", STONE)
    for number, yuan in (("B8", 70), ("B9", 5)):
        spending.spend(world, number, [(other, yuan * 100)], state="paid", at=AT, body="stone")
        Payment.objects.filter(order__case_number=number).update(paid_at=AT)
    return world


def ask(world, role, form=FORM):
    return queries.ask(by=world.actor(role, AT), form=form, at=AT)[0]


def test_an_answer_equals_a_plain_count_and_stays_inside_the_scope(paid):
    whole = ask(paid, "county_agri")
    assert {one.titles: one.values for one in whole.groups} == {
        ("柳湾村",): (39000, 3),
        ("石桥村",): (7500, 2),
    }
    assert whole.total.values == (46500, 5)
    assert [one.titles for one in ask(paid, "cashier_reporter").groups] == [("柳湾村",)]
    assert ask(paid, "stone_cashier").total.values == (7500, 2)


def test_a_place_outside_the_scope_is_not_there_and_a_wider_one_is_cut_to_it(paid):
    outside = ask(paid, "cashier_reporter", replace(FORM, place=STONE))
    wider = ask(paid, "cashier_reporter", replace(FORM, place=TOWN))

    assert outside.place == wider.place == WILLOW
    assert outside.total.values == wider.total.values == (39000, 3)
    with pytest.raises(NotFound):
        ask(paid, "village_clerk")


def test_periods_filters_and_ranges_choose_rows(paid):
    days = replace(FORM, period="days", since=date(2026, 11, 1), until=date(2026, 11, 30))
    assert ask(paid, "county_agri", days).total.values == (42500, 4)
    assert ask(paid, "county_agri", replace(FORM, period="last_month")).total.values == (4000, 1)
    ranged = replace(FORM, least_fen=5000, most_fen=10000)
    assert ask(paid, "county_agri", ranged).total.values == (17000, 2)
    stone = replace(FORM, filters=(("village", (STONE,)),))
    assert ask(paid, "county_agri", stone).total.values == (7500, 2)


def test_a_comparison_shifts_the_months_onto_each_other(paid):
    form = replace(FORM, by=(), bucket="month", period="this_month", compare="before")
    answer = ask(paid, "county_agri", form)

    assert [(one.bucket, one.values, one.before) for one in answer.groups] == [
        ("2026-11", (42500, 4), (0, 0))
    ]
    longer = replace(form, period="days", since=date(2026, 11, 1), until=date(2026, 11, 30))
    [line] = ask(paid, "county_agri", longer).groups
    assert (line.bucket, line.values, line.before) == ("2026-11", (42500, 4), (4000, 1))


def test_a_person_in_two_lines_is_one_person_in_the_whole(paid):
    form = replace(FORM, measures=("payees",), by=("state",), bucket="month")
    answer = ask(paid, "county_agri", form)

    assert sum(one.values[0] for one in answer.groups) == 3
    assert answer.total.values == (2,)


def test_who_was_paid_is_told_in_part_to_those_who_see_names(paid):
    form = replace(FORM, by=("payee",))
    answer = ask(paid, "agency_accountant", form)
    assert [one.titles for one in answer.groups] == [("王*山",), ("石*花",)]
    with pytest.raises(NotFound):
        ask(paid, "county_agri", form)


def test_the_rows_behind_a_line_are_those_that_it_counted(paid):
    by = paid.actor("county_agri", AT)
    line = ask(paid, "county_agri").groups[0]
    found = queries.rows(by=by, form=FORM, keys=[("village", line.keys[0])], bucket="", at=AT)

    assert sorted(one for one, _ in found.rows) == ["B1-1", "B2-1", "B3-1"]
    mine = paid.actor("stone_cashier", AT)
    none = queries.rows(by=mine, form=FORM, keys=[("village", WILLOW)], bucket="", at=AT)
    assert none.rows == ()


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        (replace(FORM, measures=("amount; DROP",)), errors.FormWrong),
        (replace(FORM, by=("r.payee_name",)), errors.FormWrong),
        (replace(FORM, by=("village", "village")), errors.FormWrong),
        (replace(FORM, filters=(("1=1) OR (1", ("x",)),)), errors.FormWrong),
        (replace(FORM, bucket="hour"), errors.FormWrong),
        (replace(FORM, measures=()), errors.FormWrong),
        (replace(FORM, top=-1), errors.FormWrong),
        (replace(FORM, period="yesterday"), errors.PeriodWrong),
        (
            replace(FORM, period="days", since=date(2026, 2, 1), until=date(2026, 1, 1)),
            errors.PeriodWrong,
        ),
        (replace(FORM, compare="before"), errors.PeriodWrong),
        (replace(FORM, least_fen=2, most_fen=1), errors.AmountWrong),
    ],
)
def test_bad_input_is_refused_in_words(world, form, refusal):
    with pytest.raises(refusal):
        ask(world, "county_agri", form)


def test_an_unknown_subject_is_not_there_and_values_never_become_sql(paid):
    with pytest.raises(NotFound):
        ask(paid, "county_agri", replace(FORM, subject="payment; DROP TABLE x"))
    typed = replace(FORM, filters=(("org", ("' OR 1=1 --",)),))
    assert ask(paid, "county_agri", typed).total.values == (0, 0)
