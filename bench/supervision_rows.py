"""Rows of a fictional province for `bench_supervision`: every table of the record, made by SQL.

The shape follows the files of the record: keys exist, parts belong to their whole, people and
bodies to their village, values to their lists. What is said in `LAWFUL` keeps most rows within
the rules, so that a model finds what it would find in life: little. Nothing here is drawn twice:
the same number of payments gives the same rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from sanzi.record import schema
from sanzi.record.schema import Column, Table

VERSION: Final = 1
PAYMENTS_A_VILLAGE: Final = 480
"""Twenty a month, for two years."""
PEOPLE_A_VILLAGE: Final = 60
LAST_DAY: Final = "2026-11-10"
DAYS: Final = 720

PER_VILLAGE: Final = {
    "org": 1, "person": PEOPLE_A_VILLAGE, "household": 20, "kinship": 10, "appointment": 9,
    "account": 3, "land_right": 20, "membership": 40, "budget_line": 40, "asset": 10, "lease": 5,
    "contract": 12, "works": 3, "tender": 3, "procurement": 10, "labour_request": 10, "seal": 2, "labour_day": 40, "labour_photo": 80,
    "labour_declaration": 10, "labour_list": 20,
}  # fmt: skip
"""Rows a village; of what is not named, two."""
PER_PAYMENT: Final = {
    "payment": 1.0, "case": 0.6, "approval": 1.2, "invoice": 0.7, "bank_txn": 1.0,
    "source_matter": 0.5, "voucher": 0.6, "ledger_line": 1.4, "balance": 0.1, "receipt": 0.1,
    "seal_use": 0.1, "rent_bill": 0.05, "award": 0.2,
}  # fmt: skip
WHOLE: Final = {
    "division": 1,
    "calendar": 900,
    "counterparty": 60_000,
    "counterparty_owner": 60_000,
}
OWNED: Final = {"person", "org", "household", "account", "budget_line"}
"""Tables of which every village has its own rows, in its own order."""

LAWFUL: Final[dict[str, dict[str, str]]] = {
    "calendar": {
        "day": "DATE '2024-11-01' + CAST(i AS INTEGER)", "is_holiday": "FALSE",
        "is_workday": "dayofweek(DATE '2024-11-01' + CAST(i AS INTEGER)) BETWEEN 1 AND 5",
    },
    "division": {"code": "CAST(100000000000 + i AS VARCHAR)", "level": "'village'"},
    "org": {"level": "'village'", "kind": "'collective'", "name": "'村合作社' || i",
        "uscc": "'BODY' || i"},
    "person": {
        "household_id": "'HOUSEHOLD' || (v * 20 + i % 20)", "death_date": "NULL",
        "is_member": "TRUE", "household_status": "'resident'", "name": "'村民' || i",
        "birth_date": "DATE '1950-01-01' + CAST(draw(i, 'born', 18000) AS INTEGER)",
    },
    "counterparty": {
        "kind": "'company'", "name": "'某某商店' || i", "uscc": "'SHOP' || i", "is_blacklisted": "FALSE",
        "person_id": "NULL", "legal_rep_person_id": "NULL", "blacklist_until_date": "NULL",
        "registered_date": "DATE '2015-01-01'",
    },
    "counterparty_owner": {"person_id": "'OUTSIDER' || i", "counterparty_id": "'COUNTERPARTY' || i"},
    "kinship": {
        "person_id": "'PERSON' || (v * 60 + 20 + i % 20)",
        "relative_person_id": "'PERSON' || (v * 60 + 40 + i % 20)",
    },
    "appointment": {
        "person_id": "'PERSON' || (v * 60 + i % 9)", "is_concurrent": "FALSE",
        "role_code": (
            "list_extract(['village_secretary', 'committee_member', 'supervision_head',"
            " 'cashier_reporter', 'supervision_member', 'committee_member', 'villager_rep',"
            " 'villager_rep', 'villager_rep'], CAST(i % 9 AS INTEGER) + 1)"
        ),
        "start_date": "DATE '2023-01-01'", "end_date": "NULL",
    },
    "account": {
        "kind": "list_extract(['basic', 'general', 'personal'], CAST(i % 3 AS INTEGER) + 1)",
        "org_id": "CASE WHEN i % 3 < 2 THEN 'ORG' || v END",
        "person_id": "CASE WHEN i % 3 = 2 THEN 'PERSON' || (v * 60 + 30) END",
        "counterparty_id": "NULL", "is_registered": "TRUE", "closed_date": "NULL",
        "opened_date": "DATE '2020-01-01'", "decision_no": "'决议' || i",
    },
    "payment": {
        "case_id": "'CASE' || CAST(floor(i * 0.6) AS BIGINT)", "line_no": "1",
        "matter_code": "'M10'", "status": "'paid'", "method": "'transfer'",
        "subject_code": "'514' || lpad(CAST(draw(i, 'subject', 40) AS VARCHAR), 2, '0')",
        "source_kind": "'procurement'", "source_id": "'SOURCE_MATTER' || CAST(floor(i * 0.5) AS BIGINT)",
        "contract_id": "NULL", "handler_person_id": "'PERSON' || (v * 60 + 10)",
        "payee_kind": "'counterparty'", "payee_person_id": "NULL", "payee_org_id": "NULL",
        "payee_counterparty_id": "'COUNTERPARTY' || draw(i, 'payee', 60000)",
        "payee_name": "'某某商店' || draw(i, 'payee', 60000)",
        "payee_account_hash": "md5('shop' || draw(i, 'payee', 60000))",
        "amount_fen": "5000 + draw(i, 'fen', 400000)", "fund_code": "NULL",
        "budget_line_id": "'BUDGET_LINE' || (v * 40 + draw(i, 'subject', 40))",
        "created_at": "d + INTERVAL 9 HOUR", "submitted_at": "d + INTERVAL 10 HOUR",
        "approved_at": "d + INTERVAL 15 HOUR", "paid_at": "d + INTERVAL 33 HOUR",
        "returned_at": "NULL", "is_backfilled": "FALSE", "stopped_reason": "NULL",
    },
    "case": {
        "status": "'closed'", "created_at": "d + INTERVAL 9 HOUR", "is_backfilled": "FALSE",
        "submitted_at": "d + INTERVAL 10 HOUR", "approved_at": "d + INTERVAL 15 HOUR",
        "closed_at": "d + INTERVAL 34 HOUR", "matter_code": "'M10'", "tier": "'T0'",
    },
    "approval": {
        "subject_kind": "'case'", "subject_id": "'CASE' || CAST(floor(i * 0.5) AS BIGINT)",
        "step_no": "i % 2 + 1", "action": "'approve'", "delegate_of_person_id": "NULL",
        "role_code": "CASE WHEN i % 2 = 0 THEN 'supervision_head' ELSE 'village_secretary' END",
        "actor_person_id": "'PERSON' || (v * 60 + CASE WHEN i % 2 = 0 THEN 2 ELSE 0 END)",
        "opened_at": "d + INTERVAL 11 HOUR", "acted_at": "d + INTERVAL 14 HOUR",
        "due_at": "d + INTERVAL 80 HOUR", "device_hash": "md5('device' || v)", "ip": "NULL",
    },
    "invoice": {
        "payment_id": "'PAYMENT' || CAST(floor(i / 0.7) AS BIGINT)",
        "case_id": "'CASE' || CAST(floor(floor(i / 0.7) * 0.6) AS BIGINT)",
        "kind": "'e_invoice'", "verify_status": "'ok'", "invoice_key_hash": "md5('inv' || i)",
        "invoice_no": "lpad(CAST(draw(i, 'no', 99999999999) AS VARCHAR), 20, '0')",
        "file_hash": "md5('file' || i)", "buyer_name": "'村合作社' || v", "buyer_tax_no": "'BODY' || v", "issue_date": "d",
        "seller_tax_no": "'SHOP' || draw(CAST(floor(i / 0.7) AS BIGINT), 'payee', 60000)",
        "seller_name": "'某某商店' || draw(CAST(floor(i / 0.7) AS BIGINT), 'payee', 60000)",
        "amount_fen": "5000 + draw(CAST(floor(i / 0.7) AS BIGINT), 'fen', 400000)",
        "item_text": "'办公用品'", "type_code": "NULL",
    },
    "bank_txn": {
        "payment_id": "'PAYMENT' || i", "direction": "'out'", "channel": "'direct'",
        "amount_fen": "5000 + draw(i, 'fen', 400000)", "receipt_id": "NULL",
        "account_id": "'ACCOUNT' || (v * 3)", "booked_at": "d + INTERVAL 34 HOUR",
        "peer_name": "'某某商店' || draw(i, 'payee', 60000)",
        "peer_account_hash": "md5('shop' || draw(i, 'payee', 60000))",
    },
    "labour_request": {
        "planned_start_at": "d + INTERVAL 8 HOUR", "planned_end_at": "d + INTERVAL 20 DAY",
        "submitted_at": "d - INTERVAL 3 DAY", "approved_at": "d - INTERVAL 2 DAY",
        "headcount_planned": "30", "person_days_planned": "90", "status": "'approved'",
        "rate_fen_day": "15000", "budget_fen": "90000000",
    },
    "labour_day": {
        "work_date": "d + CAST(i % 4 AS INTEGER)", "hours": "8",
        "start_at": "d + CAST(i % 4 AS INTEGER) + INTERVAL 8 HOUR",
        "end_at": "d + CAST(i % 4 AS INTEGER) + INTERVAL 16 HOUR",
        "rate_fen_day": "15000", "amount_fen": "15000",
        "person_id": "'PERSON' || (v * 60 + 20 + i % 20)",
        "dispatcher_person_id": "'PERSON' || (v * 60 + 1)",
        "checker_person_id": "'PERSON' || (v * 60 + 2)",
    },
    "labour_photo": {
        "request_id": "'LABOUR_REQUEST' || (i // 8)", "lat": "NULL", "lng": "NULL",
        "work_date": "d + CAST(i % 8 // 2 AS INTEGER)",
        "taken_at": "d + CAST(i % 8 // 2 AS INTEGER) + INTERVAL 9 HOUR",
        "phase": "CASE WHEN i % 2 = 0 THEN 'before' ELSE 'after' END",
        "perceptual_hash": "md5('seen' || i) || md5('again' || i)",
    },
    "labour_declaration": {
        "declared_at": "d + INTERVAL 6 DAY", "request_id": "'LABOUR_REQUEST' || i",
    },
    "labour_list": {"person_id": "'PERSON' || (v * 60 + 20 + i % 20)"},
    "source_matter": {
        "kind": "'procurement'", "status": "'approved'", "person_id": "NULL",
        "approved_at": "d - INTERVAL 30 DAY", "amount_fen": "1000000",
    },
    "budget_line": {
        "year": "2025 + i % 2", "amount_fen": "90000000",
        "subject_code": "'514' || lpad(CAST(i % 40 AS VARCHAR), 2, '0')",
    },
    "voucher": {"reversed_voucher_id": "NULL", "entry_origin": "'auto'", "posted_at": "d + INTERVAL 40 HOUR"},
    "ledger_line": {
        "voucher_id": "'VOUCHER' || CAST(floor(i * 0.4) AS BIGINT)", "line_no": "i % 3 + 1",
        "debit_fen": "CASE WHEN i % 2 = 0 THEN 10000 ELSE 0 END",
        "credit_fen": "CASE WHEN i % 2 = 1 THEN 10000 ELSE 0 END",
    },
}  # fmt: skip
# Rows that belong to a payment, or to a request for labour, live in its village, on its day.
OF_LABOUR: Final = {
    "labour_request": "i", "labour_day": "(i // 4)", "labour_photo": "(i // 8)",
    "labour_declaration": "i",
}  # fmt: skip
OF_PAYMENT: Final = {
    "payment": "i", "case": "CAST(floor(i / 0.6) AS BIGINT)", "bank_txn": "i",
    "approval": "CAST(floor(floor(i * 0.5) / 0.6) AS BIGINT)",
    "invoice": "CAST(floor(i / 0.7) AS BIGINT)",
    "source_matter": "CAST(floor(i / 0.5) AS BIGINT)",
}  # fmt: skip


def counts(payments: int) -> dict[str, int]:
    """Return how many rows each table has."""
    villages = payments // PAYMENTS_A_VILLAGE
    found = {}
    for name in schema.LOAD_ORDER:
        if name in WHOLE:
            found[name] = villages if name == "division" else WHOLE[name]
        elif name in PER_PAYMENT:
            found[name] = int(payments * PER_PAYMENT[name])
        else:
            found[name] = villages * PER_VILLAGE.get(name, 2)
    return found


def write(folder: Path, payments: int) -> dict[str, int]:
    """Write a Parquet file a table, where it is not there yet; return the rows of each."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = counts(payments)
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute("SET memory_limit = '4GB'")
    connection.execute(
        "CREATE MACRO draw(number, salt, top) AS CAST(hash(number, salt) % top AS BIGINT)"
    )
    for name, table in schema.load_tables().items():
        target = folder / f"{name}.parquet"
        if target.exists():
            continue
        half = target.with_suffix(".half")
        connection.execute(f"COPY ({_select(table, rows)}) TO '{half}' (FORMAT parquet)")
        half.rename(target)
    connection.close()
    return rows


def _select(table: Table, rows: dict[str, int]) -> str:
    """Return the SELECT that makes a table: row number, its village, its day, its columns."""
    villages = rows["division"]
    of = OF_PAYMENT.get(table.name) or OF_LABOUR.get(table.name, "i")
    village = f"{of} % {villages}" if table.name in OF_PAYMENT else _village(table, rows)
    day = f"CAST('{LAST_DAY}' AS DATE) - CAST(draw({of}, 'day', {DAYS}) AS INTEGER)"
    columns = ", ".join(
        f"{LAWFUL.get(table.name, {}).get(str(one.record)) or _column(table, one, rows)}"
        f' AS "{one.record}"'
        for one in table.record_columns
    )
    return (
        f"SELECT {columns} FROM (SELECT i, {village} AS v, {day} AS d"
        f" FROM range({rows[table.name]}) t(i)) s"
    )


def _village(table: Table, rows: dict[str, int]) -> str:
    if table.name in OWNED or rows[table.name] >= rows["division"]:
        return f"i // {max(rows[table.name] // rows['division'], 1)}"
    return "i"


def _column(table: Table, column: Column, rows: dict[str, int]) -> str:
    """Return a value for a column by what its file says of it."""
    name = str(column.record)
    if table.primary_key == (column.name,) or list(table.primary_key) == [column.name]:
        return f"'{table.name.upper()}' || i"
    if name == "village_id" or name == "division_code":
        return "CAST(100000000000 + v AS VARCHAR)"
    if name == "org_id":
        return "'ORG' || v"
    key = next((one for one in table.foreign_keys if one.column == column.name), None)
    if key is not None and key.table != "division":
        return _key(table, column, key.table, rows)
    if column.enum:
        listed = ", ".join(f"'{one}'" for one in column.enum)
        return (
            f"list_extract([{listed}], CAST(draw(i, '{name}', {len(column.enum)}) AS INTEGER) + 1)"
        )
    if column.type == "boolean":
        return "FALSE"
    if column.type == "date":
        return f"d + CAST({_offset(table, column)} AS INTEGER)"
    if column.type == "datetime":
        return f"d + INTERVAL {_offset(table, column)} HOUR"
    if column.type in ("integer", "decimal"):
        low = column.minimum or 0
        top = 1_000_000 if name.endswith("_fen") else 10
        return f"{low} + draw(i, '{name}', {top})"
    return f"md5('{name}' || i)" if "hash" in name else f"'{column.name}' || draw(i, '{name}', 97)"


def _key(table: Table, column: Column, other: str, rows: dict[str, int]) -> str:
    """Return the key of another row: of the same village where each village has its own."""
    mine, theirs = rows[table.name], rows[other]
    if other == "person":
        found = f"'PERSON' || (v * {PEOPLE_A_VILLAGE} + 10 + draw(i, '{column.record}', 50))"
    elif other in OWNED:
        share = theirs // rows["division"]
        found = f"'{other.upper()}' || (v * {share} + draw(i, '{column.record}', {share}))"
    elif theirs <= mine:
        found = f"'{other.upper()}' || (i // {max(mine // theirs, 1)})"
    else:
        found = f"'{other.upper()}' || (i * {theirs // mine})"
    if column.required:
        return found
    return f"CASE WHEN draw(i, 'has {column.record}', 3) = 0 THEN {found} END"


def _offset(table: Table, column: Column) -> int:
    """Return how far behind the day of its row a column lies: as they stand in the file."""
    times = [one for one in table.record_columns if one.type in ("date", "datetime")]
    return 9 + 3 * times.index(column)
