"""Duties: run when due, held by one worker at a time, and one that fails stops no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sanzi.notices import duties
from sanzi.notices.models import Duty
from worlds.village import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(monkeypatch) -> list[str]:
    monkeypatch.setattr(duties, "_register", {})
    ran: list[str] = []

    def work(at) -> int:
        ran.append(at.isoformat())
        return 1

    duties.register("tests.work", 60, work)
    return ran


def test_a_duty_runs_again_only_after_its_interval(ran) -> None:
    assert duties.run_due(AT) == {"tests.work": 1}
    assert duties.run_due(AT + timedelta(seconds=59)) == {}
    assert duties.run_due(AT + timedelta(seconds=60)) == {"tests.work": 1}
    assert len(ran) == 2


def test_a_dead_workers_duty_is_taken_when_its_lease_has_run_out(ran) -> None:
    Duty.objects.create(
        name="tests.work",
        leased_until=AT + timedelta(minutes=5),
        last_started_at=AT,
    )

    assert duties.run_due(AT + timedelta(minutes=4)) == {}
    assert duties.run_due(AT + timedelta(minutes=6)) == {"tests.work": 1}


def test_a_failing_duty_keeps_its_error_and_stops_no_other(ran) -> None:
    def broken(_at) -> int:
        raise ValueError("no bank today")

    duties.register("tests.broken", 60, broken)

    assert duties.run_due(AT) == {"tests.broken": 0, "tests.work": 1}
    assert Duty.objects.get(pk="tests.broken").last_error == "ValueError: no bank today"
    assert Duty.objects.get(pk="tests.broken").leased_until is None
