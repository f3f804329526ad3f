"""Reads of e-receipts: of lines, of an order's payments, and what a month still lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from sanzi.kernel import clock
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import BankReceipt, BankReceiptState, BankTransaction

SEE = "payments.see"
SHOWN_MAX = 500
ASKABLE = (BankReceiptState.WAITING, BankReceiptState.GIVEN_UP)
"""Where an e-receipt is that the bank can be asked for again."""


@dataclass(frozen=True)
class ReceiptView:
    """The e-receipt of one bank line. `state_label` is in words; `is_here` when it can be opened.

    `picture_ext_id` is the attachment that shows it, `said` why it is not here yet.
    """

    line_ext_id: str
    bank_ref: str
    booked_at: datetime
    state: str
    state_label: str
    said: str
    fetched_at: datetime | None
    picture_ext_id: str

    @property
    def is_here(self) -> bool:
        """Whether it can be opened."""
        return self.state == BankReceiptState.STORED

    @property
    def may_ask(self) -> bool:
        """Whether asking the bank again can bring it."""
        return self.state in ASKABLE


def access_line(*, by: Actor, ext_id: str) -> BankTransaction:
    """Return a bank line of the actor's scope, one taken back too. Raises: NotFound."""
    found = (
        BankTransaction.every.filter(
            scope.within(by, SEE, "account__organisation__division_id"), ext_id=ext_id
        )
        .select_related("account__organisation")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def access_receipt(*, by: Actor, line_ext_id: str) -> BankReceipt:
    """Return the e-receipt of a line that is here. Raises: NotFound."""
    found = (
        visible_receipts(by)
        .filter(line_ext_id=line_ext_id, state=BankReceiptState.STORED)
        .select_related("account__organisation")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def receipt_of(*, by: Actor, line_ext_id: str) -> ReceiptView:
    """Return where the e-receipt of a line stands. Raises: NotFound, also if none is expected."""
    found = visible_receipts(by).filter(line_ext_id=line_ext_id).first()
    if found is None:
        raise NotFound
    return _view(found)


def receipts_of_lines(*, by: Actor, line_ext_ids: Iterable[str]) -> dict[str, ReceiptView]:
    """Return the e-receipts of bank lines by ext id; lines without one are left out."""
    rows = visible_receipts(by).filter(line_ext_id__in=list(line_ext_ids))
    return {row.line_ext_id: _view(row) for row in rows}


def receipts_of_order(
    *, by: Actor, case_number: str, line_nos: Collection[int]
) -> dict[int, ReceiptView]:
    """Return the e-receipts of the debits of an order's payments, by line number of the order."""
    lines = dict(
        BankTransaction.objects.filter(
            payment__order__case_number=case_number,
            payment__line_no__in=line_nos,
            direction="out",
        ).values_list("ext_id", "payment__line_no")
    )
    found = receipts_of_lines(by=by, line_ext_ids=lines)
    return {lines[ext_id]: view for ext_id, view in found.items()}


def missing_receipts(*, by: Actor, org_ext_id: str, period: str) -> list[ReceiptView]:
    """Return the lines of a month whose e-receipt is not here, oldest first, 500 at most.

    Shapes: period is YYYY-MM; banks that give none are left out.
    """
    start = datetime.fromisoformat(f"{period}-01").replace(tzinfo=clock.SHANGHAI)
    end = (start + timedelta(days=31)).replace(day=1)
    rows = visible_receipts(by).filter(
        account__organisation__ext_id=org_ext_id,
        booked_at__gte=start,
        booked_at__lt=end,
        state__in=ASKABLE,
    )
    return [_view(row) for row in rows.order_by("booked_at", "id")[:SHOWN_MAX]]


def visible_receipts(by: Actor) -> QuerySet[BankReceipt]:
    """Return the e-receipts of the actor's scope, also those that are still expected."""
    return BankReceipt.objects.filter(scope.within(by, SEE, "account__organisation__division_id"))


def _view(row: BankReceipt) -> ReceiptView:
    return ReceiptView(
        line_ext_id=row.line_ext_id,
        bank_ref=row.bank_ref,
        booked_at=row.booked_at,
        state=row.state,
        state_label=row.get_state_display(),
        said=row.said,
        fetched_at=row.fetched_at,
        picture_ext_id=row.picture_ext_id,
    )
