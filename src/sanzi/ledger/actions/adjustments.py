"""Corrections without a red voucher: the difference of amounts, and errors of an earlier year.

Source: 会计基础工作规范 第五十一条（五）: right account, wrong amount: one voucher for the
difference, blue when it grows, red when it falls; an earlier year's error: one blue voucher now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from sanzi.kernel import clock
from sanzi.ledger import queries, rules
from sanzi.ledger.actions import drafting
from sanzi.ledger.actions.drafting import DraftSummary
from sanzi.ledger.errors import NothingDiffers, PriorYear, SameYear
from sanzi.ledger.models import Voucher
from sanzi.ledger.rules import Draft, Line, Names
from sanzi.orgs.actors import Actor


def draft_adjustment(
    *,
    voucher_ext_id: str,
    amounts_fen: Sequence[int],
    date: dt.date,
    by: Actor,
    at: dt.datetime,
) -> DraftSummary:
    """Draw up one voucher for the difference between what is posted and what is right.

    Shapes: amounts_fen are the right amounts, one for each line in order, each on its line's side.
    Raises: NotFound, CashierMakes, ApproverBooks, what `drafting.require_correctable` raises,
    PriorYear, NothingDiffers, PeriodClosed, BeforeFirstPeriod, what `rules.check` raises. Nothing
    is written when raised.
    """
    with transaction.atomic():
        voucher = drafting.locked_voucher(voucher_ext_id, by)
        label = drafting.require_correctable(voucher)
        if voucher.date.year != date.year:
            raise PriorYear(number=label, year=voucher.date.year)
        posted = queries.content_of(voucher).draft
        memo = f"调整{clock.day_said(posted.date)}{label}号凭证金额"
        if len(amounts_fen) != len(posted.lines):
            raise NothingDiffers(number=label)
        lines = [
            _difference(line, amount, memo)
            for line, amount in zip(posted.lines, amounts_fen, strict=True)
        ]
        kept = tuple(line for line in lines if line.debit_fen or line.credit_fen)
        if not kept:
            raise NothingDiffers(number=label)
        made = _made(voucher, kept, memo, kind=drafting.ADJUSTMENT, date=date, by=by)
        drafting.require_right(voucher.book, made)
        drafting.require_open_month(voucher.book, date)
        return drafting.keep(voucher.book, [made], corrects=voucher, by=by, at=at)


def draft_prior_year(
    *, voucher_ext_id: str, lines: Sequence[Line], date: dt.date, by: Actor, at: dt.datetime
) -> DraftSummary:
    """Draw up the blue voucher that puts right an error of an earlier year.

    Shapes: lines are the difference, through this year's income and spending or undistributed
    income; income and expenses may stand on either side here.
    Raises: NotFound, CashierMakes, ApproverBooks, what `drafting.require_correctable` raises,
    SameYear, PeriodClosed, BeforeFirstPeriod, what `rules.check` raises. Nothing is written when
    raised.
    """
    with transaction.atomic():
        voucher = drafting.locked_voucher(voucher_ext_id, by)
        label = drafting.require_correctable(voucher)
        if voucher.date.year >= date.year:
            raise SameYear(number=label)
        memo = f"订正{clock.date_said(voucher.date)}{label}号凭证"
        kept = tuple(rules.with_summary(lines, memo))
        made = _made(voucher, kept, memo, kind=drafting.PRIOR_YEAR, date=date, by=by)
        drafting.require_right(voucher.book, made)
        drafting.require_open_month(voucher.book, date)
        return drafting.keep(voucher.book, [made], corrects=voucher, by=by, at=at)


def _difference(line: Line, amount_fen: int, memo: str) -> Line:
    if line.debit_fen:
        return replace(line, debit_fen=amount_fen - line.debit_fen, summary=memo)
    return replace(line, credit_fen=amount_fen - line.credit_fen, summary=memo)


def _made(
    voucher: Voucher, lines: tuple[Line, ...], memo: str, *, kind: str, date: dt.date, by: Actor
) -> Draft:
    return Draft(
        date=date,
        summary=memo,
        lines=lines,
        source_kind=kind,
        source_id=voucher.ext_id,
        names=Names(by.name, "", ""),
        word=voucher.word,
        origin=rules.MANUAL,
    )
