"""The accounts a figure of a statement is worked out from, with what each had in its months.

The voucher lines behind it are in `behind`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sanzi.ledger.models import Book
from sanzi.ledger.queries import charts, reading, statements
from sanzi.ledger.queries.doors import BookInfo, access_book, account_of, info
from sanzi.ledger.queries.journals.lines import Span
from sanzi.ledger.queries.journals.sums import figures_by_account
from sanzi.ledger.standards import Standard
from sanzi.ledger.statements import layouts
from sanzi.ledger.statements.evaluate import Row
from sanzi.ledger.statements.formulas import STAR, Amount, Flow, Lines, Node, Sum
from sanzi.ledger.statements.layouts import Column, Layout, Line
from sanzi.ledger.statements.windows import Window
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

WORDS = {
    "EB": "期末余额", "OB": "期初余额", "EBD": "期末借方余额", "EBC": "期末贷方余额",
    "OBD": "期初借方余额", "OBC": "期初贷方余额", "DB": "借方有余额的往来户",
    "CB": "贷方有余额的往来户", "DR": "借方发生额", "CR": "贷方发生额",
    "INC": "收入发生额", "EXP": "支出发生额", "CRFROM": "从别的科目转来", "DRTO": "转到别的科目",
    "PL": "还没结转的收支差额", "FLOW": "现金进出", "UP": "增加", "DOWN": "减少",
    "AGED": "按账龄分的借方余额",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One account behind a figure and how it counts. Units: fen, balances debit positive.

    `line_title` names the line it comes through when the figure sums other lines.
    """

    sign: int
    how: str
    line_title: str
    account_code: str
    account_name: str
    opening_fen: int
    debit_fen: int
    credit_fen: int
    closing_fen: int
    is_by_aux: bool


@dataclass(frozen=True)
class FigureParts:
    """A figure of a statement with its accounts and the months to read them in."""

    book: BookInfo
    statement_title: str
    statement_code: str
    period: str
    period_words: str
    title: str
    column_title: str
    figure_fen: int | None
    first_period: str
    last_period: str
    aux_kind: str
    aux_id: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Place:
    """Which figure: the row by its id, and by account or auxiliary where rows repeat; a column."""

    row: str
    column: str
    account_code: str = ""
    aux_kind: str = ""
    aux_id: str = ""


def parts_of(*, by: Actor, org_ext_id: str, code: str, period: str, place: Place) -> FigureParts:
    """Return what a figure is made of.

    Raises: NotFound for the book, the statement, the row or the column; NoFigures.
    """
    book = access_book(by=by, org_ext_id=org_ext_id)
    page = statements.statement_of(book, code, period)
    span = reading.span_of(period)
    layout = reading.layout_of(book.standard_code, code, span)
    key = (place.row, place.account_code, place.aux_kind, place.aux_id)
    row = next(
        (one for one in page.rows if (one.id, one.account_code, one.aux_kind, one.aux_id) == key),
        None,
    )
    at = next((n for n, one in enumerate(layout.columns) if one.id == place.column), None)
    line = next((one for one in layout.lines if one.id == place.row), None)
    if row is None or at is None or line is None:
        raise NotFound
    column = layout.columns[at]
    window = span.window(column.window)
    return FigureParts(
        book=info(book),
        statement_title=layout.title,
        statement_code=code,
        period=period,
        period_words=span.words,
        title=row.title,
        column_title=f"{column.group}{column.title}",
        figure_fen=row.figures[at],
        first_period=window.first,
        last_period=window.last,
        aux_kind=place.aux_kind,
        aux_id=place.aux_id,
        parts=_parts(book, window, _Walk(layout, column, page.rows).amounts(line, row)),
    )


@dataclass(frozen=True)
class _Counted:
    """A function of accounts with the sign and the line by which it enters a figure."""

    sign: int
    amount: Amount
    line_title: str


@dataclass(frozen=True)
class _Walk:
    """From a line to the functions of accounts that it is summed from, through other lines."""

    layout: Layout
    column: Column
    rows: Sequence[Row]

    def amounts(self, line: Line, row: Row) -> list[_Counted]:
        """Return the functions behind a row; a repeated row is its own account."""
        if row.account_code:
            return [self._repeated(line, (row.account_code,), 1, "")]
        return list(self._node(line.formula, 1, "")) if line.formula is not None else []

    def _node(self, node: Node, sign: int, title: str) -> Iterator[_Counted]:
        if isinstance(node, Sum):
            for own, part in node.parts:
                yield from self._node(part, sign * own, title)
        elif isinstance(node, Lines):
            for line in layouts.referred(self.layout, node):
                yield from self._line(line, sign, title)
        elif isinstance(node, Flow):
            yield _Counted(sign, Amount("FLOW", self.layout.flows.money), title)
        elif isinstance(node, Amount):
            yield _Counted(sign, node, title)

    def _line(self, line: Line, sign: int, title: str) -> Iterator[_Counted]:
        if line.each is not None:
            codes = {row.account_code for row in self.rows if row.id == line.id}
            heads = [one for one in sorted(codes) if not _is_below(one, codes)]
            yield self._repeated(line, tuple(heads), sign, title)
        elif line.formula is not None:
            yield from self._node(line.formula, sign, title or line.title)

    def _repeated(self, line: Line, codes: tuple[str, ...], sign: int, title: str) -> _Counted:
        formula = line.formula or self.column.formula
        function = formula.function if isinstance(formula, Amount) else "EB"
        return _Counted(sign, Amount(function, codes), title)


def _is_below(code: str, codes: set[str]) -> bool:
    return any(code != other and code.startswith(other) for other in codes)


def _earning(standard: Standard) -> tuple[str, ...]:
    """Return the first-level accounts of income and expense: what is not closed yet."""
    return tuple(
        code
        for code, account in standard.accounts.items()
        if account.level == 1 and account.account_class in ("income", "expense")
    )


def _parts(book: Book, window: Window, counted: list[_Counted]) -> tuple[Part, ...]:
    standard = charts.shown_chart(book)
    figures = figures_by_account(Span(book, standard, window.first, window.last))
    parts = []
    for one in counted:
        for code in one.amount.accounts or _earning(standard):
            own = figures.get(code.rstrip("?"))
            if own is None or code == STAR:
                continue
            account = account_of(standard, code.rstrip("?"))
            moved = own.within(window.first, window.last)
            closing = own.balance_after(window.last)
            parts.append(
                Part(
                    sign=one.sign,
                    how=WORDS.get(one.amount.function, one.amount.function),
                    line_title=one.line_title,
                    account_code=account.code,
                    account_name=account.name,
                    opening_fen=closing - moved.debit_fen + moved.credit_fen,
                    debit_fen=moved.debit_fen,
                    credit_fen=moved.credit_fen,
                    closing_fen=closing,
                    is_by_aux=one.amount.function in ("DB", "CB", "AGED"),
                )
            )
    return tuple(parts)
