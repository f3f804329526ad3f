"""Open the last closed month again: one asks with a reason, another grants, never after archiving.

The granted row is written before the month opens: guards of the database look for it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import ids
from sanzi.ledger import queries
from sanzi.ledger.actions import posting
from sanzi.ledger.errors import ReasonMissing
from sanzi.ledger.models import Book, Period, Reopening, YearArchive
from sanzi.ledger.period_errors import (
    AskerGrants,
    NotClosed,
    NotLastClosed,
    ReopenDecided,
    ReopenWaiting,
    YearArchived,
)
from sanzi.ledger.queries import doors
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

REASON_MAX = 200


def ask_reopen(*, org_ext_id: str, period: str, reason: str, by: Actor, at: datetime) -> str:
    """Ask to open the last closed month of a book again; returns the wish's id.

    Raises: NotFound, ReasonMissing, NotClosed, NotLastClosed, YearArchived, ReopenWaiting.
    Nothing is written when raised.
    """
    book = queries.access_book(by=by, org_ext_id=org_ext_id, permission="ledger.reopen")
    doors.require_period(period)
    if by.person_id is None:
        raise NotFound
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        _require_last_closed(book, period)
        if Reopening.objects.filter(book=book, decided_at__isnull=True).exists():
            raise ReopenWaiting
        wish = Reopening.objects.create(
            ext_id=ids.new_id("RO", at),
            book=book,
            period=period,
            reason=reason.strip()[:REASON_MAX],
            asked_by_id=by.person_id,
            asked_at=at,
        )
        _tell(wish, "asked", by, at, {"period": period, "reason": wish.reason})
    return wish.ext_id


def grant_reopen(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Grant a wish and open the month.

    Raises: NotFound, AskerGrants, ReopenDecided, NotClosed, NotLastClosed, YearArchived.
    Nothing is written when raised.
    """
    with transaction.atomic():
        wish = _locked(ext_id, by)
        _require_last_closed(wish.book, wish.period)
        _decide(wish, by, at, is_granted=True)
        Period.objects.filter(book=wish.book, period=wish.period).update(
            closed_at=None, closed_by_id=None
        )
        _tell(wish, "granted", by, at, {"period": wish.period, "reason": wish.reason})


def refuse_reopen(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Refuse a wish with the reason; the month stays closed.

    Raises: NotFound, AskerGrants, ReopenDecided, ReasonMissing. Nothing is written when raised.
    """
    with transaction.atomic():
        wish = _locked(ext_id, by)
        if not reason.strip():
            raise ReasonMissing
        _decide(wish, by, at, is_granted=False)
        _tell(wish, "refused", by, at, {"period": wish.period, "why": reason.strip()[:REASON_MAX]})


def _require_last_closed(book: Book, period: str) -> None:
    """Lock the month and refuse unless it is the last closed one of a year not archived."""
    row = Period.objects.select_for_update().filter(book=book, period=period).first()
    if row is None or row.closed_at is None:
        raise NotClosed(period=period)
    later = (
        Period.objects.filter(book=book, period__gt=period, closed_at__isnull=False)
        .order_by("-period")
        .first()
    )
    if later is not None:
        raise NotLastClosed(period=period, later=later.period)
    year = int(period[:4])
    if YearArchive.objects.filter(book=book, year=year).exists():
        raise YearArchived(year=year)


def _locked(ext_id: str, by: Actor) -> Reopening:
    """Return a wish that waits: the book's month is locked before it, as everywhere."""
    wish = Reopening.objects.select_related("book__organisation").filter(ext_id=ext_id).first()
    if wish is None:
        raise NotFound
    scope.require(by, "ledger.grant_reopen", wish.book.organisation.division_id)
    posting.lock_periods(wish.book, [wish.period])
    wish = (
        Reopening.objects.select_related("book__organisation")
        .select_for_update(of=("self",))
        .get(pk=wish.pk)
    )
    if by.person_id is None or by.person_id == wish.asked_by_id:
        raise AskerGrants
    if wish.decided_at is not None:
        raise ReopenDecided
    return wish


def _decide(wish: Reopening, by: Actor, at: datetime, *, is_granted: bool) -> None:
    wish.decided_by_id, wish.decided_at, wish.is_granted = by.person_id, at, is_granted
    wish.save(update_fields=["decided_by_id", "decided_at", "is_granted"])


def _tell(wish: Reopening, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=wish.book.organisation.ext_id,
        kind=f"ledger.reopening.{what}",
        by=by,
        at=at,
        subject=("reopening", wish.ext_id),
        after=after,
    )
