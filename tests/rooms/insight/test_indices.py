"""What the night counts from real rows, what it keeps, and who sees it."""

from datetime import timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.insight.actions import indices
from sanzi.insight.indices import catalogue, queries
from sanzi.insight.models import IndexScore
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import PaymentOrder
from worlds import office, village
from worlds.village import AT, STONE, WILLOW

pytestmark = pytest.mark.django_db


def _score(division: str = WILLOW, **only: str) -> IndexScore:
    return IndexScore.objects.get(division_code=division, **{"person_ext_id": "", **only})


def test_the_whole_index_runs_over_a_real_record(world, pay):
    pay("K1", 300)

    counted = indices.count(catalogue.indices()["integrity"], AT)

    assert counted.errors == {}
    assert counted.figures[WILLOW, ""]["matters_by_list"].part == 1
    assert counted.figures[WILLOW, "P-willow-4"]["own_in_time"].whole == 1


def test_a_score_says_what_was_counted_and_which_rows_cost_points(world, pay, small):
    pay("K1", 975)
    pay("K2", 25, method="cash")

    assert indices.run(at=AT, by=SYSTEM) == 5
    found = _score()
    part = found.parts[0]["indicators"][0]

    assert (part["part"], part["whole"], part["tenths"]) == (2_500, 100_000, 500)
    assert part["costly"] == [["payment", "K2-1", 2_500, 2_500]]
    assert (found.tenths, found.coverage_percent, found.grade) == (700, 100, "C")
    assert Event.objects.filter(kind="insight.index.counted").count() == 1


def test_what_lies_before_the_twelve_months_does_not_count(world, pay, small):
    pay("K1", 975)
    pay("K2", 25, days_ago=400, method="cash")

    indices.run(at=AT, by=SYSTEM)

    assert _score().parts[0]["indicators"][0]["part"] == 0


def test_a_village_without_rows_has_no_index(world, pay, small):
    pay("K1", 975)

    indices.run(at=AT, by=SYSTEM)

    assert _score(STONE).tenths is None
    assert _score(STONE).coverage_percent == 40, "that nothing was confirmed is known"


def test_a_confirmed_alert_costs_ten_points_and_data_errors_none(world, pay, small):
    pay("K1", 975)
    alert = office.alert("K1", state="disposed")
    alert.conclusion, alert.disposed_at = "confirmed", AT - timedelta(days=1)
    alert.save()

    indices.run(at=AT, by=SYSTEM)
    confirmed = _score().parts[1]["indicators"][0]
    alert.conclusion = "data_error"
    alert.save()
    indices.run(at=AT, by=SYSTEM)

    assert (confirmed["part"], confirmed["tenths"]) == (1, 900)
    assert _score().parts[1]["indicators"][0]["part"] is None


def test_a_private_account_caps_the_index(world, pay, small):
    pay("K1", 975)
    alert = office.alert("K1", state="disposed")
    alert.model_code, alert.conclusion = "fund-personal-account", "confirmed"
    alert.disposed_at = AT - timedelta(days=1)
    alert.save()

    indices.run(at=AT, by=SYSTEM)

    assert (_score().tenths, _score().grade) == (590, "D")
    assert _score().caps == ["private_account"]


def test_the_running_month_is_made_anew_and_the_last_one_stays(world, pay, small):
    pay("K1", 975)
    indices.run(at=AT - timedelta(days=20), by=SYSTEM)
    before = _score(period="2026-10").parts
    indices.run(at=AT, by=SYSTEM)
    first = _score(period="2026-11").ext_id
    pay("K2", 25, method="cash")
    indices.run(at=AT + timedelta(days=1), by=SYSTEM)

    assert _score(period="2026-11").ext_id == first
    assert _score(period="2026-11").parts[0]["indicators"][0]["part"] == 2_500
    assert _score(period="2026-10").parts == before


def test_the_duty_runs_once_a_night(world, pay, small):
    pay("K1", 975)
    night = AT.replace(hour=20, minute=30)

    assert indices.run_when_due(AT.replace(hour=19, minute=0)) == 0, "three in the morning"
    assert indices.run_when_due(night) == 5
    assert indices.run_when_due(night + timedelta(hours=2)) == 0


def test_a_failing_statement_leaves_the_others(world, pay, small, monkeypatch):
    from dataclasses import replace

    broken = replace(small.fields[0].indicators[0], sql="SELECT CAST('x' AS BIGINT) AS part, "
                     "'a' AS village_id, 'b' AS row_kind, 'c' AS row_id, 1 AS whole")  # fmt: skip
    index = replace(small, fields=(replace(small.fields[0], indicators=(broken,)), small.fields[1]))
    monkeypatch.setattr(catalogue, "indices", lambda: {"integrity": index})

    indices.run(at=AT, by=SYSTEM)

    assert _score().parts[0]["indicators"][0]["tenths"] is None
    assert _score().parts[1]["indicators"][0]["tenths"] == 1000


def test_villages_are_seen_in_scope_and_people_by_few(world, pay, small):
    pay("K1", 975)
    indices.run(at=AT, by=SYSTEM)
    secretary = IndexScore.objects.get(role_code="village_secretary")

    def board(role: str) -> set[str]:
        found = queries.board(by=world.actor(role), index_code="integrity")
        return {one.division_code for one in found.rows}

    assert board("village_secretary") == {WILLOW}
    assert board("stone_cashier") == {STONE}
    assert board("county_agri") == {WILLOW, STONE}
    for role in ("village_secretary", "town_party_office", "town_discipline_office"):
        assert queries.score_page(by=world.actor(role), ext_id=secretary.ext_id)
    for role in ("cashier_reporter", "town_leader", "county_agri", "stone_cashier"):
        with pytest.raises(NotFound):
            queries.score_page(by=world.actor(role), ext_id=secretary.ext_id)


def test_the_rows_behind_a_figure_are_those_of_the_record(world, pay, small):
    pay("K1", 975)
    pay("K2", 25, method="cash")
    indices.run(at=AT, by=SYSTEM)

    found = queries.rows_page(
        by=world.actor("village_secretary"), ext_id=_score().ext_id, indicator="cash"
    )

    assert [one["payment_id"] for one in found.rows["payment"]] == ["K2-1"]
    with pytest.raises(NotFound):
        queries.rows_page(
            by=world.actor("village_secretary"), ext_id=_score().ext_id, indicator="nothing"
        )


def test_an_alert_that_names_the_reader_stays_hidden_from_him(world, pay, small):
    pay("K1", 975)
    alert = office.alert("K1", state="disposed")
    alert.conclusion, alert.disposed_at = "confirmed", AT - timedelta(days=1)
    alert.subject_person_ext_ids = [world.people["village_secretary"].ext_id]
    alert.save()
    indices.run(at=AT, by=SYSTEM)

    named = queries.rows_page(
        by=world.actor("village_secretary"), ext_id=_score().ext_id, indicator="confirmed_cases"
    )
    other = queries.rows_page(
        by=world.actor("town_leader"), ext_id=_score().ext_id, indicator="confirmed_cases"
    )

    assert (len(named.alerts), named.hidden) == (0, 1)
    assert (len(other.alerts), other.hidden) == (1, 0)


def test_a_score_of_a_person_is_no_row_of_the_record(world, pay, small):
    from sanzi.record import extraction

    pay("K1", 975)
    indices.run(at=AT, by=SYSTEM)

    rows = [row for batch in extraction.stream("index_score", ("score_id", "village_id"))
            for row in batch.to_pylist()]  # fmt: skip

    assert {row["village_id"] for row in rows} == {WILLOW, STONE}
    assert len(rows) == 2
    assert village.COUNTY
    assert PaymentOrder.objects.count() == 1
