"""Raw SQL cannot change, remove, insert between or add to what is posted, on either engine."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from sanzi.audit import actions as audit
from sanzi.ledger import queries
from sanzi.ledger.models import Period, Voucher, VoucherLine

LEDGER = """
2026-11-03 买办公用品 | payment:P1
  5130102            120.00
  102 account:A-1   -120.00
2026-11-04 保洁费 | payment:P2
  51401              800.00
  102 account:A-1   -800.00
"""
VOUCHER_COLUMNS = (
    "ext_id, book_id, period, word, number, date, summary, origin, rule_code, rule_version, "
    "source_kind, source_id, attachment_count, line_count, total_fen, maker_name, "
    "reviewer_name, posted_by_name, posted_at, previous_hash, hash"
)


def snapshot() -> list[object]:
    tables = (Voucher.objects.order_by("pk"), VoucherLine.objects.order_by("pk"))
    return [list(table.values_list()) for table in tables]


def copied_voucher(number: str, period: str = "period") -> str:
    """The SQL of a new row like the first voucher, with another number or month."""
    values = VOUCHER_COLUMNS.replace("ext_id,", "'FORGED',").replace("source_id", "'FORGED'")
    values = values.replace(" number", f" {number}").replace("period", period, 1)
    return (
        f"INSERT INTO ledger_voucher ({VOUCHER_COLUMNS}) SELECT {values} "
        "FROM ledger_voucher WHERE number = 1"
    )


def copied_line(line_no: int) -> str:
    columns = "summary, account_code, debit_fen, credit_fen, aux_kind, aux_id, source_ref"
    return (
        f"INSERT INTO ledger_voucherline (voucher_id, line_no, {columns}) "
        f"SELECT voucher_id, {line_no}, {columns} FROM ledger_voucherline WHERE id = "
        "(SELECT MIN(id) FROM ledger_voucherline)"
    )


ATTEMPTS = {
    "update of an amount": "UPDATE ledger_voucherline SET debit_fen = debit_fen + 1",
    "update of an account": "UPDATE ledger_voucherline SET account_code = '51499'",
    "update of a date": "UPDATE ledger_voucher SET date = '2026-11-05'",
    "update of a name": "UPDATE ledger_voucher SET maker_name = '别人'",
    "update of nothing": "UPDATE ledger_voucher SET number = number",
    "delete of a line": "DELETE FROM ledger_voucherline",
    "delete of a voucher": "DELETE FROM ledger_voucher WHERE number = 2",
    "a gap": copied_voucher("4"),
    "a number twice": copied_voucher("1"),
    "a number before": copied_voucher("0"),
    "a line too many": copied_line(3),
    "a line in place of another": copied_line(1),
    "a gap of lines": copied_line(9),
    "upsert": copied_voucher("1")
    + " ON CONFLICT (book_id, period, word, number) DO UPDATE SET summary = '改过'",
    "upsert of a line": copied_line(1)
    + " ON CONFLICT (voucher_id, line_no) DO UPDATE SET debit_fen = 1",
}
ENGINE_ATTEMPTS = {
    "sqlite": {
        "replace": copied_voucher("1").replace("INSERT", "INSERT OR REPLACE", 1),
        "replace by id": (
            copied_voucher("3")
            .replace("INSERT", "INSERT OR REPLACE", 1)
            .replace("(ext_id,", "(id, ext_id,")
            .replace("SELECT 'FORGED'", "SELECT id, 'FORGED'")
        ),
        "replace of a line": copied_line(1).replace("INSERT", "INSERT OR REPLACE", 1),
        "update or replace": "UPDATE OR REPLACE ledger_voucher SET number = 1",
    },
    "postgresql": {
        "truncate": "TRUNCATE ledger_voucherline",
        "truncate cascade": "TRUNCATE ledger_voucher CASCADE",
    },
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_raw_sql_is_refused_and_changes_nothing(attempt: str, post) -> None:
    post(LEDGER)
    before = snapshot()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attempt)

    assert snapshot() == before
    assert queries.verify_book("O-WILLOW") == []


def test_the_ways_of_one_engine_are_refused_too(post) -> None:
    post(LEDGER)
    before = snapshot()

    for attempt in ENGINE_ATTEMPTS[connection.vendor].values():
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt)

    assert snapshot() == before


def test_a_closed_month_takes_no_row(post, world) -> None:
    post(LEDGER)
    Period.objects.filter(period="2026-11").update(closed_at=world.at)
    before = snapshot()

    with pytest.raises(DatabaseError, match="closed period"), transaction.atomic():
        connection.cursor().execute(copied_voucher("3"))

    assert snapshot() == before


def test_the_next_number_is_taken(post) -> None:
    """The same row with the right number goes in: the refusals above are for their reason."""
    post(LEDGER)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(copied_voucher("3"))

    assert Voucher.objects.count() == 3


def test_the_last_line_must_balance(post) -> None:
    post(LEDGER)
    with connection.cursor() as cursor:
        cursor.execute(copied_voucher("3"))
    voucher = Voucher.objects.get(number=3)
    VoucherLine.objects.create(
        voucher=voucher, line_no=1, summary="", account_code="51401", debit_fen=12000
    )

    with pytest.raises(DatabaseError, match="balances"), transaction.atomic():
        VoucherLine.objects.create(
            voucher=voucher, line_no=2, summary="", account_code="102", credit_fen=11999
        )

    assert voucher.lines.count() == 1


@pytest.mark.parametrize("table", ["audit_event", "audit_seal"])
def test_the_log_stays_as_it_is(table: str, post, world) -> None:
    post(LEDGER)
    audit.seal_heads(world.at)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        before = cursor.fetchone()

    for attempt in (f"UPDATE {table} SET hash = hash", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        assert cursor.fetchone() == before != (0,)
