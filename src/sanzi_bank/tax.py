"""The tax office beside the bank: says whether an invoice is real, as the public page would.

Invoices put in through the control door are compared field by field. Any other number is judged
by its last two figures (SUFFIXES), so that a test needs no preparation. Dates and the limit of
checks a day follow the bank's clock. Nothing here is a real tax service.
"""

import json
import re
import sqlite3
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sanzi_bank.faults import Struck, strike
from sanzi_bank.store import day_of, get_setting, iso_time, now_ms
from sanzi_bank.tongues import LOST, Reply, json_reply

CHECKS_A_DAY = 5
YEARS_KEPT = 5
FISCAL = "fiscal"  # 财政票据 are kept for one year only
WORDS = {
    "VALID": "查到了，和票面一致。",
    "MISMATCH": "有这张票，但填的和票面不一致。",
    "NOT_FOUND": "没有这张票。",
    "VOID": "这张票已经作废。",
    "RED": "这张票已经红冲。",
    "TOO_MANY": "这张票今天已经查过五次，明天再查。",
    "TOO_OLD": "开票超过五年，这里查不到了。",
    "TOO_NEW": "开票日期在今天以后。",
    "CAPTCHA": "要先填验证码。",
    "UNAVAILABLE": "查验系统没有回应，过一会儿再查。",
}
SUFFIXES = {
    "90": "NOT_FOUND", "91": "MISMATCH", "92": "VOID", "93": "RED", "94": "TOO_MANY",
    "95": "CAPTCHA", "96": "UNAVAILABLE", "97": "TOO_OLD", "98": "TOO_NEW",
}  # fmt: skip
STATUS_CODES = {"VALID": "0", "VOID": "10", "RED": "30"}
STATES = ("VALID", "VOID", "RED")
# Which field beside number and date the office compares, for each kind of invoice.
BY_AMOUNT = ("01", "03", "08", "31", "32", FISCAL)
BY_CHECK_CODE = ("04", "10", "11", "14")
KINDS = BY_AMOUNT + BY_CHECK_CODE
WITHOUT_CODE = ("31", "32")
FAULT_ANSWERS = {"tax_outage": "UNAVAILABLE", "tax_captcha": "CAPTCHA"}
DETAILS = ("seller_name", "seller_id", "buyer_name", "buyer_id", "amount", "tax", "gross")


class BadQuestion(ValueError):
    """A field that this kind of invoice needs is missing or cannot be read."""


@dataclass(frozen=True)
class Question:
    """One check as it was asked. amount_fen is None where the kind is compared by check code."""

    kind: str
    code: str
    number: str
    day: date
    amount_fen: int | None
    check_code: str


def verify(db: sqlite3.Connection, fields: dict[str, object]) -> Reply:
    """Answer one check: result, words, times checked, and for a known invoice what it says."""
    try:
        asked = _read(fields)
    except BadQuestion as problem:
        return json_reply(400, result="BAD_REQUEST", text=str(problem))
    fault = strike(db, "tax", asked.number)
    if fault is not None and fault.kind == "tax_no_reply":
        return LOST
    result = FAULT_ANSWERS[fault.kind] if fault is not None else _judge(db, asked)
    count = _count(db, asked, result)
    if result not in ("TOO_MANY", "CAPTCHA", "UNAVAILABLE") and count["today"] > CHECKS_A_DAY:
        result = "TOO_MANY"
    return _answer(db, asked, result, count, fault)


def _read(fields: dict[str, object]) -> Question:
    said = {name: str(value or "").strip() for name, value in fields.items()}
    kind, number = said.get("kind", ""), said.get("number", "")
    if kind not in KINDS:
        raise BadQuestion(f"kind {kind!r}; known: {', '.join(KINDS)}")
    if not re.fullmatch(r"\d{8}|\d{10}|\d{20}", number):
        raise BadQuestion("number: 8, 10 or 20 figures")
    if kind not in WITHOUT_CODE and not said.get("code"):
        raise BadQuestion("code is needed for this kind")
    amount = _fen(said.get("amount", "")) if kind in BY_AMOUNT else None
    check_code = said.get("check_code", "")[-6:]
    if kind in BY_CHECK_CODE and len(check_code) < 6:
        raise BadQuestion("check_code: its last six figures are needed for this kind")
    code = "" if kind in WITHOUT_CODE else said["code"]
    return Question(kind, code, number, _day(said.get("date", "")), amount, check_code)


def _fen(text: str) -> int:
    try:
        fen = Decimal(text) * 100
    except InvalidOperation as problem:
        raise BadQuestion(f"amount in yuan, such as 1286.50, not {text!r}") from problem
    if not fen.is_finite() or fen != int(fen):
        raise BadQuestion(f"amount in yuan with two places at most, not {text!r}")
    return int(fen)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BadQuestion(f"date as 2026-11-18 or 20261118, not {text!r}") from problem


def _judge(db: sqlite3.Connection, asked: Question) -> str:
    today = day_of(now_ms(db))
    years = 1 if asked.kind == FISCAL else YEARS_KEPT
    if asked.day > today:
        return "TOO_NEW"
    if (today.year - asked.day.year, today.month, today.day) > (
        years, asked.day.month, asked.day.day,
    ):  # fmt: skip
        return "TOO_OLD"
    known = _known(db, asked.code, asked.number)
    if known is None:
        default = get_setting(db, "tax_default", "VALID") or "VALID"
        return SUFFIXES.get(asked.number[-2:], default)
    return str(known["state"]) if _agrees(known, asked) else "MISMATCH"


def _known(db: sqlite3.Connection, code: str, number: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM tax_invoice WHERE code = ? AND number = ?", (code, number)
    ).fetchone()
    return row


def _agrees(known: sqlite3.Row, asked: Question) -> bool:
    if (known["kind"], known["day"]) != (asked.kind, asked.day.isoformat()):
        return False
    if asked.amount_fen is not None:
        return bool(known["amount_fen"] == asked.amount_fen)
    return bool(known["check_code"] == asked.check_code)


def _count(db: sqlite3.Connection, asked: Question, result: str) -> dict[str, int]:
    """Count this check; what never reached the office (outage, captcha) is not counted."""
    key, today = f"{asked.code}-{asked.number}", day_of(now_ms(db)).isoformat()
    if result not in ("CAPTCHA", "UNAVAILABLE"):
        db.execute(
            "INSERT INTO tax_check VALUES (?, ?, 1) "
            "ON CONFLICT (invoice, day) DO UPDATE SET count = count + 1",
            (key, today),
        )
    row = db.execute(
        "SELECT COALESCE(SUM(count), 0) AS total, "
        "COALESCE(SUM(count) FILTER (WHERE day = ?), 0) AS today FROM tax_check "
        "WHERE invoice = ?",
        (today, key),
    ).fetchone()
    return {"total": int(row["total"]), "today": int(row["today"])}


def _answer(
    db: sqlite3.Connection,
    asked: Question,
    result: str,
    count: dict[str, int],
    fault: Struck | None,
) -> Reply:
    known = _known(db, asked.code, asked.number)
    shows = result in STATUS_CODES
    invoice = json.loads(known["details"]) if known is not None and shows else None
    return json_reply(
        503 if fault is not None and fault.kind == "tax_outage" else 200,
        result=result,
        status=STATUS_CODES.get(result, ""),
        text=WORDS[result],
        kind=asked.kind,
        code=asked.code,
        number=asked.number,
        invoice=invoice,
        verify_count=count["total"],
        verified_today=count["today"],
        verified_at=iso_time(now_ms(db)),
    )


def put_invoices(db: sqlite3.Connection, rows: list[dict[str, object]]) -> int:
    """Put invoices in, or change those that are there (a void, a red letter). Whole or nothing."""
    for row in rows:
        code, number = str(row.get("code") or ""), str(row.get("number") or "")
        _put(db, {**_as_known(_known(db, code, number)), **row}, code, number)
    return len(rows)


def _as_known(known: sqlite3.Row | None) -> dict[str, object]:
    """What an invoice said so far, so that a change needs to name only what is new."""
    if known is None:
        return {"amount": "0", "check_code": "000000"}
    return {
        "kind": known["kind"], "date": known["day"], "check_code": known["check_code"],
        "amount": str(Decimal(known["amount_fen"]) / 100), "state": known["state"],
        **json.loads(known["details"]),
    }  # fmt: skip


def _put(db: sqlite3.Connection, row: dict[str, object], code: str, number: str) -> None:
    state = str(row.get("state") or "VALID").upper()
    if state not in STATES:
        raise BadQuestion(f"state {state}; known: {', '.join(STATES)}")
    asked = _read({**row, "code": code, "number": number})
    details = {name: str(row[name]) for name in DETAILS if row.get(name) not in (None, "")}
    if isinstance(row.get("lines"), list):
        details["lines"] = row["lines"]  # type: ignore[assignment]
    db.execute(
        "INSERT OR REPLACE INTO tax_invoice VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            asked.code, asked.number, asked.kind, asked.day.isoformat(), asked.amount_fen or 0,
            asked.check_code, state, json.dumps(details, ensure_ascii=False),
        ),
    )  # fmt: skip
