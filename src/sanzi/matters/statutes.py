"""The statute table: what each law asks of a body that decides, as dated rows. Its one loader.

`data/statutes/frame.yaml` names bodies, matters, procedures and steps; every other file there is
one law with its rows. A row holds from a day, in some places, for some bodies and matters; all
rows in force hold together, so that the stricter one decides. A county may replace a row of
practice, never a row of a law. How to change one: docs/how-to/change-a-statute-row.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from sanzi.kernel import yamls
from sanzi.matters.lines import Mistake, Numbered, Place, read
from sanzi.orgs.roles import roles

FOLDER = Path(__file__).resolve().parent.parent / "data" / "statutes"
FRAME = "frame.yaml"
_DIGITS = "零一二三四五六七八九"


class BadStatutes(Exception):
    """A statute file is wrong; the text lists every mistake with its line."""


@dataclass(frozen=True)
class Body:
    """A body that meets. `counts` is adults, members or posts (then `role_codes` say which)."""

    code: str
    title: str
    counts: str
    role_codes: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """A kind of matter that is decided; `serves` are the powers whose cases it carries."""

    code: str
    title: str
    serves: tuple[str, ...]


@dataclass(frozen=True)
class Procedure:
    """A procedure with its steps in order."""

    code: str
    title: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class StepKind:
    """A kind of step; `body` is who meets in it, empty for publications and for the vote."""

    code: str
    title: str
    body: str


@dataclass(frozen=True)
class Frame:
    """The words that rows refer to."""

    bodies: Mapping[str, Body]
    subjects: Mapping[str, Subject]
    procedures: Mapping[str, Procedure]
    steps: Mapping[str, StepKind]


@dataclass(frozen=True)
class Row:
    """One row: a rule with its article. Empty `bodies`, `subjects`, `procedures`: all of them."""

    id: str
    law: str
    law_title: str
    article: str
    rank: str
    where: tuple[str, ...]
    bodies: tuple[str, ...]
    subjects: tuple[str, ...]
    procedures: tuple[str, ...]
    rule: str
    value: Mapping[str, Any]
    replaces: tuple[str, ...]
    valid_from_date: date
    valid_until_date: date | None

    @property
    def source(self) -> str:
        """Return `《农村集体经济组织法》第二十七条`."""
        return f"《{self.law_title}》第{numeral(int(self.article))}条"

    def is_in_force(self, place: str, on: date) -> bool:
        """Return whether the row holds at a place (division code) on a day."""
        until = self.valid_until_date
        is_now = self.valid_from_date <= on and (until is None or on <= until)
        return is_now and (not self.where or any(place.startswith(one) for one in self.where))


def numeral(number: int) -> str:
    """Return a whole number below 1000 as Chinese writes it in articles: 27 is 二十七."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


@cache
def frame() -> Frame:
    """Return the words of the table."""
    raw = yamls.read(FOLDER / FRAME)
    return Frame(
        bodies={
            one["body"]: Body(one["body"], one["title"], one["counts"], tuple(one.get("roles", ())))
            for one in raw["bodies"]
        },
        subjects={
            one["matter"]: Subject(one["matter"], one["title"], tuple(one["serves"]))
            for one in raw["matters"]
        },
        procedures={
            one["procedure"]: Procedure(one["procedure"], one["title"], tuple(one["steps"]))
            for one in raw["procedures"]
        },
        steps={
            one["step"]: StepKind(one["step"], one["title"], one.get("body", ""))
            for one in raw["steps"]
        },
    )


@cache
def table() -> tuple[Row, ...]:
    """Return all rows of all shipped laws. Raises: BadStatutes."""
    return load_folder(FOLDER)


def load_folder(folder: Path) -> tuple[Row, ...]:
    """Read every law of a folder.

    Raises: BadStatutes with every mistake, its file and its line.
    """
    paths = sorted(path for path in folder.glob("*.yaml") if path.name != FRAME)
    wrong = [f"{path.name} {one}" for path in paths for one in check_file(path)]
    if wrong:
        raise BadStatutes("; ".join(wrong))
    found = tuple(row for path in paths for row in _rows(read(path).value))
    _check_together(found)
    return found


def in_force(
    *, place: str, on: date, rule: str, rows: Iterable[Row] | None = None
) -> tuple[Row, ...]:
    """Return the rows of a rule that hold at a place on a day, those replaced left out."""
    here = [row for row in (table() if rows is None else rows) if row.is_in_force(place, on)]
    gone = {name for row in here for name in row.replaces}
    return tuple(row for row in here if row.rule == rule and row.id not in gone)


def check_file(path: Path) -> list[Mistake]:
    """Return what is wrong in one law's file, by line; none when it may be used."""
    content = read(path)
    mistakes = list(content.mistakes)
    if not mistakes:
        mistakes = [_told(content, wrong) for wrong in _validator().iter_errors(content.value)]
    if not mistakes:
        mistakes = [Mistake(content.line(place), text) for place, text in _sense(content.value)]
    return sorted(mistakes, key=lambda one: (one.line, one.message))


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((FOLDER / "schema.json").read_text("utf-8")))


def _told(content: Numbered, wrong: jsonschema.ValidationError) -> Mistake:
    place: Place = tuple(wrong.absolute_path)
    where = ".".join(str(part) for part in place) or "file"
    return Mistake(content.line(place), f"{where}: {wrong.message}")


Found = Iterator[tuple[Place, str]]


def _sense(raw: Mapping[str, Any]) -> Found:
    """Yield what the schema can't say: names that are known, days in order, shares below one."""
    words = frame()
    known = {
        "bodies": ("body", set(words.bodies)),
        "matters": ("matter", set(words.subjects)),
        "procedures": ("procedure", set(words.procedures)),
    }
    seen: set[str] = set()
    for number, row in enumerate(raw["rows"]):
        place: Place = ("rows", number)
        if row["id"] in seen:
            yield (*place, "id"), f"row {row['id']!r} is there twice"
        seen.add(row["id"])
        for key, (word, names) in known.items():
            for name in row.get(key, ()):
                if name not in names:
                    yield (*place, key), f"frame.yaml has no {word} {name!r}"
        yield from _sense_days(place, row)
        yield from _sense_value(place, row["value"], words)
        if "replaces" in row and raw["rank"] != "county":
            yield (*place, "replaces"), "only a county replaces rows"


def _sense_days(place: Place, row: Mapping[str, Any]) -> Found:
    days = {}
    for key in ("valid_from_date", "valid_until_date"):
        try:
            days[key] = date.fromisoformat(row[key]) if key in row else None
        except ValueError:
            yield (*place, key), f"{row[key]!r} is no day"
            return
    until = days["valid_until_date"]
    if until and days["valid_from_date"] and until < days["valid_from_date"]:
        yield (*place, "valid_until_date"), "the row ends before it begins"


def _sense_value(place: Place, value: Mapping[str, Any], words: Frame) -> Found:
    shares = [value["share"]] if "share" in value else []
    shares += [one["share"] for one in value.get("any_of", ())]
    for part, whole in shares:
        if part > whole:
            yield (*place, "value"), f"a share of {part}/{whole} is more than all"
    for step in [value["step"]] if "step" in value else value.get("steps", ()):
        if step not in words.steps:
            yield (*place, "value"), f"frame.yaml has no step {step!r}"


def _check_together(rows: tuple[Row, ...]) -> None:
    """Refuse names used twice over all files, and counties that replace what they may not.

    Raises: BadStatutes.
    """
    known: dict[str, Row] = {}
    for row in rows:
        if row.id in known:
            raise BadStatutes(f"row {row.id!r} stands in {known[row.id].law} and in {row.law}")
        known[row.id] = row
    for row in rows:
        for name in row.replaces:
            old = known.get(name)
            if old is None:
                raise BadStatutes(f"{row.id}: there is no row {name!r} to replace")
            if old.rank == "law":
                raise BadStatutes(f"{row.id}: {name!r} is law, a county can't replace it")
            if old.rule != row.rule:
                raise BadStatutes(f"{row.id}: {name!r} is of rule {old.rule}, not {row.rule}")
    unknown = {
        role for body in frame().bodies.values() for role in body.role_codes if role not in roles()
    }
    if unknown:
        raise BadStatutes(f"frame.yaml: no role is called {min(unknown)!r}")


def _rows(raw: Mapping[str, Any]) -> Iterator[Row]:
    for one in raw["rows"]:
        until = one.get("valid_until_date")
        yield Row(
            id=one["id"],
            law=raw["law"],
            law_title=raw["title"],
            article=one["article"],
            rank=raw["rank"],
            where=tuple(raw["where"]),
            bodies=tuple(one.get("bodies", ())),
            subjects=tuple(one.get("matters", ())),
            procedures=tuple(one.get("procedures", ())),
            rule=one["rule"],
            value=one["value"],
            replaces=tuple(one.get("replaces", ())),
            valid_from_date=date.fromisoformat(one["valid_from_date"]),
            valid_until_date=date.fromisoformat(until) if until else None,
        )
