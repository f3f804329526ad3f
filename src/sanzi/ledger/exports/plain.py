"""Journals for hledger and ledger: one text that both read, streamed line by line.

Debits stand as positive and credits as negative amounts. A red amount has the other sign than its
side, so the side is a tag on every debit, `借:`; the auxiliary is a tag of its kind. Balances at
the end of closed months stand as assertions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from sanzi.ledger import rules
from sanzi.ledger.exports import names
from sanzi.ledger.exports.months import Dialect, walked
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
    """Return one book in pieces: its accounts, its opening, its vouchers, its assertions."""
    named = names.account_names(book)
    return walked(
        book,
        vouchers,
        Dialect(
            head=partial(_head, named),
            opening=partial(_opening, named),
            voucher=partial(_transaction, named),
            balances=partial(_assertion, named),
        ),
    )


def _head(named: Mapping[str, str], book: ExportedBook, lacking: int) -> Iterator[str]:
    yield f"; {_text(book.organisation)}，{book.standard_title}，从{book.first_period}记起\n"
    yield from (f"account {named[code]}\n" for code in names.declared(book))
    if lacking:
        yield f"account {names.difference_name(book)}\n"


def _opening(named: Mapping[str, str], book: ExportedBook, lacking: int) -> Iterator[str]:
    yield f"{book.first_day} (期初) 期初余额\n"
    for one in book.openings:
        tag = f"  ; {_aux(one.aux)}" if one.aux[0] else ""
        amount = names.yuan(one.balance_fen)
        yield f"    {named[one.account_code]}  {amount} CNY{tag}\n"
    if lacking:
        yield f"    {names.difference_name(book)}  {names.yuan(lacking)} CNY\n"
    yield "\n"


def _transaction(named: Mapping[str, str], one: ExportedVoucher) -> str:
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


def _assertion(named: Mapping[str, str], period: str, balances: Mapping[str, int]) -> str:
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
