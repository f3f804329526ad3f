"""Alerts about one matter as one entry, several concluded together, and the figures of the loop."""

from datetime import date, timedelta

import pytest

from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.supervision import errors, matter_queries, silence_queries, statistics_queries
from sanzi.supervision.actions import alerts, nightly
from sanzi.supervision.loop_rules import SilenceFor
from sanzi.supervision.models import Alert, Disposal
from sanzi.supervision.queries import AlertFilter
from sanzi.supervision.statistics_queries import Period
from worlds import loop, spending
from worlds.village import AT, STONE, WILLOW

WHY = "已经核对发票和送货单"
NIGHT = AT + timedelta(hours=16)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def two(world):
    """One case with two findings: paid in cash, and over the budget; both with one office."""
    line = spending.budget(world, "Y1", 1)
    spending.spend(
        world, "K1", [(world.bodies["shop"], 60_000)], state="paid", method="cash",
        budget_line=line,
    )  # fmt: skip
    nightly.run(as_of=NIGHT, by=SYSTEM)
    for one in Alert.objects.all():
        loop.route_to_discipline(one)
    return sorted(Alert.objects.values_list("ext_id", flat=True))


def listed(by, **only):
    wanted = {"by": by, "only": AlertFilter(**only), "at": NIGHT}
    return matter_queries.matters(limit=20, **wanted), matter_queries.matter_count(**wanted)


def test_alerts_about_one_case_are_one_entry_and_one_page(world, two):
    spending.spend(world, "K2", [(world.bodies["shop"], 1_000)], state="paid", method="cash")
    nightly.run(as_of=NIGHT, by=SYSTEM)
    office = world.actor("town_discipline_office")

    found, count = listed(office)

    assert count == 2
    assert sorted(len(one.rows) for one in found) == [1, 2]
    pair = next(one for one in found if len(one.rows) == 2)
    assert (pair.lead.severity, pair.colour) == ("block", "red")
    whole = matter_queries.matter(by=office, ext_id=two[1])
    assert sorted(one.ext_id for one in whole.rows) == two
    assert listed(office, severity="hold")[1] == 1
    with pytest.raises(NotFound):
        matter_queries.matter(by=world.actor("stone_cashier"), ext_id=two[0])


def test_several_are_concluded_together_all_or_none(world, two):
    office = world.actor("town_discipline_office")

    def together(names=two, conclusion="explained", silence=None):
        return alerts.conclude_together(
            ext_ids=names, conclusion=conclusion, text=WHY, by=office, at=NIGHT, silence=silence
        )

    def refused(refusal, act):
        before = (list(Alert.objects.order_by("id").values()), Disposal.objects.count())
        with pytest.raises(refusal):
            act()
        assert (list(Alert.objects.order_by("id").values()), Disposal.objects.count()) == before

    spending.spend(world, "K2", [(world.bodies["shop"], 1_000)], state="paid", method="cash")
    nightly.run(as_of=NIGHT, by=SYSTEM)
    other = Alert.objects.exclude(ext_id__in=two).get().ext_id

    refused(errors.NothingChosen, lambda: together([]))
    refused(errors.NotTogether, lambda: together([*two, other]))
    refused(NotFound, lambda: together([two[0], "AL-NONE"]))
    pair = SilenceFor("parties", date(2027, 1, 31))  # the red line among them forbids it
    refused(errors.SilenceTooWide, lambda: together(conclusion="false_positive", silence=pair))
    assert together() == 2
    assert set(Alert.objects.filter(ext_id__in=two).values_list("state", flat=True)) == {
        "verifying"
    }


def test_the_figures_count_what_was_opened_and_what_became_of_it(world, two):
    office, county = world.actor("town_discipline_office"), world.actor("county_discipline")
    later = NIGHT + timedelta(days=60)
    alerts.take(ext_id=two[0], by=office, at=NIGHT)
    alerts.conclude(ext_id=two[0], conclusion="explained", text=WHY, by=office, at=NIGHT)
    alerts.verify(ext_id=two[0], agrees=True, text=WHY, by=county, at=NIGHT + timedelta(days=3))
    Alert.objects.filter(ext_id=two[0]).update(money_back_fen=60_000)

    found = statistics_queries.statistics(by=office, period=YEAR, at=later)

    whole = found.whole
    assert (whole.opened, whole.waiting, whole.late, whole.disposed) == (2, 1, 1, 1)
    assert (whole.in_time, whole.came_due, whole.money_back_fen) == (1, 2, 60_000)
    assert (whole.median_days, whole.on_time_percent, whole.false_percent) == (1, None, None)
    assert {code: count for code, _, count in found.conclusions}["explained"] == 1
    assert [(one.title, one.tally.opened) for one in found.categories] == [("支付报销", 2)]
    assert [(one.key, one.title) for one in found.villages] == [(WILLOW, "柳湾村")]
    assert [one.key for one in found.months] == ["2026-11"]

    def opened(by=office, **period):
        wanted = Period(**{"first_date": YEAR.first_date, "last_date": YEAR.last_date, **period})
        return statistics_queries.statistics(by=by, period=wanted, at=later).whole.opened

    assert opened(last_date=date(2026, 11, 12)) == 0
    assert opened(last_date=date(2026, 11, 13)) == 2
    assert opened(first_date=date(2026, 11, 14)) == 0
    assert opened(division_code=STONE) == opened(world.actor("stone_cashier")) == 0


def test_a_handler_is_in_time_by_what_he_handed_in_not_by_when_it_was_verified(world, two):
    office, county = world.actor("town_discipline_office"), world.actor("county_discipline")
    due_at = Alert.objects.get(ext_id=two[0]).due_at
    late = due_at + timedelta(minutes=1)
    for name, at in zip(two, (due_at, late), strict=True):
        alerts.take(ext_id=name, by=office, at=NIGHT)
        alerts.conclude(ext_id=name, conclusion="explained", text=WHY, by=office, at=at)
    Alert.objects.update(first_due_at=due_at)

    def tally():
        after = due_at + timedelta(days=9)
        return statistics_queries.statistics(by=office, period=YEAR, at=after).whole

    for name in two:
        alerts.verify(ext_id=name, agrees=True, text=WHY, by=county, at=late + timedelta(days=5))
    assert (tally().in_time, tally().came_due, tally().closed_once, tally().reopened) == (
        1,
        2,
        2,
        0,
    )

    alerts.reopen(ext_id=two[0], reason=WHY, by=county, at=late + timedelta(days=6))
    assert (tally().disposed, tally().in_time) == (1, 0)
    assert (tally().closed_once, tally().reopened) == (2, 1)


def test_rates_of_the_loop_have_their_own_wholes():
    tally = statistics_queries.Tally(
        opened=20, disposed=12, in_time=9, came_due=15, reopened=3, closed_once=14
    )
    tally.conclusions.update({"confirmed": 4, "explained": 3, "data_error": 2, "transferred": 3})

    assert (tally.disposal_percent, tally.on_time_percent, tally.reopened_percent) == (60, 60, 21)
    # What was handed over was judged elsewhere: nine are too few for a rate.
    assert (tally.judged, tally.confirmed_percent) == (9, None)
    tally.conclusions["false_positive"] = 1
    assert (tally.confirmed_percent, tally.false_percent) == (40, 10)


def test_a_rate_is_said_from_ten_on_and_rounded_half_up():
    tally = statistics_queries.Tally()

    assert tally.percent(9, 9) is None
    assert (tally.percent(1, 10), tally.percent(1, 8 * 5), tally.percent(0, 10)) == (10, 3, 0)


def test_remembered_false_alarms_are_listed_with_the_night(world, two):
    office, county = world.actor("town_discipline_office"), world.actor("county_discipline")
    name = Alert.objects.get(severity="hold").ext_id
    alerts.take(ext_id=name, by=office, at=NIGHT)
    alerts.conclude(
        ext_id=name, conclusion="false_positive", text=WHY, by=office, at=NIGHT,
        silence=SilenceFor("facts", date(2026, 12, 1)),
    )  # fmt: skip
    alerts.verify(ext_id=name, agrees=True, text=WHY, by=county, at=NIGHT)
    nightly.run(as_of=NIGHT + timedelta(days=1), by=SYSTEM)

    [row] = silence_queries.silences(by=office, at=NIGHT)

    assert (row.alert, row.standing, row.kept_silent_count) == (name, "in_force", 1)
    after = silence_queries.silences(by=office, at=NIGHT + timedelta(days=30))
    assert after[0].standing == "expired"
    assert silence_queries.silences(by=world.actor("stone_cashier"), at=NIGHT) == []
    night = silence_queries.last_night()
    assert night is not None
    assert (night.silenced_count, night.kept_count) == (1, 2)
