"""What a schema can't say of a matter file: order, references between parts, known roles. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sanzi.matters import online_sense, public_sense
from sanzi.matters.fields import YES_NO
from sanzi.matters.lines import Place
from sanzi.orgs.roles import roles

OUTSIDE_ROLES = ("handler", "system")
ACTED = ("review", "record", "effect")
JUDGED = ("review", "effect")
"""The kinds of step that wait for somebody."""
MONEY_EFFECTS = ("instruct", "release")

Found = Iterator[tuple[Place, str]]


def mistakes(raw: Mapping[str, Any]) -> Found:
    """Yield (place, message) of what the schema can't say."""
    yield from _tiers(raw)
    yield from _fields(raw)
    yield from _steps(raw)
    yield from _roles(raw)
    yield from public_sense.mistakes(raw)
    yield from online_sense.mistakes(raw)


def _tiers(raw: Mapping[str, Any]) -> Found:
    last_day = ""
    for number, table in enumerate(raw["tiers"]):
        place: Place = ("tiers", number)
        if table["valid_from_date"] <= last_day:
            yield place, "tier tables are not in the order of their days"
        last_day = table["valid_from_date"]
        bands = [(band["from_fen"], band["code"]) for band in table["bands"]]
        if bands[0][0] != 0:
            yield (*place, "bands"), "the first band does not begin at 0 fen"
        ordered = sorted(set(bands)) == bands
        if not ordered or sorted({code for _, code in bands}) != [code for _, code in bands]:
            yield (*place, "bands"), "bands do not rise in amount and code"
        yield from _lifts(place, table, raw)


def _lifts(place: Place, table: Mapping[str, Any], raw: Mapping[str, Any]) -> Found:
    types = {one["key"]: one["type"] for one in raw["fields"]}
    for number, lift in enumerate(table.get("lifts", [])):
        at = (*place, "lifts", number)
        if types.get(lift["field"]) != "integer":
            yield at, f"no field of whole numbers is called {lift['field']!r}"
        yield from _unknown(at, [lift["code"]], {one["code"] for one in table["bands"]}, "tier")


def _fields(raw: Mapping[str, Any]) -> Found:
    yield from _form((), raw, _tier_codes(raw))
    for index, step in enumerate(raw["steps"]):
        if step["kind"] == "record":
            yield from _form(("steps", index), step, _tier_codes(raw))
    types = {one["key"]: one["type"] for one in raw["fields"]}
    amount = raw.get("amount", {})
    if amount.get("from") == "field" and types.get(amount.get("field")) != "money":
        yield ("amount",), f"no field of money is called {amount.get('field')!r}"
    if amount.get("from") == "payees" and "payees" not in raw:
        yield ("amount",), "the amount comes from payees, and there are none"
    for name in ("title_from", "handler_from"):
        if name in raw and raw[name] not in types:
            yield (name,), f"no field is called {raw[name]!r}"


def _form(at: Place, form: Mapping[str, Any], tiers: Collection[str]) -> Found:
    """Yield what is wrong with the fields and papers of a form: the case's, or a step's."""
    fields = form.get("fields", [])
    keys = [one["key"] for one in fields]
    choices = {
        one["key"]: set(YES_NO if one["type"] == "yes_no" else one.get("options", {}))
        for one in fields
    }
    for number, one in enumerate(fields):
        place: Place = (*at, "fields", number)
        if one["key"] in keys[:number]:
            yield place, f"field {one['key']!r} is there twice"
        yield from _type(place, one)
        yield from _when((*place, "required_for"), one.get("required_for"), choices)
        needed = one.get("required_in_tiers", [])
        yield from _unknown((*place, "required_in_tiers"), needed, tiers, "tier")
    for number, one in enumerate(form.get("evidence", [])):
        yield from _when((*at, "evidence", number, "when"), one.get("when"), choices)


def _type(place: Place, one: Mapping[str, Any]) -> Found:
    if one["type"] == "choice" and not one.get("options"):
        yield place, f"choice {one['key']!r} has no options"
    if one["type"] == "lookup" and not one.get("list"):
        yield place, f"lookup {one['key']!r} names no list"
    if (one["type"] == "rows") != ("columns" in one):
        yield place, "rows have columns, and only rows do"
    for number, column in enumerate(one.get("columns", [])):
        if column["type"] == "rows":
            yield (*place, "columns", number), "rows do not stand in rows"
        else:
            yield from _type((*place, "columns", number), column)


def _when(
    place: Place, when: Mapping[str, list[str]] | None, choices: Mapping[str, set[str]]
) -> Found:
    for key, values in (when or {}).items():
        if key not in choices:
            yield (*place, key), f"no field is called {key!r}"
            continue
        for value in values:
            if value not in choices[key]:
                yield (*place, key), f"{key!r} has no option {value!r}"


def _own(place: Place, step: Mapping[str, Any], starters: set[str]) -> Found:
    if step["kind"] in JUDGED:
        for key in sorted(starters.intersection(step.get("may_repeat", []))):
            yield place, f"who did {key!r} does not judge it in {step['key']!r}"


def _steps(raw: Mapping[str, Any]) -> Found:
    tiers = _tier_codes(raw)
    numbers = [step["no"] for step in raw["steps"]]
    keys = [step["key"] for step in raw["steps"]]
    starters = {step["key"] for step in raw["steps"] if step["kind"] == "starter"}
    if numbers != sorted(set(numbers)):
        yield ("steps",), "step numbers do not rise"
    for index, step in enumerate(raw["steps"]):
        place: Place = ("steps", index)
        if keys.count(step["key"]) > 1:
            yield (*place, "key"), f"step {step['key']!r} is there twice"
        for name in ("tiers", "tiers_when_concurrent"):
            yield from _unknown((*place, name), step.get(name, []), tiers, "tier")
        yield from _unknown((*place, "may_repeat"), step.get("may_repeat", []), keys, "step")
        yield from _own((*place, "may_repeat"), step, starters)
        if step["kind"] != "record" and (step["kind"] == "effect") != ("effect" in step):
            yield place, "an effect step names its effect, and only an effect step does"
        if step["kind"] == "effect" and step.get("effect") not in MONEY_EFFECTS:
            yield (*place, "effect"), f"no effect of money is called {step.get('effect')!r}"
        if step["kind"] != "record" and {"fields", "evidence", "many"} & set(step):
            yield place, "a form of its own has only a record step"
        if step["kind"] in ACTED and "limit" not in step:
            yield place, f"step {step['key']!r} has no time limit"
    yield from _hands(raw)


def _hands(raw: Mapping[str, Any]) -> Found:
    """Yield what is wrong with who approves and who moves the money."""
    if not any(step["kind"] == "review" for step in raw["steps"]):
        yield ("steps",), "nobody approves: there is no review step"
    effects = {step.get("effect"): step for step in raw["steps"]}
    maker, checker = effects.get("instruct"), effects.get("release")
    if maker and checker and maker["role"] == checker["role"]:
        at = ("steps", raw["steps"].index(checker), "role")
        yield at, "maker and checker of money have the same role"


def _tier_codes(raw: Mapping[str, Any]) -> set[str]:
    return {band["code"] for table in raw["tiers"] for band in table["bands"]}


def _unknown(place: Place, names: list[str], known: Collection[str], what: str) -> Found:
    for name in names:
        if name not in known:
            yield place, f"no {what} is called {name!r}"


def _roles(raw: Mapping[str, Any]) -> Found:
    known = {*roles(), *OUTSIDE_ROLES}
    for index, step in enumerate(raw["steps"]):
        if step["role"] not in known:
            yield ("steps", index, "role"), f"no role is called {step['role']!r}"
        if step["kind"] in ACTED and step["role"] not in raw["next_in_line"]:
            yield ("next_in_line",), f"who stands in for {step['role']!r} is not said"
    for role in raw["starts"]:
        if role not in known:
            yield ("starts",), f"no role is called {role!r}"
    for role, line in raw["next_in_line"].items():
        for other in (role, *line):
            if other not in known:
                yield ("next_in_line", role), f"no role is called {other!r}"
        if role in line:
            yield ("next_in_line", role), f"{role!r} stands in for itself"
