"""What the direct dialect has beside orders: cancelling, accounts, receipts, answers, the word."""

from __future__ import annotations

import base64
import binascii
from datetime import date

from sanzi.bank.direct.wire import Answer, Node, instant, text_at
from sanzi.bank.iso20022 import xml
from sanzi.bank.iso20022.xml import NotXml
from sanzi.bank.port import (
    CancelResult,
    KnownAccount,
    NotExecutedWord,
    ReceiptFile,
    ReconciliationAnswer,
)
from sanzi.bank.sign import Verifier
from sanzi.kernel import clock
from sanzi.kernel.digest import sm3

RESULTS = {"AGREED": "1", "DIFFERENT": "2", "ADJUSTED": "3"}
WORD, OPEN = "NOT_EXECUTED", "NOT_YET"
DROPPED, TOO_LATE, NOT_KNOWN = "DROPPED", "TOO_LATE", "NOT_KNOWN"


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
    at = instant(text_at(answer.body, "At"))
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


def cancel_body(msg_id: str, e2e_ids: tuple[str, ...]) -> list[Node]:
    """Write the wish to drop these lines of a message, or all of it."""
    return [("OrigReqNo", msg_id), ("BizNos", [("BizNo", one) for one in e2e_ids])]


def read_cancelled(answer: Answer, msg_id: str, e2e_ids: tuple[str, ...]) -> CancelResult:
    """Read what became of a wish; a line that the bank does not know is in neither list.

    Raises: NotXml when it is about another message, names lines twice or lines that were not
        asked, or uses a word that is not in the table.
    """
    items = answer.body.findall("Lines/Line")
    told = {text_at(item, "BizNo"): text_at(item, "Result") for item in items}
    if text_at(answer.body, "OrigReqNo") != msg_id:
        text = "the answer is about another message"
        raise NotXml(text)
    if "" in told or len(told) != len(items) or (e2e_ids and set(told) - set(e2e_ids)):
        text = "the answer names lines twice, or lines that were not asked"
        raise NotXml(text)
    if unknown := set(told.values()) - {DROPPED, TOO_LATE, NOT_KNOWN}:
        text = f"unknown results {sorted(unknown)}"
        raise NotXml(text)
    return CancelResult(
        msg_id=msg_id,
        cancelled=tuple(one for one, result in told.items() if result == DROPPED),
        refused=tuple(one for one, result in told.items() if result == TOO_LATE),
        reason_text=next(
            (text_at(item, "Msg") for item in items if text_at(item, "Result") == TOO_LATE), ""
        ),
    )


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


def _day(text: str) -> date | None:
    return clock.local_date(instant(f"{text}120000")) if text else None
