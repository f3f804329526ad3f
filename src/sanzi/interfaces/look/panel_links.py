"""Where a figure, and a row behind it, lead in the office."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from sanzi.record import schema

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
    "award": ("office:case", "case_id"),
    "contract": ("office:contract", "contract_id"),
    "receipt": ("office:receipt", "receipt_id"),
    "labour_day": ("office:labour_request", "request_id"),
    "disclosure": ("office:publication", "disclosure_id"),
}
NOWHERE: Final = "0" * 12
"""A division code that is none: where a place goes in a kept address."""
LAST_LEVELS: Final = ("village", "own")


def at(name: str, code: str, *more: str) -> str:
    """Return the address of a page about a place: a map has a thousand of them."""
    return _pattern(name, *more).replace(NOWHERE, code, 1)


@cache
def _pattern(name: str, *more: str) -> str:
    return reverse(name, args=[NOWHERE, *more])


def source_url(place: tuple[str, str], panel: str, key: str = "", month: str = "") -> str:
    """Return where a figure leads: the rows of a village, else the panel with the places below.

    Shapes: place is code and level.
    """
    code, level = place
    query = {name: value for name, value in (("key", key), ("month", month)) if value}
    asked = f"?{urlencode(query)}" if query else ""
    name = "office:cockpit_rows" if level in LAST_LEVELS else "office:cockpit_panel"
    return at(name, code, panel) + asked


def named(kind: str, row_id: str, row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the page of a row of the record and the name it has there; empty for none."""
    page, column = PAGES.get(kind, ("", ""))
    if not page:
        return "", ""
    is_key = schema.load_tables()[kind].primary_key == (column,)
    return page, str(row.get(column) or (row_id if is_key else ""))


def row_url(kind: str, row_id: str, row: Mapping[str, Any]) -> str:
    """Return the page of a row of the record; empty for one that has none."""
    name, value = named(kind, row_id, row)
    if not name or not value:
        return ""
    try:
        return reverse(name, args=[value])
    except NoReverseMatch:
        return ""


def kept_url(source: list[str] | None) -> str:
    """Return where something that a report keeps leads; empty for nowhere.

    Shapes: `panel`, code, level, panel, key, month; `row`, table, id, the id its page wants; or
    `index`, id of a score.
    """
    if not source:
        return ""
    kind, *rest = source
    if kind == "panel":
        code, level, panel, key, month = rest
        return source_url((code, level), panel, key, month)
    if kind == "index":
        return reverse("office:index_score", args=rest)
    table, row_id, other = rest
    return row_url(table, row_id, kept_row(other))


def kept_row(other: str) -> dict[str, str]:
    """Return what a report keeps of a row besides its id: what its page is called after."""
    return {"case_id": other, "lease_id": other} if other else {}
