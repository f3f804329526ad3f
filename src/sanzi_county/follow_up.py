"""What a settled spending leaves behind: the sheet of a large sum, the card of what was made."""

from __future__ import annotations

from datetime import date
from typing import Final

from sanzi.kernel.digest import sm3
from sanzi_county import assets
from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN, Spend
from sanzi_county.write import Sink

LARGE_FEN: Final = 50_000 * YUAN
CARDED: Final = ("1510", assets.TREES)
SHOWN_AFTER, SHOWN_BY = 2 * DAY, 5 * DAY


def write(sink: Sink, spend: Spend, case_id: str, paid: date, until: date) -> None:
    """Write what followed by `until` after a case was paid."""
    if spend.total_fen >= LARGE_FEN and paid + SHOWN_AFTER <= until:
        sink.add(
            "disclosure", disclosure_id=f"GF{case_id}", org_id=spend.org.org_id,
            village_id=spend.org.code, item_code="F04", subject_kind="case", subject_id=case_id,
            title=spend.purpose, due_at=at(paid + SHOWN_BY, 0),
            published_at=at(paid + SHOWN_AFTER, 9), min_days=7,
            content_hash=sm3(f"payment {case_id}".encode()), total_fen=spend.total_fen,
        )  # fmt: skip
    if spend.subject.startswith(CARDED):
        made = assets.Made(
            f"AS{case_id}", f"2{case_id[-4:]}", spend.purpose.removesuffix("工程款"), spend.subject,
            spend.total_fen, spend.source.source_id,
        )  # fmt: skip
        assets.write_card(sink, spend.org, made, paid, until)
