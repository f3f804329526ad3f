"""Cancelling: what is not in the books yet is dropped; what is booked or refused stays so.

A wish is answered line by line (camt.029.001.09): ACCR dropped, RJCR refused with the reason.
An order that nobody has seen yet is answered NOOR, and may still come and be carried out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from sanzi_bank import bank, inbound
from sanzi_bank.inbound import Wish
from sanzi_bank.store import get_setting, iso_time, now_ms
from sanzi_bank.xmlio import Node, serialise

ANSWER = "camt.029.001.09"
DROPPED, REFUSED = "ACCR", "RJCR"
CUSTOMER_WISH, TOO_LATE, NOT_KNOWN = "CUST", "NARR", "NOOR"
WORDS = {
    CUSTOMER_WISH: "已按要求撤销",
    TOO_LATE: "已经有结果，撤不了",
    NOT_KNOWN: "没有这一批或者这一笔",
}
RunHeld = Callable[[sqlite3.Connection, str, str, bytes, int], None]


def cancel(db: sqlite3.Connection, wish: Wish, run_held: RunHeld) -> bytes:
    """Do what can be done of a wish and word the answer."""
    return _answer(db, wish, drop(db, wish, run_held))


def drop(db: sqlite3.Connection, wish: Wish, run_held: RunHeld) -> dict[str, str]:
    """Do what can be done of a wish; return the reason by business id."""
    if db.execute("SELECT 1 FROM batch WHERE msg_id = ?", (wish.msg_id,)).fetchone():
        return _drop_lines(db, wish)
    return _drop_held(db, wish, run_held)


def _drop_lines(db: sqlite3.Connection, wish: Wish) -> dict[str, str]:
    """Drop the accepted lines that are meant; return the reason by business id."""
    rows = db.execute(
        "SELECT *, id AS line_id FROM line WHERE msg_id = ? ORDER BY id", (wish.msg_id,)
    ).fetchall()
    meant = [row for row in rows if not wish.e2e_ids or row["e2e_id"] in wish.e2e_ids]
    bank.drop(db, [row for row in meant if row["status"] == "ACSP"], CUSTOMER_WISH)
    outcomes = dict.fromkeys(wish.e2e_ids, NOT_KNOWN)
    for row in meant:
        is_dropped = row["status"] == "ACSP" or row["reason"] == CUSTOMER_WISH
        outcomes[row["e2e_id"]] = CUSTOMER_WISH if is_dropped else TOO_LATE
    return outcomes


def _drop_held(db: sqlite3.Connection, wish: Wish, run_held: RunHeld) -> dict[str, str]:
    """Drop lines of an order that waits before the books, if the bank knows of it."""
    held = db.execute(
        "SELECT * FROM queue WHERE msg_id = ? AND visible = 1", (wish.msg_id,)
    ).fetchone()
    outcomes = dict.fromkeys(wish.e2e_ids, NOT_KNOWN)
    if held is None:
        return outcomes
    known = inbound.e2e_ids_of(held["raw"])
    meant = [e2e_id for e2e_id in known if not wish.e2e_ids or e2e_id in wish.e2e_ids]
    for e2e_id in meant:
        db.execute("INSERT OR IGNORE INTO withdrawn VALUES (?, ?)", (wish.msg_id, e2e_id))
        outcomes[e2e_id] = CUSTOMER_WISH
    if len(meant) == len(known):
        db.execute("DELETE FROM event WHERE kind = 'EXECUTE' AND args = ?", (str(held["id"]),))
        db.execute("DELETE FROM queue WHERE id = ?", (held["id"],))
        run_held(db, wish.msg_id, held["digest"], held["raw"], now_ms(db))
    return outcomes


def _answer(db: sqlite3.Connection, wish: Wish, outcomes: dict[str, str]) -> bytes:
    now = now_ms(db)
    statuses = {_status(reason) for reason in outcomes.values()} or {REFUSED}
    whole = "PECR" if len(statuses) > 1 else ("CNCL" if DROPPED in statuses else "RJCR")
    original: list[Node | None] = [("OrgnlMsgId", wish.msg_id), ("OrgnlMsgNmId", wish.message)]
    lines: Node = ("OrgnlPmtInfAndSts", [
        ("OrgnlPmtInfId", wish.group_id or f"{wish.msg_id[:33]}-1"),
        ("OrgnlGrpInf", original),
        *(_line(e2e_id, reason) for e2e_id, reason in outcomes.items()),
    ])  # fmt: skip
    nothing: Node = ("OrgnlGrpInfAndSts", [
        *original, ("GrpCxlSts", REFUSED), _reason(NOT_KNOWN),
    ])  # fmt: skip
    bank_party: Node = ("Pty", [("Nm", f"沙箱银行{get_setting(db, 'bank_code')}")])
    return serialise(ANSWER, ("RsltnOfInvstgtn", [
        ("Assgnmt", [
            ("Id", f"RSL-{now}"), ("Assgnr", [bank_party]),
            ("Assgne", [("Pty", [("Nm", "客户")])]), ("CreDtTm", iso_time(now)),
        ]),
        ("Sts", [("Conf", whole)]),
        ("CxlDtls", [lines if outcomes else nothing]),
    ]))  # fmt: skip


def _status(reason: str) -> str:
    return DROPPED if reason == CUSTOMER_WISH else REFUSED


def _line(e2e_id: str, reason: str) -> Node:
    return ("TxInfAndSts", [
        ("OrgnlEndToEndId", e2e_id), ("TxCxlSts", _status(reason)), _reason(reason),
    ])  # fmt: skip


def _reason(code: str) -> Node:
    return ("CxlStsRsnInf", [("Rsn", [("Cd", code)]), ("AddtlInf", WORDS[code])])
