"""The demo's second county: smaller, kept worse, with a database and keys of its own and no pages.

It goes the whole way like any county: written as a package, imported, scanned, published to the
lake under its own signature, taken by the city. It is made once, behind the demo's pages.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings

from sanzi.disclosure.actions import publishing as disclosure
from sanzi.disclosure.periods import month_of
from sanzi.interfaces.cli import public_scene
from sanzi.kernel import clock, yamls
from sanzi.levels import publishing
from sanzi.orgs import queries as orgs
from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi.record.lake import keys, source, stores
from sanzi.supervision.actions import nightly
from sanzi_county.counties import SECOND
from sanzi_county.county import write_county

FOLDER: Final = "neighbour"
DATABASE: Final = "sanzi.sqlite3"
TOLD: Final = "county.yaml"
PACKAGE: Final = "county"
KEYS: Final = "lake-keys"
VILLAGES, MONTHS, SEED = 7, 12, 2
LATE: Final = timedelta(days=12)
SILENT_MONTHS: Final = 3
"""How many of the latest months every third village has not published; the next one is late."""
TOLD_DUE: Final = 3
"""How many villages' duties to publish are written down: one of each kind."""
NAME: Final = SECOND.name


def around(var: Path, lake: Path) -> dict[str, str]:
    """Return what this county's programs are told about their surroundings."""
    own = var / FOLDER
    return {
        "SANZI_VAR": str(own),
        "SANZI_DATABASE_URL": f"sqlite:///{own / DATABASE}",
        "SANZI_LAKE": str(lake),
        "SANZI_LAKE_COUNTIES": "",
        "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
    }


def told(var: Path) -> list[Mapping[str, Any]]:
    """Return the county as a city lists it; nothing before it is made to the end."""
    file = var / FOLDER / TOLD
    return [yamls.read(file)] if file.exists() else []


def clear_half_made(var: Path) -> None:
    """Throw away what a run that was stopped left, but never the keys that the lake knows."""
    if not (var / FOLDER / PACKAGE).exists():
        return
    for found in (var / FOLDER).glob("*"):
        if found.name != KEYS:
            shutil.rmtree(found) if found.is_dir() else found.unlink()


def make() -> None:
    """In the second county: import its package, look over it once, publish it to the lake."""
    var, at = Path(settings.SANZI.var), clock.now()
    until = clock.today() - timedelta(days=1)
    folder = var / PACKAGE
    write_county(
        folder, villages=VILLAGES, months=MONTHS, until=until, seed=SEED, has_doubts=True,
        county=SECOND,
    )  # fmt: skip
    packages.import_folder(folder=folder, by=SYSTEM, at=at)
    disclosure.ensure_doors(at)
    _disclose(until, at)
    for code, _ in orgs.villages()[:TOLD_DUE]:
        public_scene.write_down_due(code, at)
    nightly.run(as_of=at, by=SYSTEM)
    publishing.publish(stores.opened(str(settings.SANZI.lake)), by=SYSTEM, at=at)
    code = source.own_code()
    listed = {
        "code": code,
        "name": NAME,
        "keys": [one.verifier.text() for one in keys.signers(settings.SANZI.lake_keys, code)],
    }
    (var / TOLD).write_text(yaml.safe_dump(listed, allow_unicode=True), encoding="utf-8")


def _disclose(until: date, at: datetime) -> None:
    """Publish the finished months: a third of the villages in time, a third late, a third less."""
    month = until.replace(day=1)
    for back in range(MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        due = disclosure.month_due(month_of(month))
        for number, (code, _) in enumerate(orgs.villages()):
            if number % 3 == 2 and back < SILENT_MONTHS:
                continue
            then = due + LATE if number % 3 == 1 else due - timedelta(days=2)
            disclosure.publish_month(village_code=code, period=month_of(month), at=min(at, then))
