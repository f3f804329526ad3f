"""What the direct door does beside orders and reports: cancelling, accounts, receipts, answers."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable
from typing import TypeAlias

from sanzi_bank import cancelling, holdings, nonexecution, receipts
from sanzi_bank.direct_wire import Asked, Node, text_at
from sanzi_bank.faults import strike
from sanzi_bank.inbound import Wish
from sanzi_bank.signing import KeyPair
from sanzi_bank.store import local_time

ACCOUNTS, WORD, RECEIPT, BALANCE_ANSWER = "D340", "D220", "D410", "D420"
RESULTS = {"1": "AGREED", "2": "DIFFERENT", "3": "ADJUSTED"}
DROPPED = {
    cancelling.CUSTOMER_WISH: "DROPPED",
    cancelling.TOO_LATE: "TOO_LATE",
    cancelling.NOT_KNOWN: "NOT_KNOWN",
}
FINE, NOT_READY, OTHER_BALANCE, BAD = "000000", "150003", "150005", "100001"

Told: TypeAlias = "tuple[str, list[Node | None]]"


def accounts(db: sqlite3.Connection, asked: Asked, _keys: KeyPair) -> Told:
    """D340: the customer's accounts with this bank, the closed ones too."""
    known = holdings.accounts_of(db, asked.customer)
    mine = [one for one in known if holdings.is_behind_direct(db, one["bank_code"])]
    return FINE, [("Accounts", [
        ("Account", [
            ("Acct", one["account"]), ("Name", one["name"]), ("Bank", one["bank_code"]),
            ("Kind", one["kind"]), ("Opened", one["opened"].replace("-", "")),
            ("Closed", one["closed"].replace("-", "")),
        ])
        for one in mine
    ])]  # fmt: skip


def cancel(db: sqlite3.Connection, asked: Asked, run_held: cancelling.RunHeld) -> list[Node | None]:
    """D130: drop lines of a message that are not in the books yet, or all (no BizNo)."""
    number = text_at(asked.body, "OrigReqNo")
    meant = tuple((item.text or "").strip() for item in asked.body.findall("BizNos/BizNo"))
    outcomes = cancelling.drop(db, Wish(number, "D110", "", meant), run_held)
    return [("OrigReqNo", number), ("Lines", [
        ("Line", [
            ("BizNo", e2e_id), ("Result", DROPPED[reason]), ("Msg", cancelling.WORDS[reason]),
        ])
        for e2e_id, reason in outcomes.items()
    ])]  # fmt: skip


def word(db: sqlite3.Connection, asked: Asked, _keys: KeyPair) -> Told:
    """D220: the word that nothing of a message was or will be executed, or: not yet."""
    number = text_at(asked.body, "OrigReqNo")
    given = nonexecution.confirm_not_executed(db, number) if number else None
    if given is None:
        return FINE, [("OrigReqNo", number), ("Word", "NOT_YET")]
    return FINE, [
        ("OrigReqNo", number), ("Word", "NOT_EXECUTED"),
        ("At", f"{local_time(given.at_ms):%Y%m%d%H%M%S}"),
        ("BizNos", [("BizNo", one) for one in given.e2e_ids]),
    ]  # fmt: skip


def receipt(db: sqlite3.Connection, asked: Asked, keys: KeyPair) -> Told:
    """D410: the e-receipt of a booked line: page and data in base64, the data signed."""
    number = text_at(asked.body, "BankSeq")
    fault = strike(db, "receipt", number, [receipts.account_of(db, number)])
    made = receipts.receipt(db, number) if fault is None else None
    if made is None:
        return NOT_READY, []
    return FINE, [
        ("BankSeq", number), ("Pdf", base64.b64encode(made.pdf).decode()),
        ("Xml", base64.b64encode(made.xml).decode()), ("XmlSign", keys.sign(made.xml)),
    ]  # fmt: skip


def balance_answer(db: sqlite3.Connection, asked: Asked, _keys: KeyPair) -> Told:
    """D420: what the customer says of the balance at the end of a month (1, 2 or 3)."""
    told = {
        name: text_at(asked.body, name) for name in ("Acct", "Period", "Result", "Bank", "Book")
    }
    fields: dict[str, object] = {
        "account": told["Acct"], "period": told["Period"], "result": RESULTS.get(told["Result"]),
        "bank_fen": told["Bank"], "book_fen": told["Book"],
    }  # fmt: skip
    try:
        holdings.take_answer(db, fields, asked.customer)
    except holdings.OtherBalance:
        return OTHER_BALANCE, []
    except (ValueError, KeyError):
        return BAD, []
    return FINE, []


EXTRAS: dict[str, Callable[[sqlite3.Connection, Asked, KeyPair], Told]] = {
    ACCOUNTS: accounts,
    WORD: word,
    RECEIPT: receipt,
    BALANCE_ANSWER: balance_answer,
}
