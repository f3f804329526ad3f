"""The rates of models, when a county is asked to look again, and what each actor sees of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from sanzi.record import tallies
from sanzi.supervision import catalogue, dated_sets, model_queries, review_rules
from sanzi.supervision.actions import nightly, reviews
from sanzi.supervision.model_queries import ModelFilter
from sanzi.supervision.models import Alert, Judged, ModelReview
from sanzi.supervision.review_rules import Rates
from worlds import spending, village
from worlds.village import AT

NIGHT = AT + timedelta(hours=18)  # 04:00 in Shanghai
LINE = (
    "valid_from_date: 2026-01-01, source_ref: a, false_percent_max: 1, least_count: 1, "
    "backtest_hours: 1"
)
LIMITS = review_rules.Limits("", date(2026, 1, 1), "样例", 50, 40, 10, 24)


def in_cash(world, count):
    """Pay in cash so many times: the model of cash finds each."""
    for number in range(count):
        spending.spend(
            world, f"K{number}", [(world.bodies["shop"], 60_000 + number)], state="paid",
            method="cash",
        )  # fmt: skip
    nightly.run(as_of=NIGHT, by=world.actor("county_agri"))


def row(by, code="payment-cash"):
    found = model_queries.models(by=by, only=ModelFilter(), at=NIGHT)
    return next(one for one in found if one.code == code)


def test_rows_are_counted_in_their_village_and_not_when_they_are_old_or_drafts(world):
    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], state="paid")
    spending.spend(world, "K2", [(world.bodies["shop"], 60_000)], state="draft")
    spending.spend(
        world, "K3", [(world.bodies["shop"], 60_000)], state="paid", at=AT - timedelta(days=900)
    )
    since = review_rules.since(date(2026, 11, 12))

    assert since == date(2024, 11, 12)
    assert tallies.by_village("payment", since) == {village.WILLOW: 1}
    # An account lies where its organisation does: it has no village of its own.
    assert set(tallies.by_village("account", since)) <= {village.WILLOW, village.STONE}
    with pytest.raises(KeyError):
        tallies.by_village("no_such_table", since)


def test_every_kind_that_a_model_finds_can_be_counted(world):
    kinds = {kind for one in catalogue.models().values() for kind in one.kinds}
    for kind in sorted(kinds):
        assert isinstance(reviews.of_kind(kind, date(2026, 11, 12)), dict), kind


@pytest.mark.parametrize(
    ("rates", "reasons"),
    [
        (Rates(50, 1_000, 0, 0), 0),
        (Rates(51, 1_000, 0, 0), 1),
        (Rates(9, 9, 9, 9), 0),
        (Rates(10, 10_000, 10, 4), 0),
        (Rates(10, 10_000, 10, 5), 1),
        (Rates(10, 10, 10, 10), 2),
    ],
)
def test_a_limit_is_passed_by_the_exact_rate(rates, reasons):
    assert len(rates.reasons(LIMITS)) == reasons


def test_five_false_alarms_of_a_red_line_in_a_quarter_send_the_model_to_its_desk(world):
    in_cash(world, 6)
    disposed = {"state": "disposed", "conclusion": "false_positive", "disposed_at": NIGHT}
    numbers = list(Alert.objects.order_by("id").values_list("pk", flat=True))

    def asked(count, **more):
        Alert.objects.update(state="pending", conclusion="", disposed_at=None)
        Alert.objects.filter(pk__in=numbers[:count]).update(**{**disposed, **more})
        ModelReview.objects.all().delete()
        reviews.ask(NIGHT)
        return [one.figures["reasons"] for one in ModelReview.objects.all()]

    assert asked(4) == []
    assert asked(5, conclusion="explained") == []
    assert asked(5, severity="hold") == []
    Alert.objects.update(severity="block")
    assert asked(5, disposed_at=NIGHT - timedelta(days=94)) == []
    assert asked(5) == [["红线三个月里误报5条，满5条"]]
    told = Notice.objects.filter(template="model_review").values_list("user_id", flat=True)
    assert set(told) == {world.users["county_agri"].pk}
    assert row(world.actor("county_agri")).reasons == ("红线三个月里误报5条，满5条",)
    # Back below, the review settles by itself.
    Alert.objects.filter(pk=numbers[0]).update(conclusion="explained")
    reviews.ask(NIGHT)
    assert ModelReview.objects.get().settled_at == NIGHT


def test_the_nearest_place_and_the_newest_set_count():
    near = review_rules.Limits(village.COUNTY, date(2026, 6, 1), "县", 5, 5, 5, 5)
    newer = review_rules.Limits("", date(2026, 10, 1), "新", 6, 6, 6, 6)
    sets = (LIMITS, near, newer)

    def chosen(place, day):
        return review_rules.limits_for(place, day, sets)

    assert chosen(village.WILLOW, date(2026, 11, 1)) == near
    assert chosen(village.WILLOW, date(2026, 5, 31)) == LIMITS
    assert chosen("999902101201", date(2026, 11, 1)) == newer
    assert chosen("999902101201", date(2020, 1, 1)) == LIMITS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sets: []", "at least one"),
        ("sets: [{division: ''}]", "missing"),
        (
            f"sets: [{{division: '999901000000', {LINE}, flag_permille_max: 1}}]",
            "every place",
        ),
        (
            f"sets: [{{division: '', {LINE}, flag_permille_max: -1}}]",
            "flag_permille_max",
        ),
    ],
)
def test_a_broken_file_of_limits_is_refused(tmp_path, text, words):
    path = tmp_path / "review.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(dated_sets.SetFileBroken, match=words):
        review_rules.read(path)


def test_a_model_that_passes_its_limit_is_told_to_the_county_once_and_settles(world):
    in_cash(world, 10)
    told = {"template": "model_review", "subject_id": "payment-cash"}
    assert reviews.run_when_due(NIGHT) >= 1
    assert Notice.objects.get(**told).user_id == world.users["county_agri"].pk
    assert reviews.run_when_due(NIGHT + timedelta(minutes=9)) == 0
    reviews.count(NIGHT + timedelta(days=1))
    assert reviews.ask(NIGHT + timedelta(days=1)) == 0
    assert Notice.objects.filter(**told).count() == 1

    Alert.objects.filter(model_code="payment-cash").update(opened_at=AT - timedelta(days=900))
    reviews.ask(NIGHT + timedelta(days=2))

    review = ModelReview.objects.get(model_code="payment-cash")
    assert review.settled_at == NIGHT + timedelta(days=2)
    kinds = Event.objects.filter(subject_id="payment-cash").order_by("id")
    assert [one.kind for one in kinds] == [
        "supervision.review.asked", "supervision.review.settled",
    ]  # fmt: skip


def test_the_night_before_three_asks_nothing(world):
    assert reviews.run_when_due(AT + timedelta(hours=16)) == 0
    assert not Judged.objects.exists()


def test_the_list_shows_what_a_model_did_in_the_scope_of_who_asks(world):
    in_cash(world, 10)
    Alert.objects.filter(model_code="payment-cash", finding_id__in=["K1-1", "K2-1"]).update(
        state="disposed", conclusion="false_positive"
    )
    reviews.count(NIGHT)
    reviews.ask(NIGHT)
    agri, stone = world.actor("county_agri"), world.actor("stone_cashier")

    found = row(agri)
    assert (found.alerts, found.judged, found.concluded, found.false) == (10, 10, 2, 2)
    assert (found.flag_permille, found.false_percent) == (1_000, None)
    assert found.reasons
    assert found.review_asked_at == NIGHT
    there = row(stone)
    assert (there.alerts, there.judged, there.flag_permille) == (0, 0, None)
    with pytest.raises(NotFound):
        model_queries.models(by=world.actor("village_clerk"), only=ModelFilter(), at=NIGHT)


def test_the_list_is_narrowed(world):
    agri = world.actor("county_agri")

    def codes(**only):
        found = model_queries.models(by=agri, only=ModelFilter(**only), at=NIGHT)
        return {one.code for one in found}

    every = catalogue.models()
    assert codes() == set(every)
    assert codes(category="seal") == {one for one in every if every[one].category == "seal"}
    assert codes(severity="warn") == {one for one in every if every[one].severity == "warn"}
    assert codes(gate="pay") == {one for one in every if "pay" in every[one].gates}
    assert codes(text="AL016") == {one for one in every if every[one].number == "AL016"}
    assert codes(text="没有这样的词") == codes(is_review=True) == set()


def test_what_a_closed_model_found_counts_for_the_discipline_offices_alone(world):
    code = catalogue.closed_codes()[0]
    known = catalogue.models()[code]
    in_cash(world, 1)
    Alert.objects.update(model_code=code)
    ModelReview.objects.create(
        model_code=code, division_code=village.COUNTY, asked_at=NIGHT, figures={}
    )

    hidden, shown = (row(world.actor(one), code) for one in ("county_agri", "county_discipline"))

    assert known.is_closed
    assert (hidden.alerts, hidden.review_asked_at) == (0, None)
    assert (shown.alerts, shown.review_asked_at) == (1, NIGHT)


def test_one_model_shows_its_values_and_how_its_alerts_ended(world):
    in_cash(world, 3)
    Alert.objects.filter(finding_id="K1-1").update(
        state="disposed", conclusion="confirmed", disposed_at=NIGHT
    )

    page = model_queries.model(by=world.actor("county_agri"), code="payment-cash", at=NIGHT)

    assert page.conclusions == {"confirmed": 1}
    assert [one.conclusion for one in page.past] == ["confirmed"]
    for one, told in zip(page.model.parameters, page.parameters, strict=True):
        assert told.values[0].source_ref == one.values[0].source_ref
    with pytest.raises(NotFound):
        model_queries.model(by=world.actor("county_agri"), code="no-such-model", at=NIGHT)
