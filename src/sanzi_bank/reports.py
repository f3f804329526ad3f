"""What the bank tells about an account: camt.052 balances, camt.053 day, camt.054 notices."""

from __future__ import annotations

import sqlite3
from datetime import date

from sanzi_bank.accounts import find_account
from sanzi_bank.bank import REASONS
from sanzi_bank.store import DAY_MS, day_of, get_setting, iso_time, now_ms, start_of
from sanzi_bank.xmlio import Node, Schemas, yuan

NOTICES_MAX = 500
FAMILIES = {
    "PAYMENT": ("ICDT", "DMCT"),
    "RECEIPT": ("RCDT", "DMCT"),
    "CREDIT": ("RCDT", "DMCT"),
    "RETURN": ("ICDT", "RRTN"),
    "INTEREST": ("MCOP", "INTR"),
    "FEE": ("MDOP", "CHRG"),
}


class NotThere(Exception):
    """No such account, or the day is not closed, or lies before the account."""


def balances(db: sqlite3.Connection, schemas: Schemas, number: str) -> bytes:
    """A camt.052 with the booked and the available balance of this moment."""
    account = _need(db, number)
    now = now_ms(db)
    available = account["balance_fen"] - account["reserved_fen"]
    today = day_of(now).isoformat()
    return schemas.write("camt.052.001.08", ("BkToCstmrAcctRpt", [
        _header(f"RPT-{now}", now),
        ("Rpt", [
            ("Id", f"RPT-{now}"),
            ("CreDtTm", iso_time(now)),
            _account(account),
            _balance("ITBD", account["balance_fen"], today),
            _balance("ITAV", available, today),
        ]),
    ]))  # fmt: skip


def notices(db: sqlite3.Connection, schemas: Schemas, number: str, since: int) -> bytes:
    """A camt.054 with the entries whose number is above `since`, oldest first, 500 at most."""
    account = _need(db, number)
    now = now_ms(db)
    rows = db.execute(
        "SELECT * FROM entry WHERE account = ? AND seq > ? ORDER BY seq LIMIT ?",
        (number, since, NOTICES_MAX),
    ).fetchall()
    return schemas.write("camt.054.001.08", ("BkToCstmrDbtCdtNtfctn", [
        _header(f"NTF-{now}", now),
        ("Ntfctn", [
            ("Id", f"NTF-{now}"),
            ("CreDtTm", iso_time(now)),
            _account(account),
            *(_entry(row) for row in rows),
        ]),
    ]))  # fmt: skip


def statement(db: sqlite3.Connection, schemas: Schemas, number: str, day: date) -> bytes:
    """The camt.053 of a closed day: numbered without gaps, and the same bytes for ever."""
    account = _need(db, number)
    kept = db.execute(
        "SELECT xml FROM statement WHERE account = ? AND day = ?", (number, day.isoformat())
    ).fetchone()
    if kept is not None:
        return bytes(kept["xml"])
    opened = date.fromisoformat(account["opened_day"])
    if day < opened or day >= date.fromisoformat(get_setting(db, "first_open_day")):
        raise NotThere(f"no statement of {day} for {number}")
    xml = _statement(db, schemas, account, day)
    db.execute("INSERT INTO statement VALUES (?, ?, ?)", (number, day.isoformat(), xml))
    return xml


def _statement(db: sqlite3.Connection, schemas: Schemas, account: sqlite3.Row, day: date) -> bytes:
    number = account["account"]
    rows = db.execute(
        "SELECT * FROM entry WHERE account = ? AND day = ? ORDER BY seq", (number, day.isoformat())
    ).fetchall()
    before = db.execute(
        "SELECT COALESCE(SUM(amount_fen), 0) FROM entry WHERE account = ? AND day < ?",
        (number, day.isoformat()),
    ).fetchone()[0]
    opening = account["opening_fen"] + before
    closing = opening + sum(row["amount_fen"] for row in rows)
    opened = date.fromisoformat(account["opened_day"])
    closed_at = start_of(day) + DAY_MS
    return schemas.write("camt.053.001.08", ("BkToCstmrStmt", [
        _header(f"STM-{day:%Y%m%d}", closed_at),
        ("Stmt", [
            ("Id", f"{number}-{day:%y%m%d}"[-35:]),
            ("ElctrncSeqNb", str(account["first_number"] + (day - opened).days)),
            ("CreDtTm", iso_time(closed_at)),
            ("FrToDt", [
                ("FrDtTm", iso_time(start_of(day))), ("ToDtTm", iso_time(closed_at - 1000)),
            ]),
            _account(account),
            _balance("OPBD", opening, day.isoformat()),
            _balance("CLBD", closing, day.isoformat()),
            *(_entry(row) for row in rows),
        ]),
    ]))  # fmt: skip


def _need(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    account = find_account(db, number)
    if account is None:
        raise NotThere(f"no account {number}")
    return account


def _header(message_id: str, at_ms: int) -> Node:
    return ("GrpHdr", [("MsgId", message_id[:35]), ("CreDtTm", iso_time(at_ms))])


def _account(account: sqlite3.Row) -> Node:
    return ("Acct", [
        ("Id", [("Othr", [("Id", account["account"])])]),
        ("Ccy", "CNY"),
        ("Ownr", [("Nm", account["name"])]),
    ])  # fmt: skip


def _balance(kind: str, fen: int, day: str) -> Node:
    return ("Bal", [
        ("Tp", [("CdOrPrtry", [("Cd", kind)])]),
        ("Amt@CNY", yuan(abs(fen))),
        ("CdtDbtInd", "CRDT" if fen >= 0 else "DBIT"),
        ("Dt", [("Dt", day)]),
    ])  # fmt: skip


def _entry(row: sqlite3.Row) -> Node:
    family, sub_family = FAMILIES[row["kind"]]
    amount: Node = ("Amt@CNY", yuan(abs(row["amount_fen"])))
    side: Node = ("CdtDbtInd", "CRDT" if row["amount_fen"] >= 0 else "DBIT")
    return ("Ntry", [
        ("NtryRef", str(row["seq"])),
        amount,
        side,
        ("Sts", [("Cd", "BOOK")]),
        ("BookgDt", [("DtTm", iso_time(row["booked_at"]))]),
        ("ValDt", [("Dt", row["day"])]),
        ("AcctSvcrRef", row["bank_ref"]),
        ("BkTxCd", [
            ("Domn", [
                ("Cd", "PMNT" if row["kind"] not in ("INTEREST", "FEE") else "ACMT"),
                ("Fmly", [("Cd", family), ("SubFmlyCd", sub_family)]),
            ]),
        ]),
        ("NtryDtls", [("TxDtls", _details(row, amount, side))]),
    ])  # fmt: skip


def _details(row: sqlite3.Row, amount: Node, side: Node) -> list[Node | None]:
    refs: list[Node | None] = [
        ("MsgId", row["msg_id"]) if row["msg_id"] else None,
        ("AcctSvcrRef", row["bank_ref"]),
        ("InstrId", row["instr_id"]) if row["instr_id"] else None,
        ("EndToEndId", row["e2e_id"]) if row["e2e_id"] else None,
    ]
    is_payee = row["kind"] in ("PAYMENT", "RETURN", "FEE")
    name_tag, account_tag = ("Cdtr", "CdtrAcct") if is_payee else ("Dbtr", "DbtrAcct")
    parties: list[Node | None] = [
        (name_tag, [("Pty", [("Nm", row["party_name"])])]) if row["party_name"] else None,
        (account_tag, [("Id", [("Othr", [("Id", row["party_account"])])])])
        if row["party_account"] else None,
    ]  # fmt: skip
    return [
        ("Refs", refs),
        amount,
        side,
        ("RltdPties", parties) if any(parties) else None,
        ("RmtInf", [("Ustrd", row["remittance"])]) if row["remittance"] else None,
        ("RtrInf", [
            ("Rsn", [("Cd", row["reason"])]),
            ("AddtlInf", REASONS.get(row["reason"], "退汇")),
        ]) if row["kind"] == "RETURN" else None,
    ]  # fmt: skip
