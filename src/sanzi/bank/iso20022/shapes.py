"""Messages without a published schema: held against `data/bank/shapes.yaml` by local name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from lxml import etree

from sanzi.kernel import yamls

TABLE = Path(__file__).parents[2] / "data" / "bank" / "shapes.yaml"
ENTRY = re.compile(r"(?P<name>[A-Za-z0-9]+)(?P<times>[!?*+])")
FEWEST = {"!": 1, "?": 0, "*": 0, "+": 1}
MOST = {"!": 1, "?": 1}

Inside: TypeAlias = "Shape | int | None"


class WrongShape(Exception):
    """The document has what it must not have, or lacks what it must; the text says where."""


@dataclass(frozen=True)
class Shape:
    """What may stand inside an element. `inside` is a shape, a longest text, or None for any."""

    inside: dict[str, Inside]
    fewest: dict[str, int]
    most: dict[str, int]
    place: dict[str, int]


@cache
def all_shapes() -> dict[str, Shape]:
    """Read the table: message name to what stands below its Document."""
    table = yamls.read(TABLE)
    return {message: _shape(parts) for message, parts in table.items()}


def _shape(parts: dict[str, object]) -> Shape:
    found = Shape({}, {}, {}, {})
    for place, (entry, inside) in enumerate(parts.items()):
        read = ENTRY.fullmatch(entry)
        if read is None:
            message = f"{TABLE.name}: {entry!r} is no name with ! ? * or +"
            raise ValueError(message)
        name, times = read["name"], read["times"]
        found.fewest[name], found.place[name] = FEWEST[times], place
        if times in MOST:
            found.most[name] = MOST[times]
        if isinstance(inside, dict):
            found.inside[name] = _shape(inside)
        else:
            found.inside[name] = inside if isinstance(inside, int) else None
    return found


def check(root: etree._Element, message: str) -> None:
    """Hold a Document against the shape of its message. Raises WrongShape."""
    _check(root, all_shapes()[message], local_name(root))


def _check(element: etree._Element, shape: Shape, where: str) -> None:
    space = element.tag.partition("}")[0]
    seen: Counter[str] = Counter()
    last = 0
    for child in element:
        name = local_name(child)
        if name not in shape.inside or child.tag.partition("}")[0] != space:
            raise WrongShape(f"{where}: {name} is not expected")
        if shape.place[name] < last:
            raise WrongShape(f"{where}: {name} is out of place")
        last = shape.place[name]
        seen[name] += 1
        _check_inside(child, shape.inside[name], f"{where}/{name}")
    for name, fewest in shape.fewest.items():
        if not fewest <= seen[name] <= shape.most.get(name, seen[name]):
            raise WrongShape(f"{where}: {seen[name]} times {name}")


def _check_inside(element: etree._Element, inside: Inside, where: str) -> None:
    if isinstance(inside, Shape):
        _check(element, inside, where)
    elif inside is not None and (
        len(element) or not 0 < len((element.text or "").strip()) <= inside
    ):
        raise WrongShape(f"{where} is no text of 1 to {inside} characters")


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]
