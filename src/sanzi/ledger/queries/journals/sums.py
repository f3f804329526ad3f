"""Books that sum a book whole: 总账, 科目汇总表, balances by person and firm.

One grouped pass over the lines each (`queries.totals`); nothing is stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Max, Min, Sum

from sanzi.ledger.models import Voucher
from sanzi.ledger.queries import totals
from sanzi.ledger.queries.doors import account_of
from sanzi.ledger.queries.journals.lines import WITHOUT, Span, Sums, aux_words, months
from sanzi.ledger.queries.journals.ruled import (
    FROM_LAST_YEAR,
    JANUARY,
    OF_MONTH,
    OF_YEAR,
    TO_NEXT_YEAR,
    side,
)
from sanzi.record.sheets import Column, Row, Sheet, Value

_KINDS = {
    "household": "农户",
    "person": "个人",
    "org": "组织",
    "counterparty": "单位",
    "account": "账户",
}


@dataclass
class Figures:
    """What an account moved: at the start of the year, by month. Units: fen, debit positive."""

    opening_fen: int = 0
    by_month: dict[str, Sums] = field(default_factory=dict)

    def add(self, period: str, debit_fen: int, credit_fen: int) -> None:
        """Add what a month moved."""
        before = self.by_month.get(period, Sums())
        self.by_month[period] = before.plus(debit_fen, credit_fen)

    def within(self, first: str, last: str) -> Sums:
        """Return what the months from first to last moved together."""
        inside = [sums for period, sums in self.by_month.items() if first <= period <= last]
        return Sums(sum(one.debit_fen for one in inside), sum(one.credit_fen for one in inside))

    def balance_after(self, last: str) -> int:
        """Return the balance at the end of a month."""
        moved = self.within(totals.FIRST_PERIOD, last)
        return self.opening_fen + moved.debit_fen - moved.credit_fen


def general_ledger(span: Span) -> list[Sheet]:
    """Return 总账: each first-level account with its months ruled off."""
    figures = figures_by_account(span)
    heads = sorted(code for code in figures if account_of(span.standard, code).level == 1)
    columns = (
        Column("月份", "mid", 10),
        Column("科目", "text", 28),
        Column("摘要", "text", 14),
        Column("借方", "money", 16),
        Column("贷方", "money", 16),
        Column("借或贷", "mid", 7),
        Column("余额", "money", 16),
    )
    rows = [row for code in heads for row in _general_rows(span, code, figures[code])]
    return [
        Sheet(
            title="总账",
            columns=columns,
            rows=tuple(rows),
            left=span.book.organisation.name,
            middle=span.words,
            signers=("会计主管：", "记账：", "复核："),
            indent=1,
        )
    ]


def account_summary(span: Span) -> list[Sheet]:
    """Return 科目汇总表: what each first-level account moved, and which vouchers it sums."""
    figures = figures_by_account(span)
    rows: list[Row] = []
    whole = Sums()
    for code in sorted(figures):
        account = account_of(span.standard, code)
        moved = figures[code].within(span.first, span.last)
        if account.level == 1 and any(moved):
            whole = whole.plus(*moved)
            rows.append(Row((code, account.name, *moved), source=("account", code)))
    vouchers = Voucher.objects.filter(book=span.book, period__range=(span.first, span.last))
    counted = vouchers.values("word").annotate(
        first=Min("number"), last=Max("number"), count=Count("id"), papers=Sum("attachment_count")
    )
    notes = [
        f"{one['word']}字第{one['first']}号到第{one['last']}号，共{one['count']}张，"
        f"附件{one['papers']}张。"
        for one in counted.order_by("word")
    ]
    return [
        Sheet(
            title="科目汇总表",
            columns=(
                Column("科目编号", "text", 12),
                Column("科目名称", "text", 40),
                Column("借方", "money", 22),
                Column("贷方", "money", 22),
            ),
            rows=(*rows, Row(("", "合计", *whole), tone="total")),
            left=span.book.organisation.name,
            middle=span.words,
            notes=tuple(notes) if rows else ("这段时间没有凭证。",),
            signers=("会计主管：", "记账：", "制表："),
            indent=1,
        )
    ]


def by_auxiliary(span: Span) -> list[Sheet]:
    """Return what each person, household and firm owes or is owed on an account."""
    figures: dict[tuple[str, str], Figures] = defaultdict(Figures)
    for opened in totals.openings([span.book], with_aux=True):
        if opened.account_code.startswith(span.code):
            figures[opened.aux_kind, opened.aux_id].opening_fen += opened.balance_fen
    for one in totals.movements(
        [span.book], last=span.last, with_aux=True, accounts=[span.code], cuts=[span.first]
    ):
        figures[one.aux_kind, one.aux_id].add(one.period, one.debit_fen, one.credit_fen)
    names = aux_words(key for key in figures if key[0])
    rows, sums = [], [0, 0, 0, 0]
    for key in sorted(figures, key=lambda key: (key[0], names.get(key, ""), key[1])):
        own = figures[key]
        moved = own.within(span.first, span.last)
        closing = own.balance_after(span.last)
        amounts = (closing - moved.debit_fen + moved.credit_fen, *moved, closing)
        if not any(amounts):
            continue
        sums = [kept + fen for kept, fen in zip(sums, amounts, strict=True)]
        cells = (_KINDS.get(key[0], "没分户"), names.get(key, "") or "没有指明是谁", *amounts)
        rows.append(Row(cells, source=("aux", span.code, key[0] or WITHOUT, key[1])))
    return [
        Sheet(
            title=f"{account_of(span.standard, span.code).name}余额表",
            columns=(
                Column("类别", "mid", 10),
                Column("姓名或名称", "text", 28),
                Column("期初余额", "money", 17),
                Column("本期借方", "money", 17),
                Column("本期贷方", "money", 17),
                Column("期末余额", "money", 17),
            ),
            rows=(*rows, Row(("", "合计", *sums), tone="total")),
            left=span.book.organisation.name,
            middle=f"{span.code} {span.full_name(span.code)}　{span.words}",
            notes=("余额是正数，是别人欠集体的；是负数，是集体欠别人的。",),
            signers=("会计主管：", "制表："),
            indent=1,
        )
    ]


def figures_by_account(span: Span) -> Mapping[str, Figures]:
    """Return the figures of each account, those above it included."""
    figures: dict[str, Figures] = defaultdict(Figures)
    january = f"{span.first[:4]}-{JANUARY}"
    for opened in totals.openings([span.book]):
        for code in span.standard.lineage(opened.account_code):
            figures[code].opening_fen += opened.balance_fen
    cuts = months(january, span.last)
    for one in totals.movements([span.book], last=span.last, cuts=cuts):
        for code in span.standard.lineage(one.account_code):
            if one.period == totals.FIRST_PERIOD:
                figures[code].opening_fen += one.debit_fen - one.credit_fen
            else:
                figures[code].add(one.period, one.debit_fen, one.credit_fen)
    return figures


def _general_rows(span: Span, code: str, own: Figures) -> list[Row]:
    if not own.opening_fen and not own.by_month:
        return []
    name = f"{code} {account_of(span.standard, code).name}"
    source = ("account", code)

    def row(period: str, words: str, sums: Sums | None, balance: int) -> Row:
        amounts: tuple[Value, ...] = tuple(sums) if sums else (None, None)
        tone = "" if words == OF_MONTH else "total" if words == OF_YEAR else "quiet"
        cells = (period, name, words, *amounts, side(balance), abs(balance))
        return Row(cells, source=source, tone=tone)

    start = own.balance_after(_before(span.first))
    is_new_year = span.first.endswith(JANUARY)
    rows = [row(span.first, FROM_LAST_YEAR if is_new_year else "期初余额", None, start)]
    for period in months(span.first, span.last):
        balance = own.balance_after(period)
        if period in own.by_month:
            year = own.within(f"{period[:4]}-{JANUARY}", period)
            rows.append(row(period, OF_MONTH, own.by_month[period], balance))
            rows.append(row(period, OF_YEAR, year, balance))
        if period.endswith("12"):
            rows.append(row(period, TO_NEXT_YEAR, None, balance))
    return rows


def _before(period: str) -> str:
    """Return a month that sorts right before: 2026-00 before 2026-01."""
    return f"{period[:5]}{int(period[5:7]) - 1:02d}"
