"""Hand-made vouchers: one person draws them up, another reviews and posts them.

A posted voucher is never edited. It is struck out by a red voucher and, when something takes its
place, followed by a blue one; both are posted together. Source: 会计基础工作规范 第五十一条.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import ids
from sanzi.ledger import queries, rules
from sanzi.ledger.actions import posting
from sanzi.ledger.actions.posting import PostedVoucher
from sanzi.ledger.errors import (
    CashierReviews,
    CorrectionWaiting,
    DraftReturned,
    MakerReviews,
    NotMaker,
    PriorYear,
    ReasonMissing,
    VoucherAlreadyReversed,
)
from sanzi.ledger.models import Book, Voucher, VoucherDraft
from sanzi.ledger.queries import charts
from sanzi.ledger.rules import Draft, Line, Names
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

_REASON_MAX = 200


@dataclass(frozen=True)
class DraftSummary:
    """A draft as it waits: its id, whose it is, what it strikes out."""

    ext_id: str
    book_ext_id: str
    corrects: str
    returned_reason: str = ""


def draft_correction(
    *,
    voucher_ext_id: str,
    lines: Sequence[Line] | None,
    date: dt.date,
    by: Actor,
    at: dt.datetime,
) -> DraftSummary:
    """Draw up the correction of a posted voucher: a red one and, with lines, the blue one.

    Shapes: lines are the right ones, None to strike out only; date is the day of the correction.
    Raises: NotFound, VoucherAlreadyReversed, CorrectionWaiting, PriorYear, what `rules.check`
    raises. Nothing is written when raised.
    """
    with transaction.atomic():
        voucher = _locked_voucher(voucher_ext_id, by)
        label = f"{voucher.word}-{voucher.number}"
        if Voucher.objects.filter(reversal_of=voucher).exists():
            raise VoucherAlreadyReversed(number=label)
        if VoucherDraft.objects.filter(corrects=voucher).exists():
            raise CorrectionWaiting(number=label)
        if voucher.date.year != date.year:
            raise PriorYear(number=label, year=voucher.date.year)
        drafts = _correction(voucher, lines, date, by)
        return keep(voucher.book, drafts, corrects=voucher, by=by, at=at)


def draft_voucher(
    *,
    book_org_ext_id: str,
    lines: Sequence[Line],
    summary: str,
    date: dt.date,
    by: Actor,
    at: dt.datetime,
) -> DraftSummary:
    """Draw up a blue voucher by hand: an adjustment, or what no template books.

    Raises: NotFound, NoBook, what `rules.check` raises. Nothing is written when raised.
    """
    book = posting.book_of(book_org_ext_id)
    scope.require(by, "ledger.correct", book.organisation.division_id)
    draft = Draft(
        date=date,
        summary=summary[: rules.SUMMARY_MAX],
        lines=tuple(replace(line, summary=line.summary or summary) for line in lines),
        source_kind="manual",
        source_id="",
        names=Names(by.name, "", ""),
        origin=rules.MANUAL,
    )
    _check(book, draft)
    with transaction.atomic():
        return keep(book, [draft], corrects=None, by=by, at=at)


def revise_draft(
    *, draft_ext_id: str, lines: Sequence[Line] | None, date: dt.date, by: Actor, at: dt.datetime
) -> DraftSummary:
    """Put other lines and another day into one's own draft; a returned one waits again.

    Raises: NotFound, NotMaker, PriorYear, what `rules.check` raises.
    """
    with transaction.atomic():
        waiting = _locked_draft(draft_ext_id, by, "ledger.correct")
        if waiting.maker_id != by.person_id:
            raise NotMaker
        before = {"content": waiting.content, "returned_reason": waiting.returned_reason}
        voucher = waiting.corrects
        if voucher is not None:
            if voucher.date.year != date.year:
                label = f"{voucher.word}-{voucher.number}"
                raise PriorYear(number=label, year=voucher.date.year)
            drafts = _correction(voucher, lines, date, by)
        else:
            (kept,) = _read(waiting.content)
            drafts = [replace(kept, lines=tuple(lines or kept.lines), date=date)]
            _check(waiting.book, drafts[0])
        waiting.content = _written(drafts)
        waiting.returned_reason = ""
        waiting.save(update_fields=["content", "returned_reason"])
        _tell(waiting, "revised", by, at, before=before, after={"content": waiting.content})
        return _summary(waiting)


def return_draft(*, draft_ext_id: str, reason: str, by: Actor, at: dt.datetime) -> DraftSummary:
    """Give a draft back to its maker with the reason.

    Raises: NotFound, MakerReviews, CashierReviews, ReasonMissing.
    """
    with transaction.atomic():
        waiting = _locked_draft(draft_ext_id, by, "ledger.review")
        _require_reviewer(waiting, by)
        if not reason.strip():
            raise ReasonMissing
        waiting.returned_reason = reason.strip()[:_REASON_MAX]
        waiting.save(update_fields=["returned_reason"])
        _tell(waiting, "returned", by, at, after={"reason": waiting.returned_reason})
        return _summary(waiting)


def review_and_post(*, draft_ext_id: str, by: Actor, at: dt.datetime) -> list[PostedVoucher]:
    """Review a draft and post what it holds; the draft is gone afterwards, the log keeps it.

    Raises: NotFound, MakerReviews, CashierReviews, DraftReturned, VoucherAlreadyReversed,
    PeriodClosed, BeforeFirstPeriod, what `rules.check` raises. Nothing is written when raised.
    """
    with transaction.atomic():
        waiting = _locked_draft(draft_ext_id, by, "ledger.review")
        _require_reviewer(waiting, by)
        if waiting.returned_reason:
            raise DraftReturned(reason=waiting.returned_reason)
        voucher = waiting.corrects
        if voucher is not None and Voucher.objects.filter(reversal_of=voucher).exists():
            raise VoucherAlreadyReversed(number=f"{voucher.word}-{voucher.number}")
        posted: list[PostedVoucher] = []
        for draft in _read(waiting.content):
            names = Names(maker=draft.names.maker, reviewer=by.name, posted_by=by.name)
            signed = replace(draft, names=names)
            if not signed.reversal_of:
                _check(waiting.book, signed)
            posted += posting.append(waiting.book, [signed], by=by, at=at)
        _tell(
            waiting,
            "reviewed",
            by,
            at,
            before={"content": waiting.content},
            after={"vouchers": [each.ext_id for each in posted]},
        )
        waiting.delete()
    return posted


def _locked_voucher(ext_id: str, by: Actor) -> Voucher:
    """Return a voucher under the lock of its numbers: the application may not lock its row."""
    voucher = Voucher.objects.select_related("book__organisation").filter(ext_id=ext_id).first()
    if voucher is None:
        raise NotFound
    scope.require(by, "ledger.correct", voucher.book.organisation.division_id)
    posting.lock_heads(voucher.book, [(voucher.period, voucher.word)])
    return voucher


def _locked_draft(ext_id: str, by: Actor, permission: str) -> VoucherDraft:
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


def _require_reviewer(draft: VoucherDraft, by: Actor) -> None:
    if by.person_id is None or by.person_id == draft.maker_id:
        raise MakerReviews
    if by.roles_at(draft.book.organisation.division_id) & rules.CASHIER_ROLES:
        raise CashierReviews


def _check(book: Book, draft: Draft) -> None:
    standard = charts.chart_of(book, draft.date)
    rules.check(draft, standard)
    rules.check_sides(draft, standard)


def _correction(
    voucher: Voucher, lines: Sequence[Line] | None, date: dt.date, by: Actor
) -> list[Draft]:
    posted = queries.content_of(voucher).draft
    label, names = f"{voucher.word}-{voucher.number}", Names(by.name, "", "")
    drafts = [rules.red_of(posted, number=label, date=date, names=names)]
    if lines is not None:
        drafts.append(rules.blue_of(posted, lines, number=label, date=date, names=names))
        _check(voucher.book, drafts[1])
    return drafts


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
        content=_written(drafts),
        corrects=corrects,
        maker_id=by.person_id,
        made_at=at,
    )
    _tell(draft, "made", by, at, after={"content": draft.content})
    return _summary(draft)


def _tell(draft: VoucherDraft, what: str, by: Actor, at: dt.datetime, **change: Any) -> None:
    audit.write(
        chain=draft.book.organisation.ext_id,
        kind=f"ledger.draft.{what}",
        by=by,
        at=at,
        subject=("voucher_draft", draft.ext_id),
        **change,
    )


def _summary(draft: VoucherDraft) -> DraftSummary:
    return DraftSummary(
        ext_id=draft.ext_id,
        book_ext_id=draft.book.ext_id,
        corrects=draft.corrects.ext_id if draft.corrects else "",
        returned_reason=draft.returned_reason,
    )


def _written(drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    return [asdict(draft) | {"date": draft.date.isoformat()} for draft in drafts]


def _read(content: list[dict[str, Any]]) -> list[Draft]:
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
