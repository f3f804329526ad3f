"""What a schema can't say of the `disclosure` of a matter file. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sanzi.matters.items import items
from sanzi.matters.lines import Place

MOMENTS = ("submitted", "approved", "finished", "paid")
PRIVATE = ("account",)
"""Types of field that are never shown."""

Found = Iterator[tuple[Place, str]]
Fields = Mapping[str, Mapping[str, Any]]


def mistakes(raw: Mapping[str, Any]) -> Found:
    """Yield (place, message) of what is wrong with what a matter publishes."""
    known = shown_fields(raw)
    steps = [step["key"] for step in raw["steps"]]
    seen: set[str] = set()
    for number, one in enumerate(raw["disclosure"]):
        place: Place = ("disclosure", number)
        if one["item"] not in items():
            yield (
                (*place, "item"),
                f"没有叫“{one['item']}”的公开项：代码在data/disclosure/items.yaml里",
            )
        if one["item"] in seen:
            yield (*place, "item"), f"公开项“{one['item']}”写了两遍"
        seen.add(one["item"])
        for moment in one.get("at", []):
            if moment not in (*MOMENTS, *steps):
                yield (*place, "at"), f"没有叫“{moment}”的时刻或步骤"
        if one.get("since", "submitted") not in ("submitted", *steps):
            yield (*place, "since"), f"没有叫“{one['since']}”的步骤"
        yield from _paths(place, one, known)


def _paths(place: Place, one: Mapping[str, Any], known: Fields) -> Found:
    for path in one.get("show", []):
        field = known.get(path)
        if field is None:
            yield (*place, "show"), f"没有叫“{path}”的栏"
        elif field["type"] in PRIVATE:
            yield (*place, "show"), f"“{path}”里有账号，永远不能公开"
    for name in ("mask", "in_full"):
        for path in one.get(name, []):
            whole, _, column = path.rpartition(".")
            columns = {column["key"] for column in known.get(whole, {}).get("columns", [])}
            if path not in known and column not in columns:
                yield (*place, name), f"没有叫“{path}”的栏"


def shown_fields(raw: Mapping[str, Any]) -> Fields:
    """Return the fields of a matter file by their paths: `field`, `step.field`."""
    found = {one["key"]: one for one in raw["fields"]}
    for step in raw["steps"]:
        found |= {f"{step['key']}.{one['key']}": one for one in step.get("fields", [])}
    return found
