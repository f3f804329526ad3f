"""The loaders of parameters' values and changes: as strict as the way by maker and checker.

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
from sanzi.record.merging import merge
from sanzi.supervision import catalogue, change_rules
from sanzi.supervision.models import ChangeState, Parameter, ParameterChange
from sanzi.supervision.shapes import Parameter as Named

TABLE = "parameter_value"
CHANGES = "parameter_change"
COMPARED = ("valid_until_date", "value", "source_ref", "made_by_id", "approved_by_id")
COMPARED_CHANGE = (
    "model_code", "name", "division_code", "valid_from_date", "valid_until_date", "value",
    "old_value", "reason", "source_ref", "state", "made_by_id", "made_at", "decided_by_id",
    "decided_at", "decided_reason", "parameter_id",
)  # fmt: skip
LEVELS = ("county", "town")


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader(TABLE, ORDER[TABLE], load_parameters))
    register(Loader(CHANGES, ORDER[CHANGES], load_changes))


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


def load_changes(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `parameter_change` rows: what waits goes on waiting here. Raises: RowProblem."""
    people = {
        ext_id: (pk, name)
        for ext_id, pk, name in Person.objects.values_list("ext_id", "pk", "name")
    }
    return merge(
        ParameterChange,
        (_change(place, row, people) for place, row in enumerate(rows, start=2)),
        key="ext_id",
        compare=COMPARED_CHANGE,
    )


def _change(
    place: int, row: Mapping[str, Any], people: Mapping[str, tuple[int, str]]
) -> dict[str, Any]:
    maker, maker_name = people[row["made_by_person_id"]]
    decider = row.get("decided_by_person_id")
    is_open = row["status"] == ChangeState.PROPOSED
    problem = None
    if is_open != (row.get("decided_at") is None) or is_open != (decider is None):
        problem = "decided_by_person_id", "定了的写谁、什么时候，等核准的不写"
    elif (
        row["status"] in (ChangeState.APPROVED, ChangeState.REJECTED)
        and decider == row["made_by_person_id"]
    ):
        problem = "decided_by_person_id", "另一个人，不是提的人"
    if problem:
        raise _refusal(place, row, *problem)
    key = {
        "model_code": row["model_code"],
        "name": row["name"],
        "division_code": row["area_code"],
        "valid_from_date": row["valid_from_date"],
    }
    in_force = None
    if row["status"] == ChangeState.APPROVED:
        in_force = Parameter.objects.filter(**key).values_list("pk", flat=True).first()
    decided_by, decided_name = people[decider] if decider else (None, "")
    return {
        "ext_id": row["change_id"],
        **key,
        "valid_until_date": row.get("valid_until_date"),
        "value": _value(place, row),
        "old_value": json.loads(row["old_value"]),
        "reason": str(row["reason"])[:300],
        "source_ref": str(row["source_ref"])[:120],
        "state": row["status"],
        "made_by_id": maker,
        "made_by_name": maker_name[:60],
        "made_at": row["made_at"],
        "decided_by_id": decided_by,
        "decided_by_name": decided_name[:60],
        "decided_at": row.get("decided_at"),
        "decided_reason": str(row.get("decided_reason") or "")[:300],
        "parameter_id": in_force,
    }


def _refusal(place: int, row: Mapping[str, Any], column: str, expected: str) -> RowProblem:
    return RowProblem(
        row=place, column=column, value=str(row.get(column) or "")[:60], expected=expected
    )


def _value(place: int, row: Mapping[str, Any]) -> Any:
    """Return the value of a row, when everything about the row may be so. Raises: RowProblem."""

    def refuse(column: str, expected: str) -> RowProblem:
        return _refusal(place, row, column, expected)

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
        change_rules.check(named, value, change_rules.governed(model, named))
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
    if row["made_by_person_id"] == row.get("approved_by_person_id"):
        return "approved_by_person_id", "另一个人，不是提的人"
    return None
