"""What a customer has with the bank: the list of his accounts, and his answers to balances."""

import json
import sqlite3
from datetime import date, timedelta

from sanzi_bank.accounts import find_account
from sanzi_bank.store import get_setting, now_ms

RESULTS = ("AGREED", "DIFFERENT", "ADJUSTED")


def is_behind_direct(db: sqlite3.Connection, bank_code: str) -> bool:
    """Whether an account is of the bank that is spoken to over the direct door.

    The setting `direct_bank` holds the first figures of that bank's codes; while it is empty both
    doors lead to the same bank.
    """
    return bank_code.startswith(get_setting(db, "direct_bank"))


def is_behind_iso(db: sqlite3.Connection, bank_code: str) -> bool:
    """Whether an account is of the bank that is spoken to in ISO 20022."""
    direct = get_setting(db, "direct_bank")
    return not direct or not bank_code.startswith(direct)


class OtherBalance(Exception):
    """The customer confirms a balance that the bank never told."""


def accounts_of(db: sqlite3.Connection, customer: str) -> list[dict[str, str]]:
    """Every account of a customer, the closed ones too.

    Those with money at their opening and no customer named are the demonstration's customer's.
    """
    rows = db.execute(
        """SELECT account.*, holding.kind, holding.closed_day FROM account
           LEFT JOIN holding USING (account)
           WHERE COALESCE(NULLIF(holding.customer, ''),
                          CASE WHEN watched THEN 'sanzi' ELSE '' END) = ?
           ORDER BY account""",
        (customer,),
    ).fetchall()
    return [
        {
            "account": row["account"],
            "name": row["name"],
            "bank_code": row["bank_code"],
            "kind": row["kind"] or "",
            "opened": row["opened_day"],
            "closed": (row["closed_day"] or "") if row["status"] == "CLOSED" else "",
        }
        for row in rows
    ]


def take_answer(db: sqlite3.Connection, fields: dict[str, object], customer: str) -> None:
    """Keep what a customer says of the balance of a month; his last word counts.

    Raises: OtherBalance if `bank_fen` is not the balance at the end of that month; ValueError.
    """
    account, period = str(fields["account"]), str(fields["period"])
    result, told = str(fields["result"]), int(str(fields["bank_fen"]))
    if find_account(db, account) is None or result not in RESULTS:
        raise ValueError("account and result AGREED, DIFFERENT or ADJUSTED are needed")
    balance = _balance_at_end(db, account, period)
    if told != balance:
        raise OtherBalance(f"{period}月末余额是{balance}分，不是{told}分")
    db.execute(
        "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?)",
        (account, period, customer, result, now_ms(db), json.dumps(fields, ensure_ascii=False)),
    )


def _balance_at_end(db: sqlite3.Connection, account: str, period: str) -> int:
    first = date.fromisoformat(f"{period}-01")
    after = (first + timedelta(days=31)).replace(day=1)
    row = db.execute(
        """SELECT opening_fen + (SELECT COALESCE(SUM(amount_fen), 0) FROM entry
               WHERE entry.account = account.account AND day < ?) AS fen
           FROM account WHERE account = ?""",
        (after.isoformat(), account),
    ).fetchone()
    return int(row["fen"])
