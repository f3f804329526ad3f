"""The balance reconciliation statement on paper: PDF, workbook or CSV, and who took it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import zip_longest

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.ledger.actions import papers
from sanzi.ledger.actions.papers import PaperFile
from sanzi.orgs.actors import Actor
from sanzi.payments.models import ItemKind
from sanzi.payments.queries import reconciliations
from sanzi.payments.queries.balance_sides import Item
from sanzi.payments.queries.reconciliations import StatementPage
from sanzi.record.sheets import Column, Row, Sheet, Value

TITLE = "银行存款余额调节表"
LEFT = ((ItemKind.BANK_IN, "加：银行已收、账上未收"), (ItemKind.BANK_OUT, "减：银行已付、账上未付"))
RIGHT = (
    (ItemKind.BOOK_IN, "加：账上已收、银行未收"),
    (ItemKind.BOOK_OUT, "减：账上已付、银行未付"),
)


def take(*, by: Actor, at: datetime, ext_id: str, form: str) -> PaperFile:
    """Return a statement as a file, and log who took it.

    Shapes: form is pdf, xlsx or csv. Raises: NotFound; PaperUnknown for another form.
    """
    papers.require_form(form)
    found = reconciliations.statement(by=by, ext_id=ext_id)
    name = f"{found.organisation}_{TITLE}_{found.period}"
    made = papers.rendered(name, sheets_of(found), form)
    with transaction.atomic():
        audit.write(
            chain=found.organisation_ext_id,
            kind="payments.reconciliation.taken",
            by=by,
            at=at,
            subject=("reconciliation", found.ext_id),
            after={"account": found.account_ext_id, "period": found.period, "form": form},
        )
    return made


def sheets_of(found: StatementPage) -> list[Sheet]:
    """Return the two balances side by side, and the list of items when there are any."""
    sheets = [_balances(found)]
    return [*sheets, _items(found)] if found.sides.items else sheets


def _balances(found: StatementPage) -> Sheet:
    sides = found.sides
    rows = [Row(["账面存款余额", sides.book_fen, "银行对账单余额", sides.bank_fen])]
    for left, right in zip(LEFT, RIGHT, strict=True):
        rows.append(
            Row([left[1], sides.total(left[0]), right[1], sides.total(right[0])], tone="quiet")
        )
        mine = [one for one in sides.items if one.kind == left[0]]
        theirs = [one for one in sides.items if one.kind == right[0]]
        rows += [Row([*_cells(one), *_cells(other)]) for one, other in zip_longest(mine, theirs)]
    rows.append(
        Row(
            ["调节后余额", sides.adjusted_book_fen, "调节后余额", sides.adjusted_bank_fen],
            tone="total",
        )
    )
    return Sheet(
        title=TITLE,
        columns=[
            Column("账上", width=36),
            Column("金额", "money"),
            Column("银行", width=36),
            Column("金额", "money"),
        ],
        rows=rows,
        left=f"{found.organisation}　{found.account_words}",
        middle=f"{found.period[:4]}年{int(found.period[5:])}月末",
        notes=list(_notes(found)),
        signers=(f"编制：{found.prepared_by}", f"签字：{found.signed_by or '还没签'}"),
        name="余额调节表",
    )


def _cells(one: Item | None) -> list[Value]:
    if one is None:
        return [None, None]
    return [f"　{one.booked_date:%m-%d} {one.reference}", one.amount_fen]


def _notes(found: StatementPage) -> Iterator[str]:
    if found.signed_at is not None:
        yield f"签字时间：{clock.minute_text(found.signed_at)}"
        yield f"告诉银行：{found.bank_answer}"
    yield f"校验码：{found.digest}"


def _items(found: StatementPage) -> Sheet:
    return Sheet(
        title="未达账项",
        columns=[
            Column("哪边有", width=26),
            Column("日期", "mid", width=12),
            Column("凭证号或流水号", width=26),
            Column("摘要", width=30),
            Column("金额", "money"),
            Column("几天了", "count"),
            Column("原因", width=28),
        ],
        rows=[_item_row(one) for one in found.sides.items],
        left=f"{found.organisation}　{found.account_words}",
        middle=f"{found.period[:4]}年{int(found.period[5:])}月末",
        name="未达账项",
    )


def _item_row(one: Item) -> Row:
    cells: Sequence[Value] = [
        one.kind_label,
        one.booked_date.isoformat(),
        one.reference,
        one.text,
        one.amount_fen,
        one.age_days,
        one.cause,
    ]
    return Row(cells)
