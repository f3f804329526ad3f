"""The village financial disclosure board (村级财务公开榜): six tables, persons masked.

Source: 农村集体经济组织财务公开规定（农经发〔2011〕13号）, 逐项逐笔.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from sanzi.ledger.errors import NoFigures
from sanzi.ledger.models import Book, Origin, VoucherLine
from sanzi.ledger.queries import charts, reading, totals
from sanzi.ledger.queries.behind import begins
from sanzi.ledger.queries.doors import BookInfo, access_book, account_of, info
from sanzi.ledger.queries.pages import names_of
from sanzi.ledger.standards import Standard
from sanzi.ledger.statements import figures, publicity
from sanzi.ledger.statements.evaluate import RESULT_CLASSES
from sanzi.ledger.statements.figures import Key, Raw, Sums
from sanzi.ledger.statements.publicity import Publicity
from sanzi.ledger.statements.windows import Span, after
from sanzi.orgs.actors import Actor

SIGNERS = ("理事长（村主任）：", "监事会（村务监督委员会）：", "会计：")
NOT_IN_BOOKS = "土地等资源的变动账上没有，看资源台账"

Value = str | int | None
"""Text, fen, or nothing."""


@dataclass(frozen=True)
class BoardColumn:
    """One column; kind is text, mid (a short text) or money (fen)."""

    title: str
    kind: str = "text"


@dataclass(frozen=True)
class BoardTable:
    """One table of the board; `total` is its last row or (), `note` what it does not show."""

    title: str
    columns: tuple[BoardColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Board:
    """The board of one body for a month, quarter or year, with the words before signatures."""

    book: BookInfo
    period: str
    period_words: str
    tables: tuple[BoardTable, ...]
    signers: tuple[str, ...]


def board(*, by: Actor, org_ext_id: str, period: str) -> Board:
    """Return the disclosure board of a body. Raises: NotFound; NoFigures."""
    return board_of(access_book(by=by, org_ext_id=org_ext_id), period)


def board_of(book: Book, period: str) -> Board:
    """Return the board for who holds the book's door. Raises as `board`."""
    span = reading.span_of(period)
    first, last = reading.bounds([book]).get(book.pk, ("", ""))
    if not first or span.last < first or span.first > last:
        raise NoFigures(period=span.words, organisation=book.organisation.name)
    sums = _sums(book, span)
    parts = _Parts(
        book=book,
        span=span,
        standard=charts.chart_of_standard(book.standard_code, None),
        items=publicity.of(book.standard_code),
        sums=sums,
        names=names_of({(key[1], key[2]) for key in sums}, is_masked=True),
    )
    return Board(
        book=info(book),
        period=period,
        period_words=span.words,
        tables=(
            _spent(parts, is_in=True),
            _spent(parts, is_in=False),
            _money(parts),
            _debts(parts),
            _assets(parts),
            _funds(parts),
        ),
        signers=SIGNERS,
    )


@dataclass(frozen=True)
class _Parts:
    """What the tables are made of; `sums` by account and auxiliary."""

    book: Book
    span: Span
    standard: Standard
    items: Publicity
    sums: dict[Key, Sums]
    names: dict[tuple[str, str], str]

    def of(self, *purposes: str) -> list[tuple[Key, Sums]]:
        """Return the keys of some purposes that stand at something or moved, by code."""
        heads = tuple(code for one in purposes for code in self.standard.codes_for(one))
        return [
            (key, sums)
            for key, sums in sorted(self.sums.items())
            if heads
            and key[0].startswith(heads)
            and (sums.begin_fen or sums.debit_fen or sums.credit_fen)
        ]


def _sums(book: Book, span: Span) -> dict[Key, Sums]:
    window = span.window("this_period")
    cuts = [window.first, after(window.last)]
    moved = totals.movements([book], last=window.last, cuts=cuts, with_aux=True)
    openings = [
        ((one.account_code, one.aux_kind, one.aux_id), one.balance_fen)
        for one in totals.openings([book], with_aux=True)
    ]
    return dict(figures.build(Raw(openings, moved, moved), window).details)


def _spent(parts: _Parts, *, is_in: bool) -> BoardTable:
    """Table 1 or 2: line by line what came in or was spent."""
    rows: list[tuple[Value, ...]] = []
    for line, has_money in _lines(parts):
        item = parts.items.item(line.account_code, is_in=is_in)
        is_result = account_of(parts.standard, line.account_code).account_class in RESULT_CLASSES
        fen = line.credit_fen if is_in else line.debit_fen
        if is_result:
            fen -= line.debit_fen if is_in else line.credit_fen
        elif not has_money:
            fen = 0
        if not item or not fen:
            continue
        label = f"{line.voucher.word}-{line.voucher.number}"
        head = (f"{line.voucher.date:%Y-%m-%d}", label, item, line.voucher.summary)
        rows.append((*head, parts.names.get((line.aux_kind, line.aux_id), ""), fen))
    return BoardTable(
        title="表一　收入" if is_in else "表二　支出",
        columns=(
            BoardColumn("日期", "mid"),
            BoardColumn("凭证号", "mid"),
            BoardColumn("项目"),
            BoardColumn("摘要"),
            BoardColumn("交款人" if is_in else "收款人"),
            BoardColumn("金额", "money"),
        ),
        rows=tuple(rows),
        total=("合计", "", "", "", "", _sum(row[-1] for row in rows)),
    )


def _lines(parts: _Parts) -> Iterator[tuple[VoucherLine, bool]]:
    """Yield the lines of the period on accounts with an item, and whether money moved by them."""
    codes = (*parts.items.into, *parts.items.out_of)
    heads = {code[: parts.standard.shape.ends[0]] for code in codes}
    money = begins(parts.standard.codes_for("money"))
    beside = VoucherLine.objects.filter(money, voucher=OuterRef("voucher"))
    rows = (
        VoucherLine.objects.filter(
            voucher__book=parts.book,
            voucher__period__gte=parts.span.first,
            voucher__period__lte=parts.span.last,
        )
        .exclude(voucher__origin=Origin.CLOSING)
        .annotate(has_money=Exists(beside))
        .select_related("voucher")
        .order_by("voucher__date", "voucher__word", "voucher__number", "line_no")
    )
    for row in rows:
        if row.account_code.startswith(tuple(heads)):
            yield row, bool(row.has_money)


def _money(parts: _Parts) -> BoardTable:
    found = parts.of("money")
    return _standing("表三　货币资金", ("账户", "期初", "收入", "支出", "期末"), [
        (_title(parts, key), sums.begin_fen, sums.debit_fen, sums.credit_fen, sums.end_fen)
        for key, sums in found
    ])  # fmt: skip


def _debts(parts: _Parts) -> BoardTable:
    """Table 4: positive is owed to the body, negative owed by it."""
    found = parts.of("receivables", "internal", "payables", "loans")
    rows = [
        (
            _title(parts, key),
            account_of(parts.standard, key[0]).name,
            sums.begin_fen,
            sums.debit_fen,
            sums.credit_fen,
            sums.end_fen,
        )
        for key, sums in found
    ]
    heads = ("对方", "科目", "期初", "增加", "减少", "期末")
    table = _standing("表四　债权债务", heads, rows)
    return BoardTable(table.title, table.columns, table.rows, table.total, "负数是集体欠别人的")


def _assets(parts: _Parts) -> BoardTable:
    found = parts.of("fixed_assets", "construction")
    table = _standing("表五　固定资产和在建工程", ("类别", "期初", "增加", "减少", "期末"), [
        (_title(parts, key), sums.begin_fen, sums.debit_fen, sums.credit_fen, sums.end_fen)
        for key, sums in found
    ])  # fmt: skip
    return BoardTable(table.title, table.columns, table.rows, table.total, NOT_IN_BOOKS)


def _funds(parts: _Parts) -> BoardTable:
    found = parts.of("earmarked", "levy")
    return _standing("表六　专项资金", ("项目", "期初", "拨入", "使用", "期末"), [
        (_title(parts, key), -sums.begin_fen, sums.credit_fen, sums.debit_fen, -sums.end_fen)
        for key, sums in found
    ])  # fmt: skip


def _title(parts: _Parts, key: Key) -> str:
    """Return the auxiliary's name, or the account's with those between it and the first level."""
    name = parts.names.get((key[1], key[2]))
    codes = parts.standard.lineage(key[0])
    return name or "／".join(account_of(parts.standard, code).name for code in codes[1:] or codes)


def _standing(title: str, heads: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> BoardTable:
    texts = len(heads) - 4
    columns = tuple(
        BoardColumn(head, "text" if place < texts else "money") for place, head in enumerate(heads)
    )
    sums = (_sum(row[place] for row in rows) for place in range(texts, len(heads)))
    return BoardTable(title, columns, tuple(rows), ("合计", *[""] * (texts - 1), *sums))


def _sum(values: Iterable[Value]) -> int:
    return sum(value for value in values if isinstance(value, int))
