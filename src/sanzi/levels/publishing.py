"""A county publishes its record to the lake each night after its scan, and writes down that it did.

What fails is held: the publication before stands in the lake, the day's row says why, and the next
round tries again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.levels.errors import NoLake
from sanzi.levels.models import Publication
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.record.lake import keys, source, stores
from sanzi.record.lake.publishing import Published
from sanzi.record.lake.stores import Store
from sanzi.supervision import known, model_queries

CHAIN: Final = "county"
HOUR: Final = 3
WAITS: Final = timedelta(hours=5)
"""So long after that hour a night whose scan does not end is published all the same."""


def publish_when_due(at: datetime) -> int:
    """Publish once a night when the scan has ended; return how many publications were made.

    Raises: Refusal, when it did not go: the day's row says why.
    """
    if not settings.SANZI.lake or settings.SANZI.lake_counties is not None:
        return 0
    local = at.astimezone(clock.SHANGHAI)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    due = midnight + timedelta(hours=HOUR)
    if local < due or Publication.objects.filter(day=local.date(), done_at__isnull=False).exists():
        return 0
    scanned = model_queries.last_scan_at()
    if (scanned is None or scanned < midnight) and local < due + WAITS:
        return 0
    publish(
        stores.opened(settings.SANZI.lake), by=SYSTEM, at=at,
        changes_file=settings.SANZI.lake_changes,
    )  # fmt: skip
    return 1


def publish(
    store: Store,
    *,
    by: Actor,
    at: datetime,
    county_code: str = "",
    changes_file: Path | None = None,
    is_whole: bool = False,
) -> Published:
    """Publish the record as it is now, and write down number, rows and the keys it was signed with.

    Raises: NoCounty, BadDivisionChange, BadPlace, BadSignature, HeadBroken, GoneBack.
    """
    day = clock.local_date(at)
    try:
        done = source.publish(
            store, at=at, county_code=county_code, changes_file=changes_file,
            own_models=known.openness, own_titles=known.open_titles, is_whole=is_whole,
        )  # fmt: skip
    except Refusal as refusal:
        Publication.objects.update_or_create(
            day=day,
            defaults={"tried_at": at, "code": refusal.code, "sentence": refusal.text[:300]},
        )
        raise
    code = county_code or source.own_code()
    signed_by = [one.verifier.key_id.hex() for one in keys.signers(settings.SANZI.lake_keys, code)]
    with transaction.atomic():
        Publication.objects.update_or_create(
            day=day,
            defaults={
                "tried_at": at,
                "done_at": at,
                "serial": done.serial,
                "rows": done.rows,
                "files": done.written,
                "code": "",
                "sentence": "",
            },
        )
        audit.write(
            chain=CHAIN,
            kind="levels.publication.made",
            by=by,
            at=at,
            subject=("lake", code),
            after={
                "serial": done.serial, "rows": done.rows, "files": done.written,
                "place": store.place, "keys": signed_by,
            },
        )  # fmt: skip
    return done


def require_lake() -> Store:
    """Return the store that the settings name. Raises: NoLake, BadPlace."""
    if not settings.SANZI.lake:
        raise NoLake
    return stores.opened(settings.SANZI.lake)
