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
    "ext_id", "book_id", "period", "word", "number", "date", "summary", "origin", "rule_code",
    "rule_version", "source_kind", "source_id", "attachment_count", "line_count", "total_fen",
    "maker_name", "reviewer_name", "posted_by_name", "posted_at", "previous_hash", "hash",
)  # fmt: skip


def snapshot() -> list[object]:
    tables = (Voucher.objects.order_by("pk"), VoucherLine.objects.order_by("pk"))
    return [list(table.values_list()) for table in tables]


def copied_voucher(number: str, **others: str) -> str:
    """The SQL of a new row like the first voucher, with another number and what else is given."""
    told = {"ext_id": "'FORGED'", "source_id": "'FORGED'", "number": number} | others
    return (
        f"INSERT INTO ledger_voucher ({', '.join(VOUCHER_COLUMNS)}) "
        f"SELECT {', '.join(told.get(name, name) for name in VOUCHER_COLUMNS)} "
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
    "a day of another month": copied_voucher("3", date="'2026-10-31'"),
    "a posting before the last one": copied_voucher("3", posted_at="'2020-01-01 00:00:00'"),
    "a head set forward": "UPDATE ledger_numberhead SET last_number = last_number + 1",
    "a head set back": "UPDATE ledger_numberhead SET last_number = 1",
    "a head of another hash": "UPDATE ledger_numberhead SET last_hash = ''",
    "a head moved to another month": "UPDATE ledger_numberhead SET period = '2026-12'",
    "delete of a head": "DELETE FROM ledger_numberhead",
    "delete of a month": "DELETE FROM ledger_period",
    "a book under another standard": "UPDATE ledger_book SET standard_code = 'SBE2011'",
    "an opening after the first voucher": (
        "INSERT INTO ledger_openingbalance (book_id, account_code, aux_kind, aux_id, balance_fen) "
        "SELECT book_id, '102', '', '', 1 FROM ledger_voucher WHERE number = 1"
    ),
    "upsert": copied_voucher("1")
    + " ON CONFLICT (book_id, period, word, number) DO UPDATE SET summary = '改过'",
    "upsert that does nothing": copied_voucher("1") + " ON CONFLICT DO NOTHING",
    "upsert of a line": copied_line(1)
    + " ON CONFLICT (voucher_id, line_no) DO UPDATE SET debit_fen = 1",
}
REPLACED_EVENT = (
    "REPLACE INTO audit_event SELECT id, chain, number + 1, at, kind, actor_id, actor_name, "
    "origin, subject_kind, subject_id, change, previous_hash, hash FROM audit_event "
    "WHERE number = (SELECT MAX(number) FROM audit_event)"
)
ENGINE_ATTEMPTS = {
    "sqlite": {
        "replace": copied_voucher("1").replace("INSERT", "INSERT OR REPLACE", 1),
        "replace by id": (
            copied_voucher("3")
            .replace("INSERT", "INSERT OR REPLACE", 1)
            .replace("(ext_id,", "(id, ext_id,", 1)
            .replace("SELECT 'FORGED'", "SELECT id, 'FORGED'")
        ),
        "replace of a line": copied_line(1).replace("INSERT", "INSERT OR REPLACE", 1),
        "ignore": copied_voucher("9").replace("INSERT", "INSERT OR IGNORE", 1),
        "update or replace": "UPDATE OR REPLACE ledger_voucher SET number = 1",
        "update or ignore": "UPDATE OR IGNORE ledger_voucher SET number = 1",
    },
    "postgresql": {
        "truncate": "TRUNCATE ledger_voucherline",
        "truncate cascade": "TRUNCATE ledger_voucher CASCADE",
        "truncate heads": "TRUNCATE ledger_numberhead",
        "truncate openings": "TRUNCATE ledger_openingbalance",
        "merge that updates": (
            "MERGE INTO ledger_voucher v USING (SELECT 1 AS number) s ON v.number = s.number "
            "WHEN MATCHED THEN UPDATE SET summary = '改过'"
        ),
        "merge that deletes": (
            "MERGE INTO ledger_voucher v USING (SELECT 2 AS number) s ON v.number = s.number "
            "WHEN MATCHED THEN DELETE"
        ),
        "replica role": (
            "SET LOCAL session_replication_role = replica; UPDATE ledger_voucher SET number = 9"
        ),
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


def test_replace_meets_the_guards_without_recursive_triggers_too(post) -> None:
    """REPLACE removes the row in its way without asking the delete triggers: it gets no so far."""
    if connection.vendor != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    post(LEDGER)
    before = snapshot()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")
        try:
            for attempt in (
                ENGINE_ATTEMPTS["sqlite"]["replace by id"],
                copied_voucher("3", ext_id="ext_id").replace("INSERT", "REPLACE", 1),
                copied_voucher("3", source_id="source_id").replace("INSERT", "REPLACE", 1),
                REPLACED_EVENT,
            ):
                with pytest.raises(DatabaseError, match="UNIQUE"), transaction.atomic():
                    cursor.execute(attempt.replace("INSERT OR INSERT", "INSERT"))
        finally:
            cursor.execute("PRAGMA recursive_triggers=ON")

    assert snapshot() == before


def test_a_temporary_table_does_not_blind_a_guard(post, world) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a trigger of SQLite names its own file's tables")
    post(LEDGER)
    Period.objects.filter(period="2026-11").update(closed_at=world.at)

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE ledger_period AS SELECT * FROM ledger_period WHERE false")
        with pytest.raises(DatabaseError, match="closed period"), transaction.atomic():
            cursor.execute(copied_voucher("3"))
        cursor.execute("DROP TABLE pg_temp.ledger_period")

    assert Voucher.objects.count() == 2


def copy_row(into: str, values: list[object]) -> None:
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(into) as copy:
        copy.write_row(values)


def test_copy_meets_the_guards(post) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("COPY is PostgreSQL's")
    post(LEDGER)
    voucher = Voucher.objects.get(number=1)
    before = snapshot()
    for number, day in ((1, "2026-11-05"), (4, "2026-11-05"), (3, "2026-10-31")):
        changed = {"ext_id": "FORGED", "source_id": "FORGED", "number": number, "date": day}
        values = [changed.get(name, getattr(voucher, name)) for name in VOUCHER_COLUMNS]
        into = f"COPY ledger_voucher ({', '.join(VOUCHER_COLUMNS)}) FROM STDIN"

        with pytest.raises(DatabaseError), transaction.atomic():
            copy_row(into, values)

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
