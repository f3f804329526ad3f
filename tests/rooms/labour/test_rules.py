"""Wages, hours, ages, distances."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sanzi.registers.labour import rules
from sanzi.registers.labour.rules import Shift


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 18, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rate", "minutes", "pieces", "fen"),
    [(15_000, 480, None, 15_000), (15_000, 240, None, 7_500), (15_000, 450, None, 14_063),
     (100, 1, None, 0), (1_200, 480, 7, 8_400)],
)  # fmt: skip
def test_a_wage_is_the_rate_by_hours_or_pieces(rate, minutes, pieces, fen) -> None:
    assert rules.wage_fen(rate_fen=rate, minutes=minutes, pieces=pieces) == fen


def test_hours_that_only_touch_do_not_overlap() -> None:
    morning = Shift(at(8), at(12), 240)

    assert rules.overlapping(Shift(at(12), at(17), 300), [morning]) is None
    assert rules.overlapping(Shift(at(11, 59), at(17), 300), [morning]) is morning


@pytest.mark.parametrize(
    ("shift", "others", "why"),
    [(Shift(at(8), at(17), 480), [], ""),
     (Shift(at(17), at(8), 480), [], "收工要在开工以后"),
     (Shift(at(8), at(12), 300), [], "从开工到收工只有4小时，记了5小时"),
     (Shift(at(8), at(17), 0), [], "工时要大于零"),
     (Shift(datetime(2026, 11, 18, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC), 480), [],
      "一天没有24小时以上"),
     (Shift(at(13), at(19), 360), [Shift(at(5), at(12), 390)],
      "这一天加起来12.5小时，超过12小时")],
)  # fmt: skip
def test_hours_that_cannot_be_are_said(shift, others, why) -> None:
    assert rules.hours_fault(shift, others, hours_max=12) == why


@pytest.mark.parametrize(
    ("minutes", "text"), [(480, "8"), (450, "7.5"), (255, "4.25"), (600, "10")]
)
def test_hours_are_written_short(minutes: int, text: str) -> None:
    assert rules.hours_text(minutes) == text


def test_an_age_turns_on_the_birthday() -> None:
    assert rules.age_on(date(2010, 11, 18), date(2026, 11, 17)) == 15
    assert rules.age_on(date(2010, 11, 18), date(2026, 11, 18)) == 16


def test_a_distance_is_that_of_the_globe() -> None:
    assert 3_330 < rules.metres((29_300_000, 120_060_000), (29_330_000, 120_060_000)) < 3_340
    assert 2_905 < rules.metres((29_300_000, 120_060_000), (29_300_000, 120_090_000)) < 2_911


def test_the_plan_has_its_tolerance() -> None:
    assert not rules.is_over_plan(done=22, planned=20, percent=10)
    assert rules.is_over_plan(done=23, planned=20, percent=10)
