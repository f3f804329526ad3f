"""Rows of the record on a page: no code, no foreign day, no English word reaches the reader."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sanzi.record import schema
from sanzi.supervision import row_tables

LATIN = re.compile(r"[a-z_]{2,}")


def shown(table: str, **row: Any) -> dict[str, str]:
    """Return the cells of one row by their column."""
    [found] = row_tables.tables_of({table: [row]})
    return dict(zip(found.names, found.cells[0], strict=True))


def test_every_value_of_a_closed_list_has_a_word() -> None:
    bare = [
        f"{table.name}.{column.name}: {value}"
        for table in schema.load_tables().values()
        for column in table.columns
        for value in column.enum
        if LATIN.search(row_tables.word_of(table.name, column.name, value))
        or row_tables.word_of(table.name, column.name, value) == value
    ]
    assert bare == []


def test_words_of_one_column_name_a_column_and_a_value_that_is_there() -> None:
    known = {
        f"{table.name}.{column.name}": column.enum
        for table in schema.load_tables().values()
        for column in table.columns
    }
    wrong = [
        f"{place}: {value}"
        for place, words in row_tables.words().items()
        if place not in ("all", "parameter")
        for value in words
        if value not in known.get(place, ())
    ]
    assert wrong == []


def test_a_payment_is_shown_in_words_and_in_local_time() -> None:
    cells = shown(
        "payment", payment_id="Z1", case_id="C1", method="transfer", status="paid",
        paid_at="2026-09-23 17:30:00", amount_fen=12_611_100, is_backfilled=False,
    )  # fmt: skip

    assert cells["method"] == "转账"
    assert cells["status"] == "付了"
    assert cells["paid_at"] == "2026年9月24日 01:30"
    assert cells["amount_fen"] == "126,111.00"
    assert cells["is_backfilled"] == "否"


@pytest.mark.parametrize(
    ("period", "said"), [("2025-03", "2025年3月"), ("2025", "2025年"), (None, "")]
)
def test_a_period_is_said_as_people_say_it(period: str | None, said: str) -> None:
    cells = shown("roster", roster_id="R1", period=period, status="approved")
    assert cells.get("period", "") == said


def test_the_same_value_is_called_as_its_own_column_calls_it() -> None:
    assert row_tables.word_of("asset_disposal", "method", "transfer") == "转让"
    assert row_tables.word_of("payment", "method", "transfer") == "转账"


def test_items_of_a_parameter_are_words() -> None:
    said = row_tables.said("list", ["cashier_reporter", "handler", "lost_work", "餐饮"])
    assert said == "报账员、经办人、误工、餐饮"
    assert row_tables.said("choice", value=True) == "是"
