"""Hand-made vouchers: one person draws them up, another reviews and posts them.

A posted voucher is never edited. It is struck out by a red voucher and, when something takes its
place, followed by a blue one; both are posted together. Source: 会计基础工作规范 第五十一条. What
corrects without a red voucher is in `adjustments.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from sanzi.ledger import queries, rules
from sanzi.ledger.actions import draft_files, drafting, posting
from sanzi.ledger.actions.drafting import DraftSummary
from sanzi.ledger.actions.posting import PostedVoucher
from sanzi.ledger.errors import (
    DraftReturned,
    NotMaker,
    PriorYear,
    ReasonMissing,
    VoucherAlreadyAdjusted,
    VoucherAlreadyReversed,
)
from sanzi.ledger.models import Voucher, VoucherDraft
from sanzi.ledger.rules import Draft, Line, Names
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor

__all__ = [
    "DraftSummary",
    "draft_correction",
    "draft_voucher",
    "return_draft",
    "review_and_post",
    "revise_draft",
    "withdraw_draft",
]

_REASON_MAX = 200


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
    Raises: NotFound, CashierMakes, ApproverBooks, what `drafting.require_correctable` raises,
    PriorYear, PeriodClosed, BeforeFirstPeriod, what `rules.check` raises. Nothing is written when
    raised.
    """
    with transaction.atomic():
        voucher = drafting.locked_voucher(voucher_ext_id, by)
        label = drafting.require_correctable(voucher)
        if voucher.date.year != date.year:
            raise PriorYear(number=label, year=voucher.date.year)
        drafts = _correction(voucher, lines, date, by)
        drafting.require_open_month(voucher.book, date)
        return drafting.keep(voucher.book, drafts, corrects=voucher, by=by, at=at)


def draft_voucher(
    *,
    book_org_ext_id: str,
    lines: Sequence[Line],
    summary: str,
    date: dt.date,
    by: Actor,
    at: dt.datetime,
) -> DraftSummary:
    """Draw up a blue voucher by hand: what no template books.

    Raises: NotFound, NoBook, CashierMakes, PeriodClosed, BeforeFirstPeriod, what `rules.check` and
    `rules.check_sides` raise. Nothing is written when raised.
    """
    book = posting.book_of(book_org_ext_id)
    scope.require(by, "ledger.correct", book.organisation.division_id)
    drafting.require_maker(book, by)
    draft = _hand_made(lines, summary, date, Names(by.name, "", ""))
    drafting.require_right(book, draft)
    drafting.require_open_month(book, date)
    with transaction.atomic():
        return drafting.keep(book, [draft], corrects=None, by=by, at=at)


def revise_draft(
    *,
    draft_ext_id: str,
    lines: Sequence[Line] | None,
    date: dt.date,
    by: Actor,
    at: dt.datetime,
    summary: str = "",
) -> DraftSummary:
    """Put other lines, day and summary into one's own draft; a returned one waits again.

    Shapes: of a voucher for a difference or an earlier year the lines are those to post; of a
    correction they are the right ones, None to strike out only.
    Raises: NotFound, NotMaker, PriorYear, PeriodClosed, BeforeFirstPeriod, what `rules.check`
    raises.
    """
    with transaction.atomic():
        waiting = _own(draft_ext_id, by)
        before = {"content": waiting.content, "returned_reason": waiting.returned_reason}
        kept, voucher = drafting.read(waiting.content), waiting.corrects
        if voucher is not None and kept[0].reversal_of:
            if voucher.date.year != date.year:
                label = f"{voucher.word}-{voucher.number}"
                raise PriorYear(number=label, year=voucher.date.year)
            drafts = _correction(voucher, lines, date, by)
        else:
            told = summary or kept[0].summary
            given = rules.with_summary(lines or kept[0].lines, told)
            drafts = [
                replace(kept[0], lines=tuple(given), date=date, summary=told[: rules.SUMMARY_MAX])
            ]
            drafting.require_right(waiting.book, drafts[0])
        drafting.require_open_month(waiting.book, date)
        waiting.content = drafting.written(drafts)
        waiting.returned_reason = ""
        waiting.save(update_fields=["content", "returned_reason"])
        after = {"content": waiting.content}
        drafting.tell(waiting, "revised", by, at, before=before, after=after)
        return drafting.summary(waiting)


def withdraw_draft(*, draft_ext_id: str, by: Actor, at: dt.datetime) -> None:
    """Take one's own draft back; the log keeps what it was.

    Raises: NotFound, NotMaker.
    """
    with transaction.atomic():
        waiting = _own(draft_ext_id, by)
        drafting.tell(waiting, "withdrawn", by, at, before={"content": waiting.content})
        waiting.delete()


def return_draft(*, draft_ext_id: str, reason: str, by: Actor, at: dt.datetime) -> DraftSummary:
    """Give a draft back to its maker with the reason.

    Raises: NotFound, MakerReviews, CashierReviews, ApproverBooks, ReasonMissing.
    """
    with transaction.atomic():
        waiting = drafting.locked_draft(draft_ext_id, by, "ledger.review")
        drafting.require_reviewer(waiting, by)
        if not reason.strip():
            raise ReasonMissing
        waiting.returned_reason = reason.strip()[:_REASON_MAX]
        waiting.save(update_fields=["returned_reason"])
        drafting.tell(waiting, "returned", by, at, after={"reason": waiting.returned_reason})
        return drafting.summary(waiting)


def review_and_post(*, draft_ext_id: str, by: Actor, at: dt.datetime) -> list[PostedVoucher]:
    """Review a draft and post what it holds; the draft is gone afterwards, the log keeps it.

    Its files go over to the last voucher it became, which says how many they are.
    Raises: NotFound, MakerReviews, CashierReviews, ApproverBooks, DraftReturned,
    VoucherAlreadyReversed, VoucherAlreadyAdjusted, PeriodClosed, BeforeFirstPeriod, ClockSetBack,
    CashOverLimit, what `rules.check` raises. Nothing is written when raised.
    """
    with transaction.atomic():
        waiting = drafting.locked_draft(draft_ext_id, by, "ledger.review")
        drafting.require_reviewer(waiting, by)
        if waiting.returned_reason:
            raise DraftReturned(reason=waiting.returned_reason)
        voucher = waiting.corrects
        if voucher is not None and Voucher.objects.filter(reversal_of=voucher).exists():
            raise VoucherAlreadyReversed(number=f"{voucher.word}-{voucher.number}")
        drafts, paper_count = drafting.read(waiting.content), draft_files.count(waiting)
        drafts[-1] = replace(drafts[-1], attachment_count=paper_count)
        posted: list[PostedVoucher] = []
        for draft in drafts:
            names = Names(maker=draft.names.maker, reviewer=by.name, posted_by=by.name)
            signed = replace(draft, names=names)
            if not signed.reversal_of:
                drafting.require_right(waiting.book, signed)
            posted += posting.append(waiting.book, [signed], by=by, at=at)
        _require_new(posted, voucher)
        if paper_count:
            draft_files.carry_over(waiting, posted[-1].ext_id, by=by, at=at)
        drafting.tell(
            waiting,
            "reviewed",
            by,
            at,
            before={"content": waiting.content},
            after={"vouchers": [each.ext_id for each in posted]},
        )
        waiting.delete()
    return posted


def _require_new(posted: Sequence[PostedVoucher], corrects: Voucher | None) -> None:
    for each in posted:
        if not each.is_new and corrects is not None:
            label = f"{corrects.word}-{corrects.number}"
            raise VoucherAlreadyAdjusted(number=label, later=each.label)


def _own(ext_id: str, by: Actor) -> VoucherDraft:
    waiting = drafting.locked_draft(ext_id, by, "ledger.correct")
    if waiting.maker_id != by.person_id:
        raise NotMaker
    return waiting


def _hand_made(lines: Sequence[Line], summary: str, date: dt.date, names: Names) -> Draft:
    return Draft(
        date=date,
        summary=summary[: rules.SUMMARY_MAX],
        lines=tuple(rules.with_summary(lines, summary)),
        source_kind="manual",
        source_id="",
        names=names,
        origin=rules.MANUAL,
    )


def _correction(
    voucher: Voucher, lines: Sequence[Line] | None, date: dt.date, by: Actor
) -> list[Draft]:
    posted = queries.content_of(voucher).draft
    label, names = f"{voucher.word}-{voucher.number}", Names(by.name, "", "")
    drafts = [rules.red_of(posted, number=label, date=date, names=names)]
    if lines is not None:
        drafts.append(rules.blue_of(posted, lines, number=label, date=date, names=names))
        drafting.require_right(voucher.book, drafts[1])
    return drafts
