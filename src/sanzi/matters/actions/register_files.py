"""A register taken away as a file: rows of the taker's scope, written into the log."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, money
from sanzi.matters import shelf
from sanzi.matters.shelf import Column, Value
from sanzi.orgs.actors import Actor
from sanzi.record import sheets
from sanzi.record.sheets import Row, Sheet

ROWS_MAX: Final = 10_000
FORMS: Final = {"xlsx": sheets.WORKBOOK, "csv": sheets.CSV}
CHAIN: Final = "county"


def take_register(
    *, key: str, wanted: shelf.Wanted, form: str, by: Actor, at: datetime
) -> tuple[str, str, bytes]:
    """Return (name, media type, bytes) of a register's rows, at most `ROWS_MAX`.

    Shapes: form is a key of `FORMS`.
    Raises: NotFound; KeyError for another form.
    """
    media_type = FORMS[form]
    register = shelf.access_register(by=by, key=key)
    found = shelf.rows(by=by, key=key, wanted=wanted)[:ROWS_MAX]
    rows = [_row(shelf.item_of(register, one)) for one in found.iterator(500)]
    sheet = Sheet(title=register.title, columns=_columns(register), rows=rows)
    data = sheets.workbook([sheet]) if form == "xlsx" else sheets.csv_file(sheet)
    with transaction.atomic():
        audit.write(
            chain=CHAIN,
            kind="matters.register.taken",
            by=by,
            at=at,
            subject=("register", key),
            after={"rows": len(rows), "form": form, "village": wanted.division_code},
        )
    return f"{register.title}.{form}", media_type, data


def _columns(register: shelf.Register) -> list[sheets.Column]:
    head = [sheets.Column("编号"), sheets.Column("单位"), sheets.Column("办件号")]
    state = [sheets.Column("状态")] if register.states else []
    return [*head, *state, *(sheets.Column(one.title, _kind(one)) for one in register.columns)]


def _kind(column: Column) -> str:
    return "money" if column.kind == "money" else "text"


def _row(item: shelf.Item) -> Row:
    one = item.row
    cells: list[sheets.Value] = [one.ext_id, one.organisation.name, item.case_number]
    if item.register.states:
        cells.append(item.state)
    return Row([*cells, *(plain(column, value) for column, value in item.values)])


def plain(column: Column, value: Value) -> sheets.Value:
    """Return a value as a cell of a sheet: money stays fen, all else becomes text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return clock.minute_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if column.kind == "money":
        return int(value)
    if column.kind == "percent":
        return f"{money.format_yuan(int(value))}%"
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
