"""Whom an order pays: the table that a form in the making and a case both show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Row
from sanzi.payments.queries.orders import UNPAYABLE, check_words
from sanzi.payments.queries.payments import LineRow, OrderPage
from sanzi.supervision.queries import VerdictView

HEAD: Final = (
    Column("行"),
    Column("收款人"),
    Column("金额（元）", "money"),
    Column("账户"),
    Column("核对"),
)


def ledger(order: OrderPage, rows: Sequence[Row]) -> Ledger:
    """Return these rows of an order's payees under what the whole order comes to."""
    total = Row([Cell(f"合计{len(order.lines)}户", span=2), words.yuan(order.amount_fen), "", ""])
    return Ledger(caption="付给谁", columns=HEAD, rows=rows, total=total)


def row(one: LineRow, *, url: str = "", verdict: VerdictView | None = None) -> Row:
    """Return one payee; the bank's objection goes before what a model found."""
    is_refused = one.payee_check in UNPAYABLE
    is_bad = is_refused or (verdict is not None and verdict.severity == "block")
    severity = "block" if is_bad else (verdict.severity if verdict else "")
    said = verdict.model_title if verdict and not is_refused else check_words(one)
    return Row(
        [
            Cell(str(one.line_no), url=url),
            Cell(one.payee_name),
            Cell(words.yuan(one.amount_fen)),
            Cell(f"尾号{one.account_masked[-4:]}" if one.account_masked else "还没填"),
            Cell(said, severity=severity),
        ],
        tone="alarm" if is_bad else "",
    )


def rest(order: OrderPage, shown: Sequence[LineRow]) -> Row:
    """Return those of an order who are not shown, as one row."""
    left = order.amount_fen - sum(one.amount_fen for one in shown)
    count = len(order.lines) - len(shown)
    return Row([Cell(f"其余{count}户", span=2), words.yuan(left), "", ""])
