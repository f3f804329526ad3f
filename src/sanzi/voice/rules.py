"""Complaints as pure rules: kinds and limits by day, the route past the accused, clocks, proof.

The figures are rows of `data/voice/complaints.yaml`; this is their one loader.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema

from sanzi.kernel import yamls
from sanzi.kernel.workdays import Calendar

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "voice"
FILE: Final = FOLDER / "complaints.yaml"
DISCIPLINE: Final = {"town": "town_discipline_office", "county": "county_discipline"}
"""The offices that hold keys, by level: theirs is whatever is sealed, and every name."""
OUTSIDE: Final = "outside"
REASON_LEAST: Final = 8
RECEIPT_BITS: Final = 80
RECEIPT_FIGURES: Final = 16
_PREFIX_LENGTH: Final = {"village": 12, "town": 9, "county": 6}


class BadComplaints(Exception):
    """The file of complaints is wrong; the sentence names the place."""


@dataclass(frozen=True)
class Stop:
    """One stop of a route: whose it is there, and within how long it is answered."""

    level: str
    roles: tuple[str, ...]
    count: int
    unit: str

    def division(self, village: str) -> str:
        """Return the division of this level above a village."""
        return village[: _PREFIX_LENGTH[self.level]].ljust(12, "0")

    def due(self, at: datetime, calendar: Calendar) -> datetime:
        """Return until when what arrives now is answered. Aware UTC."""
        if self.unit == "hours":
            return at + timedelta(hours=self.count)
        if self.unit == "workdays":
            return calendar.add_workdays(at, self.count)
        return calendar.add_days(at, self.count)

    @property
    def words(self) -> str:
        """Return the limit as a villager reads it: `3个工作日`."""
        unit = {"hours": "小时", "workdays": "个工作日", "days": "天"}[self.unit]
        return f"{self.count}{unit}"


@dataclass(frozen=True)
class Kind:
    """A kind of complaint with its route; `is_sealed`: only discipline offices read it.

    `is_visited`: the station of the village goes and looks.
    """

    code: str
    title: str
    hint: str
    is_sealed: bool
    is_visited: bool
    source_ref: str
    route: tuple[Stop, ...]


@dataclass(frozen=True)
class Edition:
    """The rules of a day. Units: as the names say; `proof_bits` leading zero bits of SHA-256."""

    valid_from_date: date
    source_ref: str
    outside_office: str
    outside_address: str
    extensions_max: int
    extension_workdays: int
    threat_hours: int
    silent_days: int
    free_per_day: int
    proof_bits: int
    codes_per_phone: int
    codes_per_village: int
    photos_max: int
    photo_days: int
    place_days: int
    words_max: int
    kinds: tuple[Kind, ...]

    def kind(self, code: str) -> Kind | None:
        """Return a kind by its code."""
        return next((one for one in self.kinds if one.code == code), None)


@dataclass(frozen=True)
class Holder:
    """Somebody who may handle a letter: his role and place, and the marks he carries."""

    role: str
    division_code: str
    marks: frozenset[str]


@dataclass(frozen=True)
class Place:
    """Where a letter lies: the step of its route, the role, the division."""

    step: int
    role: str
    division_code: str


Holders = Callable[[str, str], Collection[Holder]]
"""From a role and a division to who holds it there."""


def read(path: Path) -> tuple[Edition, ...]:
    """Read a file of editions, newest first. Raises: BadComplaints."""
    content = yamls.read(path)
    plain = json.loads(json.dumps(content, default=str))
    schema = json.loads((FOLDER / "schema.json").read_text("utf-8"))
    for wrong in jsonschema.Draft202012Validator(schema).iter_errors(plain):
        place = "/".join(str(part) for part in wrong.absolute_path)
        raise BadComplaints(f"{path.name}: {place}: {wrong.message}")
    found = tuple(_edition(one) for one in content["editions"])
    if list(found) != sorted(found, key=lambda one: one.valid_from_date, reverse=True):
        raise BadComplaints(f"{path.name}: editions: the newest stands first")
    return found


def _edition(raw: dict[str, Any]) -> Edition:
    kinds = tuple(_kind(one) for one in raw["kinds"])
    return Edition(**{**raw, "kinds": kinds})


def _kind(raw: dict[str, Any]) -> Kind:
    route = tuple(Stop(**{**one, "roles": tuple(one["roles"])}) for one in raw["route"])
    levels = [list(_PREFIX_LENGTH).index(one.level) for one in route]
    if levels != sorted(set(levels)):
        raise BadComplaints(f"{raw['code']}: a route climbs, each stop one level or more")
    if raw["is_sealed"] and any(set(one.roles) != {DISCIPLINE.get(one.level)} for one in route):
        raise BadComplaints(f"{raw['code']}: what is sealed goes to discipline offices alone")
    if raw["is_sealed"] and raw["is_visited"]:
        raise BadComplaints(f"{raw['code']}: what is sealed is shown to no station")
    return Kind(**{**raw, "route": route})


@cache
def _editions() -> tuple[Edition, ...]:
    return read(FILE)


def on(day: date) -> Edition:
    """Return the rules in force on a day. Raises: LookupError before the first."""
    found = next((one for one in _editions() if one.valid_from_date <= day), None)
    if found is None:
        raise LookupError(day)
    return found


def choose(
    kind: Kind, village: str, bars: frozenset[str], holders: Holders, *, start: int = 0
) -> Place | None:
    """Return the first stop from `start` on with somebody who carries no bar; None: outside."""
    for step in range(start, len(kind.route)):
        stop = kind.route[step]
        division = stop.division(village)
        for role in stop.roles:
            if any(not one.marks & bars for one in holders(role, division)):
                return Place(step, role, division)
    return None


def keepers(village: str, bars: frozenset[str], holders: Holders) -> list[tuple[str, str]]:
    """Return (role, division) of the discipline offices that have no part in it, lowest first."""
    found = []
    for level, role in DISCIPLINE.items():
        division = village[: _PREFIX_LENGTH[level]].ljust(12, "0")
        if any(not one.marks & bars for one in holders(role, division)):
            found.append((role, division))
    return found


def hour_of(at: datetime) -> datetime:
    """Return the full hour: what is kept of the time of a letter without a name."""
    return at.replace(minute=0, second=0, microsecond=0)


def is_proof(challenge: str, answer: str, bits: int) -> bool:
    """Tell whether a device has worked on a challenge: leading zero bits of SHA-256 of both."""
    if len(answer) > 20:
        return False
    found = hashlib.sha256(f"{challenge}:{answer}".encode()).digest()  # noqa: TID251 - browsers know it
    return int.from_bytes(found, "big") >> (256 - bits) == 0
