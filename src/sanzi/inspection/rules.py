"""What is looked at, how rows are drawn, how long a village has. Pure.

The checklist and the figures are dated lists under `data/inspection`; this is their one loader.
A draw follows from its population and its seed alone: whoever has both can draw again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import jsonschema

from sanzi.kernel import digest, yamls

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "inspection"
CHECKLIST: Final = FOLDER / "checklist.yaml"
FIGURES: Final = FOLDER / "figures.yaml"
LEVELS: Final[Mapping[str, str]] = {"minor": "一般", "serious": "较重", "grave": "严重"}
RISK, RANDOM = "risk", "random"
GRADE: Final = "grade"
WEIGHT_WORDS: Final[Mapping[str, str]] = {
    GRADE: "清廉指数的等级",
    "village_yellow": "这个村最近一次评了黄旗",
    "village_red": "这个村最近一次评了红旗",
    "town_yellow": "同镇还有{count}个村是黄旗",
    "confirmed_open": "{count}条预警属实、还没有销号",
}
PERCENT: Final = 100


T = TypeVar("T", "Checklist", "Figures")


class BadInspectionFile(Exception):
    """The checklist or the figures are wrong; the sentence names the file and the place."""


CONFIRMED: Final = {
    "written": "对方县纪委书面答复",
    "together": "两县纪委当面核对",
    "papers": "对方县纪委送来了原件",
}
"""How a pair with another county is made sure of before it opens a lead."""


@dataclass(frozen=True)
class Form:
    """One form of problem: what it is, how to look for it, which papers to ask for, its basis.

    Shapes: `is_lead` forms go to the discipline office or need a written reason why not;
        `models` are codes of alert models that look for the same thing.
    """

    code: str
    title: str
    level: str
    is_lead: bool
    look: str
    papers: tuple[str, ...]
    basis: tuple[str, ...]
    models: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One of the fields, with the matters that its samples come from."""

    code: str
    title: str
    matters: tuple[str, ...]
    forms: tuple[Form, ...]


@dataclass(frozen=True)
class Checklist:
    """All fields and forms in force from a day on."""

    valid_from_date: date
    source_ref: str
    fields: tuple[Field, ...]

    def form(self, code: str) -> Form | None:
        """Return a form by its code, None when there is none."""
        return next(
            (form for field in self.fields for form in field.forms if form.code == code), None
        )

    def field_of(self, code: str) -> Field | None:
        """Return the field that a form belongs to."""
        return next((field for field in self.fields if field.code == code[:1]), None)

    def matters(self, fields: Collection[str]) -> set[str]:
        """Return the matters that some fields draw from."""
        return {matter for one in self.fields if one.code in fields for matter in one.matters}


@dataclass(frozen=True)
class Outcome:
    """What may come of a finding; `is_lead` ones come of what the discipline office has alone."""

    code: str
    title: str
    has_money: bool
    is_lead: bool


@dataclass(frozen=True)
class Weight:
    """What has a part in how many samples a village has: how often it is there, how much it is."""

    name: str
    count: int
    percent: int

    @property
    def words(self) -> str:
        """The reason, for the page of the draw."""
        return WEIGHT_WORDS[self.name].format(count=self.count)


def weights_kept(weights: Iterable[Weight]) -> str:
    """Return the weights of a draw as they are kept with it."""
    return ";".join(f"{one.name}:{one.count}:{one.percent}" for one in weights)


def weights_read(kept: str) -> tuple[Weight, ...]:
    """Return the weights of a draw from what was kept; none of a draw of before there were any."""
    parts = [one.split(":") for one in kept.split(";") if one]
    return tuple(Weight(name, int(count), int(percent)) for name, count, percent in parts)


@dataclass(frozen=True)
class Figures:
    """The figures of inspections from a day on. Units: percent, days, working days, fen, points.

    Shapes: `grade_percent` is of the ordered samples, by the village's grade in the integrity
        index; a grade that is not there, and a village without one, has all of them.
        `more_percent` is what flags and confirmed alerts add to it, (each, most); all together
        are at most `all_percent_max`.
    """

    valid_from_date: date
    source_ref: str
    risk_percent: int
    sample_max: int
    villages_max: int
    inspectors_least: int
    period_days_max: int
    term_days_max: int
    files_max: int
    days: Mapping[str, int]
    days_max: int
    lead_from_fen: int
    look_back_days: int
    lead_days: int
    grade_percent: Mapping[str, int]
    points: Mapping[str, int]
    amounts: tuple[tuple[int, int], ...]
    methods: Mapping[str, str]
    outcomes: Mapping[str, Outcome]
    more_percent: Mapping[str, tuple[int, int]]
    all_percent_max: int

    def weights_of(self, grade: str, counts: Mapping[str, int]) -> tuple[Weight, ...]:
        """Return what decides how much of a village is looked at: its grade, then what adds to it.

        Shapes: `counts` by the names of `more_percent`; what is not there adds nothing.
        """
        made = [Weight(GRADE, 1, self.grade_percent.get(grade, PERCENT))]
        for name, (each, most) in self.more_percent.items():
            percent = min(each * counts.get(name, 0), most)
            if percent:
                made.append(Weight(name, counts[name], percent))
        return tuple(made)

    def size_of(self, ordered: int, weights: Iterable[Weight]) -> int:
        """Return how many samples are drawn in a village; the most is never passed."""
        percent = min(sum(one.percent for one in weights), self.all_percent_max)
        return min(-(-ordered * percent // PERCENT), self.sample_max)

    def of_amount(self, fen: int) -> int:
        """Return the points that a sum alone has: those of the highest limit it reaches."""
        return max((points for limit, points in self.amounts if fen >= limit), default=0)


@dataclass(frozen=True)
class Unit:
    """One thing that can be drawn: a case or a payment order, with its points and why.

    Shapes: kind is case or order, ref its number; `reasons` are words for the inspector.
    """

    kind: str
    ref: str
    title: str
    amount_fen: int
    points: int = 0
    reasons: tuple[str, ...] = ()

    def plain(self) -> list[Any]:
        """Return the unit as it is kept with the draw."""
        return [self.kind, self.ref, self.title, self.amount_fen, self.points, list(self.reasons)]


def unit(plain: Sequence[Any]) -> Unit:
    """Return a unit from what was kept."""
    kind, ref, title, fen, points, reasons = plain
    return Unit(kind, ref, title, fen, points, tuple(reasons))


@dataclass(frozen=True)
class Picked:
    """A unit that was drawn, by risk or by lot."""

    unit: Unit
    how: str


def digest_of(population: Iterable[Unit]) -> str:
    """Return the SM3 of everything that could be drawn, in the order of kind and number."""
    rows = sorted(population, key=lambda one: (one.kind, one.ref))
    return digest.sm3_of([one.plain() for one in rows])


def risk_count(size: int, percent: int) -> int:
    """Return how many of so many samples are drawn by risk; what is left over goes to risk."""
    return -(-size * percent // PERCENT)


def draw(population: Sequence[Unit], *, size: int, percent: int, seed: str) -> tuple[Picked, ...]:
    """Return what is looked at: first the most points, then by lot among the rest.

    Equal points and the lot are decided by SM3 over the seed and the unit's name, so that the
    order of the population has no part in it.
    """

    def lot(one: Unit) -> str:
        return digest.sm3(f"{seed}:{one.kind}:{one.ref}".encode())

    least = min(size, len(population))
    wanted = min(risk_count(size, percent), least)
    risky = sorted(
        (one for one in population if one.points > 0), key=lambda one: (-one.points, lot(one))
    )
    by_risk = risky[:wanted]
    taken = {(one.kind, one.ref) for one in by_risk}
    rest = sorted((one for one in population if (one.kind, one.ref) not in taken), key=lot)
    by_lot = rest[: least - len(by_risk)]
    return tuple([Picked(one, RISK) for one in by_risk] + [Picked(one, RANDOM) for one in by_lot])


def weighed(bare: Unit, figures: Figures, marks: Mapping[str, int]) -> Unit:
    """Return a unit with its points and why it has them.

    Shapes: `marks` counts what speaks against it: open alerts by severity, `confirmed`,
        `found_before`, `backfilled`. One mark counts once however often it is there.
    """
    points, reasons = figures.of_amount(bare.amount_fen), []
    if points:
        reasons.append("数额大")
    for name, words in _REASONS.items():
        if marks.get(name):
            points += figures.points[name]
            reasons.append(words)
    return replace(bare, points=points, reasons=tuple(reasons))


_REASONS: Final = {
    "block": "有阻断预警",
    "hold": "有暂缓预警",
    "warn": "有提醒预警",
    "confirmed": "预警属实过",
    "found_before": "同类事项查出过问题",
    "backfilled": "事后补录",
}


def needs_lead(form: Form | None, amount_fen: int, figures: Figures) -> bool:
    """Return whether the discipline office must be told, or a reason written why not."""
    return amount_fen >= figures.lead_from_fen or (form is not None and form.is_lead)


def checklist(on: date) -> Checklist:
    """Return the checklist that is in force on a day."""
    return _on(_checklists(), on)


def figures(on: date) -> Figures:
    """Return the figures that are in force on a day."""
    return _on(_figures(), on)


def _on(lists: Sequence[T], on: date) -> T:
    return ([one for one in lists if one.valid_from_date <= on] or list(lists[:1]))[-1]


@cache
def _checklists() -> tuple[Checklist, ...]:
    return read_checklist(CHECKLIST)


@cache
def _figures() -> tuple[Figures, ...]:
    return read_figures(FIGURES)


def read_checklist(path: Path) -> tuple[Checklist, ...]:
    """Read a file of checklists. Raises: BadInspectionFile."""
    found = tuple(
        Checklist(
            valid_from_date=one["valid_from_date"],
            source_ref=one["source_ref"],
            fields=tuple(_field(path, each) for each in one["fields"]),
        )
        for one in _lists(path, "checklist")
    )
    for one in found:
        _require_once(path, [field.code for field in one.fields])
        _require_once(path, [form.code for field in one.fields for form in field.forms])
    return found


def _field(path: Path, raw: Mapping[str, Any]) -> Field:
    forms = []
    for one in raw["forms"]:
        if one["code"][0] != raw["code"]:
            raise BadInspectionFile(
                f"{path.name}: form {one['code']} stands in field {raw['code']}"
            )
        forms.append(
            Form(
                code=one["code"],
                title=one["title"],
                level=one["level"],
                is_lead=one["lead"],
                look=one["look"],
                papers=tuple(one["papers"]),
                basis=tuple(one["basis"]),
                models=tuple(one["models"]),
            )
        )
    return Field(raw["code"], raw["title"], tuple(raw["matters"]), tuple(forms))


_MORE: Final = ("more_percent", "all_percent_max")


def read_figures(path: Path) -> tuple[Figures, ...]:
    """Read a file of figures. Raises: BadInspectionFile."""
    return tuple(
        Figures(
            **{
                name: value
                for name, value in one.items()
                if name not in ("amounts", "methods", "outcomes", *_MORE)
            },
            more_percent={
                name: (each["each"], each["most"])
                for name, each in one.get("more_percent", {}).items()
            },
            all_percent_max=one.get("all_percent_max", max(one["grade_percent"].values())),
            amounts=tuple((each["from_fen"], each["points"]) for each in one["amounts"]),
            methods={each["code"]: each["title"] for each in one["methods"]},
            outcomes={
                each["code"]: Outcome(
                    each["code"], each["title"], each.get("money", False), each.get("lead", False)
                )
                for each in one["outcomes"]
            },
        )
        for one in _lists(path, "figures")
    )


def _lists(path: Path, kind: str) -> list[dict[str, Any]]:
    content = yamls.read(path)
    plain = json.loads(json.dumps(content, default=str))
    schema = json.loads((FOLDER / "schema.json").read_text("utf-8"))
    wanted = {"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}
    for wrong in jsonschema.Draft202012Validator(wanted).iter_errors(plain):
        place = "/".join(str(part) for part in wrong.absolute_path)
        raise BadInspectionFile(f"{path.name}: {place}: {wrong.message}")
    lists: list[dict[str, Any]] = content["lists"]
    if [one["valid_from_date"] for one in lists] != sorted(one["valid_from_date"] for one in lists):
        raise BadInspectionFile(f"{path.name}: lists must stand in the order of their days")
    return lists


def _require_once(path: Path, codes: Sequence[str]) -> None:
    twice = {one for one in codes if codes.count(one) > 1}
    if twice:
        raise BadInspectionFile(f"{path.name}: {min(twice)} is there twice")
