"""Places that are known from elsewhere: a city learns its counties from what they publish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import divisions
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Division

CHAIN: Final = "county"
CODES_TOLD: Final = 50


@transaction.atomic()
def know(places: Iterable[tuple[str, str, str]], *, by: Actor, at: datetime) -> list[str]:
    """Add divisions (code, name, level) that are not known yet; return their codes."""
    wanted = {code: (name, level) for code, name, level in places}
    known = set(Division.objects.filter(pk__in=list(wanted)).values_list("pk", flat=True))
    new = sorted(set(wanted) - known)
    Division.objects.bulk_create(
        Division(
            code=code, name=wanted[code][0], level=wanted[code][1],
            parent_code=divisions.parent(code) or "",
        )
        for code in new
    )  # fmt: skip
    if new:
        audit.write(
            chain=CHAIN,
            kind="orgs.division.known",
            by=by,
            at=at,
            subject=("division", new[0]),
            after={"codes": new[:CODES_TOLD], "count": len(new)},
        )
    return new
