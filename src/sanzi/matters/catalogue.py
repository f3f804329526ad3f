"""Powers as data: the frozen shape of a matter file, its one loader and its checks.

The files are `data/matters/<code>-<slug>.yaml`; their form is `data/matters/schema.json`. The
form, the chain, the flow chart, the to-do lists and the time limits all come from here.
How to add one: docs/how-to/add-a-power.md.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from sanzi.matters.lines import Mistake, Numbered, Place, read
from sanzi.orgs.roles import roles

FOLDER = Path(__file__).resolve().parent.parent / "data" / "matters"
OUTSIDE_ROLES = ("handler", "system")


class BadMatter(Exception):
    """A shipped matter file is wrong; the text lists every mistake with its line."""


@dataclass(frozen=True)
class Band:
    """One tier: amounts from `from_fen` (int fen, included) up to the next band."""

    code: str
    from_fen: int
    title: str


@dataclass(frozen=True)
class TierTable:
    """The tiers that hold from a day on."""

    valid_from_date: date
    source_ref: str
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Field:
    """One field of the form. `required_*` make it required only sometimes."""

    key: str
    label: str
    type: str
    required: bool
    help: str
    max_length: int | None = None
    list: str = ""
    options: Mapping[str, str] | None = None
    required_from_fen: int | None = None
    required_for: Mapping[str, tuple[str, ...]] | None = None
    required_in_tiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A kind of evidence, and for which form values it must hang on the case."""

    kind: str
    title: str
    required: bool
    from_fen: int | None = None
    when: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Limit:
    """How long a step may take: work days, hours, or until the end of the same day."""

    workdays: int | None = None
    hours: int | None = None
    same_day: bool = False


@dataclass(frozen=True)
class Step:
    """One step of the chain; `label` is the number as the power list prints it."""

    no: int
    key: str
    label: str
    role: str
    kind: str
    word: str
    done_word: str
    tiers: tuple[str, ...]
    looks_at: str
    tiers_when_concurrent: tuple[str, ...] = ()
    effect: str = ""
    limit: Limit | None = None
    needs: tuple[str, ...] = ()
    may_repeat: tuple[str, ...] = ()
    second_factor: bool = False
    on_line_failure: bool = False


@dataclass(frozen=True)
class Basis:
    """A law the matter stands on."""

    code: str
    article: str
    text: str


@dataclass(frozen=True)
class Disclosed:
    """What is published of a case, and within how many days."""

    item: str
    title: str
    within_days: int
    from_fen: int | None = None
    basis: str = ""


@dataclass(frozen=True)
class Payees:
    """What the form says of those who are paid."""

    label: str
    help: str
    max_lines: int
    kinds: Mapping[str, str]


@dataclass(frozen=True)
class Matter:
    """A whole matter file. A case keeps the version it began with."""

    code: str
    slug: str
    title: str
    version: str
    group: str
    status: str
    promise: str
    starts: tuple[str, ...]
    basis: tuple[Basis, ...]
    tiers: tuple[TierTable, ...]
    fields: tuple[Field, ...]
    payees: Payees | None
    evidence: tuple[Paper, ...]
    steps: tuple[Step, ...]
    concurrent_role: str
    concurrent_with: tuple[str, ...]
    next_in_line: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, str]
    delegation_max_days: int
    soon_percent: int
    disclosure: tuple[Disclosed, ...]

    def field(self, key: str) -> Field:
        """Return a field by its key. Raises: KeyError."""
        return {one.key: one for one in self.fields}[key]

    def step(self, no: int) -> Step:
        """Return a step by its number. Raises: KeyError."""
        return {one.no: one for one in self.steps}[no]


@dataclass(frozen=True)
class Power:
    """One line of the list of 36 powers."""

    code: str
    slug: str
    title: str
    group: str
    status: str


@cache
def powers() -> tuple[Power, ...]:
    """Return the 36 powers in their order."""
    content = yaml.safe_load((FOLDER / "list.yaml").read_text(encoding="utf-8"))
    return tuple(Power(**one) for one in content["powers"])


@cache
def matters() -> dict[str, Matter]:
    """Return the shipped matters by code. Raises: BadMatter."""
    found = (load(path) for path in sorted(FOLDER.glob("M[0-9][0-9]-*.yaml")))
    return {matter.code: matter for matter in found}


def get(code: str) -> Matter | None:
    """Return a shipped matter, or None for a power whose file is not there yet."""
    return matters().get(code)


def load(path: Path) -> Matter:
    """Read one matter file.

    Raises: BadMatter with every mistake and its line.
    """
    mistakes = check_file(path)
    if mistakes:
        raise BadMatter(f"{path.name}: " + "; ".join(str(one) for one in mistakes))
    return _build(read(path).value)


def check_file(path: Path) -> list[Mistake]:
    """Return what is wrong in a matter file, by line; none when it may be used."""
    content = read(path)
    mistakes = list(content.mistakes)
    if not mistakes:
        mistakes = [_told(content, wrong) for wrong in _validator().iter_errors(content.value)]
    if not mistakes:
        mistakes = [
            Mistake(content.line(place), message) for place, message in _sense(content.value)
        ]
    return sorted(mistakes, key=lambda one: (one.line, one.message))


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((FOLDER / "schema.json").read_text("utf-8")))


def _told(content: Numbered, wrong: jsonschema.ValidationError) -> Mistake:
    place: Place = tuple(wrong.absolute_path)
    if wrong.validator == "additionalProperties" and isinstance(wrong.instance, dict):
        schema = wrong.schema if isinstance(wrong.schema, Mapping) else {}
        known = schema.get("properties", {})
        extra = next((key for key in wrong.instance if key not in known), None)
        if extra is not None:
            return Mistake(content.line((*place, extra)), f"unknown key {extra!r}")
    where = ".".join(str(part) for part in place) or "file"
    return Mistake(content.line(place), f"{where}: {wrong.message}")


Found = Iterator[tuple[Place, str]]


def _sense(raw: Mapping[str, Any]) -> Found:
    """Yield what the schema can't say: order, references between parts, known roles."""
    yield from _sense_tiers(raw)
    yield from _sense_fields(raw)
    yield from _sense_steps(raw)
    yield from _sense_roles(raw)


def _sense_tiers(raw: Mapping[str, Any]) -> Found:
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


def _sense_fields(raw: Mapping[str, Any]) -> Found:
    keys = [one["key"] for one in raw["fields"]]
    choices = {one["key"]: set(one.get("options", {})) for one in raw["fields"]}
    for number, one in enumerate(raw["fields"]):
        place: Place = ("fields", number)
        if one["key"] in keys[:number]:
            yield place, f"field {one['key']!r} is there twice"
        if one["type"] == "choice" and not one.get("options"):
            yield place, f"choice {one['key']!r} has no options"
        yield from _sense_when((*place, "required_for"), one.get("required_for"), choices)
        tiers = one.get("required_in_tiers", [])
        yield from _unknown((*place, "required_in_tiers"), tiers, _tier_codes(raw), "tier")
    for number, one in enumerate(raw["evidence"]):
        yield from _sense_when(("evidence", number, "when"), one.get("when"), choices)


def _sense_when(
    place: Place, when: Mapping[str, list[str]] | None, choices: Mapping[str, set[str]]
) -> Found:
    for key, values in (when or {}).items():
        if key not in choices:
            yield (*place, key), f"no field is called {key!r}"
            continue
        for value in values:
            if value not in choices[key]:
                yield (*place, key), f"{key!r} has no option {value!r}"


def _sense_steps(raw: Mapping[str, Any]) -> Found:
    tiers = _tier_codes(raw)
    numbers = [step["no"] for step in raw["steps"]]
    keys = [step["key"] for step in raw["steps"]]
    if numbers != sorted(set(numbers)):
        yield ("steps",), "step numbers do not rise"
    for index, step in enumerate(raw["steps"]):
        place: Place = ("steps", index)
        if keys.count(step["key"]) > 1:
            yield (*place, "key"), f"step {step['key']!r} is there twice"
        for name in ("tiers", "tiers_when_concurrent"):
            yield from _unknown((*place, name), step.get(name, []), tiers, "tier")
        yield from _unknown((*place, "may_repeat"), step.get("may_repeat", []), keys, "step")
        if (step["kind"] == "effect") != ("effect" in step):
            yield place, "an effect step names its effect, and only an effect step does"
        if step["kind"] in ("review", "effect") and "limit" not in step:
            yield place, f"step {step['key']!r} has no time limit"
    yield from _sense_hands(raw)


def _sense_hands(raw: Mapping[str, Any]) -> Found:
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


def _sense_roles(raw: Mapping[str, Any]) -> Found:
    known = {*roles(), *OUTSIDE_ROLES}
    for index, step in enumerate(raw["steps"]):
        if step["role"] not in known:
            yield ("steps", index, "role"), f"no role is called {step['role']!r}"
        if step["kind"] in ("review", "effect") and step["role"] not in raw["next_in_line"]:
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


def _tuples(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with lists as tuples, inside mappings too."""
    return {
        key: _tuples(value)
        if isinstance(value, dict)
        else tuple(value)
        if isinstance(value, list)
        else value
        for key, value in raw.items()
    }


def _step(raw: Mapping[str, Any]) -> Step:
    values = _tuples(raw)
    values["limit"] = Limit(**raw["limit"]) if "limit" in raw else None
    return Step(**values)


def _tier_table(raw: Mapping[str, Any]) -> TierTable:
    return TierTable(
        valid_from_date=date.fromisoformat(raw["valid_from_date"]),
        source_ref=raw["source_ref"],
        bands=tuple(Band(**band) for band in raw["bands"]),
    )


def _build(raw: Mapping[str, Any]) -> Matter:
    concurrent = raw.get("concurrent", {"role": "", "with": []})
    return Matter(
        code=raw["code"],
        slug=raw["slug"],
        title=raw["title"],
        version=raw["version"],
        group=raw["group"],
        status=raw["status"],
        promise=raw.get("promise", ""),
        starts=tuple(raw["starts"]),
        basis=tuple(Basis(**one) for one in raw["basis"]),
        tiers=tuple(_tier_table(one) for one in raw["tiers"]),
        fields=tuple(Field(**_tuples(one)) for one in raw["fields"]),
        payees=Payees(**raw["payees"]) if "payees" in raw else None,
        evidence=tuple(Paper(**_tuples(one)) for one in raw["evidence"]),
        steps=tuple(_step(one) for one in raw["steps"]),
        concurrent_role=concurrent["role"],
        concurrent_with=tuple(concurrent["with"]),
        next_in_line={role: tuple(line) for role, line in raw["next_in_line"].items()},
        reasons=raw["reasons"],
        delegation_max_days=raw["delegation"]["max_days"],
        soon_percent=raw["reminder"]["soon_percent"],
        disclosure=tuple(Disclosed(**one) for one in raw["disclosure"]),
    )
