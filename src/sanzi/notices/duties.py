"""The worker's recurring duties: a register, and one round over those that are due.

Rooms register in their `apps.py`: `duties.register("payments.dispatch", 5, dispatch)`. A duty is
a function from the time to the number of things it did; it must be safe to repeat, because a
worker may die at any moment and another then takes the duty after the lease has run out.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, close_old_connections, transaction
from django.db.models import Q

from sanzi.notices.models import Duty

logger = logging.getLogger(__name__)
Work = Callable[[datetime], int]
LEASE_DEFAULT = timedelta(minutes=10)
LATE_TIMES = 3
AHEAD = timedelta(minutes=1)


@dataclass(frozen=True)
class Registered:
    """A duty as its room registered it. Units: seconds between two starts."""

    name: str
    every_seconds: int
    work: Work
    lease: timedelta


_register: dict[str, Registered] = {}


def register(
    name: str,
    every_seconds: int,
    work: Work,
    lease: timedelta = LEASE_DEFAULT,
) -> None:
    """Make a function a duty of the worker; the same name again replaces it."""
    _register[name] = Registered(name, every_seconds, work, lease)


def unregister(name: str) -> None:
    """Take a duty off this process: a worker may be told to do some of them only."""
    _register.pop(name, None)


def registered() -> list[Registered]:
    """Return all duties in the order of their names."""
    return [_register[name] for name in sorted(_register)]


def run_due(at: datetime) -> dict[str, int]:
    """Run every duty that is due and not in another worker's hands; return what each did.

    A duty that raises is logged, keeps its error in its row, and does not stop the others.
    """
    done = {}
    for duty in registered():
        if _lease(duty, at):
            done[duty.name] = _run(duty, at)
    return done


def run_round(at: datetime) -> bool:
    """Run what is due, whatever the database does; return whether the round came to its end.

    A database that restarts or a disk that is full breaks the round, not the worker: what was
    in hand rolls back or is found again by its lease, and the next round begins on a fresh
    connection.
    """
    is_whole = False
    try:
        run_due(at)
        is_whole = True
    except Error:
        logger.exception("the round of duties broke off, the database does not do its part")
    try:
        close_old_connections()
    except Error:
        logger.exception("a broken connection could not be closed")
    return is_whole


def run_now(name: str, at: datetime) -> int:
    """Run one duty at once, whatever its rhythm; raises what it raises."""
    return _register[name].work(at)


def _lease(duty: Registered, at: datetime) -> bool:
    """Take the duty for this worker; the row's condition keeps two workers apart."""
    Duty.objects.get_or_create(name=duty.name)
    # What lies further ahead than any lease or start of now was written before the clock was
    # set back.
    ahead = at + duty.lease + AHEAD
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=at) | Q(leased_until__gt=ahead)
    due = (
        Q(last_started_at__isnull=True)
        | Q(last_started_at__lte=at - timedelta(seconds=duty.every_seconds))
        | Q(last_started_at__gt=ahead)
    )
    with transaction.atomic():
        taken = Duty.objects.filter(free & due, name=duty.name).update(
            leased_until=at + duty.lease,
            holder=f"{socket.gethostname()}:{os.getpid()}",
            last_started_at=at,
        )
    return bool(taken)


def _run(duty: Registered, at: datetime) -> int:
    count, error = 0, ""
    try:
        count = duty.work(at)
    except Exception as problem:  # one bad duty must not stop the others
        logger.exception("duty %s failed", duty.name)
        error = f"{type(problem).__name__}: {problem}"[:1000]
    Duty.objects.filter(name=duty.name).update(
        leased_until=None,
        last_finished_at=at,
        last_error=error,
    )
    return count


def late(at: datetime) -> list[str]:
    """Return in words the duties that failed last time, or have not run for far too long."""
    rows = Duty.objects.in_bulk(list(_register))
    found = []
    for duty in registered():
        row = rows.get(duty.name)
        allowed = timedelta(seconds=LATE_TIMES * duty.every_seconds) + LEASE_DEFAULT
        if row is None or row.last_finished_at is None:
            found.append(f"{duty.name} 还没有跑过")
        elif row.last_error:
            found.append(f"{duty.name} 上次出错：{row.last_error.strip().splitlines()[-1][:80]}")
        elif at - row.last_finished_at > allowed:
            found.append(f"{duty.name} 从 {row.last_finished_at:%m-%d %H:%M} 起没有再跑")
    return found
