"""The demo's city: an installation of its own that reads what the demo's counties publish.

County and city share a folder, the lake, and nothing else: the city has its own database, its own
pages, and officers who have accounts in the county, too.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import yaml
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings

from sanzi.interfaces.cli import neighbour
from sanzi.interfaces.cli.county import PASSWORD
from sanzi.kernel import clock, yamls
from sanzi.levels import publishing, taking
from sanzi.orgs import queries as orgs
from sanzi.orgs.actions import accounts, packages
from sanzi.orgs.actors import SYSTEM
from sanzi.record.lake import keys, reading, source, stores
from sanzi_county import above

FOLDER: Final = "city"
LAKE: Final = "lake"
LISTED: Final = "counties.yaml"
DATABASE: Final = "sanzi.sqlite3"
OFFICERS: Final = "above"


def keep_tables(var: Path) -> None:
    """Copy the county's tables while they are empty: to make them again takes half a minute.

    For the city and for the second county.
    """
    held = settings.DATABASES["default"]
    if not held["ENGINE"].endswith("sqlite3"):
        return
    for folder in (FOLDER, neighbour.FOLDER):
        (var / folder).mkdir(parents=True, exist_ok=True)
        with (
            closing(sqlite3.connect(held["NAME"])) as here,
            closing(sqlite3.connect(var / folder / DATABASE)) as there,
        ):
            here.backup(there)


def join(var: Path) -> None:
    """In the county: give the officers above it accounts here, and publish the record."""
    _take_officers(var)
    publishing.publish(stores.opened(str(var / LAKE)), by=SYSTEM, at=clock.now())


def listed(var: Path, site: str) -> Path:
    """Write the city's list of counties: the one that is here, its keys, where its pages are.

    The second one stands there from when it is made.
    """
    code = source.own_code()
    told = {
        "code": code,
        "name": orgs.village_name(f"{code}000000"),
        "site": site,
        "keys": [one.verifier.text() for one in keys.signers(settings.SANZI.lake_keys, code)],
    }
    file = var / FOLDER / LISTED
    file.parent.mkdir(parents=True, exist_ok=True)
    _write(file, [told, *neighbour.told(var)])
    return file


def join_list(var: Path) -> None:
    """In the city: put the second county on the list."""
    file = var / FOLDER / LISTED
    known = yamls.read(file)["counties"]
    _write(file, [known[0], *neighbour.told(var)])


def _write(file: Path, counties: list[Mapping[str, Any]]) -> None:
    """Write the list in one step: pages read it all the time."""
    fresh = file.with_suffix(".new")
    text = yaml.safe_dump({"counties": [dict(one) for one in counties]}, allow_unicode=True)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


def around(var: Path, url: str) -> dict[str, str]:
    """Return what the city's programs are told about their surroundings."""
    own = var / FOLDER
    return {
        "SANZI_VAR": str(own),
        "SANZI_DATABASE_URL": f"sqlite:///{own / DATABASE}",
        "SANZI_PUBLIC_URL": url,
        "SANZI_LAKE": str(var / LAKE),
        "SANZI_LAKE_COUNTIES": str(own / LISTED),
        "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
    }


def take() -> None:
    """In the city: let its officers in, take what the county published, count it."""
    told_file = settings.SANZI.var / "demo.json"
    if not told_file.exists():
        _take_officers(settings.SANZI.var)
    known = reading.counties(settings.SANZI.var / LISTED).values()
    cache = settings.SANZI.var / "lake-cache"
    taking.take(publishing.require_lake(), known, cache, by=SYSTEM, at=clock.now())
    county = next(iter(known))
    told = {
        "password": PASSWORD,
        "city_code": above.CITY,
        "county_name": county.name,
        "neighbour_name": neighbour.NAME,
        "county_url": county.site,
    }
    told_file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def _take_officers(var: Path) -> None:
    """Import the offices above the county and open an account for each who holds a post."""
    folder = var / OFFICERS
    above.write_above(folder, clock.today())
    at = clock.now()
    packages.import_folder(folder=folder, by=SYSTEM, at=at)
    accounts.open_all(password=PASSWORD, secret=generate_totp_secret, by=SYSTEM, at=at)
