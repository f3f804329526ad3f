"""A workshop of the village let to a factory: what tests of leases begin with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sanzi.deals.actions import assets
from sanzi.deals.models import Asset, Auction
from sanzi.orgs import secrets
from sanzi.orgs.models import Counterparty
from sanzi.registers.leases.actions import leases
from sanzi.registers.leases.actions.leases import LeaseFields
from worlds.assets import HOUSE
from worlds.money import AT, Money

LET = LeaseFields(
    asset="",
    tenant="C-WORKS",
    start_date=date(2026, 1, 1),
    end_date=date(2028, 12, 31),
    rent_fen_year=12_000_000,
    pay_cycle="quarter",
    deposit_fen=3_000_000,
    reserve_rent_fen_year=10_000_000,
    auction="AU-1",
    decision_ref="村代会〔2025〕12号",
)


@dataclass
class Letting:
    """The village, its workshop and the lease that may be signed."""

    money: Money
    asset: str
    fields: LeaseFields

    def sign(self, role: str = "coop_director", **changed: Any) -> str:
        """Sign the lease, changed where named."""
        return leases.sign_lease(
            fields=replace(self.fields, **changed), by=self.money.actor(role), at=AT
        )


def build(money: Money) -> Letting:
    """Enter the workshop and its would-be tenants."""
    for ext_id, name in (("C-WORKS", "青石机械厂"), ("C-MILL", "柳湾米厂")):
        Counterparty.objects.create(
            ext_id=ext_id,
            name=name,
            kind="company",
            sealed_phone=secrets.seal("phone", "13800138000"),
        )
    made = assets.register_asset(fields=HOUSE, by=money.actor("village_clerk"), at=AT)
    for ext_id, winner in (("AU-1", "C-WORKS"), ("AU-2", "C-MILL")):
        Auction.objects.create(
            ext_id=ext_id,
            organisation=money.organisation,
            division_code=money.organisation.division_id,
            subject_kind="lease",
            asset=Asset.objects.get(ext_id=made.ext_id),
            title="标准厂房出租",
            platform_level="town",
            appraised_fen=10_000_000,
            floor_fen=10_000_000,
            step_fen=100_000,
            deposit_fen=0,
            decision_ref="村代会〔2025〕12号",
            state="awarded",
            published_at=AT,
            opens_at=AT,
            closes_at=AT + timedelta(hours=1),
            awarded_at=AT,
            winner=Counterparty.objects.get(ext_id=winner),
            price_fen=10_000_000,
        )
    return Letting(money, made.ext_id, replace(LET, asset=made.ext_id))


def directed(money: Money) -> Letting:
    """Build it, and let the village's secretary be the director who signs."""
    post = money.world.people["village_secretary"].appointments.get()
    post.pk, post.ext_id, post.role_code = None, "A-DIRECTOR", "coop_director"
    post.save()
    money.world.users["coop_director"] = money.world.users["village_secretary"]
    return build(money)
