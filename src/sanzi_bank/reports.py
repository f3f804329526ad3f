"""What the bank tells of an account now: camt.052 balances and camt.054 notices."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sanzi_bank.accounts import find_account
from sanzi_bank.bank import REASONS
from sanzi_bank.faults import teller
from sanzi_bank.store import day_of, now_ms
from sanzi_bank.xmlio import Node, Schemas, yuan

NOTICES_MAX = 500
FAMILIES = {
    "PAYMENT": ("ICDT", "DMCT"),
    "RECEIPT": ("RCDT", "DMCT"),
    "CREDIT": ("RCDT", "DMCT"),
    "RETURN": ("ICDT", "RRTN"),
    "INTEREST": ("MCOP", "INTR"),
    "FEE": ("MDOP", "CHRG"),
    "SMS_FEE": ("MDOP", "CHRG"),
}


class NotThere(Exception):
    """No such account, or the day is not closed, or lies before the account."""


def balances(
    db: sqlite3.Connection, schemas: Schemas, number: str, since: int | None = None
) -> bytes:
    """A camt.052 with the booked and the available balance of this moment.

    With `since` it has the entries above that number too, as a camt.054 would.
    """
    account = need(db, number)
    now, say = now_ms(db), teller(db)
    available = account["balance_fen"] - account["reserved_fen"]
    today = day_of(now).isoformat()
    return schemas.write("camt.052.001.08", ("BkToCstmrAcctRpt", [
        header(f"RPT-{now}", say(now)),
        ("Rpt", [
            ("Id", f"RPT-{now}"),
            ("CreDtTm", say(now)),
            account_node(account),
            balance_node("ITBD", account["balance_fen"], today),
            balance_node("ITAV", available, today),
            *(entry_node(row, say) for row in _above(db, number, since)),
        ]),
    ]))  # fmt: skip


def notices(db: sqlite3.Connection, schemas: Schemas, number: str, since: int) -> bytes:
    """A camt.054 with the entries whose number is above `since`, oldest first, 500 at most."""
    account = need(db, number)
    now, say = now_ms(db), teller(db)
    rows = _above(db, number, since)
    return schemas.write("camt.054.001.08", ("BkToCstmrDbtCdtNtfctn", [
        header(f"NTF-{now}", say(now)),
        ("Ntfctn", [
            ("Id", f"NTF-{now}"),
            ("CreDtTm", say(now)),
            account_node(account),
            *(entry_node(row, say) for row in rows),
        ]),
    ]))  # fmt: skip


def _above(db: sqlite3.Connection, number: str, since: int | None) -> list[sqlite3.Row]:
    if since is None:
        return []
    return db.execute(
        "SELECT * FROM entry WHERE account = ? AND seq > ? ORDER BY seq LIMIT ?",
        (number, since, NOTICES_MAX),
    ).fetchall()


def need(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    """Look an account up. Raises: NotThere."""
    account = find_account(db, number)
    if account is None:
        raise NotThere(f"no account {number}")
    return account


def header(message_id: str, said_at: str) -> Node:
    """The group header of a report."""
    return ("GrpHdr", [("MsgId", message_id[:35]), ("CreDtTm", said_at)])


def account_node(account: sqlite3.Row) -> Node:
    """The account that a report is about."""
    return ("Acct", [
        ("Id", [("Othr", [("Id", account["account"])])]),
        ("Ccy", "CNY"),
        ("Ownr", [("Nm", account["name"])]),
    ])  # fmt: skip


def balance_node(kind: str, fen: int, day: str) -> Node:
    """One balance of a day."""
    return ("Bal", [
        ("Tp", [("CdOrPrtry", [("Cd", kind)])]),
        ("Amt@CNY", yuan(abs(fen))),
        ("CdtDbtInd", "CRDT" if fen >= 0 else "DBIT"),
        ("Dt", [("Dt", day)]),
    ])  # fmt: skip


def entry_node(row: sqlite3.Row, say: Callable[[int], str]) -> Node:
    """One booked entry; `say` words its instant."""
    family, sub_family = FAMILIES[row["kind"]]
    amount: Node = ("Amt@CNY", yuan(abs(row["amount_fen"])))
    side: Node = ("CdtDbtInd", "CRDT" if row["amount_fen"] >= 0 else "DBIT")
    return ("Ntry", [
        ("NtryRef", str(row["seq"])),
        amount,
        side,
        ("Sts", [("Cd", "BOOK")]),
        ("BookgDt", [("DtTm", say(row["booked_at"]))]),
        ("ValDt", [("Dt", row["day"])]),
        ("AcctSvcrRef", row["bank_ref"]),
        ("BkTxCd", [
            ("Domn", [
                ("Cd", "PMNT" if row["kind"] not in ("INTEREST", "FEE", "SMS_FEE") else "ACMT"),
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
    is_payee = row["kind"] in ("PAYMENT", "RETURN", "FEE", "SMS_FEE")
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
