"""Close months: one book, or many with each in a transaction of its own.

What hinders is worked out in `queries.hindrances`, where other rooms register their guards. The
next month needs no opening: it is there as soon as something is posted to it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.ledger import queries, rules
from sanzi.ledger.actions import plans, posting
from sanzi.ledger.errors import (
    AlreadyClosed,
    BeforeFirstPeriod,
    CloseHindered,
    MonthNotOver,
)
from sanzi.ledger.models import Book, Period
from sanzi.ledger.queries import doors
from sanzi.ledger.queries.hindrances import Hindrance, guard, hindrances
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

__all__ = ["CloseResult", "ClosedMonth", "Hindrance", "close_many", "close_month", "guard"]

logger = logging.getLogger(__name__)
FAILED = "ledger.close_failed"


@dataclass(frozen=True)
class ClosedMonth:
    """A month as it was closed."""

    book_ext_id: str
    org_ext_id: str
    organisation: str
    period: str
    closed_at: datetime


@dataclass(frozen=True)
class CloseResult:
    """What became of one book of a batch: closed, or the code and words of the refusal."""

    org_ext_id: str
    organisation: str
    is_closed: bool
    code: str = ""
    sentence: str = ""
    hindrances: tuple[Hindrance, ...] = field(default=())


def close_month(
    *, org_ext_id: str, period: str, by: Actor, at: datetime, with_plans: bool = False
) -> ClosedMonth:
    """Close a month of a book.

    Shapes: period is `2026-11`; at is aware, UTC; the month must be over, its last day counts;
    with_plans books first what recurring plans still have to book.
    Raises: NotFound, BeforeFirstPeriod, MonthNotOver, AlreadyClosed, CloseHindered with the whole
    list. Nothing is written when raised.
    Source: 财会〔2024〕12号 第二十四条.
    """
    book = queries.access_book(by=by, org_ext_id=org_ext_id, permission="ledger.close")
    require_over(book, period, at)
    with transaction.atomic():
        lock_open(book, period)
        if with_plans:
            plans.book_due(book, period, by=by, at=at)
        found = hindrances(book, period)
        if found:
            raise hindered(period, found)
        shut(book, period, by=by, at=at)
    return ClosedMonth(book.ext_id, org_ext_id, book.organisation.name, period, at)


def close_many(
    *,
    org_ext_ids: Sequence[str],
    period: str,
    by: Actor,
    at: datetime,
    with_plans: bool = False,
    told: Callable[[CloseResult], None] = lambda _: None,
) -> list[CloseResult]:
    """Close a month of many books, each in its own transaction; none stops the others.

    `told` hears each result as it comes, for a progress bar. Raises nothing for a single book.
    """
    results = []
    for org_ext_id in org_ext_ids:
        result = _close_one(org_ext_id, period, by, at, with_plans=with_plans)
        told(result)
        results.append(result)
    return results


def _close_one(
    org_ext_id: str, period: str, by: Actor, at: datetime, *, with_plans: bool
) -> CloseResult:
    try:
        done = close_month(
            org_ext_id=org_ext_id, period=period, by=by, at=at, with_plans=with_plans
        )
    except CloseHindered as refusal:
        return CloseResult(
            org_ext_id,
            _name(org_ext_id),
            is_closed=False,
            code=refusal.code,
            sentence=refusal.text,
            hindrances=carried(refusal),
        )
    except Refusal as refusal:
        name = "" if isinstance(refusal, NotFound) else _name(org_ext_id)
        return CloseResult(
            org_ext_id, name, is_closed=False, code=refusal.code, sentence=refusal.text
        )
    except Exception:  # one bad book must not stop the others
        logger.exception("close of %s for %s failed", period, org_ext_id)
        sentence = "这本账没有结成，系统已记下原因，请管理员查看日志。"
        return CloseResult(org_ext_id, "", is_closed=False, code=FAILED, sentence=sentence)
    return CloseResult(org_ext_id, done.organisation, is_closed=True)


def carried(refusal: CloseHindered) -> tuple[Hindrance, ...]:
    """Return the list that a refusal carries."""
    given = cast("Sequence[Mapping[str, Any]]", refusal.data["hindrances"])
    return tuple(Hindrance(**{**one, "ids": tuple(one["ids"])}) for one in given)


def _name(org_ext_id: str) -> str:
    return posting.book_of(org_ext_id).organisation.name


def require_over(book: Book, period: str, at: datetime) -> None:
    """Refuse a month that is not over, or lies before the book begins.

    Raises: NotFound for what is no period, BeforeFirstPeriod, MonthNotOver.
    """
    doors.require_period(period)
    if period < book.first_period:
        raise BeforeFirstPeriod(first_period=book.first_period, period=period)
    if rules.last_day(period) > clock.local_date(at):
        raise MonthNotOver(period=period, last_day=rules.last_day(period).isoformat())


def lock_open(book: Book, period: str) -> None:
    """Lock a month of a book in the caller's transaction; nobody posts to it meanwhile.

    Raises: AlreadyClosed.
    """
    closed_at = posting.lock_periods(book, [period])[period]
    if closed_at is not None:
        raise AlreadyClosed(period=period)


def shut(book: Book, period: str, *, by: Actor, at: datetime) -> None:
    """Mark a locked month as closed and tell the log."""
    Period.objects.filter(book=book, period=period).update(closed_at=at, closed_by_id=by.person_id)
    audit.write(
        chain=book.organisation.ext_id,
        kind="ledger.period.closed",
        by=by,
        at=at,
        subject=("book", book.ext_id),
        after={"period": period},
    )


def hindered(period: str, found: Sequence[Hindrance]) -> CloseHindered:
    """Return the refusal that carries the whole list."""
    return CloseHindered(
        period=period,
        count=len(found),
        what="、".join(one.words for one in found),
        hindrances=[asdict(one) for one in found],
    )
