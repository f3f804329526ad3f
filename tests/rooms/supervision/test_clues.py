"""Clues are quiet: the strongest speak, a limit a month and place, never up to discipline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from sanzi.notices.models import Notice
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Counterparty
from sanzi.payments.models import Payment
from sanzi.record import tallies
from sanzi.supervision import catalogue, clue_rules, model_queries, rules
from sanzi.supervision.actions import limits, nightly, reviews, routing
from sanzi.supervision.model_queries import ModelFilter
from sanzi.supervision.models import Alert, ModelReview, ModelRun
from sanzi.supervision.rules import Finding
from worlds import loop, spending, village
from worlds.village import AT

CLUES = [one for one in catalogue.models().values() if one.is_clue]
SEASON = catalogue.models()["stat-month-season"]
PHONE = "stat-shared-phone"
NIGHT = AT + timedelta(hours=18)


def finding(place, spent, median=100, month=10, model=SEASON):
    return Finding(
        model, "village", place, place, "G1", f"2026-{month:02}", date(2026, month, 15), None,
        {"spent_fen": spent, "median_fen": median}, {},
    )  # fmt: skip


def by_key(*found):
    return {one.key: one for one in found}


def told(found, held=(), counts=None):
    kept, muted = clue_rules.told(by_key(*found), held, lambda _kind, _month: counts or {})
    return {one.finding_id for one in kept.values()}, muted


def test_there_are_eight_clues_and_none_can_stop_anybody():
    assert len(CLUES) == 8
    for one in CLUES:
        assert (one.severity, one.gates) == ("warn", ("nightly",))
        assert {sign.letter for sign in rules.ladder(one)} <= {"V", "F"}
    assert not [one for gate in ("submit", "approve", "pay") for one in catalogue.at_gate(gate)
                if one.is_clue]  # fmt: skip


def test_the_strongest_is_told_when_the_limit_is_one():
    found = [finding("A", 300), finding("B", 900), finding("C", 600)]

    kept, muted = told([replace(one, village_id=f"999901{one.village_id}") for one in found])

    assert kept == {"B"}
    assert muted == [clue_rules.Muted(SEASON.code, "999901", "2026-10", 3, 1)]


def test_strength_is_the_first_figure_over_the_second():
    assert clue_rules.strength(finding("A", 300, 100)) == 3
    assert clue_rules.strength(finding("A", 300, 0)) == 300
    assert clue_rules.strength(finding("A", 1, 3)) == Fraction(1, 3)
    found = [finding("999901000001", 300, 30), finding("999901000002", 900, 300)]

    assert told(found)[0] == {"999901000001"}


def test_each_month_county_and_model_has_a_limit_of_its_own():
    places = ("999901000001", "999901000002", "888801000001")
    found = [finding(place, 300, month=month) for place in places for month in (9, 10)]

    kept, muted = told(found)

    assert len(muted) == 2
    assert {(one.county, one.month) for one in muted} == {
        ("999901", "2026-09"), ("999901", "2026-10"),
    }  # fmt: skip
    assert kept == {"999901000001", "888801000001"}


def test_five_of_a_thousand_subjects_may_speak_and_one_more_may_not():
    places = [f"99990100{number:04}" for number in range(6)]
    counts = {f"99990100{number:04}": 1 for number in range(1000)}
    found = [finding(place, 300 + number) for number, place in enumerate(places)]

    assert told(found, counts=counts)[0] == set(places[1:])
    counts.pop("999901000999")
    assert told(found, counts=counts)[0] == set(places[2:])


def test_a_village_has_a_limit_inside_that_of_the_county():
    counts = {"999901000001": 100, "999901000002": 900}
    model = catalogue.models()[PHONE]

    def payment(number, place, fen):
        return replace(
            finding(place, 0, model=model), finding_id=f"P{number}", figures={"amount_fen": fen}
        )

    found = [payment(1, "999901000001", 900), payment(2, "999901000001", 800)]
    found += [payment(number, "999901000002", 100) for number in (3, 4)]

    assert told(found, counts=counts)[0] == {"P1", "P3", "P4"}


def test_what_is_an_alert_already_stays_and_counts():
    places = ("999901000001", "999901000002")
    weak, strong = finding(places[0], 300), finding(places[1], 900)

    assert told([weak, strong], held={weak.key})[0] == {places[0]}
    assert told([weak, strong], held={weak.key, strong.key}) == (set(places), [])


def test_rules_are_never_left_out():
    model = catalogue.models()["payment-cash"]
    found = [replace(finding("999901000001", 1, model=model), finding_id=str(n)) for n in range(9)]

    kept, muted = told(found)

    assert len(kept) == 9
    assert muted == []


@pytest.fixture
def crowded(world):
    """Four pairs of strangers at four addresses, paid by one village in one month."""
    for number in range(4):
        for side in ("A", "B"):
            firm = spending.firm(f"{side}{number}")
            firm.address_norm = f"河东路{number}号"
            firm.save()
            amount = 200_000 + 10_000 * number
            spending.spend(world, f"K{number}{side}", [(firm, amount)], state="paid")
    Payment.objects.update(paid_at=AT)
    return world


def test_a_night_tells_the_strongest_says_so_and_asks_for_a_review(crowded):
    nightly.run(as_of=NIGHT, by=SYSTEM)

    alert = Alert.objects.get(model_code=PHONE)
    [left] = [one for one in ModelRun.objects.get().muted if one["model_code"] == PHONE]
    assert alert.finding_id == "K3B-1"
    assert left == {
        "model_code": PHONE, "county": village.WILLOW[:6], "month": "2026-11",
        "found": 4, "told": 1,
    }  # fmt: skip

    reviews.run_when_due(NIGHT + timedelta(hours=1))

    asked = ModelReview.objects.get(model_code=PHONE)
    assert "上一夜查到4条，超过每月限量，只说了最强的1条" in asked.figures["reasons"]
    assert Notice.objects.filter(template="model_review", subject_id=PHONE).exists()
    rows = model_queries.models(by=crowded.actor("county_agri"), only=ModelFilter(), at=NIGHT)
    [row] = [one for one in rows if one.code == PHONE]
    assert any("只说了最强的1条" in one for one in row.reasons)


def test_the_next_night_keeps_the_alert_and_opens_no_other(crowded):
    nightly.run(as_of=NIGHT, by=SYSTEM)
    nightly.run(as_of=NIGHT + timedelta(days=1), by=SYSTEM)

    alert = Alert.objects.get(model_code=PHONE)
    assert alert.vanished_at is None
    assert alert.disposals.filter(action="facts_changed").count() == 0


def test_an_overdue_clue_never_climbs_to_discipline(crowded):
    nightly.run(as_of=NIGHT, by=SYSTEM)
    for days in (30, 60, 90, 120):
        limits.escalate_overdue(NIGHT + timedelta(days=days))

    alert = Alert.objects.get(model_code=PHONE)
    assert alert.route_role == "town_agri_head"
    assert [one.letter for one in routing.ladder_of(alert)] == ["F"]
    assert alert.disposals.filter(action="overdue").exists()


def test_what_a_person_sent_to_discipline_climbs_from_there(crowded):
    nightly.run(as_of=NIGHT, by=SYSTEM)
    alert = Alert.objects.get(model_code=PHONE)

    loop.route_to_discipline(alert)

    assert [one.letter for one in routing.ladder_of(alert)] == ["F", "D", "C"]


def test_kin_of_an_officer_behind_a_clue_is_no_trigger(crowded):
    """A rule would send it to discipline at once: the payee is the village secretary's firm."""
    secretary = crowded.people["village_secretary"]
    Counterparty.objects.filter(name__contains="B3").update(legal_rep_person=secretary)

    nightly.run(as_of=NIGHT, by=SYSTEM)

    alert = Alert.objects.get(model_code=PHONE)
    assert (alert.finding_id, alert.route_role) == ("K3B-1", "town_agri_head")
    assert not alert.disposals.filter(action="triggered").exists()


def test_rows_are_counted_by_month(world):
    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], state="paid")
    spending.spend(
        world, "K2", [(world.bodies["shop"], 60_000)], state="paid", at=AT - timedelta(days=40)
    )

    counted = tallies.by_month("payment", date(2024, 11, 12))
    assert counted == {(village.WILLOW, "2026-11"): 1, (village.WILLOW, "2026-10"): 1}
    assert {month for _, month in tallies.by_month("org", date(2024, 11, 12))} == {""}
    subjects = reviews.subjects_of(NIGHT)
    assert subjects("payment", "2026-10") == {village.WILLOW: 1}
    assert subjects("village", "2026-10")[village.STONE] == 1
