"""Books for beancount, streamed: directives of one book with metadata, amounts in CNY.

Debits are positive, credits negative; `side` tells the side of a red amount. The balances at the
end of closed months stand as `balance` directives on the day after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from sanzi.ledger.exports import names
from sanzi.ledger.exports.months import Dialect, day_after, walked
from sanzi.ledger.exports.shapes import ExportedBook, ExportedLine, ExportedVoucher, Vouchers

HEAD: Final = '; 本文件由三资平台导出\noption "title" "账簿"\noption "operating_currency" "CNY"\n\n'


def journal(book: ExportedBook, vouchers: Vouchers) -> Iterator[str]:
    """Return one book in pieces: its accounts, its opening, its vouchers, its balances."""
    named = names.account_names(book)
    return walked(
        book,
        vouchers,
        Dialect(
            head=partial(_head, named),
            opening=partial(_opening, named),
            voucher=partial(_transaction, named),
            balances=partial(_balances, named),
        ),
    )


def _head(named: Mapping[str, str], book: ExportedBook, lacking: int) -> Iterator[str]:
    yield f"; {names.one_line(book.organisation)}，{book.standard_title}\n"
    for code in names.declared(book):
        yield f"{book.first_day} open {named[code]} CNY\n"
    if lacking:
        yield f"{book.first_day} open {names.difference_name(book)} CNY\n"


def _opening(named: Mapping[str, str], book: ExportedBook, lacking: int) -> Iterator[str]:
    yield f'{book.first_day} * "期初余额"\n'
    for one in book.openings:
        yield f"  {named[one.account_code]}  {names.yuan(one.balance_fen)} CNY\n"
        if one.aux[0]:
            yield f"    {one.aux[0]}: {_quoted(one.aux[1])}\n"
    if lacking:
        yield f"  {names.difference_name(book)}  {names.yuan(lacking)} CNY\n"
    yield "\n"


def _transaction(named: Mapping[str, str], one: ExportedVoucher) -> str:
    lines = [
        f"{one.date} * {_quoted(one.summary)}\n",
        f"  voucher: {_quoted(one.label)}\n",
        f"  id: {_quoted(one.ext_id)}\n",
        f"  source: {_quoted(one.source)}\n",
    ]
    lines += [_posting(line, named) for line in one.lines]
    return "".join(lines) + "\n"


def _posting(line: ExportedLine, named: Mapping[str, str]) -> str:
    fen = line.debit_fen or -line.credit_fen
    text = f"  {named[line.account_code]}  {names.yuan(fen)} CNY\n"
    if line.debit_fen < 0 or line.credit_fen < 0:
        text += f'    side: "{"借" if line.debit_fen else "贷"}"\n'
    if line.aux[0]:
        text += f"    {line.aux[0]}: {_quoted(line.aux[1])}\n"
    return text


def _balances(named: Mapping[str, str], period: str, balances: Mapping[str, int]) -> str:
    day = day_after(period)
    lines = [
        f"{day} balance {named[code]}  {names.yuan(fen)} ~ 0 CNY\n"
        for code, fen in sorted(balances.items())
    ]
    return "".join(lines) + "\n" if lines else ""


def _quoted(text: str) -> str:
    inside = names.one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'
