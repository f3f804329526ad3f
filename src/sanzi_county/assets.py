"""Fixed assets of the three bodies: what stands in the opening, and each month's depreciation.

Straight-line: (cost - salvage) / months, bought so long before the history that a part is
written off already. The plans are rows of their own, so that the next month is booked by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sanzi_county.days import DAY, at, month_end
from sanzi_county.events import YUAN, Booking, Entry
from sanzi_county.world import Org, Village
from sanzi_county.write import Sink


@dataclass(frozen=True)
class Asset:
    """One asset; `used` is how many months of it had passed when the books were opened."""

    title: str
    subject: str
    worn: str
    cost: str
    cost_fen: int
    months: int
    used: int

    @property
    def salvage_fen(self) -> int:
        """Five in a hundred stay."""
        return self.cost_fen // 20

    @property
    def monthly_fen(self) -> int:
        """What a month writes off; the last month takes the rest."""
        return (self.cost_fen - self.salvage_fen) // self.months


COUNTED: Final = (12, 20)
CARDED: Final = 7 * DAY
TREES: Final = "134"
"""The account of what grows for everybody's good."""
ASSETS: Final = {
    "village_committee": (
        Asset("村部办公楼", "1510201", "152", "5130199", 160_000 * YUAN, 240, 72),
    ),
    "collective": (
        Asset("标准厂房", "1510101", "152", "51103", 380_000 * YUAN, 240, 60),
        Asset("文化礼堂", "1510201", "152", "51406", 210_000 * YUAN, 240, 48),
    ),
    "enterprise": (
        Asset("冷库", "160101", "1602", "540201", 216_000 * YUAN, 120, 30),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """What was built or bought in the history and has a card of its own."""

    asset_id: str
    card_no: str
    title: str
    subject: str
    cost_fen: int
    source_id: str | None
    quantity: int = 1
    kind: str = "other"


def last_count(until: date) -> date:
    """The last twentieth of December by a day: everybody counts before the year ends."""
    day = date(until.year, *COUNTED)
    return day if day <= until else date(until.year - 1, *COUNTED)


def write_card(sink: Sink, org: Org, made: Made, acquired: date, until: date) -> None:
    """Write the card of something made in the history, with the account that it stands in."""
    counted = last_count(until)
    sink.add(
        "asset",
        asset_id=made.asset_id,
        org_id=org.org_id,
        village_id=org.code,
        card_no=made.card_no,
        category="biological" if made.subject == TREES else "fixed",
        kind="forest" if made.subject == TREES else made.kind,
        is_operating=False,
        name=made.title,
        place=org.name[:30],
        quantity=made.quantity,
        book_value_fen=made.cost_fen,
        status="self_use",
        status_since_date=acquired,
        acquired_date=acquired,
        source_id=made.source_id,
        last_inventory_date=counted if counted > acquired else None,
        subject_code=made.subject,
        registered_at=at(min(acquired + CARDED, until), 16),
    )


def opening(kind: str) -> dict[str, int]:
    """What the assets stand at in the opening, signed, debit positive."""
    sums: dict[str, int] = {}
    for asset in ASSETS[kind]:
        sums[asset.subject] = sums.get(asset.subject, 0) + asset.cost_fen
        sums[asset.worn] = sums.get(asset.worn, 0) - asset.used * asset.monthly_fen
    return sums


def depreciation(org: Org, first: date) -> list[Entry]:
    """The month's vouchers: one per plan, as the plans would book them."""
    made = []
    for place, asset in enumerate(ASSETS[org.kind], start=1):
        fen = asset.monthly_fen
        lines = [Booking(asset.cost, debit_fen=fen), Booking(asset.worn, credit_fen=fen)]
        summary = f"计提{first.month}月折旧：{asset.title}"
        made.append(
            Entry(
                month_end(first), org, summary, lines, "periodic", "plan",
                f"{plan_id(org, place)}:{first:%Y-%m}", 17,
            )
        )  # fmt: skip
    return made


def plan_id(org: Org, place: int) -> str:
    """The number of a body's plan."""
    return f"RP{org.org_id}-{place}"


def write_plans(sink: Sink, village: Village, first: date) -> None:
    """The plans behind the depreciation, approved by the town's agency before the first month."""
    maker = village.town.staff["agency_accountant"][0].person_id
    checker = village.town.staff["agency_reviewer"][0].person_id
    for org in village.bookkeeping:
        for place, asset in enumerate(ASSETS[org.kind], start=1):
            months = first.year * 12 + first.month - 1 - asset.used
            begun = date(months // 12, months % 12 + 1, 1)
            sink.add(
                "recurring_plan",
                plan_id=plan_id(org, place),
                book_id=org.book_id,
                org_id=org.org_id,
                kind="depreciation",
                title=asset.title,
                cost_fen=asset.cost_fen,
                salvage_fen=asset.salvage_fen,
                months=asset.months,
                debit_account=asset.cost,
                credit_account=asset.worn,
                made_by_person_id=maker,
                made_at=at(first, 9),
                approved_by_person_id=checker,
                approved_at=at(first, 15),
                valid_from_date=begun,
            )
