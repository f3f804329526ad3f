"""The direct door: the same desk in the manner of a Chinese direct link, a dialect of its own.

XML in GBK over one HTTP address; the request number is the idempotency key; two levels of status;
a quiet hour; pages instead of notices; the day's statement as a file.
"""

from __future__ import annotations

import sqlite3

from lxml import etree

from sanzi_bank import direct_extras, direct_reports
from sanzi_bank.bank import REASONS
from sanzi_bank.desk import Desk
from sanzi_bank.direct_tongue import (
    MESSAGE_CODES,
    OTHER_LINE,
    PAY,
    WITH_ENTRIES,
    Direct,
    answer,
    line_of,
    state_of,
)
from sanzi_bank.direct_wire import Asked, Node, read, text_at, unframe
from sanzi_bank.faults import Switchboard, strike
from sanzi_bank.names import masked_name
from sanzi_bank.outbound import check_code
from sanzi_bank.store import get_setting, local_time, now_ms
from sanzi_bank.tongues import Reply, json_reply
from sanzi_bank.xmlio import BadXml

CHECKS_MAX = 100
ASK, ASK_ONE, CHECK, CANCEL = "D210", "D211", "D120", "D130"
CHECK_STATES = {"": "SAME", "PN02": "CLOSE", "NR01": "NOT_KNOWN"}
CHECK_CODES = {"PN01": "3001", "PN02": "3001", "PI01": "3002", "AC01": "3003", "AG01": "3005"}


class DirectDesk:
    """The door: unwraps, checks who signed, and hands on to the desk or the reports."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def take(self, raw: bytes) -> Reply:
        """Answer one frame."""
        desk = self._desk
        try:
            xml, signature = unframe(raw)
            asked = read(xml)
        except BadXml as problem:
            with desk.store.transaction() as db:
                return answer(db, "", "", [], ret="100001", text=str(problem))
        is_signed = desk.keys.is_signed_by(asked.customer, xml, signature)
        with desk.store.transaction() as db:
            desk.tick(db)
            if code := desk.stranger(db, asked.customer, is_signed=is_signed):
                return answer(
                    db, asked.code, asked.number, [], ret=MESSAGE_CODES[code], text=REASONS[code],
                    charset=asked.charset,
                )  # fmt: skip
            if _is_quiet(db):
                return answer(
                    db, asked.code, asked.number, [], ret="140001", text="系统维护时段",
                    charset=asked.charset,
                )  # fmt: skip
        if asked.code == PAY:
            return desk.submit(xml, asked.customer, signature, Direct(asked.charset))
        return self._tell(asked, xml)

    def _tell(self, asked: Asked, xml: bytes) -> Reply:
        desk = self._desk
        with desk.store.transaction() as db:
            desk.tick(db)
            if asked.code == ASK:
                tongue = Direct(asked.charset, asked)
                reply = desk.ask(db, text_at(asked.body, "OrigReqNo"), tongue)
            elif asked.code == ASK_ONE:
                reply = _one_payment(db, asked)
            elif asked.code == CHECK:
                reply = _check(db, asked)
            elif asked.code == CANCEL:
                dropped = direct_extras.cancel(db, asked, desk.run_held)
                reply = self._word(db, asked, dropped)
            elif asked.code in direct_reports.REPORTS:
                reply = _report(db, asked)
            elif asked.code in direct_extras.EXTRAS:
                ret, body = direct_extras.EXTRAS[asked.code](db, asked, desk.keys.bank)
                reply = self._word(db, asked, body, ret=ret)
            else:
                reply = self._word(db, asked, [], ret="100002", text="没有这个交易码")
            desk.log(db, f"direct {asked.code}", asked.number, xml, reply)
        return reply

    def _word(
        self, db: sqlite3.Connection, asked: Asked, body: list[Node | None], **told: str
    ) -> Reply:
        return answer(db, asked.code, asked.number, body, charset=asked.charset, **told)


def _is_quiet(db: sqlite3.Connection) -> bool:
    first, _, last = get_setting(db, "direct_quiet").partition("-")
    return bool(last) and first <= f"{local_time(now_ms(db)):%H:%M}" < last


def _one_payment(db: sqlite3.Connection, asked: Asked) -> Reply:
    """Where the last attempt at one business number stands."""
    number = text_at(asked.body, "BizNo")
    if strike(db, "query", number):
        return json_reply(503, status="UNAVAILABLE")
    last = WITH_ENTRIES + "WHERE line.e2e_id = ? ORDER BY line.id DESC"
    row = db.execute(last, (number,)).fetchone()
    if row is None:
        return answer(db, asked.code, asked.number, [], ret="150001", charset=asked.charset)
    line = line_of(row, state_of(row))
    return answer(db, asked.code, asked.number, [line], charset=asked.charset)


def _check(db: sqlite3.Connection, asked: Asked) -> Reply:
    """Whether names and accounts belong together, up to a hundred."""
    items = asked.body.findall("Payees/Payee")
    if not 0 < len(items) <= CHECKS_MAX:
        return answer(db, asked.code, asked.number, [], ret="120003", charset=asked.charset)
    if strike(db, "check", asked.number, [text_at(item, "Acct") for item in items]):
        return json_reply(503, status="UNAVAILABLE")
    found: list[Node | None] = [_checked(db, item) for item in items]
    body: list[Node | None] = [("Payees", found)]
    return answer(db, asked.code, asked.number, body, charset=asked.charset)


def _checked(db: sqlite3.Connection, item: etree._Element) -> Node:
    asked = direct_reports.name_check(item)
    code, name = check_code(db, asked)
    struck = Switchboard(db).strike("name", asked.check_id, [asked.account])
    if struck is not None:
        code = str(struck.args["code"])
    return ("Payee", [
        ("No", text_at(item, "No")),
        ("Result", CHECK_STATES.get(code, "DIFFERENT")),
        ("ErrCode", CHECK_CODES.get(code, OTHER_LINE)) if code else None,
        ("KnownName", masked_name(name)) if name else None,
    ])  # fmt: skip


def _report(db: sqlite3.Connection, asked: Asked) -> Reply:
    """Balance, details or statement file, with the faults that strike there."""
    number = text_at(asked.body, "Acct")
    is_statement = asked.code in direct_reports.STATEMENTS
    key = f"{number}:{text_at(asked.body, 'Date')}"
    if Switchboard(db).standing("account", [number]):
        return answer(db, asked.code, asked.number, [], ret="150004", charset=asked.charset)
    fault = strike(db, "statement" if is_statement else "report", key, [number])
    if fault is not None and not is_statement:
        return json_reply(503, status="UNAVAILABLE")
    if fault is not None:
        return answer(db, asked.code, asked.number, [], ret="150003", charset=asked.charset)
    try:
        body = direct_reports.REPORTS[asked.code](db, asked.body)
    except direct_reports.NotThere as absent:
        return answer(
            db, asked.code, asked.number, [], ret=absent.code, text=str(absent),
            charset=asked.charset,
        )  # fmt: skip
    except ValueError as problem:
        return answer(
            db, asked.code, asked.number, [], ret="100001", text=str(problem),
            charset=asked.charset,
        )  # fmt: skip
    return answer(db, asked.code, asked.number, body, charset=asked.charset)
