"""The camt.053 of a closed day, with the faults that a statement may have.

Statements are numbered without gaps and never change by a byte, unless a fault says otherwise. A
corrected statement has the same number, the old Id with -C1 behind it, and names the old one in
AddtlStmtInf as `CORRECTS <Id>`. No fault but `statement_broken` leaves out a payment, and that
one does not add up, so that a customer who checks the sums is never told a wrong absence.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import date

from sanzi_bank.faults import Struck, Switchboard, teller
from sanzi_bank.reports import NotThere, account_node, balance_node, entry_node, header, need
from sanzi_bank.store import DAY_MS, get_setting, iso_time, now_ms, start_of
from sanzi_bank.xmlio import Node, Schemas, yuan

CORRECTS = "CORRECTS "


@dataclass(frozen=True)
class Day:
    """What a statement is going to say."""

    account: sqlite3.Row
    day: date
    number: int
    opening: int
    closing: int
    entries: tuple[sqlite3.Row, ...]
    foreign: str = ""
    corrects: bool = False

    @property
    def statement_id(self) -> str:
        """The Id of the first version."""
        return f"{self.account['account']}-{self.day:%y%m%d}"[-32:]


def statement(db: sqlite3.Connection, schemas: Schemas, number: str, day: date) -> bytes:
    """The camt.053 of a closed day: the same bytes for ever, or its correction once it is out.

    Raises: NotThere for a day that is open or before the account.
    """
    account = need(db, number)
    key = (number, day.isoformat())
    correction = db.execute(
        "SELECT * FROM correction WHERE account = ? AND day = ?", key
    ).fetchone()
    if correction is not None and correction["due_at"] <= now_ms(db):
        return _corrected(db, schemas, account, correction)
    kept = db.execute("SELECT xml FROM statement WHERE account = ? AND day = ?", key).fetchone()
    if kept is not None:
        return bytes(kept["xml"])
    opened = date.fromisoformat(account["opened_day"])
    if day < opened or day >= date.fromisoformat(get_setting(db, "first_open_day")):
        raise NotThere(f"no statement of {day} for {number}")
    xml = _build(db, schemas, first_told(db, account, day))
    db.execute("INSERT INTO statement VALUES (?, ?, ?)", (*key, xml))
    return xml


def corrections(db: sqlite3.Connection, number: str) -> list[dict[str, str]]:
    """The days whose statement was corrected, oldest first: day, and since when."""
    rows = db.execute(
        "SELECT * FROM correction WHERE account = ? AND due_at <= ? ORDER BY due_at",
        (number, now_ms(db)),
    ).fetchall()
    return [{"date": row["day"], "since": iso_time(row["due_at"])} for row in rows]


def first_told(db: sqlite3.Connection, account: sqlite3.Row, day: date) -> Day:
    """What the first version of a statement says, with the faults that strike; ask only once."""
    faults = Switchboard(db)
    number = account["account"]
    key = f"{number}:{day}"
    if faults.strike("number", key, [number]) is not None:
        db.execute("INSERT OR IGNORE INTO statement_shift VALUES (?, ?)", (number, str(day)))
    told = truth(db, account, day)
    struck = faults.strike("content", key, [number])
    if struck is not None:
        told = _flawed(db, told, struck)
    return told


def truth(db: sqlite3.Connection, account: sqlite3.Row, day: date) -> Day:
    """What a statement of a closed day says when nothing is wrong with it."""
    number = account["account"]
    rows = db.execute(
        "SELECT * FROM entry WHERE account = ? AND day = ? ORDER BY seq", (number, str(day))
    ).fetchall()
    before = db.execute(
        "SELECT COALESCE(SUM(amount_fen), 0) FROM entry WHERE account = ? AND day < ?",
        (number, str(day)),
    ).fetchone()[0]
    shifts = db.execute(
        "SELECT COUNT(*) FROM statement_shift WHERE account = ? AND from_day <= ?",
        (number, str(day)),
    ).fetchone()[0]
    opening = account["opening_fen"] + before
    since = (day - date.fromisoformat(account["opened_day"])).days
    return Day(
        account, day, account["first_number"] + since + shifts, opening,
        opening + sum(row["amount_fen"] for row in rows), tuple(rows),
    )  # fmt: skip


def _flawed(db: sqlite3.Connection, told: Day, fault: Struck) -> Day:
    """The day as a faulty statement tells it."""
    if fault.kind == "statement_broken":
        return replace(told, entries=told.entries[1:], closing=told.closing + (not told.entries))
    if fault.kind == "statement_opening":
        return replace(told, opening=told.opening + 1, closing=told.closing + 1)
    if fault.kind == "statement_currency":
        return replace(told, foreign=str(fault.args["code"]))
    due = now_ms(db) + int(fault.number("minutes") * 60_000)
    db.execute(
        "INSERT INTO correction VALUES (?, ?, ?, NULL)",
        (told.account["account"], str(told.day), due),
    )
    came_in = [row for row in told.entries if row["amount_fen"] > 0]
    if not came_in:
        return told
    kept = tuple(row for row in told.entries if row["seq"] != came_in[-1]["seq"])
    return replace(told, entries=kept, closing=told.closing - came_in[-1]["amount_fen"])


def _corrected(
    db: sqlite3.Connection, schemas: Schemas, account: sqlite3.Row, correction: sqlite3.Row
) -> bytes:
    if correction["xml"] is not None:
        return bytes(correction["xml"])
    told = replace(truth(db, account, date.fromisoformat(correction["day"])), corrects=True)
    xml = _build(db, schemas, told)
    db.execute(
        "UPDATE correction SET xml = ? WHERE account = ? AND day = ?",
        (xml, account["account"], correction["day"]),
    )
    return xml


def _build(db: sqlite3.Connection, schemas: Schemas, told: Day) -> bytes:
    say = teller(db)
    closed_at, day = start_of(told.day) + DAY_MS, told.day.isoformat()
    mark = "-C1" if told.corrects else ""
    return schemas.write("camt.053.001.08", ("BkToCstmrStmt", [
        header(f"STM-{told.day:%Y%m%d}{mark}", say(closed_at)),
        ("Stmt", [
            ("Id", told.statement_id + mark),
            ("ElctrncSeqNb", str(told.number)),
            ("CreDtTm", say(closed_at)),
            ("FrToDt", [
                ("FrDtTm", iso_time(start_of(told.day))), ("ToDtTm", iso_time(closed_at - 1000)),
            ]),
            account_node(told.account),
            balance_node("OPBD", told.opening, day),
            balance_node("CLBD", told.closing, day),
            *(entry_node(row, say) for row in told.entries),
            _foreign_line(told) if told.foreign else None,
            ("AddtlStmtInf", CORRECTS + told.statement_id) if told.corrects else None,
        ]),
    ]))  # fmt: skip


def _foreign_line(told: Day) -> Node:
    """A booked line in a currency that the account is not kept in."""
    at = iso_time(start_of(told.day) + DAY_MS - 1000)
    return ("Ntry", [
        ("NtryRef", "0"),
        (f"Amt@{told.foreign}", yuan(10_000)),
        ("CdtDbtInd", "CRDT"),
        ("Sts", [("Cd", "BOOK")]),
        ("BookgDt", [("DtTm", at)]),
        ("ValDt", [("Dt", told.day.isoformat())]),
        ("AcctSvcrRef", f"FX{told.day:%Y%m%d}"),
        ("BkTxCd", [
            ("Domn", [("Cd", "PMNT"), ("Fmly", [("Cd", "RCDT"), ("SubFmlyCd", "XBCT")])]),
        ]),
    ])  # fmt: skip
