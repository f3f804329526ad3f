"""The alert models: one folder each under `data/models`, their schema and their one loader.

Pure reading of files; nothing here knows Django. How to add one: docs/how-to/add-an-alert-model.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from sanzi.kernel import yamls
from sanzi.record import engine, neighbourhood, subjects
from sanzi.supervision import clue_rules, screens
from sanzi.supervision.shapes import OFFICES, AlertModel, Column, Parameter, Sign, Value

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "models"
LOCK: Final = FOLDER / "versions.lock.json"
GATES: Final = ("draft", "submit", "approve", "pay", "seal", "publish", "nightly")
STATUSES: Final = ("draft", "trial", "active", "retired")
SEVERITIES: Final = ("block", "hold", "warn")
COLUMN_TYPES: Final = ("fen", "count", "date", "text", "person", "payee", "role", "duty", "id")
DEFAULT_DAYS: Final = {"V": 3, "F": 5, "D": 10, "C": 15}

CLOSED_CHAIN: Final = "supervision"

_MUST: Final = {
    "code", "number", "title", "version", "status", "severity", "gates", "missing", "rule",
    "sentence", "advice", "basis", "parameters", "route", "columns", "false_alarms",
    "blind_spots", "verify",
}  # fmt: skip
_MAY: Final = {"closed", "screen", "quiet", "picture"}
_BOUNDS: Final = {"minimum", "maximum", "choices", "township"}
_WHOLE: Final = ("fen", "days", "percent", "people", "count")
_DISCIPLINE: Final = frozenset({"D", "C"})
_KIND: Final = re.compile(r"'(\w+)'\s+AS\s+finding_kind")


class ModelBroken(ValueError):
    """A model folder is wrong: the text names the file, the place and what is expected."""


@cache
def models() -> Mapping[str, AlertModel]:
    """Return all models by code. Raises ModelBroken."""
    return read_folder(FOLDER)


def at_gate(gate: str) -> list[AlertModel]:
    """Return the active models of a gate, in the order of their numbers."""
    if gate not in GATES:
        raise ValueError(f"unknown gate {gate!r}, expected one of {', '.join(GATES)}")
    found = [one for one in models().values() if gate in one.gates and one.status == "active"]
    return sorted(found, key=lambda one: one.number)


def closed_codes() -> list[str]:
    """Return the codes of the models whose findings only the discipline offices see."""
    return [one.code for one in models().values() if one.is_closed]


def tables_of(chosen: list[AlertModel]) -> frozenset[str]:
    """Return the tables that these models read."""
    return frozenset().union(*(one.tables for one in chosen))


def read_folder(folder: Path) -> Mapping[str, AlertModel]:
    """Read and check all models of a folder: `<category>/<code>/`."""
    found: dict[str, AlertModel] = {}
    numbers: dict[str, str] = {}
    for path in sorted(folder.glob("*/*/model.yaml")):
        model = read_model(path.parent)
        if model.number in numbers:
            raise ModelBroken(f"{model.code}: number {model.number} is {numbers[model.number]}'s")
        found[model.code] = model
        numbers[model.number] = model.code
    return found


def read_model(folder: Path) -> AlertModel:
    """Read one folder. Raises ModelBroken."""
    where = folder.name
    data = _yaml(folder / "model.yaml", where)
    missing = sorted(_MUST - set(data))
    if missing:
        raise ModelBroken(f"{where}: {missing[0]} is missing")
    unknown = sorted(set(data) - _MUST - _MAY)
    if unknown:
        raise ModelBroken(f"{where}: unknown key '{unknown[0]}'")
    _check_words(where, folder, data)
    statement = _statement(where, folder)
    model = AlertModel(
        code=data["code"],
        number=data["number"],
        category=folder.parent.name,
        title=data["title"],
        version=str(data["version"]),
        status=data["status"],
        severity=data["severity"],
        gates=tuple(data["gates"]),
        missing=data["missing"],
        rule=data["rule"],
        sentence=_by_ground(data["sentence"]),
        advice=_by_ground(data["advice"]),
        basis=tuple(data["basis"]),
        parameters=tuple(_parameter(where, *item) for item in data["parameters"].items()),
        route=route(where, data["route"]),
        columns=tuple(_column(where, *item) for item in data["columns"].items()),
        false_alarms=tuple(data["false_alarms"]),
        blind_spots=tuple(data["blind_spots"]),
        verify=data["verify"],
        sql=statement.sql,
        tables=statement.tables,
        kinds=frozenset(_KIND.findall(statement.sql)),
        screen=_screen(where, data.get("screen") or []),
        is_closed=data.get("closed") is True,
        quiet=_clue(where, clue_rules.quiet, data.get("quiet")),
        picture=_clue(where, clue_rules.picture, data.get("picture")),
    )
    _check_closed(where, model)
    _check_clue(where, model)
    _check_kinds(where, model)
    _check_parameters(where, model, statement.parameters)
    _check_sentences(where, model)
    return model


def locked() -> dict[str, dict[str, str]]:
    """Return the lock file: code -> version and SM3 of what was shipped under it."""
    found: dict[str, dict[str, str]] = json.loads(LOCK.read_text(encoding="utf-8"))
    return found


def lock_text() -> str:
    """Return what the lock file must say now."""
    entries = {
        model.code: {"version": model.version, "sm3": model.content_digest}
        for model in models().values()
    }
    return json.dumps(entries, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _yaml(path: Path, where: str) -> dict[str, Any]:
    try:
        data = yamls.read(path)
    except (OSError, yaml.YAMLError) as error:
        raise ModelBroken(f"{where}: {path.name} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise ModelBroken(f"{where}: {path.name} must be a mapping")
    return data


def _check_words(where: str, folder: Path, data: Mapping[str, Any]) -> None:
    if data["code"] != folder.name:
        raise ModelBroken(f"{where}: code is '{data['code']}', expected '{folder.name}'")
    for key, allowed in (("status", STATUSES), ("severity", SEVERITIES)):
        if data[key] not in allowed:
            raise ModelBroken(f"{where}: {key} '{data[key]}', expected {', '.join(allowed)}")
    for gate in data["gates"]:
        if gate not in GATES:
            raise ModelBroken(f"{where}: gate '{gate}', expected {', '.join(GATES)}")
    if not data["basis"]:
        raise ModelBroken(f"{where}: basis is empty; a rule names what it stands on")


def _statement(where: str, folder: Path) -> engine.Statement:
    try:
        return engine.check((folder / "query.sql").read_text(encoding="utf-8"))
    except (OSError, engine.BadStatement) as error:
        raise ModelBroken(f"{where}: query.sql {error}") from error


def _screen(where: str, items: list[Mapping[str, Any]]) -> tuple[screens.Ask, ...]:
    try:
        found = screens.read(items)
        for table, column in screens.columns(found):
            neighbourhood.check_column(table, column)
    except KeyError as error:
        raise ModelBroken(f"{where}: screen: unknown column {error}") from error
    except ValueError as error:
        raise ModelBroken(f"{where}: {error}") from error
    return found


def _clue(where: str, read: Callable[[Any], Any], item: Any) -> Any:
    try:
        return read(item)
    except ValueError as error:
        raise ModelBroken(f"{where}: {error}") from error


def _by_ground(words: str | Mapping[str, str]) -> Mapping[str, str]:
    return {"": words} if isinstance(words, str) else dict(words)


def _parameter(where: str, name: str, item: Mapping[str, Any]) -> Parameter:
    try:
        values = tuple(
            Value(one["from"], one["value"], one["source_ref"]) for one in item["values"]
        )
        found = Parameter(
            name,
            item["meaning"],
            item["unit"],
            values,
            minimum=item.get("minimum"),
            maximum=item.get("maximum"),
            choices=tuple(item.get("choices") or ()),
            is_township=item.get("township") is True,
        )
    except (KeyError, TypeError) as error:
        raise ModelBroken(
            f"{where}: parameter '{name}' needs meaning, unit and values with from, value and"
            f" source_ref ({error})"
        ) from error
    if not values or not all(isinstance(one.from_date, date) for one in values):
        raise ModelBroken(f"{where}: parameter '{name}' needs a value with a day")
    if found.unit in _WHOLE and not all(type(one.value) is int for one in values):
        raise ModelBroken(f"{where}: parameter '{name}' in {found.unit} must be a whole number")
    _check_bounds(where, found, set(item))
    return found


def _check_bounds(where: str, found: Parameter, keys: set[str]) -> None:
    """Refuse bounds that a unit has no use for, and a default outside of its own bounds."""
    unknown = sorted(keys - {"meaning", "unit", "values"} - _BOUNDS)
    if unknown:
        raise ModelBroken(f"{where}: parameter '{found.name}': unknown key '{unknown[0]}'")
    is_whole = found.unit in _WHOLE
    if not is_whole and keys & {"minimum", "maximum"}:
        raise ModelBroken(f"{where}: parameter '{found.name}' in {found.unit} has no range")
    if found.unit != "choice" and found.choices:
        raise ModelBroken(f"{where}: parameter '{found.name}' in {found.unit} has no choices")
    for one in found.values:
        is_low = is_whole and found.minimum is not None and one.value < found.minimum
        is_high = is_whole and found.maximum is not None and one.value > found.maximum
        if is_low or is_high or (found.choices and one.value not in found.choices):
            raise ModelBroken(f"{where}: parameter '{found.name}': {one.value} is out of bounds")


def route(where: str, text: str) -> tuple[Sign, ...]:
    """Return the signs of a route. Raises ModelBroken."""
    signs = []
    for part in text.split("→"):
        words = part.split()
        letter, _, office = words[0].partition(":") if words else ("", "", "")
        if letter not in DEFAULT_DAYS or (letter == "F") != (office in OFFICES):
            raise ModelBroken(f"{where}: route '{text}', expected signs V, F:office, D, C")
        days = int(words[1]) if len(words) > 1 else DEFAULT_DAYS[letter]
        signs.append(Sign(letter, office, days))
    return tuple(signs)


def _column(where: str, name: str, item: Mapping[str, str]) -> Column:
    if item.get("type") not in COLUMN_TYPES or not item.get("title"):
        raise ModelBroken(
            f"{where}: column '{name}' needs a title and a type of {', '.join(COLUMN_TYPES)}"
        )
    return Column(name, item["type"], item["title"])


def _check_closed(where: str, model: AlertModel) -> None:
    """Refuse a closed model that a gate, or an office of the village or the town, would tell of."""
    if model.is_closed and (
        model.gates != ("nightly",) or {one.letter for one in model.route} - _DISCIPLINE
    ):
        raise ModelBroken(f"{where}: closed, so it runs nightly and its route has only D and C")


def _check_clue(where: str, model: AlertModel) -> None:
    try:
        clue_rules.check(model)
    except ValueError as error:
        raise ModelBroken(f"{where}: {error}") from error


def _check_kinds(where: str, model: AlertModel) -> None:
    """Refuse a gate for a model that finds nothing on what belongs to a case."""
    acted_on = {one.table for one in neighbourhood.handled()}
    is_of_cases = subjects.roots_of(model.kinds) or acted_on & model.kinds
    if set(model.gates) - {"nightly"} and not is_of_cases:
        raise ModelBroken(
            f"{where}: finds nothing on rows of a case, so no gate but nightly can ask it"
        )


def _check_parameters(where: str, model: AlertModel, used: frozenset[str]) -> None:
    named = {one.name for one in model.parameters}
    for name in sorted(used - named - {"as_of"}):
        raise ModelBroken(f"{where}: query.sql uses ${name}, which model.yaml does not name")
    for name in sorted(screens.parameters(model.screen) - named):
        raise ModelBroken(f"{where}: the screen uses ${name}, which model.yaml does not name")
    for name in sorted(named - used):
        raise ModelBroken(f"{where}: parameter '{name}' is used nowhere in query.sql")


def _check_sentences(where: str, model: AlertModel) -> None:
    names = {one.name for one in model.columns} | {one.name for one in model.parameters}
    known = dict.fromkeys(names | {"village_name"}, "")
    for words in (*model.sentence.values(), *model.advice.values()):
        try:
            words.format_map(known)
        except (KeyError, ValueError, IndexError) as error:
            raise ModelBroken(f"{where}: a sentence names the unknown figure {error}") from error
        if "！" in words or "!" in words:
            raise ModelBroken(f"{where}: a sentence must not shout")
