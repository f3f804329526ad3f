"""What the direct door tells of an account: balance, details by page, the day's statement file."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable
from datetime import date

import gmssl_pyx
from lxml import etree

from sanzi_bank import statements
from sanzi_bank.accounts import find_account
from sanzi_bank.direct_wire import Node, read_day, text_at
from sanzi_bank.inbound import NameCheck
from sanzi_bank.store import get_setting, local_time, now_ms
from sanzi_bank.xmlio import yuan

PAGE_ROWS = 100
BALANCE, DETAILS, STATEMENT, FILE = "D310", "D320", "D330", "D331"
STATEMENTS = (STATEMENT, FILE)
ROWS = """SELECT * FROM (
        SELECT entry.*, ROW_NUMBER() OVER (PARTITION BY day ORDER BY seq) AS serial
        FROM entry WHERE account = ?)
    WHERE day BETWEEN ? AND ? ORDER BY seq"""


class NotThere(Exception):
    """No such account, or no file yet; `code` is the RetCode."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


def name_check(item: etree._Element) -> NameCheck:
    """Read one payee of a D120."""
    told = [text_at(item, name) for name in ("No", "Name", "IdNo", "Acct", "Bank")]
    return NameCheck(*told)


def _need(db: sqlite3.Connection, body: etree._Element) -> sqlite3.Row:
    account = find_account(db, text_at(body, "Acct"))
    if account is None:
        raise NotThere("没有这个账户", "150002")
    return account


def balance(db: sqlite3.Connection, body: etree._Element) -> list[Node | None]:
    """D310: what is booked, and what may be used."""
    account = _need(db, body)
    return [
        ("Acct", account["account"]),
        ("Booked", yuan(account["balance_fen"])),
        ("Usable", yuan(account["balance_fen"] - account["reserved_fen"])),
    ]


def details(db: sqlite3.Connection, body: etree._Element) -> list[Node | None]:
    """D320: what was booked from a day on, a hundred rows a page, numbered within each day."""
    account = _need(db, body)
    first, page = read_day(text_at(body, "FromDate")), int(text_at(body, "Page") or "1")
    if page < 1:
        raise ValueError("pages count from 1")
    rows = db.execute(ROWS, (account["account"], first.isoformat(), "9999-12-31")).fetchall()
    shown = rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    return [
        ("Acct", account["account"]),
        ("Page", str(page)),
        ("PageRows", str(PAGE_ROWS)),
        ("HasMore", "Y" if len(rows) > page * PAGE_ROWS else "N"),
        rows_node(shown),
    ]


def rows_above(db: sqlite3.Connection, account: str, since: int) -> list[sqlite3.Row]:
    """Entries of an account above a number of the ledger, with their places: a page and one."""
    above = "SELECT day FROM entry WHERE account = ? AND seq > ? ORDER BY seq LIMIT 1"
    first = db.execute(above, (account, since)).fetchone()
    if first is None:
        return []
    rows = db.execute(ROWS, (account, first["day"], "9999-12-31")).fetchall()
    return [row for row in rows if row["seq"] > since][: PAGE_ROWS + 1]


def rows_node(rows: list[sqlite3.Row]) -> Node:
    """Entries, each with its place in the day."""
    return ("Rows", [
        ("Row", list(zip(FIELDS, _fields(row, row["serial"]), strict=True))) for row in rows
    ])  # fmt: skip


FIELDS = (
    "Date", "Serial", "Time", "Side", "Cur", "Amt", "BankSeq", "BizNo", "SubNo", "ReqNo",
    "PeerName", "PeerAcct", "Text",
)  # fmt: skip


def _fields(row: sqlite3.Row, serial: int) -> tuple[str, ...]:
    """One row as texts. Money that comes back is a new credit with a text and no number of ours."""
    at, is_return = local_time(row["booked_at"]), row["kind"] == "RETURN"
    numbers = ("", "", "") if is_return else (row["e2e_id"], row["instr_id"], row["msg_id"])
    return (
        row["day"].replace("-", ""), str(serial), f"{at:%H%M%S}",
        "IN" if row["amount_fen"] >= 0 else "OUT", "CNY", yuan(abs(row["amount_fen"])),
        row["bank_ref"], *numbers, row["party_name"], row["party_account"], row["remittance"],
    )  # fmt: skip


def _closed_day(db: sqlite3.Connection, account: sqlite3.Row, day: date) -> None:
    opened = date.fromisoformat(account["opened_day"])
    if day < opened or day >= date.fromisoformat(get_setting(db, "first_open_day")):
        raise NotThere("对账单还没有出", "150003")


def statement(db: sqlite3.Connection, body: etree._Element) -> list[Node | None]:
    """D330: the name, size and digest of the file of a closed day; a correction has another name.

    The file is written once and kept, so that it is the same for ever.
    """
    account, day = _need(db, body), read_day(text_at(body, "Date"))
    key = (account["account"], day.isoformat())
    _closed_day(db, account, day)
    kept = db.execute("SELECT 1 FROM direct_file WHERE account = ? AND day = ?", key).fetchone()
    if kept is None:
        data = _file(statements.first_told(db, account, day))
        db.execute("INSERT INTO direct_file VALUES (?, ?, ?)", (*key, data))
    name, data = _newest(db, account, day)
    return [("FileName", name), ("Size", str(len(data))), ("Sm3", gmssl_pyx.sm3_hash(data).hex())]


def file(db: sqlite3.Connection, body: etree._Element) -> list[Node | None]:
    """D331: the file itself, in base64."""
    asked = text_at(body, "FileName")
    number, _, rest = asked.partition("_")
    account = find_account(db, number)
    if account is not None:
        name, data = _newest(db, account, read_day(rest[:8]))
        if data and name == asked:
            return [("Content", base64.b64encode(data).decode())]
    raise NotThere("没有这个文件", "150003")


def _newest(db: sqlite3.Connection, account: sqlite3.Row, day: date) -> tuple[str, bytes]:
    """Name and bytes of the file as it stands now: the first, or its correction."""
    key, name = (account["account"], day.isoformat()), f"{account['account']}_{day:%Y%m%d}"
    corrected = db.execute(
        "SELECT 1 FROM correction WHERE account = ? AND day = ? AND due_at <= ?",
        (*key, now_ms(db)),
    ).fetchone()
    if corrected is not None:
        return f"{name}_C1.txt", _file(statements.truth(db, account, day))
    kept = db.execute("SELECT data FROM direct_file WHERE account = ? AND day = ?", key).fetchone()
    return f"{name}.txt", bytes(kept["data"]) if kept else b""


def _file(told: statements.Day) -> bytes:
    """Write the rows of a closed day between their head and their sums, always in GB18030."""
    day = f"{told.day:%Y%m%d}"
    rows = [_fields(row, place) for place, row in enumerate(told.entries, start=1)]
    if told.foreign:
        rows.append((
            day, str(len(rows) + 1), "235959", "IN", told.foreign, "100.00", f"FX{day}",
            "", "", "", "", "", "",
        ))  # fmt: skip
    amounts = [row["amount_fen"] for row in told.entries]
    lines = [
        ("H", told.account["account"], day, str(told.number), yuan(told.opening),
         yuan(told.closing), str(len(rows))),
        *(("D", *row) for row in rows),
        ("T", yuan(sum(one for one in amounts if one > 0)),
         yuan(-sum(one for one in amounts if one < 0))),
    ]  # fmt: skip
    text = "".join("|".join(part.replace("|", "｜") for part in line) + "\n" for line in lines)
    return text.encode("gb18030")


REPORTS: dict[str, Callable[[sqlite3.Connection, etree._Element], list[Node | None]]] = {
    BALANCE: balance,
    DETAILS: details,
    STATEMENT: statement,
    FILE: file,
}
