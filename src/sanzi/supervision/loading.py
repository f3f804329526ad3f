"""The loader of dated values of parameters: as strict as the way by maker and checker.

What a model file does not know or allow, or one person made and approved, is refused with its cell.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sanzi.kernel import divisions
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.models import Person
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.supervision import catalogue, change_rules
from sanzi.supervision.models import Parameter
from sanzi.supervision.shapes import Parameter as Named

TABLE = "parameter_value"
COMPARED = ("valid_until_date", "value", "source_ref", "made_by_id", "approved_by_id")
LEVELS = ("county", "town")


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader(TABLE, ORDER[TABLE], load_parameters))


def load_parameters(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `parameter_value` rows by model, name, place and first day. Raises: RowProblem."""
    people = dict(Person.objects.values_list("ext_id", "pk"))
    added = changed = same = 0
    for place, row in enumerate(rows, start=2):
        value = _value(place, row)
        key = {
            "model_code": row["model_code"],
            "name": row["name"],
            "division_code": row["area_code"],
            "valid_from_date": row["valid_from_date"],
        }
        wanted = {
            "valid_until_date": row.get("valid_until_date"),
            "value": value,
            "source_ref": str(row.get("source_ref") or "")[:120],
            "made_by_id": people[row["made_by_person_id"]],
            "approved_by_id": people[row["approved_by_person_id"]],
        }
        held = Parameter.objects.filter(**key).first()
        if held is None:
            Parameter.objects.create(**key, **wanted)
            added += 1
        elif any(getattr(held, name) != wanted[name] for name in COMPARED):
            Parameter.objects.filter(pk=held.pk).update(**wanted)
            changed += 1
        else:
            same += 1
    return LoadCount(added, changed, same)


def _value(place: int, row: Mapping[str, Any]) -> Any:
    """Return the value of a row, when everything about the row may be so. Raises: RowProblem."""

    def refuse(column: str, expected: str) -> RowProblem:
        return RowProblem(
            row=place, column=column, value=str(row.get(column) or "")[:60], expected=expected
        )

    model = catalogue.models().get(row["model_code"])
    if model is None:
        raise refuse("model_code", "一条有的规则")
    named = next((one for one in model.parameters if one.name == row["name"]), None)
    if named is None:
        raise refuse("name", "这条规则有的参数")
    problem = _wrong_place(row, named)
    if problem:
        raise refuse(*problem)
    try:
        value = json.loads(row["value"])
    except ValueError as error:
        raise refuse("value", "按JSON写的一个值") from error
    try:
        change_rules.check(named, value)
    except Refusal as refusal:
        raise refuse("value", refusal.text) from refusal
    return value


def _wrong_place(row: Mapping[str, Any], named: Named) -> tuple[str, str] | None:
    """Return column and expectation of what is wrong beside the value."""
    level = divisions.level(row["area_code"])
    if level not in LEVELS:
        return "area_code", "一个县或者一个镇"
    if level == "town" and not named.is_township:
        return "area_code", "一个县：这个参数全县要一个样"
    until = row.get("valid_until_date")
    if until is not None and until < row["valid_from_date"]:
        return "valid_until_date", "不早于从哪天"
    if row["made_by_person_id"] == row["approved_by_person_id"]:
        return "approved_by_person_id", "另一个人，不是提的人"
    return None
