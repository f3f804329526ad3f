"""What a row of the record behind a figure is called, from what anybody may read of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sanzi.matters import catalogue as powers
from sanzi.record import schema
from sanzi.record.lake import looking
from sanzi.supervision import category_words
from sanzi.supervision import known as models

TITLES: Final = ("title", "name", "card_no", "item_code", "period", "fund_code")
DAYS: Final = (
    "voucher_date", "paid_at", "opened_at", "submitted_at", "issued_at", "booked_at", "due_date",
    "due_at", "asked_at", "received_at", "start_date", "started_at",
)  # fmt: skip
OPEN: Final = "open"


def what(kind: str) -> str:
    """Return what rows of a table are."""
    known = schema.load_tables().get(kind)
    return known.title if known else kind


def title(kind: str, row: Mapping[str, Any], own_titles: Mapping[str, str] | None = None) -> str:
    """Return what a row is, from what anybody may read: titles that people typed stay away.

    Shapes: `own_titles` is what the county of the row calls its own models, in a city.
    """
    if row.get("matter_code"):
        return next((one.title for one in powers.powers() if one.code == row["matter_code"]), "")
    if kind == "alert":
        return _model(row["model_code"], own_titles or {}) if row else ""
    if kind == "voucher" and row:
        return f"{row['period']} 第{row['voucher_no']}号"
    known = schema.load_tables().get(kind)
    is_open = {one.name for one in known.columns if one.privacy == OPEN} if known else set()
    return next((str(row[one])[:60] for one in TITLES if row.get(one) and one in is_open), "")


def _model(code: str, own_titles: Mapping[str, str]) -> str:
    """Return the title of a model; in a city what its county told of its own, else their kind."""
    if looking.reads_a_lake() and models.own_id(code) is not None:
        return own_titles.get(code, category_words.WORDS[models.CATEGORY])
    return models.model_of(code).title


def day(row: Mapping[str, Any]) -> str:
    """Return the day of a row, `2026-11-03`, empty when it tells none."""
    found = next((str(row[one]) for one in DAYS if row.get(one)), "")
    return found[:10]
