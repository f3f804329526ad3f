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
            yield place, "分档表没有按生效日先后排"
        last_day = table["valid_from_date"]
        bands = [(band["from_fen"], band["code"]) for band in table["bands"]]
        if bands[0][0] != 0:
            yield (*place, "bands"), "第一档不是从0分起"
        ordered = sorted(set(bands)) == bands
        if not ordered or sorted({code for _, code in bands}) != [code for _, code in bands]:
            yield (*place, "bands"), "各档的金额和档名没有一档比一档高"
        yield from _lifts(place, table, raw)


def _lifts(place: Place, table: Mapping[str, Any], raw: Mapping[str, Any]) -> Found:
    types = {one["key"]: one["type"] for one in raw["fields"]}
    for number, lift in enumerate(table.get("lifts", [])):
        at = (*place, "lifts", number)
        if types.get(lift["field"]) != "integer":
            yield at, f"没有叫“{lift['field']}”的整数栏"
        yield from _unknown(at, [lift["code"]], {one["code"] for one in table["bands"]}, "档")


def _fields(raw: Mapping[str, Any]) -> Found:
    yield from _form((), raw, _tier_codes(raw))
    for index, step in enumerate(raw["steps"]):
        if step["kind"] == "record":
            yield from _form(("steps", index), step, _tier_codes(raw))
    types = {one["key"]: one["type"] for one in raw["fields"]}
    amount = raw.get("amount", {})
    if amount.get("from") == "field" and types.get(amount.get("field")) != "money":
        yield ("amount",), f"没有叫“{amount.get('field')}”的金额栏"
    if amount.get("from") == "payees" and "payees" not in raw:
        yield ("amount",), "金额要从收款人算，可是没有收款人"
    for name in ("title_from", "handler_from"):
        if name in raw and raw[name] not in types:
            yield (name,), f"没有叫“{raw[name]}”的栏"


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
            yield place, f"栏“{one['key']}”写了两遍"
        yield from _type(place, one)
        yield from _when((*place, "required_for"), one.get("required_for"), choices)
        needed = one.get("required_in_tiers", [])
        yield from _unknown((*place, "required_in_tiers"), needed, tiers, "档")
    for number, one in enumerate(form.get("evidence", [])):
        yield from _when((*at, "evidence", number, "when"), one.get("when"), choices)


def _type(place: Place, one: Mapping[str, Any]) -> Found:
    if one["type"] == "choice" and not one.get("options"):
        yield place, f"选择栏“{one['key']}”没有选项"
    if one["type"] == "lookup" and not one.get("list"):
        yield place, f"查找栏“{one['key']}”没说从哪个名单里找"
    if (one["type"] == "rows") != ("columns" in one):
        yield place, "表格栏要有列，别的栏不能有"
    for number, column in enumerate(one.get("columns", [])):
        if column["type"] == "rows":
            yield (*place, "columns", number), "表格里不能再套表格"
        else:
            yield from _type((*place, "columns", number), column)


def _when(
    place: Place, when: Mapping[str, list[str]] | None, choices: Mapping[str, set[str]]
) -> Found:
    for key, values in (when or {}).items():
        if key not in choices:
            yield (*place, key), f"没有叫“{key}”的栏"
            continue
        for value in values:
            if value not in choices[key]:
                yield (*place, key), f"“{key}”没有“{value}”这个选项"


def _own(place: Place, step: Mapping[str, Any], starters: set[str]) -> Found:
    if step["kind"] in JUDGED:
        for key in sorted(starters.intersection(step.get("may_repeat", []))):
            yield place, f"办“{key}”的人不能在“{step['key']}”这步审自己办的"


def _steps(raw: Mapping[str, Any]) -> Found:
    tiers = _tier_codes(raw)
    numbers = [step["no"] for step in raw["steps"]]
    keys = [step["key"] for step in raw["steps"]]
    starters = {step["key"] for step in raw["steps"] if step["kind"] == "starter"}
    if numbers != sorted(set(numbers)):
        yield ("steps",), "步骤的号没有一步比一步大"
    for index, step in enumerate(raw["steps"]):
        place: Place = ("steps", index)
        if keys.count(step["key"]) > 1:
            yield (*place, "key"), f"步骤“{step['key']}”写了两遍"
        for name in ("tiers", "tiers_when_concurrent"):
            yield from _unknown((*place, name), step.get(name, []), tiers, "档")
        yield from _unknown((*place, "may_repeat"), step.get("may_repeat", []), keys, "步骤")
        yield from _own((*place, "may_repeat"), step, starters)
        if step["kind"] != "record" and (step["kind"] == "effect") != ("effect" in step):
            yield place, "动钱的步骤要写effect，别的步骤不能写"
        if step["kind"] == "effect" and step.get("effect") not in MONEY_EFFECTS:
            yield (*place, "effect"), f"没有叫“{step.get('effect')}”的动钱动作"
        if step["kind"] != "record" and {"fields", "evidence", "many"} & set(step):
            yield place, "只有办理步骤能有自己的表"
        if step["kind"] in ACTED and "limit" not in step:
            yield place, f"步骤“{step['key']}”没有写几天办完"
    yield from _hands(raw)


def _hands(raw: Mapping[str, Any]) -> Found:
    """Yield what is wrong with who approves and who moves the money."""
    if not any(step["kind"] == "review" for step in raw["steps"]):
        yield ("steps",), "没有人审：一个审核步骤也没有"
    effects = {step.get("effect"): step for step in raw["steps"]}
    maker, checker = effects.get("instruct"), effects.get("release")
    if maker and checker and maker["role"] == checker["role"]:
        at = ("steps", raw["steps"].index(checker), "role")
        yield at, "付款的制单和复核是同一个角色"


def _tier_codes(raw: Mapping[str, Any]) -> set[str]:
    return {band["code"] for table in raw["tiers"] for band in table["bands"]}


def _unknown(place: Place, names: list[str], known: Collection[str], what: str) -> Found:
    for name in names:
        if name not in known:
            yield place, f"没有叫“{name}”的{what}"


def _roles(raw: Mapping[str, Any]) -> Found:
    known = {*roles(), *OUTSIDE_ROLES}
    for index, step in enumerate(raw["steps"]):
        if step["role"] not in known:
            yield ("steps", index, "role"), f"没有叫“{step['role']}”的角色"
        if step["kind"] in ACTED and step["role"] not in raw["next_in_line"]:
            yield ("next_in_line",), f"没说“{step['role']}”不在时谁顶上"
    for role in raw["starts"]:
        if role not in known:
            yield ("starts",), f"没有叫“{role}”的角色"
    for role, line in raw["next_in_line"].items():
        for other in (role, *line):
            if other not in known:
                yield ("next_in_line", role), f"没有叫“{other}”的角色"
        if role in line:
            yield ("next_in_line", role), f"“{role}”不能顶自己"
