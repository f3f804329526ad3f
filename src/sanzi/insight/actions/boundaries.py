"""Load the boundaries of places, or take them away: whoever runs the machine does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.insight.cockpit import boundaries
from sanzi.insight.models import Boundary
from sanzi.kernel import digest
from sanzi.orgs import tree
from sanzi.orgs.actors import Actor

CHAIN: Final = "county"
LEVELS: Final = ("city", "county", "town", "village")


@dataclass(frozen=True)
class Loaded:
    """What a file brought: how many places of each level have a boundary, of how many there are."""

    levels: tuple[tuple[str, int, int], ...]


@transaction.atomic
def load(*, content: bytes, by: Actor, at: datetime) -> Loaded:
    """Put the boundaries of a file in the place of all there were.

    Raises: MapTooLarge, MapBroken, MapCodeUnknown, MapRingOpen. Nothing is changed then.
    """
    known = tree.at_levels(LEVELS)
    found = boundaries.read(content, {one.code: one.name for one in known})
    Boundary.objects.all().delete()
    Boundary.objects.bulk_create(
        Boundary(division_code=code, rings=rings) for code, rings in found.items()
    )
    audit.write(
        chain=CHAIN, kind="insight.map.loaded", by=by, at=at, subject=("map", "all"),
        after={"places": len(found), "sm3": digest.sm3(content)},
    )  # fmt: skip
    return Loaded(
        tuple(
            (level, sum(one.code in found for one in known if one.level == level), count)
            for level in LEVELS
            if (count := sum(one.level == level for one in known))
        )
    )


@transaction.atomic
def drop(*, by: Actor, at: datetime) -> int:
    """Take all boundaries away; return how many there were. Places are tiles again."""
    count = Boundary.objects.count()
    if count:
        Boundary.objects.all().delete()
        audit.write(
            chain=CHAIN, kind="insight.map.dropped", by=by, at=at, subject=("map", "all"),
            after={"places": count},
        )  # fmt: skip
    return count
