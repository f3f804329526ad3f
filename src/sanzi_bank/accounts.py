"""Accounts: opening, loading many, closing, freezing, and booking one entry.

`post` is the only place that changes a balance.
"""

import sqlite3
from dataclasses import dataclass

from sanzi_bank.store import day_of, now_ms

STATUSES = ("OPEN", "CLOSED", "FROZEN")


class BadAccount(ValueError):
    """The request names an account wrongly, or money that is not there."""


@dataclass(frozen=True)
class Posting:
    """One entry to be booked. amount_fen is signed: plus is money in."""

    account: str
    amount_fen: int
    kind: str
    line_id: int | None = None
    msg_id: str = ""
    instr_id: str = ""
    e2e_id: str = ""
    party_name: str = ""
    party_account: str = ""
    remittance: str = ""
    reason: str = ""


def find_account(db: sqlite3.Connection, number: str) -> sqlite3.Row | None:
    """Look an account up; None if the bank has none of this number."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM account WHERE account = ?", (number,)
    ).fetchone()
    return row


def load_accounts(db: sqlite3.Connection, rows: list[dict[str, object]]) -> int:
    """Open each account that is not there yet; give known ones their new name and status.

    A balance is only set at the opening: loading the same list twice moves no money.
    """
    now = now_ms(db)
    for row in rows:
        number, name = str(row.get("account", "")).strip(), str(row.get("name", "")).strip()
        if not number or not name:
            raise BadAccount(f"account and name are needed: {row}")
        balance = int(str(row.get("balance_fen", 0) or 0))
        status = str(row.get("status") or "OPEN").upper()
        if status not in STATUSES or balance < 0:
            raise BadAccount(f"status {status} and balance {balance} cannot be: {number}")
        db.execute(
            """INSERT INTO account (account, name, bank_code, id_no, status, opened_day,
                   opening_fen, first_number, balance_fen, watched)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (account) DO UPDATE SET name = excluded.name,
                   bank_code = excluded.bank_code, id_no = excluded.id_no,
                   status = excluded.status, watched = excluded.watched""",
            (
                number, name, str(row.get("bank_code") or ""), str(row.get("id_no") or ""),
                status, day_of(now).isoformat(), balance,
                int(str(row.get("first_number") or 1)), balance,
                int(balance > 0 or bool(row.get("customer"))),
            ),
        )  # fmt: skip
        db.execute(
            """INSERT INTO holding (account, customer, kind) VALUES (?, ?, ?)
               ON CONFLICT (account) DO UPDATE SET customer = excluded.customer,
                   kind = excluded.kind""",
            (number, str(row.get("customer") or ""), str(row.get("kind") or "")),
        )
    return len(rows)


def set_status(db: sqlite3.Connection, number: str, status: str) -> None:
    """Close (CLOSED), freeze (FROZEN) or reopen (OPEN) an account."""
    changed = db.execute("UPDATE account SET status = ? WHERE account = ?", (status, number))
    if changed.rowcount != 1:
        raise BadAccount(f"no account {number}")
    day = day_of(now_ms(db)).isoformat() if status == "CLOSED" else ""
    db.execute("UPDATE holding SET closed_day = ? WHERE account = ?", (day, number))


def post(db: sqlite3.Connection, posting: Posting, at_ms: int) -> str:
    """Book one entry at an instant, move the balance, and return the bank's reference."""
    day = day_of(at_ms).isoformat()
    cursor = db.execute(
        """INSERT INTO entry (account, day, booked_at, amount_fen, kind, bank_ref, line_id,
               msg_id, instr_id, e2e_id, party_name, party_account, remittance, reason)
           VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            posting.account, day, at_ms, posting.amount_fen, posting.kind, posting.line_id,
            posting.msg_id, posting.instr_id, posting.e2e_id, posting.party_name,
            posting.party_account, posting.remittance, posting.reason,
        ),
    )  # fmt: skip
    bank_ref = bank_reference(day, int(cursor.lastrowid or 0))
    db.execute("UPDATE entry SET bank_ref = ? WHERE seq = ?", (bank_ref, cursor.lastrowid))
    db.execute(
        "UPDATE account SET balance_fen = balance_fen + ? WHERE account = ?",
        (posting.amount_fen, posting.account),
    )
    return bank_ref


def bank_reference(day: str, seq: int) -> str:
    """The bank's own number of an entry."""
    return f"BK{day.replace('-', '')}{seq:09d}"
