"""Journals for hledger and ledger: one text that both read, streamed line by line.

Debits stand as positive and credits as negative amounts. A red amount has the other sign than its
side, so the side is a tag on every debit, `借:`; the auxiliary is a tag of its kind. Balances at
the end of closed months stand as assertions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sanzi.ledger import rules
from sanzi.ledger.exports import names
from sanzi.ledger.exports.months import Running, balances_at, by_month
from sanzi.ledger.exports.shapes import ExportedBook, ExportedLine, ExportedVoucher, Vouchers
from sanzi.ledger.standards import AUX_KINDS

DEBIT_TAG: Final = "借"
HEAD: Final = (
    "; 本文件由三资平台导出，hledger和ledger都能直接打开\n"
    "commodity CNY\n    format 1000.00 CNY\n\n"
    + "".join(f"tag {name}\n" for name in (DEBIT_TAG, "id", "source", *AUX_KINDS))
    + "\n"
)
_RESERVED: Final = re.compile(r"[;|]")
_TAG_RESERVED: Final = re.compile(r"[\s,:;]+")


def journal(book: ExportedBook, vouchers: Vouchers) -> Iterator[str]:
    """Yield one book: its accounts, its opening, its vouchers, its assertions."""
    named = names.account_names(book)
    yield f"; {_text(book.organisation)}，{book.standard_title}，从{book.first_period}记起\n"
    yield from (f"account {named[code]}\n" for code in names.declared(book))
    running = Running(book.opening_of())
    lacking = -sum(running.balances.values())
    if lacking:
        yield f"account {names.difference_name(book)}\n"
    yield "\n"
    if book.openings:
        yield from _opening(book, named, lacking)
    for period, inside in by_month(book, vouchers, running):
        for one in inside:
            yield _transaction(one, named)
        if period in book.asserted:
            yield _assertion(period, balances_at(book, period, running), named)


def _opening(book: ExportedBook, named: Mapping[str, str], lacking: int) -> Iterator[str]:
    yield f"{book.first_day} (期初) 期初余额\n"
    for one in book.openings:
        tag = f"  ; {_aux(one.aux)}" if one.aux[0] else ""
        amount = names.yuan(one.balance_fen)
        yield f"    {named[one.account_code]}  {amount} CNY{tag}\n"
    if lacking:
        yield f"    {names.difference_name(book)}  {names.yuan(lacking)} CNY\n"
    yield "\n"


def _transaction(one: ExportedVoucher, named: Mapping[str, str]) -> str:
    told = f"; id:{_tag(one.ext_id)}, source:{_tag(one.source)}"
    lines = [f"{one.date} ({one.label}) {_text(one.summary)}  {told}\n"]
    lines += [_posting(line, named) for line in one.lines]
    return "".join(lines) + "\n"


def _posting(line: ExportedLine, named: Mapping[str, str]) -> str:
    is_debit = line.debit_fen != 0
    amount = names.yuan(line.debit_fen if is_debit else -line.credit_fen)
    tags = [f"{DEBIT_TAG}:"] if is_debit else []
    if line.aux[0]:
        tags.append(_aux(line.aux))
    tail = f"  ; {', '.join(tags)}" if tags else ""
    return f"    {named[line.account_code]}  {amount} CNY{tail}\n"


def _assertion(period: str, balances: Mapping[str, int], named: Mapping[str, str]) -> str:
    lines = [f"{rules.last_day(period)} (结账) {period}结账余额\n"]
    lines += [
        f"    {named[code]}  0.00 CNY = {names.yuan(fen)} CNY\n"
        for code, fen in sorted(balances.items())
    ]
    return "".join(lines) + "\n" if balances else ""


def _text(text: str) -> str:
    return _RESERVED.sub("，", names.one_line(text)) or "无摘要"


def _aux(aux: tuple[str, str]) -> str:
    return f"{aux[0]}:{_tag(aux[1])}"


def _tag(text: str) -> str:
    return _TAG_RESERVED.sub("/", text)
