"""How many households are asked whether a payment arrived, and which. Pure.

The figures are rows of `data/voice/confirmations.yaml`; this is their one loader. Who is drawn
follows from a rank that only the server's key gives: whoever knows the payment cannot tell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import jsonschema

from sanzi.kernel import divisions, yamls

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "voice"
FILE: Final = FOLDER / "confirmations.yaml"
CODE_BITS: Final = 60
PERCENT: Final = 100

Rank = Callable[[str], str]
"""From a key to a hexadecimal number that nobody without the server's key can tell."""


class BadConfirmations(Exception):
    """The file of confirmations is wrong; the sentence names the place."""


@dataclass(frozen=True)
class Figures:
    """The figures of a place on a day. Units: households, percent, days, hours."""

    division: str
    valid_from_date: date
    source_ref: str
    share_percent: int
    floor_count: int
    floor_from_count: int
    payment_max: int
    village_month_max: int
    rest_days: int
    wait_hours: int
    look_back_days: int
    answer_days: int

    def count(self, households: int, *, chance: int, asked_this_month: int) -> int:
        """Return how many of so many households are asked.

        Units: chance is 0 to 99, by lot; it decides on the part of a household that the share
            leaves over.
        """
        whole, part = divmod(households * self.share_percent, PERCENT)
        wanted = whole + (1 if chance < part else 0)
        if households >= self.floor_from_count:
            wanted = max(wanted, self.floor_count)
        left = max(0, self.village_month_max - asked_this_month)
        return min(wanted, self.payment_max, left, households)


def read(path: Path) -> tuple[Figures, ...]:
    """Read a file of figures. Raises: BadConfirmations."""
    content = yamls.read(path)
    plain = json.loads(json.dumps(content, default=str))
    schema = json.loads((FOLDER / "confirmations.schema.json").read_text("utf-8"))
    for wrong in jsonschema.Draft202012Validator(schema).iter_errors(plain):
        place = "/".join(str(part) for part in wrong.absolute_path)
        raise BadConfirmations(f"{path.name}: {place}: {wrong.message}")
    found = tuple(Figures(**one) for one in content["sets"])
    keys = [(one.division, one.valid_from_date) for one in found]
    if len(set(keys)) < len(keys):
        raise BadConfirmations(f"{path.name}: sets: one place has one set for a day")
    return found


_own_file: list[Callable[[], Path | None]] = [lambda: None]


def own_file(tell: Callable[[], Path | None]) -> None:
    """Let the settings tell where the county keeps its own figures; called from `apps.ready`."""
    _own_file.append(tell)


@cache
def _sets() -> tuple[Figures, ...]:
    """Return the shipped figures and the county's own. Raises: BadConfirmations."""
    own = _own_file[-1]()
    return read(FILE) + (read(own) if own else ())


def on(day: date, division_code: str) -> Figures:
    """Return the figures of a place on a day, the county's own before the shipped.

    Raises: LookupError before the first; BadConfirmations.
    """
    held = [
        one
        for one in _sets()
        if one.valid_from_date <= day
        and (not one.division or division_code.startswith(divisions.prefix(one.division)))
    ]
    if not held:
        raise LookupError(day)
    nearest = max(_reach(one) for one in held)
    near = [one for one in held if _reach(one) == nearest]
    newest = max(one.valid_from_date for one in near)
    return [one for one in near if one.valid_from_date == newest][-1]


def _reach(one: Figures) -> int:
    return len(divisions.prefix(one.division)) if one.division else 0


def longest_look_back() -> int:
    """Return the most days that any set looks back."""
    return max(one.look_back_days for one in _sets())


def lot(rank: Rank, key: str) -> int:
    """Return a number from 0 to 99 by lot."""
    return int(rank(key), 16) % PERCENT


def draw(keys: Iterable[str], count: int, rank: Rank) -> list[str]:
    """Return so many of the keys, by lot."""
    return sorted(set(keys), key=rank)[:count]
