"""What the direct dialect has beside payments: accounts, receipts, answers, the word."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, date, datetime

from sanzi.bank.direct.wire import Answer, Node, text_at
from sanzi.bank.iso20022 import xml
from sanzi.bank.iso20022.xml import NotXml
from sanzi.bank.port import KnownAccount, NotExecutedWord, ReceiptFile, ReconciliationAnswer
from sanzi.bank.sign import Verifier
from sanzi.kernel import clock
from sanzi.kernel.digest import sm3

RESULTS = {"AGREED": "1", "DIFFERENT": "2", "ADJUSTED": "3"}
WORD, OPEN = "NOT_EXECUTED", "NOT_YET"


def read_accounts(answer: Answer) -> tuple[KnownAccount, ...]:
    """Read the list of our accounts. Raises NotXml for one without a number, or told twice."""
    found = tuple(
        KnownAccount(
            account=text_at(item, "Acct"),
            name=text_at(item, "Name"),
            bank_code=text_at(item, "Bank"),
            kind=text_at(item, "Kind"),
            opened_date=_day(text_at(item, "Opened")),
            closed_date=_day(text_at(item, "Closed")),
        )
        for item in answer.body.findall("Accounts/Account")
    )
    numbers = {one.account for one in found}
    if "" in numbers or len(numbers) != len(found):
        text = "an account without a number, or told twice"
        raise NotXml(text)
    return found


def read_word(answer: Answer, msg_id: str, signature: str) -> NotExecutedWord | None:
    """Read the bank's word on a message; None while it does not give it. Raises NotXml."""
    said = text_at(answer.body, "Word")
    if text_at(answer.body, "OrigReqNo") != msg_id or said not in (WORD, OPEN):
        text = "the word is about another message, or none that we know"
        raise NotXml(text)
    if said == OPEN:
        return None
    numbers = tuple((item.text or "").strip() for item in answer.body.findall("BizNos/BizNo"))
    at = _instant(text_at(answer.body, "At"))
    return NotExecutedWord(msg_id, numbers, at, answer.raw, signature)


def read_receipt(answer: Answer, bank_ref: str, bank: Verifier) -> ReceiptFile:
    """Read an e-receipt: its data are signed and hold the digest of the page. Raises NotXml."""
    pdf, data = (_bytes(text_at(answer.body, name)) for name in ("Pdf", "Xml"))
    signature = text_at(answer.body, "XmlSign")
    is_whole = pdf.startswith(b"%PDF-") and bank.is_valid(data, signature)
    root = xml.parse(data) if is_whole else None
    if (
        root is None
        or text_at(answer.body, "BankSeq") != bank_ref
        or xml.text_at(root, "BankRef") != bank_ref
        or xml.text_at(root, "PdfDigest") != sm3(pdf)
    ):
        text = "the receipt is not of this line, or not whole"
        raise NotXml(text)
    return ReceiptFile(bank_ref, pdf, data, signature)


def answer_body(told: ReconciliationAnswer) -> list[Node]:
    """Write our answer to the balance of a month."""
    return [
        ("Acct", told.account),
        ("Period", told.period),
        ("Result", RESULTS[told.result]),
        ("Bank", str(told.bank_fen)),
        ("Book", str(told.book_fen)),
    ]


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as problem:
        raise NotXml(str(problem)) from problem


def _instant(text: str) -> datetime:
    try:
        local = datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007 - made aware below
    except ValueError as problem:
        raise NotXml(text) from problem
    return local.replace(tzinfo=clock.SHANGHAI).astimezone(UTC)


def _day(text: str) -> date | None:
    return clock.local_date(_instant(f"{text}120000")) if text else None
