"""The version of an index that holds on a day: the house's file, or what the county approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sanzi.insight.indices import catalogue, rules
from sanzi.insight.indices.shapes import Index
from sanzi.insight.models import IndexChange


def all_on(day: date) -> list[Index]:
    """Return every index as it is counted on a day; what begins later is left out."""
    found = [on(code, day) for code in catalogue.indices()]
    return [one for one in found if one.valid_from_date <= day]


def on(code: str, day: date) -> Index:
    """Return an index as it is counted on a day."""
    index = catalogue.indices()[code]
    change = (
        IndexChange.objects.filter(
            index_code=code, state=IndexChange.State.APPROVED, valid_from_date__lte=day
        )
        .order_by("-valid_from_date")
        .first()
    )
    return index if change is None else of_change(index, change)


def of_change(index: Index, change: IndexChange) -> Index:
    """Return an index as a change would have it counted."""
    return rules.with_settings(
        index,
        change.settings,
        version=change.version,
        valid_from_date=change.valid_from_date,
        source_ref=change.source_ref,
    )


def settings_of(index: Index) -> dict[str, Any]:
    """Return all weights, ends, grades, caps and penalties of an index, as a change holds them.

    Changes of before there were the last three have none of them: what held then stays.
    """
    return {
        "fields": {one.code: one.weight for one in index.fields},
        "indicators": {one.code: [one.weight, one.zero, one.hundred] for one in index.indicators},
        "bands": {one.grade: one.from_points for one in index.bands},
        "caps": {one.code: one.limit for one in index.caps},
        "penalties": {one.code: [one.each, one.most] for one in index.penalties},
        "together": {"penalty_max": index.penalty_max} if index.penalties else {},
    }


KINDS: Final = ("fields", "indicators", "bands", "caps", "penalties", "together")


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the codes of whatever differs: fields, indicators, grades, caps, penalties."""
    return [
        code
        for kind in KINDS
        for code, value in after.get(kind, {}).items()
        if before[kind].get(code) != value
    ]


def next_number(index: Index) -> str:
    """Return the number of the next version of an index."""
    kept = IndexChange.objects.filter(index_code=index.code).exclude(version="")
    numbers = [int(one) for one in kept.values_list("version", flat=True)]
    return str(max([int(catalogue.indices()[index.code].version), *numbers]) + 1)
