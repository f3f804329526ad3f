"""Rent by period without a lost fen, limits of term, reminders on their days."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.registers.leases import rules


def rows(**changed: object) -> list[tuple[str, str, int]]:
    said = {
        "start": date(2026, 1, 1),
        "end": date(2026, 12, 31),
        "cycle": "quarter",
        "rent_fen_year": 1_000_001,
        "steps": {},
        **changed,
    }
    found = rules.schedule(**said)  # type: ignore[arg-type]
    return [(str(one.from_date), str(one.until_date), one.amount_fen) for one in found]


def test_a_year_by_quarters_gives_its_odd_fen_to_the_first() -> None:
    assert rows() == [
        ("2026-01-01", "2026-03-31", 250_001),
        ("2026-04-01", "2026-06-30", 250_000),
        ("2026-07-01", "2026-09-30", 250_000),
        ("2026-10-01", "2026-12-31", 250_000),
    ]


def test_a_lease_from_the_last_of_a_month_keeps_to_last_days() -> None:
    found = rows(start=date(2026, 1, 31), end=date(2026, 5, 30), cycle="month")

    assert [one[0] for one in found] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert found[-1][1] == "2026-05-30"


def test_a_year_that_is_not_whole_pays_by_days() -> None:
    found = rows(end=date(2027, 3, 1), cycle="year", rent_fen_year=365_000)

    assert found == [
        ("2026-01-01", "2026-12-31", 365_000),
        ("2027-01-01", "2027-03-01", 60_000),
    ]


def test_a_step_holds_until_the_next_one() -> None:
    found = rows(end=date(2030, 12, 31), cycle="year", rent_fen_year=100, steps={3: 120, 5: 150})

    assert [one[2] for one in found] == [100, 100, 120, 120, 150]


@given(
    start=st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    days=st.integers(0, 4_000),
    cycle=st.sampled_from(sorted(rules.MONTHS_OF)),
    rent=st.integers(1, 10**12),
)
def test_the_periods_of_a_lease_touch_and_lose_nothing(
    start: date, days: int, cycle: str, rent: int
) -> None:
    end = start + timedelta(days=days)
    found = rules.schedule(start=start, end=end, cycle=cycle, rent_fen_year=rent, steps={})

    assert (found[0].from_date, found[-1].until_date) == (start, end)
    for one, after in itertools.pairwise(found):
        assert one.until_date + timedelta(days=1) == after.from_date
    whole = 0
    while rules.add_months(start, (whole + 1) * 12) - timedelta(days=1) <= end:
        whole += 1
    assert rent * whole <= sum(one.amount_fen for one in found) < rent * (whole + 1) + 1
    assert [one.place for one in found] == list(range(1, len(found) + 1))


def test_a_lease_that_ends_before_it_starts_is_a_bug() -> None:
    with pytest.raises(ValueError, match="before"):
        rows(end=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("end", "years", "is_over"),
    [
        (date(2045, 12, 31), 20, False),
        (date(2046, 1, 1), 20, True),
        (date(2030, 12, 31), 5, False),
    ],
)
def test_twenty_years_to_the_day_are_the_most(end: date, years: int, *, is_over: bool) -> None:
    assert rules.is_over_years(date(2026, 1, 1), end, years) is is_over


@pytest.mark.parametrize(
    ("rent_fen", "end", "needs"),
    [
        (499_999, date(2026, 12, 31), False),
        (500_000, date(2026, 12, 31), True),
        (100, date(2027, 1, 1), True),
    ],
)
def test_rent_or_term_asks_for_an_auction(rent_fen: int, end: date, *, needs: bool) -> None:
    assert rules.needs_auction(rent_fen, date(2026, 1, 1), end, date(2026, 1, 1)) is needs


def test_reminders_come_on_their_days_each_once_and_never_backwards() -> None:
    due = date(2026, 6, 1)

    def step(days: int, told: tuple[int, ...] = ()) -> int | None:
        found = rules.reminder_due(due, told, due + timedelta(days=days))
        return found.day if found else None

    assert [step(day) for day in (-16, -15, 0, 1, 14, 15, 29, 30, 60, 90, 180, 500)] == [
        None, -15, -15, 1, 1, 15, 15, 30, 60, 90, 180, 180,
    ]  # fmt: skip
    assert step(10, (-15, 1)) is None
    assert step(16, (-15, 1)) == 15
    assert step(16, (30,)) is None


def test_the_end_of_a_lease_is_told_90_60_and_30_days_before() -> None:
    end = date(2026, 12, 31)

    def notice(days: int, told: tuple[int, ...] = ()) -> int | None:
        return rules.expiry_due(end, told, end - timedelta(days=days))

    assert [notice(day) for day in (91, 90, 61, 60, 31, 30, 0, -1)] == [
        None, 90, 90, 60, 60, 30, 30, None,
    ]  # fmt: skip
    assert notice(55, (90,)) == 60
    assert notice(55, (60,)) is None
    assert notice(55, (30,)) is None
