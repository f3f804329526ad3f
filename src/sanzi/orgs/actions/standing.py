"""What registers change about people and land: membership of the collective, rights to parcels.

The caller holds its case's door and opens the transaction; who may decide is the power's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Household, LandRight, Person


@dataclass(frozen=True)
class Right:
    """A right to a parcel. Units: areas in hundredths of a mu and of a square metre."""

    parcel_id: str
    division_code: str
    holder_kind: str
    right_kind: str
    household: str = ""
    area_mu_centi: int | None = None
    area_m2_centi: int | None = None
    start_date: date | None = None
    end_date: date | None = None


@transaction.atomic
def set_member(
    *, person: str, is_member: bool, chain: str, case_number: str, by: Actor, at: datetime
) -> None:
    """Make a person a member of his village's collective, or no longer one.

    Shapes: `chain` is the ext id of the body in whose log it stands. Raises: NotFound.
    """
    found = Person.objects.select_for_update(of=("self",)).filter(ext_id=person).first()
    if found is None:
        raise NotFound
    before, found.is_member = found.is_member, is_member
    found.save(update_fields=["is_member"])
    audit.write(
        chain=chain, kind="orgs.membership.changed", by=by, at=at, subject=("person", person),
        before={"is_member": before}, after={"is_member": is_member, "case": case_number},
    )  # fmt: skip


@transaction.atomic
def set_right(*, right: Right, chain: str, case_number: str, by: Actor, at: datetime) -> None:
    """Enter who holds a parcel, in place of who held it before.

    An area that is not said stays as it was. Raises: NotFound for an unknown household.
    """
    home = Household.objects.filter(ext_id=right.household).first()
    if right.household and home is None:
        raise NotFound
    found = LandRight.objects.select_for_update(of=("self",)).filter(parcel_id=right.parcel_id)
    before = found.values("holder_kind", "household_id", "right_kind", "end_date").first()
    said: dict[str, Any] = {
        "division_id": right.division_code, "holder_kind": right.holder_kind, "household": home,
        "right_kind": right.right_kind, "start_date": right.start_date,
        "end_date": right.end_date,
    }  # fmt: skip
    areas = {"area_mu_centi": right.area_mu_centi, "area_m2_centi": right.area_m2_centi}
    said |= {name: centi for name, centi in areas.items() if centi is not None}
    LandRight.objects.update_or_create(parcel_id=right.parcel_id, defaults=said)
    audit.write(
        chain=chain, kind="orgs.land_right.changed", by=by, at=at,
        subject=("land_right", right.parcel_id),
        before={key: str(value) for key, value in (before or {}).items() if value is not None},
        after={
            "holder_kind": right.holder_kind, "right_kind": right.right_kind,
            "household": right.household, "case": case_number,
        },
    )  # fmt: skip


@transaction.atomic
def end_right(
    *, parcel_id: str, on: date, chain: str, case_number: str, by: Actor, at: datetime
) -> None:
    """Let a parcel fall back to the collective on a day. Raises: NotFound."""
    found = LandRight.objects.filter(parcel_id=parcel_id).first()
    if found is None:
        raise NotFound
    right = Right(parcel_id, found.division_id, "collective", found.right_kind, start_date=on)
    set_right(right=right, chain=chain, case_number=case_number, by=by, at=at)
