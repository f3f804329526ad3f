"""Books of one account: 三栏式, 多栏式 and the bank journal, as sheets.

Source: 《会计基础工作规范》第五十六至六十三条.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sanzi.ledger.models import OpeningBalance
from sanzi.ledger.queries.doors import account_of
from sanzi.ledger.queries.journals.lines import (
    WITHOUT,
    Leg,
    Span,
    aux_words,
    legs,
    opening_fen,
    opposites,
    year_before,
)
from sanzi.ledger.queries.journals.ruled import OF_DAY, OF_MONTH, OF_YEAR, Ruled, ruled, side
from sanzi.record.sheets import Column, Row, Sheet, Value

COLUMNS_MAX = 12
BANK_AUX = "account"
_DAY = Column("日期", "mid", 10)
_LABEL = Column("凭证", "mid", 9)
_WORDS = Column("摘要", "text", 28)
_SIDE = Column("借或贷", "mid", 7)
_BALANCE = Column("余额", "money", 15)
SIGNERS = ("会计主管：", "记账：", "复核：")


def three_columns(span: Span) -> list[Sheet]:
    """Return the book of an account, or of one auxiliary of it: debit, credit, balance."""
    found = legs(span)
    aux = aux_words((leg.aux_kind, leg.aux_id) for leg in found if leg.aux_kind)
    is_leaf = account_of(span.standard, span.code).is_leaf

    def detail(leg: Leg) -> str:
        account = "" if is_leaf else account_of(span.standard, leg.code).name
        name = "" if span.aux_kind else aux.get((leg.aux_kind, leg.aux_id), "")
        return "　".join(part for part in (account, name) if part)

    columns = (
        _DAY, _LABEL, _WORDS, Column("明细", "text", 22),
        Column("借方", "money", 15), Column("贷方", "money", 15), _SIDE, _BALANCE,
    )  # fmt: skip
    rows = ruled(found, opening_fen(span), year_before(span), (span.first, span.last))
    return [_sheet(span, "明细账", columns, _plain(rows, detail))]


def bank_journals(span: Span) -> list[Sheet]:
    """Return one journal for each bank account, its days summed, the other side named."""
    found = legs(span)
    others = opposites(span, found)
    known = {leg.aux_id for leg in found} | set(_opened(span)) or {""}
    columns = (
        _DAY, _LABEL, _WORDS, Column("对方科目", "text", 22),
        Column("收入（借方）", "money", 15), Column("支出（贷方）", "money", 15), _SIDE, _BALANCE,
    )  # fmt: skip
    sheets = []
    names = aux_words((BANK_AUX, aux_id) for aux_id in known if aux_id)
    for aux_id in sorted(known):
        own = replace(span, aux_kind=BANK_AUX if aux_id else WITHOUT, aux_id=aux_id)
        lines = [leg for leg in found if leg.aux_id == aux_id]
        rows = ruled(
            lines,
            opening_fen(own),
            year_before(own),
            (span.first, span.last),
            is_daily=True,
        )
        told = _plain(rows, lambda leg: others[leg.voucher_id, bool(leg.debit_fen)])
        name = names.get((BANK_AUX, aux_id), "")
        sheets.append(_sheet(own, "日记账", columns, told, name))
    return sheets


def many_columns(span: Span) -> list[Sheet]:
    """Return the book of an account with a column for each account right below it."""
    found = legs(span)
    sign = -1 if span.is_credit else 1
    below = _below(span, found)
    columns = (
        _DAY, _LABEL, _WORDS,
        Column("借方", "money", 14), Column("贷方", "money", 14), _SIDE, _BALANCE,
        *(Column(span.full_name(code).rsplit("／", 1)[-1] if code else "其他", "money", 13,
                 group="贷方分析" if span.is_credit else "借方分析") for code in below),
    )  # fmt: skip

    def split(amounts: Iterable[Leg]) -> tuple[Value, ...]:
        sums = dict.fromkeys(below, 0)
        for leg in amounts:
            at = next((code for code in below if code and leg.code.startswith(code)), "")
            if at in sums:
                sums[at] += sign * leg.net_fen
        return tuple(fen or None for fen in sums.values())

    rows = ruled(found, opening_fen(span), year_before(span), (span.first, span.last))
    return [_sheet(span, "多栏账", columns, _analysed(rows, found, split))]


def _analysed(
    rows: Iterable[Ruled], found: Sequence[Leg], split: Callable[[Iterable[Leg]], tuple[Value, ...]]
) -> list[Row]:
    """Return the rows with the columns of the accounts below, the sums of the ruling too."""
    made = []
    for one in rows:
        if one.leg:
            parts = split([one.leg])
        elif one.words == OF_MONTH:
            parts = split(leg for leg in found if leg.period == one.period)
        elif one.words == OF_YEAR:
            parts = split(
                leg for leg in found if one.period[:4] + "-01" <= leg.period <= one.period
            )
        else:
            parts = split(())
        made.append(_row(one, None, parts))
    return made


def _plain(rows: Iterable[Ruled], detail: Callable[[Leg], str]) -> list[Row]:
    return [_row(one, detail(one.leg) if one.leg else "") for one in rows]


def _row(one: Ruled, detail: str | None, more: tuple[Value, ...] = ()) -> Row:
    """Return a row of a book; `detail` None when the book has no such column."""
    between: tuple[Value, ...] = () if detail is None else (detail,)
    balance = (side(one.balance_fen), abs(one.balance_fen), *more)
    carry = (one.year.debit_fen, one.year.credit_fen, side(one.balance_fen), abs(one.balance_fen))
    carried = (*carry, *(None for _ in more))
    if one.leg:
        leg = one.leg
        amounts = (leg.debit_fen or None, leg.credit_fen or None)
        cells = (f"{leg.date:%Y-%m-%d}", leg.label, leg.summary, *between, *amounts, *balance)
        return Row(cells, source=("voucher", leg.voucher_ext_id), carry=carried)
    sums = (one.sums.debit_fen, one.sums.credit_fen) if one.sums else (None, None)
    tone = "total" if one.words in (OF_MONTH, OF_YEAR) else "quiet"
    cells = (one.period, "", one.words, *(("",) if between else ()), *sums, *balance)
    return Row(cells, tone=tone if one.words != OF_DAY else "quiet", carry=carried)


def _sheet(
    span: Span, title: str, columns: Sequence[Column], rows: Sequence[Row], aux: str = ""
) -> Sheet:
    name = span.full_name(span.code)
    if span.aux_id and not aux:
        aux = aux_words([(span.aux_kind, span.aux_id)])[span.aux_kind, span.aux_id]
    whole = f"{span.code} {name}" + (f"　{aux}" if aux else "")
    return Sheet(
        title=f"{name.split('／')[0]}{title}",
        columns=columns,
        rows=tuple(rows),
        left=span.book.organisation.name,
        middle=f"{whole}　{span.words}",
        signers=SIGNERS,
        name=f"{span.code}{aux or name.rsplit('／', 1)[-1]}",
        indent=2,
    )


def _below(span: Span, found: Sequence[Leg]) -> list[str]:
    """Return the accounts right below that have lines, and '' for what is left over."""
    level = account_of(span.standard, span.code).level
    used = {code for leg in found for code in span.standard.lineage(leg.code)[level : level + 1]}
    chosen = sorted(used)[: COLUMNS_MAX - 1]
    is_rest = len(used) > len(chosen) or any(leg.code == span.code for leg in found)
    return [*chosen, *([""] if is_rest else [])]


def _opened(span: Span) -> list[str]:
    """Return the auxiliaries of the account's opening balances."""
    rows = OpeningBalance.objects.filter(book=span.book, account_code__startswith=span.code)
    return list(rows.values_list("aux_id", flat=True).distinct())
