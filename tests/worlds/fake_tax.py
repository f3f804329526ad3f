"""A tax office in memory: answers as told, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sanzi.evidence.verification import channels
from sanzi.evidence.verification.port import WORDS, InvoiceQuery, Verdict, VerifyResult


@dataclass
class FakeTax:
    """Says `answer` to everything, and remembers the questions."""

    answer: Verdict = Verdict.VALID
    told: Mapping[str, str] = field(default_factory=dict)
    asked: list[InvoiceQuery] = field(default_factory=list)
    channel: str = "simulator"

    def verify(self, query: InvoiceQuery, at: datetime) -> VerifyResult:
        """Answer as told."""
        self.asked.append(query)
        words = WORDS[self.answer]
        return VerifyResult(self.answer, self.channel, at, words, f"raw {self.answer}", self.told)


@contextmanager
def tax_office(mode: str = channels.SIMULATOR, verifier: object = None) -> Iterator[FakeTax]:
    """Let the county verify in this mode; a fake office answers where a machine asks."""
    fake = FakeTax()
    before = channels.wire.mode, channels.wire.verifier
    channels.wire.mode = mode
    channels.wire.verifier = verifier or (fake if mode == channels.SIMULATOR else None)
    try:
        yield fake
    finally:
        channels.wire.mode, channels.wire.verifier = before
