"""Orders in the direct dialect: read from D110, and what became of them worded two-level.

RetCode says whether the message was taken, State what became of the business. The dialect is
written down in docs/how-to/add-a-bank.md.
"""

from __future__ import annotations

import sqlite3
from decimal import Decimal, InvalidOperation

from lxml import etree

from sanzi_bank.bank import REASONS
from sanzi_bank.direct_wire import Asked, Node, is_direct, read, text_at, write
from sanzi_bank.faults import standing_skew_ms
from sanzi_bank.inbound import Order, OrderLine
from sanzi_bank.store import local_time, now_ms
from sanzi_bank.tongues import Reply
from sanzi_bank.xmlio import BadXml, yuan

LINES_MAX = 200
PAY = "D110"
FINE = "000000"
MESSAGE_CODES = {
    "FF01": "100001", "DS0H": "110001", "DS0E": "110002", "DS0D": "110003", "AM18": "120001",
    "AM10": "120002", "DU01": "130001", "TM01": "140002", "DT01": "140003", "MS03": "199999",
}  # fmt: skip
"""Why the whole message was refused: the engine's reason to the dialect's RetCode."""
LINE_CODES = {
    "BE01": "3001", "PI01": "3002", "AC01": "3003", "AC02": "3004", "AC04": "3005", "AC06": "3006",
    "AM04": "3007", "AM14": "3008", "AM12": "3009", "AM03": "3010", "RC01": "3011", "DU04": "3012",
    "AB05": "3013", "DT01": "3014", "TM01": "3015", "CUST": "3016",
}  # fmt: skip
OTHER_LINE = "3099"
STATES = {"ACSC": "DONE", "ACSP": "PROCESSING", "RJCT": "FAILED", "PDNG": "AUDITING"}


def answer(
    db: sqlite3.Connection, code: str, number: str, body: list[Node | None], **told: str
) -> Reply:
    """Word an answer. `told` may hold ret (RetCode), text (RetMsg) and charset."""
    now = local_time(now_ms(db) + standing_skew_ms(db))
    ret = told.get("ret", FINE)
    xml = write(("Direct", [
        ("Head", [
            ("TxCode", code), ("ReqNo", number), ("RetCode", ret),
            ("RetMsg", (told.get("text") or ("成功" if ret == FINE else "失败"))[:100]),
            ("BankDate", f"{now:%Y%m%d}"), ("BankTime", f"{now:%H%M%S}"),
        ]),
        ("Body", body),
    ]), told.get("charset") or "gbk")  # fmt: skip
    return Reply(xml, content_type="application/octet-stream", is_framed=True)


class Direct:
    """The tongue of the direct dialect. Asked about an order still held, it says UNKNOWN.

    `asked` is the question whose answer is worded; None words the answer to an order itself.
    """

    name = "direct"

    def __init__(self, charset: str = "gbk", asked: Asked | None = None) -> None:
        self._asked, self._charset = asked, charset

    def is_mine(self, raw: bytes) -> bool:
        """Whether these bytes are an order of the dialect."""
        return is_direct(raw)

    def read_order(self, raw: bytes) -> Order:
        """Read a D110: one debit account, up to 200 lines, with the totals that it claims."""
        return read_order(read(raw))

    def claimed_number(self, raw: bytes) -> str:
        """The ReqNo of a message that may not be valid."""
        try:
            return read(raw).number
        except BadXml:
            return ""

    def whole(
        self, db: sqlite3.Connection, msg_id: str, status: str, *, code: str = "", text: str = ""
    ) -> Reply:
        """Say one thing of the whole message."""
        if status == "PDNG":
            is_asked = self._asked is not None
            state = "UNKNOWN" if is_asked else "AUDITING"
            words = "状态未知，请15分钟后再查" if is_asked else "已接收，等待处理"
            body: list[Node | None] = [("State", state), ("StateMsg", words)]
            return self._answer(db, msg_id, body)
        ret = MESSAGE_CODES.get(code, "100001")
        return self._answer(db, msg_id, [], ret=ret, text=text or REASONS.get(code, ""))

    def batch(self, db: sqlite3.Connection, msg_id: str) -> Reply:
        """Say where the message and each of its lines stands."""
        return self._answer(db, msg_id, batch_body(db, msg_id))

    def not_found(self, db: sqlite3.Connection, msg_id: str) -> Reply:
        """Say that no request of this number is known."""
        return self._answer(db, msg_id, [], ret="150001", text="没有这个请求号")

    def _answer(
        self, db: sqlite3.Connection, msg_id: str, body: list[Node | None], **told: str
    ) -> Reply:
        if self._asked is None:
            return answer(db, PAY, msg_id, body, charset=self._charset, **told)
        about: Node = ("OrigReqNo", msg_id)
        code, number = self._asked.code, self._asked.number
        return answer(db, code, number, [about, *body], charset=self._charset, **told)


WITH_ENTRIES = """SELECT line.*, entry.bank_ref, given_back.reason AS return_reason FROM line
    LEFT JOIN entry ON entry.line_id = line.id AND entry.kind = 'PAYMENT'
    LEFT JOIN entry AS given_back ON given_back.line_id = line.id AND given_back.kind = 'RETURN'
    """


def batch_body(db: sqlite3.Connection, msg_id: str) -> list[Node | None]:
    """Where a message and each of its lines stands."""
    of_batch = WITH_ENTRIES + "WHERE line.msg_id = ? ORDER BY line.id"
    rows = db.execute(of_batch, (msg_id,)).fetchall()
    states = [state_of(row) for row in rows]
    return [
        ("State", _state_of_all(states)),
        ("Count", str(len(rows))),
        ("Sum", yuan(sum(row["amount_fen"] for row in rows))),
        ("Lines", [line_of(row, state) for row, state in zip(rows, states, strict=True)]),
    ]


def state_of(row: sqlite3.Row) -> str:
    """The dialect's state of a row of WITH_ENTRIES; money that came back is SENT_BACK."""
    if row["return_reason"] is not None:
        return "SENT_BACK"
    return STATES.get(row["status"], "FAILED")


def _state_of_all(states: list[str]) -> str:
    found = set(states)
    if len(found) == 1:
        return found.pop()
    if found == {"DONE", "SENT_BACK"}:
        return "DONE"
    return "PART" if "FAILED" in found else "PROCESSING"


def line_of(row: sqlite3.Row, state: str) -> Node:
    """One line of an answer: numbers, state, and why not."""
    reason = row["return_reason"] or row["reason"]
    return ("Line", [
        ("BizNo", row["e2e_id"]),
        ("SubNo", row["instr_id"]),
        ("State", state),
        ("ErrCode", LINE_CODES.get(reason, OTHER_LINE)) if reason else None,
        ("ErrMsg", REASONS.get(reason, "银行未说明原因")) if reason else None,
        ("BankSeq", row["bank_ref"]) if row["bank_ref"] else None,
    ])  # fmt: skip


def read_order(asked: Asked) -> Order:
    """Read the body of a D110. Raises ValueError for amounts that are no numbers."""
    body = asked.body
    account, day = text_at(body, "PayAcct"), asked.day
    lines = tuple(_read_line(item, account) for item in body.findall("Lines/Line"))
    if not account or not 0 < len(lines) <= LINES_MAX:
        raise ValueError(f"a paying account and 1 to {LINES_MAX} lines are needed")
    fault = ""
    if text_at(body, "Count") != str(len(lines)):
        fault = "AM18"
    elif _amount(text_at(body, "Sum")) != sum((line.amount for line in lines), Decimal(0)):
        fault = "AM10"
    return Order(asked.number, lines, fault, day)


def _read_line(item: etree._Element, debit_account: str) -> OrderLine:
    return OrderLine(
        group_id="1",
        instr_id=text_at(item, "SubNo"),
        e2e_id=text_at(item, "BizNo"),
        debit_account=debit_account,
        payee_name=text_at(item, "Name"),
        payee_account=text_at(item, "Acct"),
        payee_bank=text_at(item, "Bank"),
        amount=_amount(text_at(item, "Amt")),
        currency="CNY",
        remittance=text_at(item, "Use"),
    )


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as problem:
        raise ValueError(f"{text!r} is no amount") from problem
