"""Distribute a year's income, in the order of the law and by decision of the members.

The voucher is drawn up here and posted by a reviewer, like every voucher that a person makes.
Source: 财农〔2021〕121号 第二十八条; 农村集体经济组织法 第四十二条.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from sanzi.kernel import money
from sanzi.ledger import queries, rules, standards, year_rules
from sanzi.ledger.actions import closing, drafting, posting, year_end
from sanzi.ledger.actions.drafting import DraftSummary
from sanzi.ledger.errors import BadLine, PeriodClosed
from sanzi.ledger.models import Book, Voucher, VoucherDraft
from sanzi.ledger.period_errors import (
    AlreadyDistributed,
    DecisionMissing,
    LossNotThere,
    NoDistribution,
    NothingToDistribute,
    ReserveTooSmall,
    ShareNotAllowed,
    TooMuchDistributed,
    YearNotTransferred,
)
from sanzi.ledger.queries import charts
from sanzi.ledger.queries import year_end as ends
from sanzi.ledger.queries.year_end import DISTRIBUTION
from sanzi.ledger.rules import Draft, Line, Names
from sanzi.ledger.standards import Closing, Share
from sanzi.ledger.year_rules import Distributable
from sanzi.orgs.actors import Actor

DECISION_MAX = 34
RESERVE = "reserve"


@dataclass(frozen=True)
class Given:
    """One amount of a decision: which share of the law's order, to which account and whom."""

    key: str
    account_code: str
    amount_fen: int
    aux_kind: str = ""
    aux_id: str = ""


@dataclass(frozen=True)
class Decision:
    """What the members decided about a year: what is given, and what reserves make up.

    Shapes: `number` names the decision, at most 34 characters; `cover_account` is a detail of
    the reserve when `cover_fen` is not 0. Units: fen, positive.
    """

    number: str
    given: tuple[Given, ...]
    cover_fen: int = 0
    cover_account: str = ""


def distribute(
    *, org_ext_id: str, year: int, decision: Decision, date: dt.date, by: Actor, at: dt.datetime
) -> DraftSummary:
    """Draw up the distribution of a year's income; a reviewer posts it.

    Shapes: `date` lies in December of the year while that is open (its result is transferred
    first), else in a later year, when the year is closed: then it goes through 收益分配 of the
    new year. Losses of earlier years are made up first; then the reserve with its least share at
    the place, then members, then the rest.
    Raises: NotFound, NoClosingRules, NoDistribution, DecisionMissing, AlreadyDistributed,
    YearNotTransferred, MonthNotOver, PeriodClosed, NothingToDistribute, TooMuchDistributed,
    ReserveTooSmall, LossNotThere, ShareNotAllowed, what `rules.check` raises. Nothing is written
    when raised.
    """
    book = queries.access_book(by=by, org_ext_id=org_ext_id, permission="ledger.correct")
    how = year_end.rules_of(book)
    if not how.shares:
        raise NoDistribution(standard=standards.get(book.standard_code).title)
    if not 0 < len(decision.number.strip()) <= DECISION_MAX:
        raise DecisionMissing
    with transaction.atomic():
        _open(book, year, date, by, at)
        _require_new(book, year, decision.number)
        _require_order(book, year, decision, how)
        draft = _draft(year, decision, how, date=date, by=by)
        rules.check(draft, charts.chart_of(book, draft.date))
        return drafting.keep(book, [draft], corrects=None, by=by, at=at)


def _open(book: Book, year: int, date: dt.date, by: Actor, at: dt.datetime) -> None:
    """Lock the months; transfer the result of a year that is still open."""
    last, period = ends.december(year), rules.period_of(date)
    months = posting.lock_periods(book, sorted({last, period}))
    if period == last and months[last] is None:
        closing.require_over(book, last, at)
        year_end.transfer(book, year, by=by, at=at, with_shares=False)
        return
    if period <= last or months[last] is None:
        raise YearNotTransferred(year=year)
    if months[period] is not None:
        raise PeriodClosed(period=period)


def _require_new(book: Book, year: int, number: str) -> None:
    posted = Voucher.objects.filter(
        book=book, source_kind=DISTRIBUTION, source_id=_source(year, number)
    ).exists()
    drafts = VoucherDraft.objects.filter(book=book).values_list("content", flat=True)
    waits = any(each["source_kind"] == DISTRIBUTION for content in drafts for each in content)
    if posted or waits:
        state = "记账" if posted else "制单，还在等审核"
        raise AlreadyDistributed(decision=number, year=year, state=state)


def _require_order(book: Book, year: int, decision: Decision, how: Closing) -> None:
    """Hold a decision against the order of the law."""
    there = ends.distributable(book, year)
    _require_loss(year, decision, there, how)
    shares = {one.key: one for one in how.shares}
    for line_no, given in enumerate(decision.given, 1):
        if given.amount_fen <= 0:
            raise BadLine(line_no=line_no, why="金额要大于0")
        _require_account(shares.get(given.key), given)
    wanted = sum(one.amount_fen for one in decision.given)
    total = there.total_fen + decision.cover_fen
    if wanted and total <= 0:
        raise NothingToDistribute(year=year, total=money.format_yuan(total))
    if wanted > there.left_fen:
        raise TooMuchDistributed(
            year=year, left=money.format_yuan(there.left_fen), wanted=money.format_yuan(wanted)
        )
    reserved = there.reserved_fen + _sum(decision.given, RESERVE)
    least = year_rules.reserve_least(
        book.organisation.division_id, rules.last_day(ends.december(year))
    )
    wants = there.reserve_least_fen(least.permille)
    if wanted > _sum(decision.given, RESERVE) and reserved < wants:
        raise ReserveTooSmall(
            least=money.format_yuan(wants),
            reserved=money.format_yuan(reserved),
            source_ref=least.source_ref,
        )


def _require_loss(year: int, decision: Decision, there: Distributable, how: Closing) -> None:
    loss = max(0, -there.total_fen)
    if not decision.cover_fen:
        return
    if not 0 < decision.cover_fen <= loss:
        raise LossNotThere(
            year=year,
            loss=money.format_yuan(loss),
            wanted=money.format_yuan(decision.cover_fen),
        )
    if not how.loss_cover or not decision.cover_account.startswith(how.loss_cover):
        raise ShareNotAllowed(
            title="弥补亏损", account_code=decision.cover_account, allowed=how.loss_cover
        )


def _require_account(share: Share | None, given: Given) -> None:
    if share is None or not given.account_code.startswith(share.against):
        raise ShareNotAllowed(
            title=share.title if share else given.key,
            account_code=given.account_code,
            allowed="、".join(share.against) if share else "制度写明的分配项目",
        )


def _sum(given: Sequence[Given], key: str) -> int:
    return sum(one.amount_fen for one in given if one.key == key)


def _source(year: int, number: str) -> str:
    return f"{year:04d}-{number.strip()}"


def _draft(year: int, decision: Decision, how: Closing, *, date: dt.date, by: Actor) -> Draft:
    summary = f"{year}年收益分配（决议{decision.number.strip()}）"
    lines: list[Line] = []
    if decision.cover_fen:
        said = "公积公益金弥补亏损"
        lines += [
            Line(decision.cover_account, debit_fen=decision.cover_fen, summary=said),
            Line(how.undistributed, credit_fen=decision.cover_fen, summary=said),
        ]
    for share in how.shares:
        given = [one for one in decision.given if one.key == share.key]
        if given:
            total = sum(one.amount_fen for one in given)
            lines.append(Line(share.account, debit_fen=total, summary=share.title))
        lines += [
            Line(
                one.account_code,
                credit_fen=one.amount_fen,
                summary=share.title,
                aux_kind=one.aux_kind,
                aux_id=one.aux_id,
            )
            for one in given
        ]
    return Draft(
        date=date,
        summary=summary[: rules.SUMMARY_MAX],
        lines=tuple(lines),
        source_kind=DISTRIBUTION,
        source_id=_source(year, decision.number),
        names=Names(by.name, "", ""),
        origin=rules.MANUAL,
    )
