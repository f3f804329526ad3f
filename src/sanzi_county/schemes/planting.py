"""Planting every scheme once, and its lawful look-alikes, each in a village of its own turn.

The seed draws figures, people and places; every second scheme passes its limit by less than a
tenth. The first village stays clean. No look-alike lies in the village of its own scheme: where a
limit counts over a whole village and year, whatever is spent there after the scheme is beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Final

from sanzi_county.bodies import Bodies
from sanzi_county.codes import Numbers
from sanzi_county.money import Plan
from sanzi_county.people import People
from sanzi_county.schemes import (
    bills,
    dealings,
    labour,
    offices,
    plastic,
    spending,
    standing,
    works,
)
from sanzi_county.schemes.scene import Scene, Scheme
from sanzi_county.write import Sink

SCHEMES: Final[tuple[Scheme, ...]] = (
    *spending.SCHEMES,
    *bills.SCHEMES,
    *labour.SCHEMES,
    *dealings.SCHEMES,
    *offices.SCHEMES,
    *works.SCHEMES,
    *standing.SCHEMES,
    *plastic.SCHEMES,
)
LAWFUL_LEAST: Final = 5
VILLAGES_LEAST: Final = 4
MONTHS_LEAST: Final = 9
HOUSEHOLDS: Final = 60
"""How many households a village has more when schemes are planted: people for them."""


@dataclass(frozen=True)
class Ground:
    """What the tellings are written on."""

    sink: Sink
    numbers: Numbers
    bodies: Bodies
    people: People
    plans: Sequence[Plan]
    taken: dict[str, int] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)


def plant_all(ground: Ground, until: date, months: int, seed: int) -> None:
    """Add every scheme and its look-alikes to the plans.

    Raises ValueError for a county too small or too short.
    """
    rest = ground.plans[1:]
    if len(rest) < VILLAGES_LEAST - 1:
        raise ValueError(f"schemes need {VILLAGES_LEAST} villages")
    if months < MONTHS_LEAST:
        raise ValueError(f"schemes need {MONTHS_LEAST} months")
    place = Random(f"place {seed}").randrange(len(rest))
    for turn, scheme in enumerate(SCHEMES):
        own = (place + 1) % len(rest)
        for number, (why, words) in enumerate((("", scheme.wrong), *scheme.lawful)):
            place += 1
            if number and place % len(rest) == own:
                place += 1
            scene = Scene(
                ground.sink,
                ground.numbers,
                ground.bodies,
                ground.people,
                Random(f"scheme {seed} {scheme.key} {number}"),
                until,
                [rest[(place + more) % len(rest)] for more in range(len(rest))],
                scheme.key,
                number,
                why or scheme.title,
                is_close=(turn + number + seed) % 2 == 0,
                taken=ground.taken,
                cards=ground.cards,
            )
            scheme.build(scene, **words)
