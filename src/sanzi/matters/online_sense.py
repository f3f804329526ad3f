"""What a schema can't say of the part of a matter file that villagers fill. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sanzi.matters.fields import YES_NO
from sanzi.matters.lines import Place

NOW, HOUSEHOLD, ABOUT = "@now", "@household", "@about"
FILLED: Mapping[str, tuple[str, str]] = {
    NOW: ("type", "moment"), HOUSEHOLD: ("list", "households"), ABOUT: ("list", "publications"),
}  # fmt: skip
"""What is filled at the door itself, and what the field must be for it."""
MOMENTS = ("approved", "finished")
AT: Place = ("online",)

Found = Iterator[tuple[Place, str]]


def mistakes(raw: Mapping[str, Any]) -> Found:
    """Yield (place, message) of what is wrong with what villagers may begin."""
    online = raw.get("online")
    if online is None:
        return
    fields = {one["key"]: one for one in raw["fields"]}
    fill = online.get("fill", {})
    yield from _unknown("ask", online["ask"], fields, "栏")
    yield from _unknown("fill", fill, fields, "栏")
    for key in sorted(set(online["ask"]) & set(fill)):
        yield (*AT, "fill"), f"“{key}”又要村民填又由系统填"
    for key, value in fill.items():
        if key in fields and not _fits(fields[key], value):
            yield (*AT, "fill", key), f"“{key}”不能用“{value}”来填"
    for key, field in fields.items():
        if key not in (*online["ask"], *fill) and _is_needed(field, fill):
            yield (*AT, "ask"), f"表里必须有“{key}”，可是没有人填"
    papers = {one["kind"]: one for one in raw["evidence"]}
    yield from _unknown("papers", online.get("papers", []), papers, "材料")
    for kind, paper in papers.items():
        if paper["required"] and "when" not in paper and kind not in online.get("papers", []):
            yield (*AT, "papers"), f"材料“{kind}”必须有，可是传不了"
    steps = [step["key"] for step in raw["steps"]]
    yield from _unknown("decides", online["decides"], (*MOMENTS, *steps), "时刻或步骤")
    if "payees" in raw:
        yield AT, "付钱的事不能从村民的门里开头"
    yield from _starters(raw)


def _starters(raw: Mapping[str, Any]) -> Found:
    starters = [step for step in raw["steps"] if step["kind"] == "starter"]
    if len(starters) != 1:
        yield AT, "村民交来的要有一步接，也只能有一步接"
    for step in starters:
        if step["role"] not in raw["next_in_line"]:
            yield ("next_in_line",), f"没说“{step['role']}”不在时谁顶上"


def _is_needed(field: Mapping[str, Any], fill: Mapping[str, str]) -> bool:
    when = field.get("required_for")
    holds = when is not None and all(fill.get(key) in values for key, values in when.items())
    return bool(field["required"]) or holds


def _fits(field: Mapping[str, Any], value: str) -> bool:
    if value.startswith("@"):
        key, wanted = FILLED.get(value, ("key", ""))
        return bool(field.get(key) == wanted)
    options = YES_NO if field["type"] == "yes_no" else field.get("options")
    return options is None or value in options


def _unknown(name: str, keys: Collection[str], known: Collection[str], what: str) -> Found:
    for key in keys:
        if key not in known:
            yield (*AT, name), f"没有叫“{key}”的{what}"
