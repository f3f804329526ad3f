"""The small county in the database, as the demo loads it: two villages, three months, published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.test import override_settings

from sanzi.disclosure.actions import pages, publishing, searching
from sanzi.disclosure.periods import month_of
from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi.transparency import actions as log
from sanzi_county.county import write_county

VILLAGES, MONTHS = 2, 3


@contextmanager
def county(folder: Path, *, plant: Callable[[], None]) -> Iterator[None]:
    """Hold a county until yesterday in a transaction that is undone at the end.

    `plant` changes what was loaded before anything of it is published.
    """
    until = clock.today() - timedelta(days=1)
    write_county(folder, villages=VILLAGES, months=MONTHS, until=until, seed=7, has_doubts=True)
    served = replace(settings.SANZI, site_dir=site(folder))
    with transaction.atomic(), override_settings(SANZI=served):
        at = clock.now()
        packages.import_folder(folder=folder, by=SYSTEM, at=at)
        plant()
        publishing.ensure_doors(at)
        for code, _ in orgs.villages():
            for month in months():
                publishing.publish_month(village_code=code, period=month, at=at)
        pages.publish_due(at)
        searching.published(at)
        searching.registered(at)
        log.work(at)
        yield
        transaction.set_rollback(True)


def site(folder: Path) -> Path:
    """Return the folder of the county's published pages."""
    return folder.with_name("site")


def months() -> list[str]:
    """Return the months that the county tells, the newest first."""
    found, day = [], clock.today() - timedelta(days=1)
    for _ in range(MONTHS):
        found.append(month_of(day))
        day = day.replace(day=1) - timedelta(days=1)
    return found
