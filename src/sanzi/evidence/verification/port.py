"""The port of invoice verification: what is asked, what may be answered. No Django.

Source: published interface notes of the tax office's enquiry page and of licensed providers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

RAW_MAX = 20_000


class Verdict(StrEnum):
    """What the tax office says of an invoice, or why it says nothing."""

    VALID = "VALID"
    MISMATCH = "MISMATCH"
    NOT_FOUND = "NOT_FOUND"
    VOID = "VOID"
    RED = "RED"
    TOO_MANY = "TOO_MANY"
    TOO_OLD = "TOO_OLD"
    TOO_NEW = "TOO_NEW"
    CAPTCHA = "CAPTCHA"
    UNAVAILABLE = "UNAVAILABLE"


WORDS = {
    Verdict.VALID: "查验一致",
    Verdict.MISMATCH: "查到了，但和票面不一致",
    Verdict.NOT_FOUND: "税务局查不到这张票",
    Verdict.VOID: "这张票已经作废",
    Verdict.RED: "这张票已经红冲",
    Verdict.TOO_MANY: "今天查的次数用完了",
    Verdict.TOO_OLD: "开票太久，查不到了",
    Verdict.TOO_NEW: "开票不到一天，还查不到",
    Verdict.CAPTCHA: "要填验证码，机器查不了",
    Verdict.UNAVAILABLE: "查验系统没有回应",
}
STATUS = {
    Verdict.VALID: "ok",
    Verdict.MISMATCH: "failed",
    Verdict.NOT_FOUND: "failed",
    Verdict.VOID: "voided",
    Verdict.RED: "red_flushed",
}
"""What a decisive answer makes of the invoice; the others leave it as it stands."""
UNCOUNTED = frozenset({Verdict.CAPTCHA, Verdict.UNAVAILABLE})


@dataclass(frozen=True)
class InvoiceQuery:
    """One question, with the fields that its kind is asked by and no others.

    Units: fen. Shapes: `type_code` is a key of data/evidence/invoice_types.yaml.
    """

    type_code: str
    code: str
    number: str
    issue_date: date
    gross_fen: int | None = None
    net_fen: int | None = None
    check_code: str = ""


@dataclass(frozen=True)
class VerifyResult:
    """One answer, with the reply as it came, when and over which channel."""

    verdict: Verdict
    channel: str
    at: datetime
    words: str = ""
    raw: str = ""
    told: Mapping[str, str] = field(default_factory=dict)


class InvoiceVerifier(Protocol):
    """Something that can ask about invoices. It never raises for a bad line: UNAVAILABLE."""

    channel: str

    def verify(self, query: InvoiceQuery, at: datetime) -> VerifyResult:
        """Ask about one invoice."""
        ...
