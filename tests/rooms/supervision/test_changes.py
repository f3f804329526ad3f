"""Parameters by maker and checker: what is refused, what holds, what a back-test says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment
from sanzi.supervision import catalogue, change_errors, change_queries, errors, queries, rules
from sanzi.supervision.actions import backtests, changes, nightly
from sanzi.supervision.models import Alert, BackTest, Parameter, ParameterChange
from worlds import spending, village
from worlds.village import AT

NIGHT = AT + timedelta(hours=6)
TODAY = date(2026, 11, 12)
CODE, NAME = "payment-duplicate", "window_days"
WHY = "县里统一口径，三十天太短"


def new(**fields):
    known = changes.NewChange(
        model_code=CODE,
        name=NAME,
        division_code=village.COUNTY,
        value=400,
        valid_from_date=TODAY,
        valid_until_date=None,
        reason=WHY,
        source_ref="县农业农村局会议纪要〔2026〕8号",
    )
    return replace(known, **fields)


def everything():
    return [
        list(ParameterChange.objects.order_by("id").values()),
        list(Parameter.objects.order_by("id").values()),
        list(BackTest.objects.order_by("id").values()),
        Event.objects.count(),
        Notice.objects.count(),
    ]


def refused(refusal, act):
    before = everything()
    with pytest.raises(refusal) as told:
        act()
    assert everything() == before
    return told.value


@pytest.fixture
def maker(world):
    return world.actor("county_agri")


@pytest.fixture
def checker(world):
    return world.actor("county_discipline")


@pytest.fixture
def wish(world, maker):
    """A change that waits, with its name."""
    return changes.propose(new=new(), by=maker, at=AT)


def run_test(name, by, at=AT):
    backtests.ask(ext_id=name, by=by, at=at)
    assert backtests.run_waiting(at) == 1
    return BackTest.objects.latest("id")


def window(day=TODAY, place=village.WILLOW):
    model = catalogue.models()[CODE]
    own = [one for one in queries.overrides() if one.model_code == CODE]
    return rules.values_for(model, own, place, day)[NAME]


def test_one_proposes_another_approves_and_the_value_holds_from_its_day(world, maker, checker):
    before = window()
    name = changes.propose(new=new(valid_from_date=TODAY + timedelta(days=3)), by=maker, at=AT)
    assert window(TODAY + timedelta(days=9)) == before
    assert Notice.objects.get().user_id == world.users["county_discipline"].pk
    run_test(name, checker)

    changes.approve(ext_id=name, by=checker, at=AT)

    assert (window(TODAY + timedelta(days=2)), window(TODAY + timedelta(days=3))) == (before, 400)
    row = Parameter.objects.get()
    assert (row.made_by_id, row.approved_by_id) == (maker.person_id, checker.person_id)
    kinds = Event.objects.filter(subject_id=name).order_by("id").values_list("kind", flat=True)
    assert [one.rpartition(".")[2] for one in kinds] == ["proposed", "tested", "approved"]
    told = Notice.objects.latest("id")
    assert (told.user_id, told.params["result"]) == (world.users["county_agri"].pk, "已核准")


def test_an_approved_value_ends_the_one_before_it_and_shows_in_the_form(world, maker, checker):
    for place, value in ((0, 400), (10, 500)):
        name = changes.propose(
            new=new(value=value, valid_from_date=TODAY + timedelta(days=place)), by=maker, at=AT
        )
        run_test(name, checker)
        changes.approve(ext_id=name, by=checker, at=AT)

    days = [(one.valid_from_date, one.valid_until_date) for one in Parameter.objects.order_by("id")]
    assert days == [
        (TODAY, TODAY + timedelta(days=9)),
        (TODAY + timedelta(days=10), None),
    ]
    form = change_queries.form(by=maker, code=CODE, name=NAME, on=TODAY)
    assert (form.asked, form.places) == ("400", (village.COUNTY,))


@pytest.mark.parametrize(
    ("refusal", "fields"),
    [
        (change_errors.BadParameterValue, {"value": -1}),
        (change_errors.BadParameterValue, {"value": 731}),
        (change_errors.BadParameterValue, {"value": "400"}),
        (change_errors.BadParameterValue, {"value": True}),
        (change_errors.BadParameterValue, {"value": 4.5}),
        (change_errors.PeriodPast, {"valid_from_date": TODAY - timedelta(days=1)}),
        (change_errors.PeriodPast, {"valid_until_date": TODAY - timedelta(days=1)}),
        (change_errors.NotAPlace, {"division_code": village.WILLOW}),
        (change_errors.NotForTownship, {"division_code": village.TOWN}),
        (change_errors.SourceMissing, {"source_ref": "  "}),
        (errors.ReasonTooShort, {"reason": "太短"}),
        (NotFound, {"model_code": "no-such-model"}),
        (NotFound, {"name": "no_such_figure"}),
        (NotFound, {"division_code": "999902000000"}),
    ],
)
def test_a_wrong_wish_is_refused_and_nothing_is_written(maker, refusal, fields):
    refused(refusal, lambda: changes.propose(new=new(**fields), by=maker, at=AT))


def test_the_value_in_force_is_not_asked_for_again(maker):
    value = catalogue.models()[CODE].parameters
    now = next(one.default_on(TODAY) for one in value if one.name == NAME)

    refused(change_errors.SameValue, lambda: changes.propose(new=new(value=now), by=maker, at=AT))


@pytest.mark.parametrize("role", ["town_leader", "cashier_reporter", "county_finance"])
def test_who_has_no_such_right_finds_nothing(world, wish, role):
    by = world.actor(role)
    refused(NotFound, lambda: changes.propose(new=new(value=77), by=by, at=AT))
    refused(NotFound, lambda: changes.approve(ext_id=wish, by=by, at=AT))
    refused(NotFound, lambda: backtests.ask(ext_id=wish, by=by, at=AT))


def test_days_that_are_taken_are_refused(world, maker, checker, wish):
    refused(
        change_errors.PeriodOverlaps, lambda: changes.propose(new=new(value=90), by=maker, at=AT)
    )
    run_test(wish, checker)
    changes.approve(ext_id=wish, by=checker, at=AT)
    for fields in (
        {"valid_from_date": TODAY},
        {"valid_from_date": TODAY + timedelta(days=5),
         "valid_until_date": TODAY + timedelta(days=9)},
    ):  # fmt: skip
        refused(
            change_errors.PeriodOverlaps,
            lambda fields=fields: changes.propose(new=new(value=90, **fields), by=maker, at=AT),
        )


def test_who_made_it_does_not_decide_and_only_he_withdraws(world, maker, checker, wish):
    Appointment.objects.create(
        ext_id="A-BOTH",
        person=world.people["county_agri"],
        organisation=world.bodies["county"],
        role_code="county_discipline",
        start_date=date(2024, 1, 1),
        document_ref="任〔2024〕9号",
    )
    both = world.actor("county_agri")
    run_test(wish, both)
    refused(change_errors.OwnChange, lambda: changes.approve(ext_id=wish, by=both, at=AT))
    refused(
        change_errors.OwnChange,
        lambda: changes.reject(ext_id=wish, reason=WHY, by=both, at=AT),
    )
    refused(change_errors.NotYourChange, lambda: changes.withdraw(ext_id=wish, by=checker, at=AT))

    changes.withdraw(ext_id=wish, by=both, at=AT)

    assert ParameterChange.objects.get().state == "withdrawn"
    for act in (
        lambda: changes.approve(ext_id=wish, by=checker, at=AT),
        lambda: backtests.ask(ext_id=wish, by=maker, at=AT),
        lambda: changes.withdraw(ext_id=wish, by=both, at=AT),
    ):
        refused(change_errors.ChangeDecided, act)


def test_a_refusal_says_why_and_leaves_the_value(world, checker, wish):
    before = window()
    refused(
        errors.ReasonTooShort, lambda: changes.reject(ext_id=wish, reason="不行", by=checker, at=AT)
    )

    changes.reject(ext_id=wish, reason="会少报查实过的，先不改", by=checker, at=AT)

    row = ParameterChange.objects.get()
    assert (row.state, row.decided_reason) == ("rejected", "会少报查实过的，先不改")
    assert (window(), Parameter.objects.count()) == (before, 0)


def test_nothing_is_approved_without_a_finished_backtest(world, maker, checker, wish):
    refused(change_errors.NoBackTest, lambda: changes.approve(ext_id=wish, by=checker, at=AT))
    backtests.ask(ext_id=wish, by=maker, at=AT)
    refused(change_errors.NoBackTest, lambda: changes.approve(ext_id=wish, by=checker, at=AT))
    refused(change_errors.BackTestRunning, lambda: backtests.ask(ext_id=wish, by=maker, at=AT))


def test_a_day_that_passed_while_it_waited_is_refused(world, checker, wish):
    tomorrow = AT + timedelta(days=1)
    run_test(wish, checker, tomorrow)
    refused(change_errors.PeriodPast, lambda: changes.approve(ext_id=wish, by=checker, at=tomorrow))


def two_alike(world, days):
    """Pay the same shop the same sum twice, so many days apart."""
    shop = world.bodies["shop"]
    first = AT - timedelta(days=days)
    spending.spend(world, "K1", [(shop, 60_000)], state="paid", at=first)
    spending.spend(world, "K2", [(shop, 60_000)], state="paid", at=AT)


def test_a_backtest_says_what_is_lost_gained_and_which_was_confirmed(world, maker, checker):
    limit = window()
    two_alike(world, limit - 1)
    nightly.run(as_of=NIGHT, by=maker)
    known = Alert.objects.get(model_code=CODE)
    Alert.objects.filter(pk=known.pk).update(state="disposed", conclusion="confirmed")
    fewer = changes.propose(new=new(value=1), by=maker, at=NIGHT)

    result = run_test(fewer, checker, NIGHT).result

    assert (result["old"], result["new"], result["lost_count"], result["gained_count"]) == (
        1, 0, 1, 0,
    )  # fmt: skip
    assert result["lost_confirmed"] == [known.ext_id] == [result["lost"][0]["alert"]]
    assert result["lost"][0]["sentence"] == known.sentence
    assert result["months"][-1] == ["2026-11", 1, 0]
    assert len(result["months"]) == 25
    assert [village.WILLOW, 2, 1, 0] in result["villages"]


def test_a_wider_window_gains_what_the_night_would_then_find(world, maker, checker):
    two_alike(world, window() + 5)
    wide = changes.propose(new=new(value=window() + 10), by=maker, at=NIGHT)

    row = run_test(wide, checker, NIGHT)

    assert (row.result["old"], row.result["new"], row.done_count) == (0, 1, 4)
    gained = row.result["gained"][0]["id"]
    changes.approve(ext_id=wide, by=checker, at=NIGHT)
    Parameter.objects.update(valid_from_date=date(2026, 1, 1))
    nightly.run(as_of=NIGHT, by=maker)
    assert Alert.objects.get(model_code=CODE).finding_id == gained


def test_a_draft_is_no_finding_of_a_backtest(world, maker, checker):
    shop = world.bodies["shop"]
    spending.spend(world, "K1", [(shop, 60_000)], state="paid", at=AT - timedelta(days=2))
    spending.spend(world, "K2", [(shop, 60_000)], state="draft", at=AT)
    name = changes.propose(new=new(value=700), by=maker, at=NIGHT)

    assert run_test(name, checker, NIGHT).result["new"] == 0


def test_a_backtest_is_stale_when_another_value_of_the_model_came_into_force(
    world, maker, checker, wish
):
    run_test(wish, checker)
    Parameter.objects.create(
        model_code=CODE, name=NAME, division_code=village.STONE,
        valid_from_date=date(2026, 1, 1), value=3, made_by_id=1, approved_by_id=2,
    )  # fmt: skip

    refused(change_errors.BackTestStale, lambda: changes.approve(ext_id=wish, by=checker, at=AT))
    assert change_queries.change(by=checker, ext_id=wish).backtest.is_other_basis


def test_a_backtest_says_since_when_the_data_moved_and_lapses_after_a_day(world, maker, checker):
    from sanzi.audit import actions as audit

    name = changes.propose(new=new(valid_from_date=TODAY + timedelta(days=9)), by=maker, at=AT)
    run_test(name, checker)
    page = change_queries.change(by=checker, ext_id=name)
    assert page.backtest.moved_at is None
    moved = AT + timedelta(hours=2)
    audit.write(
        chain="O-WILLOW", kind="payments.order.settled", by=maker, at=moved, subject=("order", "K9")
    )
    seen = change_queries.change(by=checker, ext_id=name).backtest
    assert (seen.moved_at, seen.moved_count) == (moved, 1)

    late = AT + timedelta(hours=25)
    refused(change_errors.BackTestStale, lambda: changes.approve(ext_id=name, by=checker, at=late))
    changes.approve(ext_id=name, by=checker, at=AT + timedelta(hours=23))
    assert window(TODAY + timedelta(days=9)) == 400


def test_a_backtest_that_broke_is_told_and_can_be_asked_for_again(
    world, maker, checker, wish, monkeypatch
):
    from sanzi.record import engine

    def broken(*_args, **_more):
        raise engine.QueryInterrupted("ran longer than 120 s")

    monkeypatch.setattr(rules, "find", broken)
    row = run_test(wish, maker)
    assert (row.state, row.error) == ("failed", "ran longer than 120 s")
    refused(change_errors.NoBackTest, lambda: changes.approve(ext_id=wish, by=checker, at=AT))
    monkeypatch.undo()

    assert run_test(wish, maker).state == "finished"


def test_a_backtest_that_a_worker_left_lying_is_taken_up_again(world, maker, wish):
    backtests.ask(ext_id=wish, by=maker, at=AT)
    BackTest.objects.update(state="running", started_at=AT)

    assert backtests.run_waiting(AT + timedelta(minutes=29)) == 0
    assert backtests.run_waiting(AT + timedelta(minutes=31)) == 1
    assert BackTest.objects.get().state == "finished"


def test_a_town_sets_what_the_model_file_lets_it_set(world, monkeypatch):
    known = catalogue.models()
    free = replace(
        known[CODE],
        parameters=tuple(
            replace(one, is_township=one.name == NAME) for one in known[CODE].parameters
        ),
    )
    monkeypatch.setattr(catalogue, "models", lambda: {**known, CODE: free})
    town = world.actor("town_agri_head")
    name = changes.propose(new=new(division_code=village.TOWN), by=town, at=AT)
    checker = world.actor("county_discipline")
    run_test(name, town)

    changes.approve(ext_id=name, by=checker, at=AT)

    assert Parameter.objects.get().division_code == village.TOWN
    refused(NotFound, lambda: changes.propose(new=new(value=5), by=town, at=AT))


def test_a_closed_model_is_changed_by_the_discipline_offices_alone(world, maker, checker):
    one = catalogue.models()["payment-silence"]
    whole = next(each for each in one.parameters if each.unit == "percent")
    wanted = new(model_code=one.code, name=whole.name, value=whole.default_on(TODAY) + 1)

    refused(NotFound, lambda: changes.propose(new=wanted, by=maker, at=AT))
    name = changes.propose(new=wanted, by=checker, at=AT)

    with pytest.raises(NotFound):
        change_queries.change(by=maker, ext_id=name)
    listed = change_queries.changes(by=maker, only=change_queries.ChangeFilter())
    assert listed == []


def test_a_governed_list_is_chosen_from_the_records_own_words(world, maker):
    from sanzi.supervision import change_rules

    models = catalogue.models()

    def among(code, name):
        model = models[code]
        [one] = [each for each in model.parameters if each.name == name]
        return change_rules.governed(model, one)

    roles = among("labour-cadre-payee", "cadre_roles")
    assert {"village_secretary", "town_leader"} <= set(roles)
    assert "lot_draw" in among("tender-short-notice", "noticed_methods")
    # Numbers of accounts and pairs of two lists are governed by no column: they are typed.
    assert among("payment-cash", "cash_subjects") == ()
    wrong = new(
        model_code="labour-cadre-payee", name="cadre_roles", value=["village_secretary", "clerk"]
    )
    told = refused(
        change_errors.BadParameterValue, lambda: changes.propose(new=wrong, by=maker, at=AT)
    )
    assert "clerk" in told.text
    form = change_queries.form(by=maker, code="labour-cadre-payee", name="cadre_roles", on=TODAY)
    assert (set(form.held) < set(form.among), form.among) == (True, roles)
