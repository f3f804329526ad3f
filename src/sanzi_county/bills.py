"""Income that is still to come: each village's next rent as a bill, and a book of receipts."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from sanzi.kernel import references
from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN
from sanzi_county.money import Plan
from sanzi_county.write import Sink

_FIGURES: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LEAVES: Final = 25


def write(sink: Sink, plan: Plan, until: date) -> None:
    """One bill that waits for its money, and one book that is out since this autumn."""
    village, random = plan.village, Random(f"bills {plan.village.key}")
    body, tenant = village.collective, plan.firm("tenant")
    sink.add(
        "bill",
        bill_id=f"BL{village.key}001",
        org_id=body.org_id,
        village_id=village.code,
        bill_no=f"{until.year}-000001",
        reference=references.of_figures("".join(random.choices(_FIGURES, k=7))),
        account_id=body.account_id,
        kind="rent",
        subject_code="50103",
        purpose="下个月厂房租金",
        payer_name=tenant.name,
        payer_counterparty_id=tenant.counterparty_id,
        amount_fen=(12_000 + 1_000 * plan.place) * YUAN,
        received_fen=0,
        due_date=until + 20 * DAY,
        issued_at=at(until - 2 * DAY, 10),
    )
    first = int(village.key[2:]) * LEAVES + 1
    sink.add(
        "receipt_book",
        book_id=f"RB{village.key}01",
        org_id=body.org_id,
        village_id=village.code,
        book_no=f"农收{until.year}-{village.key}",
        first_no=first,
        last_no=first + LEAVES - 1,
        issued_at=at(until - 60 * DAY, 9),
    )
