"""Drafts of hand-made vouchers: kept, locked, told to the log; and who must stay apart.

Maker and reviewer are two people; a cashier neither makes, reviews nor posts; who approved a
payment neither makes nor posts its vouchers. Source: 会计基础工作规范 第十二条, 会计法 第二十五条.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sanzi.audit import actions as audit
from sanzi.kernel import ids
from sanzi.ledger import hooks, rules
from sanzi.ledger.actions import posting
from sanzi.ledger.errors import (
    ApproverBooks,
    BeforeFirstPeriod,
    CashierMakes,
    CashierReviews,
    CorrectionOfCorrection,
    CorrectionWaiting,
    MakerReviews,
    PeriodClosed,
    VoucherAlreadyAdjusted,
    VoucherAlreadyReversed,
)
from sanzi.ledger.models import Book, Period, Voucher, VoucherDraft
from sanzi.ledger.queries import charts
from sanzi.ledger.rules import Draft, Line, Names
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

ADJUSTMENT, PRIOR_YEAR = "adjustment", "prior_year"
SUBJECT = "voucher_draft"


@dataclass(frozen=True)
class DraftSummary:
    """A draft as it waits: its id, whose it is, what it strikes out."""

    ext_id: str
    book_ext_id: str
    corrects: str
    returned_reason: str = ""


def locked_voucher(ext_id: str, by: Actor) -> Voucher:
    """Return a voucher that the actor may correct, under the lock of its numbers.

    The application may not lock the row itself.
    Raises: NotFound, CashierMakes, ApproverBooks.
    """
    voucher = Voucher.objects.select_related("book__organisation").filter(ext_id=ext_id).first()
    if voucher is None:
        raise NotFound
    scope.require(by, "ledger.correct", voucher.book.organisation.division_id)
    require_maker(voucher.book, by)
    require_not_approver(voucher, by)
    posting.lock_heads(voucher.book, [(voucher.period, voucher.word)])
    return voucher


def locked_draft(ext_id: str, by: Actor, permission: str) -> VoucherDraft:
    """Return a waiting draft, locked. Raises: NotFound."""
    draft = (
        VoucherDraft.objects.select_related("book__organisation", "corrects__book")
        .select_for_update(of=("self",))
        .filter(ext_id=ext_id)
        .first()
    )
    if draft is None:
        raise NotFound
    scope.require(by, permission, draft.book.organisation.division_id)
    return draft


def require_maker(book: Book, by: Actor) -> None:
    """Refuse a cashier who draws up a voucher; raises CashierMakes."""
    if by.roles_at(book.organisation.division_id) & rules.CASHIER_ROLES:
        raise CashierMakes


def require_reviewer(draft: VoucherDraft, by: Actor) -> None:
    """Refuse who may not review a draft; raises MakerReviews, CashierReviews, ApproverBooks."""
    if by.person_id is None or by.person_id == draft.maker_id:
        raise MakerReviews
    if by.roles_at(draft.book.organisation.division_id) & rules.CASHIER_ROLES:
        raise CashierReviews
    if draft.corrects is not None:
        require_not_approver(draft.corrects, by)


def require_not_approver(voucher: Voucher, by: Actor) -> None:
    """Refuse who approved a payment that the voucher books; raises ApproverBooks."""
    refs = set(voucher.lines.exclude(source_ref="").values_list("source_ref", flat=True))
    if voucher.source_kind == "payment":
        refs.add(voucher.source_id)
    if refs and by.person_id in hooks.approvers_of(refs):
        raise ApproverBooks


def require_correctable(voucher: Voucher) -> str:
    """Return the label of a voucher that nothing corrects yet.

    A red voucher is not struck out again, and a voucher is corrected once: what came after it
    is the one to correct.
    Raises: CorrectionOfCorrection, VoucherAlreadyReversed, VoucherAlreadyAdjusted,
    CorrectionWaiting.
    """
    label = f"{voucher.word}-{voucher.number}"
    if voucher.reversal_of_id is not None:
        raise CorrectionOfCorrection(number=label)
    if Voucher.objects.filter(reversal_of=voucher).exists():
        raise VoucherAlreadyReversed(number=label)
    later = Voucher.objects.filter(
        book=voucher.book, source_kind__in=(ADJUSTMENT, PRIOR_YEAR), source_id=voucher.ext_id
    ).first()
    if later is not None:
        raise VoucherAlreadyAdjusted(number=label, later=f"{later.word}-{later.number}")
    if VoucherDraft.objects.filter(corrects=voucher).exists():
        raise CorrectionWaiting(number=label)
    return label


def require_right(book: Book, draft: Draft) -> None:
    """Refuse a draft that could not be posted on its day as it is.

    Raises: what `rules.check` and `rules.check_sides` raise; `require_open_month`.
    """
    standard = charts.chart_of(book, draft.date)
    rules.check(draft, standard)
    if draft.source_kind != PRIOR_YEAR:
        rules.check_sides(draft, standard)


def require_open_month(book: Book, day: dt.date) -> None:
    """Refuse a day before the book begins or in a closed month, before anything is drawn up.

    Posting asks again under the lock. Raises: BeforeFirstPeriod, PeriodClosed.
    """
    period = rules.period_of(day)
    if period < book.first_period:
        raise BeforeFirstPeriod(first_period=book.first_period, period=period)
    if Period.objects.filter(book=book, period=period, closed_at__isnull=False).exists():
        raise PeriodClosed(period=period)


def keep(
    book: Book, drafts: Sequence[Draft], *, corrects: Voucher | None, by: Actor, at: dt.datetime
) -> DraftSummary:
    """Keep drafts as one that waits for its reviewer, in the caller's transaction.

    Raises: NotFound for an actor who is no person.
    """
    if by.person_id is None:
        raise NotFound
    draft = VoucherDraft.objects.create(
        ext_id=ids.new_id("D", at),
        book=book,
        content=written(drafts),
        corrects=corrects,
        maker_id=by.person_id,
        made_at=at,
    )
    tell(draft, "made", by, at, after={"content": draft.content})
    return summary(draft)


def tell(draft: VoucherDraft, what: str, by: Actor, at: dt.datetime, **change: Any) -> None:
    """Write what happened to a draft into the log of its body."""
    audit.write(
        chain=draft.book.organisation.ext_id,
        kind=f"ledger.draft.{what}",
        by=by,
        at=at,
        subject=(SUBJECT, draft.ext_id),
        **change,
    )


def summary(draft: VoucherDraft) -> DraftSummary:
    """Return a draft as callers see it."""
    return DraftSummary(
        ext_id=draft.ext_id,
        book_ext_id=draft.book.ext_id,
        corrects=draft.corrects.ext_id if draft.corrects else "",
        returned_reason=draft.returned_reason,
    )


def written(drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    """Return drafts as JSON values."""
    return [asdict(draft) | {"date": draft.date.isoformat()} for draft in drafts]


def read(content: list[dict[str, Any]]) -> list[Draft]:
    """Return drafts from their JSON values."""
    return [
        Draft(
            **{
                **each,
                "date": dt.date.fromisoformat(each["date"]),
                "names": Names(**each["names"]),
                "lines": tuple(Line(**line) for line in each["lines"]),
            }
        )
        for each in content
    ]
