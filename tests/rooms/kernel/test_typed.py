"""What people type: days that papers name, and what is none."""

from datetime import date

import pytest

from sanzi.kernel import typed
from sanzi.kernel.errors import BadDay


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-03", date(2026, 11, 3)),
        (" ２０２６－１１－０３ ", date(2026, 11, 3)),
        ("1900-01-01", date(1900, 1, 1)),
        ("2199-12-31", date(2199, 12, 31)),
        ("1899-12-31", None),
        ("2200-01-01", None),
        ("0002-11-03", None),
        ("9999-12-31", None),
        ("2026-02-30", None),
        ("", None),
        ("昨天", None),
    ],
)
def test_a_day_is_read_and_a_year_half_typed_is_none(text: str, day: date | None) -> None:
    assert typed.day(text) == day


def test_a_wanted_day_may_be_left_out_but_not_be_wrong() -> None:
    assert typed.wanted_day(" ") is None
    assert typed.wanted_day("2026-11-03") == date(2026, 11, 3)
    with pytest.raises(BadDay) as refused:
        typed.wanted_day("0026-11-03")
    assert "0026-11-03" in refused.value.text
