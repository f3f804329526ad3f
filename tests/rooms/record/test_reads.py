"""How the gates' reads find their rows: by an index, however many rows a county has.

SQLite only: a plan is made of its text and the indexes alone, as long as nobody has counted rows.
"""

from __future__ import annotations

import pytest
from django.db import connection

from sanzi.record import extraction, neighbourhood
from sanzi.record.extraction import Only

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="plans of SQLite"),
]
LARGE = {
    "account", "appointment", "approval", "award", "bank_transaction", "case", "contract",
    "decision", "decision_step", "household", "invoice", "kinship", "ledger_line", "payment",
    "person", "voucher",
}  # fmt: skip
"""Tables that grow with the people and the days of a county."""
WALKED = {
    # The village is told from the division of the body; a county has some thousand posts.
    ("appointment", "village_id"),
    # The account is that of the payment when there is one: it is found row by row.
    ("award", "payee_account_hash"),
}


def plan(table: str, by: str) -> list[str]:
    """Return the lines of the plan by which three values of a column are looked up."""
    asked: list[tuple[str, list[str]]] = []

    def listen(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        extraction.fetch(table, Only(by, ["a", "b", "c"]))
    [(sql, params)] = asked
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return [row[3] for row in cursor.fetchall()]


def test_what_a_gate_asks_of_a_large_table_is_found_by_an_index(db):
    asked = {(one.table, one.by) for one in neighbourhood.steps() if one.table in LARGE}

    walked = {one for one in asked if any(line.startswith("SCAN") for line in plan(*one))}

    assert len(asked) > 40
    assert walked == WALKED


def test_what_a_row_names_by_a_join_is_where_the_search_begins(db):
    first = plan("person", "household_id")[0]

    assert first.startswith("SEARCH h USING COVERING INDEX")
