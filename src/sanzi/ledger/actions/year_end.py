"""Close a year: transfer income and spending, then the result, then December is shut.

What is transferred is worked out in `year_rules` from the balances of December; doing it twice
transfers nothing, and after a reopening only what has changed since. Distribution is in
`distribution.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import money
from sanzi.ledger import queries, rules, standards, year_rules
from sanzi.ledger.actions import closing, posting
from sanzi.ledger.actions.posting import PostedVoucher
from sanzi.ledger.models import Book, Origin, Voucher
from sanzi.ledger.period_errors import EarlierMonthOpen, NoClosingRules, PendingLeft
from sanzi.ledger.queries import charts, year_end
from sanzi.ledger.queries.hindrances import hindrances
from sanzi.ledger.rules import Draft, Names
from sanzi.ledger.standards import Closing
from sanzi.ledger.year_rules import SHARES
from sanzi.orgs.actors import Actor

SOURCE = "closing"
CHECKER = "结转规则（系统核对）"


@dataclass(frozen=True)
class ClosedYear:
    """A year as it was closed: its closing vouchers of this time, in order."""

    org_ext_id: str
    organisation: str
    year: int
    vouchers: tuple[PostedVoucher, ...]


def close_year(*, org_ext_id: str, year: int, by: Actor, at: datetime) -> ClosedYear:
    """Transfer what the year earned and spent, and shut its December.

    All earlier months of the year must be closed, 待处理财产损溢 empty, and December without
    hindrances. Closing vouchers are left out of what a statement says of income and spending.
    Raises: NotFound, NoClosingRules, BeforeFirstPeriod, MonthNotOver, AlreadyClosed,
    EarlierMonthOpen, PendingLeft, CloseHindered. Nothing is written when raised.
    Source: 财会〔2023〕14号 科目321、322; 小企业会计准则 科目3103、3104.
    """
    book = queries.access_book(by=by, org_ext_id=org_ext_id, permission="ledger.close")
    how, last = rules_of(book), year_end.december(year)
    closing.require_over(book, last, at)
    with transaction.atomic():
        closing.lock_open(book, last)
        still = year_end.open_months(book, year)
        if still:
            raise EarlierMonthOpen(year=year, periods="、".join(still))
        left = year_end.pending_fen(year_end.balances_at(book, last), how)
        if left:
            raise PendingLeft(year=year, amount=money.format_yuan(left))
        posted = transfer(book, year, by=by, at=at, with_shares=True)
        found = hindrances(book, last)
        if found:
            raise closing.hindered(last, found)
        closing.shut(book, last, by=by, at=at)
        audit.write(
            chain=org_ext_id,
            kind="ledger.year.closed",
            by=by,
            at=at,
            subject=("book", book.ext_id),
            after={"year": year, "vouchers": [one.ext_id for one in posted]},
        )
    return ClosedYear(org_ext_id, book.organisation.name, year, tuple(posted))


def rules_of(book: Book) -> Closing:
    """Return how a book's standard closes a year. Raises: NoClosingRules."""
    standard = standards.get(book.standard_code)
    if standard.closing is None:
        raise NoClosingRules(standard=standard.title)
    return standard.closing


def transfer(
    book: Book, year: int, *, by: Actor, at: datetime, with_shares: bool
) -> list[PostedVoucher]:
    """Post the transfers of a year that are not done yet, in December, which is locked.

    Without shares the details of distribution stay as they are: the year is distributed next.
    """
    standard, last = charts.shown_chart(book), year_end.december(year)
    balances = year_end.balances_at(book, last)
    drafts = [
        _draft(book, year, step, by)
        for step in year_rules.steps(balances, standard, rules_of(book))
        if step.lines and (with_shares or step.key != SHARES)
    ]
    for draft in drafts:
        rules.check(draft, standard)
    return posting.append(book, drafts, by=by, at=at) if drafts else []


def _draft(book: Book, year: int, step: year_rules.Step, by: Actor) -> Draft:
    earlier = Voucher.objects.filter(
        book=book, source_kind=SOURCE, source_id__startswith=f"{year}-{step.key}-"
    ).count()
    summary = f"{year}年{step.title}"
    return Draft(
        date=rules.last_day(year_end.december(year)),
        summary=summary,
        lines=tuple(rules.with_summary(step.lines, summary)),
        source_kind=SOURCE,
        source_id=f"{year}-{step.key}-{earlier + 1}",
        names=Names(maker=by.name, reviewer=CHECKER, posted_by=by.name),
        origin=Origin.CLOSING.value,
    )
