"""What anybody may know of leases: what a village lets, for how much, until when.

A person who rents is masked on every page and left out of lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from sanzi.deals.models.assets import Asset, AssetStatus
from sanzi.registers.leases.models import Lease


@dataclass(frozen=True)
class PublicLease:
    """What anybody may know of the lease of a thing; `tenant` is masked for a person."""

    tenant_name: str
    tenant_is_person: bool
    start_date: date
    end_date: date
    rent_fen_year: int


@dataclass(frozen=True)
class Letting:
    """A thing of the village that is let or might be. Units: fen a year.

    `lease` is None where nobody rents it.
    """

    tag: str
    name: str
    lease: PublicLease | None


def public_of_asset(asset: str, today: date) -> PublicLease | None:
    """Return the lease of a thing that runs today, for anybody."""
    found = _running(today).filter(asset__ext_id=asset).order_by("-start_date", "-pk").first()
    return None if found is None else _public(found)


def lettings(division_code: str, today: date) -> list[Letting]:
    """Return what a village lets, the dearest first, then what stands idle and can be let."""
    leases = running(division_code, today)
    idle = Asset.objects.filter(
        division_code=division_code, status=AssetStatus.IDLE, is_operating=True
    )
    let = sorted(leases.values(), key=lambda one: (-one.rent_fen_year, one.pk))
    return [
        *(Letting(one.asset.tag, one.asset.name, _public(one)) for one in let),
        *(
            Letting(one.tag, one.name, None)
            for one in idle.order_by("number")
            if one.pk not in leases
        ),
    ]


def running(division_code: str, today: date) -> dict[int, Lease]:
    """Return the leases of a village that run, by the row of the thing; the newest of each."""
    rows = _running(today).filter(division_code=division_code).order_by("start_date", "pk")
    return {one.asset_id: one for one in rows}


def _running(today: date) -> QuerySet[Lease]:
    return Lease.objects.filter(returned_at__isnull=True, start_date__lte=today).select_related(
        "tenant", "asset"
    )


def _public(found: Lease) -> PublicLease:
    return PublicLease(
        tenant_name=found.tenant.name,
        tenant_is_person=found.tenant.kind == "person",
        start_date=found.start_date,
        end_date=found.end_date,
        rent_fen_year=found.rent_fen_year,
    )
