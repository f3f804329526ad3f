"""Duties: run when due, held by one worker at a time, and one that fails stops no other."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError

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


def test_a_database_that_breaks_off_ends_the_round_and_not_the_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_at: datetime) -> dict[str, int]:
        raise OperationalError("the database system is shutting down")

    monkeypatch.setattr(duties, "close_old_connections", lambda: None)
    with monkeypatch.context() as patch:
        patch.setattr(duties, "run_due", broken)
        assert duties.run_round(AT) is False
    monkeypatch.setattr(duties, "run_due", lambda _at: {})
    assert duties.run_round(AT) is True


def test_a_duty_started_before_the_clock_was_set_back_is_due_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(duties, "_register", {})
    started: list[datetime] = []
    duties.register("test.clock", 60, lambda at: len(started.append(at) or started))

    duties.run_due(AT)
    duties.run_due(AT - timedelta(days=1))

    assert started == [AT, AT - timedelta(days=1)]
