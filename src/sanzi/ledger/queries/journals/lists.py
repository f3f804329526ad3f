"""凭证序时簿: every line of every voucher in the order of posting."""

from __future__ import annotations

from sanzi.ledger.queries.doors import account_of
from sanzi.ledger.queries.journals.lines import Span, Sums, aux_words, legs
from sanzi.record.sheets import Column, Row, Sheet


def chronological(span: Span) -> list[Sheet]:
    """Return the lines of all vouchers of the months."""
    found = legs(span)
    aux = aux_words((leg.aux_kind, leg.aux_id) for leg in found if leg.aux_kind)
    whole = Sums()
    rows = []
    for leg in found:
        whole = whole.plus(leg.debit_fen, leg.credit_fen)
        cells = (
            f"{leg.date:%Y-%m-%d}",
            leg.label,
            leg.summary,
            f"{leg.code} {account_of(span.standard, leg.code).name}",
            aux.get((leg.aux_kind, leg.aux_id), ""),
            leg.debit_fen or None,
            leg.credit_fen or None,
        )
        rows.append(Row(cells, source=("voucher", leg.voucher_ext_id)))
    count = len({leg.voucher_id for leg in found})
    return [
        Sheet(
            title="凭证序时簿",
            columns=(
                Column("日期", "mid", 11),
                Column("凭证", "mid", 9),
                Column("摘要", "text", 34),
                Column("科目", "text", 28),
                Column("往来", "text", 24),
                Column("借方", "money", 16),
                Column("贷方", "money", 16),
            ),
            rows=(*rows, Row(("", "", f"合计　{count}张", "", "", *whole), tone="total")),
            left=span.book.organisation.name,
            middle=span.words,
            signers=("会计主管：", "制表："),
            indent=2,
        )
    ]
