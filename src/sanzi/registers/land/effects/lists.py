"""What the forms of land choose from, and how a publication stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanzi.matters import registry
from sanzi.orgs.models import Household, LandRight, Person
from sanzi.registers.land import rules

LISTED_MAX = 1000


def register() -> None:
    """Register the lists of households and parcels."""
    registry.choices("households", households)
    registry.choices("parcels", parcels)


def households(_organisation: str, division_code: str) -> list[tuple[str, str]]:
    """Return (ext id, words) of a village's households: group and head."""
    homes = Household.objects.filter(division_id=division_code).order_by("group_no", "ext_id")
    rows = list(homes[:LISTED_MAX])
    heads = dict(
        Person.objects.filter(
            ext_id__in=[one.head_person_ext_id for one in rows if one.head_person_ext_id]
        ).values_list("ext_id", "name")
    )
    return [
        (
            one.ext_id,
            f"{heads.get(one.head_person_ext_id, '户主未登记')}户"
            + (f"，{one.group_no}组" if one.group_no else ""),
        )
        for one in rows
    ]


def parcels(_organisation: str, division_code: str) -> list[tuple[str, str]]:
    """Return (parcel id, words) of a village's parcels: what, how large."""
    rows = LandRight.objects.filter(division_id=division_code).order_by("parcel_id")[:LISTED_MAX]
    return [(one.parcel_id, f"{one.parcel_id}，{_words(one)}") for one in rows]


def _words(one: LandRight) -> str:
    use = rules.RIGHTS.get(one.right_kind, one.right_kind)
    if one.area_m2_centi is not None:
        return f"{use}{one.area_m2_centi / 100:g}平方米"
    if one.area_mu_centi is not None:
        return f"{use}{one.area_mu_centi / 100:g}亩"
    return use


def shown(entry: Mapping[str, Any]) -> rules.Shown:
    """Return the publication that a step tells of."""
    return rules.Shown(
        entry["publicity_start"], entry["publicity_end"], str(entry.get("objection", ""))
    )
