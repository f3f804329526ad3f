"""Vouchers as they are printed: one leaf of A5 each, more lines than a leaf holds as 1/3, 2/3, 3/3.

Source: 《会计基础工作规范》第五十一条（凭证内容、分数编号）、第五十二条（大写）.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sanzi.kernel import clock, money, papers
from sanzi.ledger import rules
from sanzi.ledger.models import Book, Voucher, VoucherLine
from sanzi.ledger.queries import charts
from sanzi.ledger.queries.doors import access_book, require_period
from sanzi.ledger.queries.journals.lines import Span
from sanzi.ledger.queries.pages import aux_names
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

LINES_A_LEAF = 8
SYSTEM_MADE = "系统自动"


def voucher_pdf(*, by: Actor, ext_id: str) -> tuple[Voucher, bytes]:
    """Return a voucher and its printed form. Raises: NotFound when absent or out of scope."""
    found = Voucher.objects.select_related("book__organisation").filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    scope.require(by, "ledger.see", found.book.organisation.division_id)
    label = f"{found.word}-{found.number}"
    return found, _pdf(f"{found.book.organisation.name} {label}", found.book, [found])


def vouchers_pdf(*, by: Actor, org_ext_id: str, period: str) -> tuple[Book, bytes]:
    """Return a book and the printed form of a month's vouchers, by word and number.

    Raises: NotFound; also when the month has none.
    """
    book = access_book(by=by, org_ext_id=org_ext_id)
    require_period(period)
    found = list(Voucher.objects.filter(book=book, period=period).order_by("word", "number"))
    if not found:
        raise NotFound
    return book, _pdf(f"{book.organisation.name} {period} 凭证", book, found)


def _pdf(title: str, book: Book, found: Sequence[Voucher]) -> bytes:
    lines: dict[int, list[VoucherLine]] = {}
    rows = VoucherLine.objects.filter(voucher__in=[one.pk for one in found])
    for row in rows.order_by("voucher_id", "line_no"):
        lines.setdefault(row.voucher_id, []).append(row)
    names = aux_names([row for own in lines.values() for row in own])
    standard = charts.shown_chart(book)
    span = Span(book, standard, "", "")
    reversed_labels = _labels(one.reversal_of_id for one in found if one.reversal_of_id)
    leaves = [
        leaf
        for one in found
        for leaf in _leaves(one, lines.get(one.pk, []), (span, names, reversed_labels))
    ]
    data = {"title": title, "leaves": leaves, "lines": LINES_A_LEAF}
    return papers.pdf("voucher", data)


def _labels(ids: Iterable[int]) -> dict[int, str]:
    rows = Voucher.objects.filter(pk__in=set(ids)).values_list("pk", "period", "word", "number")
    return {pk: f"{period} {word}-{number}" for pk, period, word, number in rows}


def _leaves(
    one: Voucher,
    lines: Sequence[VoucherLine],
    around: tuple[Span, Mapping[tuple[str, str], str], Mapping[int, str]],
) -> list[dict[str, Any]]:
    span, names, reversed_labels = around
    parts = [lines[at : at + LINES_A_LEAF] for at in range(0, len(lines), LINES_A_LEAF)]
    label = f"{one.word}-{one.number}"
    total = {
        "words": money.capital(one.total_fen),
        "debit": money.format_yuan(one.total_fen),
        "credit": money.format_yuan(one.total_fen),
    }
    struck = reversed_labels.get(one.reversal_of_id or 0, "")
    notes = [f"冲销{struck}号凭证"] if struck else []
    return [
        {
            "body": span.book.organisation.name,
            "date": clock.date_said(one.date),
            "label": f"{label} {place}/{len(parts)}" if len(parts) > 1 else label,
            "papers": str(one.attachment_count),
            "rows": [_row(line, one.summary, span, names) for line in part],
            "total": total if place == len(parts) else None,
            "notes": notes,
            "signers": _signers(one),
        }
        for place, part in enumerate(parts, start=1)
    ]


def _row(
    line: VoucherLine, summary: str, span: Span, names: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    def shown(fen: int) -> str:
        return money.format_yuan(fen) if fen else ""

    return {
        "summary": line.summary or summary,
        "account": f"{line.account_code} {span.full_name(line.account_code)}",
        "detail": names.get((line.aux_kind, line.aux_id), line.aux_id),
        "debit": shown(line.debit_fen),
        "credit": shown(line.credit_fen),
    }


def _signers(one: Voucher) -> list[str]:
    maker = one.maker_name or (SYSTEM_MADE if one.origin == rules.AUTO else "")
    return [
        "会计主管：",
        f"记账：{one.posted_by_name}",
        f"审核：{one.reviewer_name}",
        "出纳：",
        f"制单：{maker}",
    ]
