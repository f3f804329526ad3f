"""Rows behind a figure: what each is called and where it leads. No name of a person stands here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import NoReverseMatch, reverse

from sanzi.insight import panels
from sanzi.insight.panel_shapes import Drilled, DrilledRow
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Row
from sanzi.interfaces.office import cockpit_words
from sanzi.matters import catalogue as powers
from sanzi.record import schema
from sanzi.supervision import frozen
from sanzi.supervision import known as models

PAGES: Final = {
    # row of the record: (page, column that names it)
    "voucher": ("office:voucher", "voucher_id"),
    "payment": ("office:payment", "case_id"),
    "case": ("office:case", "case_id"),
    "alert": ("office:alert", "alert_id"),
    "asset": ("office:asset", "asset_id"),
    "works": ("office:works", "works_id"),
    "lease": ("office:lease", "lease_id"),
    "rent_bill": ("office:lease", "lease_id"),
    "bank_txn": ("office:bank_receipt", "txn_id"),
    "inquiry": ("office:case", "case_id"),
}
TITLES: Final = ("title", "name", "card_no", "item_code", "period", "fund_code")
DAYS: Final = (
    "voucher_date", "paid_at", "opened_at", "submitted_at", "issued_at", "booked_at", "due_date",
    "due_at", "asked_at", "received_at", "start_date", "started_at",
)  # fmt: skip
OPEN: Final = "open"


def ledger(found: Drilled, rows: Sequence[DrilledRow]) -> Ledger:
    """Return rows as a table: what it is, when, how much, each leading to its page."""
    panel = found.page.panel
    wanted: dict[str, list[str]] = {}
    for one in rows:
        wanted.setdefault(one.kind, []).append(one.row_id)
    read = frozen.read(wanted)
    lines = {one.code: one.title for one in found.page.lines}
    unit = cockpit_words.exact_unit(panel)
    has_whole = panel.of in ("share", "mean")
    # The amount stands beside the name: on a phone the rest is a swipe away.
    columns = [Column("是什么"), Column("数" if has_whole else f"数（{unit}）", "money")]
    if has_whole:
        columns.append(Column("共", "money"))
    columns += [Column("日期"), Column("算在")]
    return Ledger(
        caption=f"{panel.title}的明细",
        columns=columns,
        rows=[_row(found, one, read.get(one.kind, {}).get(one.row_id, {}), lines) for one in rows],
        is_row_headed=True,
    )


def _row(found: Drilled, one: DrilledRow, row: Mapping[str, Any], lines: Mapping[str, str]) -> Row:
    panel = found.page.panel
    known = schema.load_tables().get(one.kind)
    what = known.title if known else one.kind
    title = _title(one.kind, row)
    cells: list[Cell | str] = [
        Cell(title or what, url_of(one.kind, one.row_id, row), f"{what} {one.row_id}"),
    ]
    if panel.of in ("share", "mean"):
        cells += [_amount(found, one.sum.part), _amount(found, one.sum.whole)]
    else:
        cells.append(cockpit_words.exact(panel, panels.value(panel, one.sum)))
    return Row([*cells, _day(row), lines.get(one.key, one.key)])


def _amount(found: Drilled, value: int) -> str:
    if found.page.panel.unit != "fen":
        return f"{value:,}"
    return f"{value // 100:,}.{value % 100:02}" if value else "0"


def url_of(kind: str, row_id: str, row: Mapping[str, Any]) -> str:
    """Return the address of the page of a row of the record; empty where it has none."""
    name, column = PAGES.get(kind, ("", ""))
    value = row.get(column) or (row_id if column == f"{kind}_id" else "")
    if not name or not value:
        return ""
    try:
        return reverse(name, args=[value])
    except NoReverseMatch:
        return ""


def _title(kind: str, row: Mapping[str, Any]) -> str:
    """Return what a row is, from what anybody may read: titles that people typed stay away."""
    if row.get("matter_code"):
        return next((one.title for one in powers.powers() if one.code == row["matter_code"]), "")
    if kind == "alert":
        return models.model_of(row["model_code"]).title if row else ""
    if kind == "voucher" and row:
        return f"{row['period']} 第{row['voucher_no']}号"
    known = schema.load_tables().get(kind)
    is_open = {one.name for one in known.columns if one.privacy == OPEN} if known else set()
    return next((str(row[one])[:60] for one in TITLES if row.get(one) and one in is_open), "")


def _day(row: Mapping[str, Any]) -> str:
    found = next((str(row[one]) for one in DAYS if row.get(one)), "")
    return found[:10]
