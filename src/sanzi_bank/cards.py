"""Village cards (村务卡): a limit, an interest-free period, and lines that wait to be repaid.

A card is also an account of the bank under its own number, in the name of its holder: who
repays it pays that account with an ordinary order. What was spent is kept apart from money.
"""

from __future__ import annotations

import sqlite3
from datetime import date

from sanzi_bank import accounts
from sanzi_bank.accounts import BadAccount
from sanzi_bank.faults import teller
from sanzi_bank.reports import NOTICES_MAX, NotThere, header
from sanzi_bank.store import day_of, now_ms
from sanzi_bank.tongues import Reply, json_reply
from sanzi_bank.xmlio import Node, Schemas, yuan

KINDS = ("PURCHASE", "CASH", "REFUND", "FEE")
REPORTS = ("card", "card-lines")
MAIN_FIELDS = ("limit_fen", "bill_day", "due_day")


def issue(db: sqlite3.Connection, fields: dict[str, object], bank_code: str) -> None:
    """Issue a card, or change its limit and days; the card is open again.

    `bill_day` and `due_day` are days of a month from 1 to 28. What is spent up to the bill day
    is due on the next due day after it.
    """
    card, holder = str(fields.get("card") or ""), str(fields.get("holder") or "")
    known = db.execute("SELECT * FROM card WHERE card = ?", (card,)).fetchone()
    if known is None and not holder:
        raise BadAccount("card and holder are needed")
    told = {name: fields.get(name) or (known[name] if known else None) for name in MAIN_FIELDS}
    limit = int(str(told["limit_fen"] or 0))
    bill_day, due_day = int(str(told["bill_day"] or 5)), int(str(told["due_day"] or 25))
    if not card or limit < 0 or not (1 <= bill_day <= 28 and 1 <= due_day <= 28):
        raise BadAccount("limit_fen, and bill_day and due_day from 1 to 28 are needed")
    name = holder or str(known["holder"])
    accounts.load_accounts(db, [{"account": card, "name": name, "bank_code": bank_code}])
    db.execute(
        "INSERT OR REPLACE INTO card VALUES (?, ?, ?, ?, ?, 1)",
        (card, name, limit, bill_day, due_day),
    )


def close(db: sqlite3.Connection, card: str) -> None:
    """Let nobody spend with a card any more; it can still be repaid."""
    if db.execute("UPDATE card SET is_open = 0 WHERE card = ?", (card,)).rowcount != 1:
        raise BadAccount(f"no card {card}")


def spend(db: sqlite3.Connection, fields: dict[str, object]) -> dict[str, object]:
    """Put a line on a card: what was bought where. Raises: BadAccount, also above the limit."""
    row = _need(db, str(fields.get("card") or ""))
    kind = str(fields.get("kind") or "PURCHASE").upper()
    fen = int(str(fields.get("amount_fen") or 0))
    mcc = str(fields.get("mcc") or "0000")
    if kind not in KINDS or fen <= 0 or not (len(mcc) == 4 and mcc.isdigit()):
        raise BadAccount(f"kind {KINDS}, positive amount_fen and mcc of four figures are needed")
    if kind in ("PURCHASE", "CASH") and not row["is_open"]:
        raise BadAccount("the card is closed")
    if kind in ("PURCHASE", "CASH") and fen > row["limit_fen"] - owed_fen(db, row["card"]):
        raise BadAccount("above the limit of the card")
    now = now_ms(db)
    due = due_date(day_of(now), row["bill_day"], row["due_day"])
    cursor = db.execute(
        """INSERT INTO card_line (card, at, kind, amount_fen, merchant, mcc, text, due_day)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            row["card"], now, kind, -fen if kind == "REFUND" else fen,
            str(fields.get("merchant") or ""), mcc, str(fields.get("text") or ""), str(due),
        ),
    )  # fmt: skip
    seq = int(cursor.lastrowid or 0)
    return {"card": row["card"], "seq": seq, "bank_ref": reference(seq), "due": str(due)}


def due_date(day: date, bill_day: int, due_day: int) -> date:
    """When a line of a day must be repaid: the due day that follows the bill of that day."""
    bill = day.replace(day=bill_day)
    if day > bill:
        bill = _next_month(bill)
    due = bill.replace(day=due_day)
    return due if due > bill else _next_month(due)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, day.day)


def owed_fen(db: sqlite3.Connection, card: str) -> int:
    """What was spent and not repaid yet; below zero if more was repaid."""
    row = db.execute(
        """SELECT (SELECT COALESCE(SUM(amount_fen), 0) FROM card_line WHERE card = ?)
                  - balance_fen AS fen FROM account WHERE account = ?""",
        (card, card),
    ).fetchone()
    return int(row["fen"])


def standing(db: sqlite3.Connection, card: str) -> dict[str, object]:
    """Limit, debt, and what is due when: the oldest lines are repaid first."""
    row = _need(db, card)
    bills = db.execute(
        "SELECT due_day, SUM(amount_fen) AS fen FROM card_line WHERE card = ? "
        "GROUP BY due_day ORDER BY due_day",
        (card,),
    ).fetchall()
    owed = owed_fen(db, card)
    repaid = sum(bill["fen"] for bill in bills) - owed
    open_bills = []
    for bill in bills:
        part = min(repaid, bill["fen"])
        repaid -= part
        if bill["fen"] > part:
            open_bills.append({"due": bill["due_day"], "amount_fen": bill["fen"] - part})
    return {
        "card": card, "holder": row["holder"], "is_open": bool(row["is_open"]),
        "limit_fen": row["limit_fen"], "owed_fen": owed,
        "available_fen": max(0, row["limit_fen"] - owed), "bill_day": row["bill_day"],
        "due_day": row["due_day"], "bills": open_bills,
    }  # fmt: skip


def report(db: sqlite3.Connection, schemas: Schemas, what: str, asked: dict[str, str]) -> Reply:
    """Answer `card` in JSON, or `card-lines` as a camt.054."""
    if what == "card":
        return json_reply(200, **standing(db, asked.get("card", "")))
    since = int(asked.get("since", "0"))
    return Reply(card_lines(db, schemas, asked.get("card", ""), since))


def card_lines(db: sqlite3.Connection, schemas: Schemas, card: str, since: int) -> bytes:
    """A camt.054 of the card's lines whose number is above `since`, oldest first."""
    row = _need(db, card)
    now, say = now_ms(db), teller(db)
    rows = db.execute(
        "SELECT * FROM card_line WHERE card = ? AND seq > ? ORDER BY seq LIMIT ?",
        (card, since, NOTICES_MAX),
    ).fetchall()
    account: Node = ("Acct", [
        ("Id", [("Othr", [("Id", card)])]), ("Ccy", "CNY"), ("Ownr", [("Nm", row["holder"])]),
    ])  # fmt: skip
    return schemas.write("camt.054.001.08", ("BkToCstmrDbtCdtNtfctn", [
        header(f"CRD-{now}", say(now)),
        ("Ntfctn", [
            ("Id", f"CRD-{now}"),
            ("CreDtTm", say(now)),
            account,
            *(_entry(one, say(one["at"])) for one in rows),
        ]),
    ]))  # fmt: skip


def _entry(row: sqlite3.Row, said_at: str) -> Node:
    """One line: the merchant as creditor, the rest in remittance lines NAME=value."""
    amount: Node = ("Amt@CNY", yuan(abs(row["amount_fen"])))
    side: Node = ("CdtDbtInd", "CRDT" if row["amount_fen"] < 0 else "DBIT")
    notes = [f"KIND={row['kind']}", f"MCC={row['mcc']}", f"DUE={row['due_day']}"]
    notes += [f"TEXT={row['text']}"[:140]] if row["text"] else []
    return ("Ntry", [
        ("NtryRef", str(row["seq"])),
        amount,
        side,
        ("Sts", [("Cd", "BOOK")]),
        ("BookgDt", [("DtTm", said_at)]),
        ("ValDt", [("Dt", said_at[:10])]),
        ("AcctSvcrRef", reference(row["seq"])),
        ("BkTxCd", [
            ("Domn", [("Cd", "PMNT"), ("Fmly", [("Cd", "CCRD"), ("SubFmlyCd", "POSD")])]),
        ]),
        ("NtryDtls", [("TxDtls", [
            ("Refs", [("AcctSvcrRef", reference(row["seq"]))]),
            amount,
            side,
            ("RltdPties", [("Cdtr", [("Pty", [("Nm", row["merchant"])])])])
            if row["merchant"] else None,
            ("RmtInf", [("Ustrd", note) for note in notes]),
        ])]),
    ])  # fmt: skip


def reference(seq: int) -> str:
    """The bank's number of a card line."""
    return f"CD{seq:012d}"


def all_cards(db: sqlite3.Connection) -> list[dict[str, object]]:
    """Every card with what is owed on it."""
    rows = db.execute("SELECT card FROM card ORDER BY card").fetchall()
    return [standing(db, row["card"]) for row in rows]


def _need(db: sqlite3.Connection, card: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM card WHERE card = ?", (card,)).fetchone()
    if row is None:
        raise NotThere(f"no card {card}")
    return row
