"""What a bank says and is told in JSON, where ISO 20022 has no message for a customer.

Read with the same distrust as XML: an answer about something else, or one that does not hold
together, raises ProtocolError.
"""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Any

from sanzi.bank.errors import ProtocolError
from sanzi.bank.iso20022.xml import NotXml, parse, text_at
from sanzi.bank.port import (
    KnownAccount,
    KnownCard,
    NotExecutedWord,
    ReceiptFile,
    ReconciliationAnswer,
)
from sanzi.bank.sign import Verifier
from sanzi.bank.wire import Answer
from sanzi.kernel.digest import sm3

NOT_EXECUTED = "NOT_EXECUTED"
OPEN = "NOT_YET"


def not_executed(answer: Answer, msg_id: str) -> NotExecutedWord | None:
    """Read the bank's word about a message; None unless it says that nothing was executed."""
    said = answer.fields()
    if said.get("msg_id") != msg_id:
        raise ProtocolError(why="回话说的是另一批")
    if said.get("word") == OPEN:
        return None
    e2e_ids = said.get("e2e_ids")
    if said.get("word") != NOT_EXECUTED or not isinstance(e2e_ids, list):
        raise ProtocolError(why="银行的声明看不懂")
    return NotExecutedWord(
        msg_id=msg_id,
        e2e_ids=tuple(str(one) for one in e2e_ids),
        at=_instant(said.get("at")),
        raw=answer.body,
        signature=answer.signature,
    )


def receipt(answer: Answer, bank_ref: str, bank: Verifier) -> ReceiptFile:
    """Read an e-receipt: the data signed for keeping, and holding the digest of the picture."""
    said = answer.fields()
    pdf, xml = _bytes(said.get("pdf")), _bytes(said.get("xml"))
    signature = str(said.get("signature") or "")
    if not pdf.startswith(b"%PDF-"):
        raise ProtocolError(why="电子回单不是PDF")
    if not bank.is_valid(xml, signature):
        raise ProtocolError(why="电子回单的签名不对")
    try:
        root = parse(xml)
    except NotXml as problem:
        raise ProtocolError(why=str(problem)[:200]) from problem
    if text_at(root, "BankRef") != bank_ref or said.get("bank_ref") != bank_ref:
        raise ProtocolError(why="电子回单说的是另一笔")
    if text_at(root, "PdfDigest") != sm3(pdf):
        raise ProtocolError(why="电子回单的图和数据对不上")
    return ReceiptFile(bank_ref, pdf, xml, signature)


def reconciliation(answer: ReconciliationAnswer) -> dict[str, Any]:
    """Word our answer to the balance of a month."""
    return {
        "account": answer.account,
        "period": answer.period,
        "result": answer.result,
        "bank_fen": answer.bank_fen,
        "book_fen": answer.book_fen,
        "items": [
            {
                "date": item.booked_date.isoformat(),
                "amount_fen": item.amount_fen,
                "reference": item.reference,
                "text": item.text,
            }
            for item in answer.items
        ],
    }


def accounts(answer: Answer) -> tuple[KnownAccount, ...]:
    """Read the list of our accounts; one that is told twice or without a number is no list."""
    rows = answer.fields().get("accounts")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ProtocolError(why="账户清单看不懂")
    found = tuple(
        KnownAccount(
            account=str(row.get("account") or ""),
            name=str(row.get("name") or ""),
            bank_code=str(row.get("bank_code") or ""),
            kind=str(row.get("kind") or ""),
            opened_date=_day(row.get("opened")),
            closed_date=_day(row.get("closed")),
        )
        for row in rows
    )
    numbers = {one.account for one in found}
    if "" in numbers or len(numbers) != len(found):
        raise ProtocolError(why="账户清单里有空号或者重号")
    return found


def cards(answer: Answer) -> tuple[KnownCard, ...]:
    """Read the list of village cards; one told twice, or with days that are none, is no list."""
    rows = answer.fields().get("cards")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ProtocolError(why="村务卡清单看不懂")
    found = tuple(_card(row) for row in rows)
    numbers = {one.card for one in found}
    if "" in numbers or len(numbers) != len(found):
        raise ProtocolError(why="村务卡清单里有空号或者重号")
    return found


def _card(row: dict[str, Any]) -> KnownCard:
    names = ("limit_fen", "owed_fen", "bill_day", "due_day")
    figures = {name: row.get(name) for name in names}
    if not all(type(one) is int for one in figures.values()):
        raise ProtocolError(why="村务卡清单里的数看不懂")
    return KnownCard(
        card=str(row.get("card") or ""),
        holder=str(row.get("holder") or ""),
        is_open=row.get("is_open") is True,
        **figures,  # type: ignore[arg-type]
    )


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(str(text or ""), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise ProtocolError(why="电子回单看不懂") from problem


def _instant(text: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as problem:
        raise ProtocolError(why="银行的声明没有时间") from problem
    if at.tzinfo is None:
        raise ProtocolError(why="银行的声明没有时间")
    return at


def _day(text: object) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError as problem:
        raise ProtocolError(why="账户清单里的日期看不懂") from problem
