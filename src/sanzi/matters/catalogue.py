"""Powers as data: the frozen shape of a matter file, its one loader and its checks.

The files are `data/matters/<code>-<slug>.yaml`, and those of the county's own folder, which
replace a shipped one of the same code or add a power; their form is `data/matters/schema.json`.
The form, the chain, the flow chart, the to-do lists and the time limits all come from here.
How to add one: docs/how-to/add-a-power.md.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema

from sanzi.kernel import digest, yamls
from sanzi.matters import sense
from sanzi.matters.fields import ROW_LISTS, YES_NO, Field
from sanzi.matters.lines import Mistake, Numbered, Place, read, read_text

FOLDER = Path(__file__).resolve().parent.parent / "data" / "matters"
LOCK = FOLDER / "versions.lock.json"
FILES = "M[0-9][0-9]-*.yaml"
_own_folder: list[Callable[[], Path | None]] = [lambda: None]


TYPES: Final = {
    "array": "一个单子", "boolean": "true或false", "integer": "整数", "object": "几行“名字: 值”",
    "string": "文字",
}  # fmt: skip


class BadMatter(Exception):
    """A shipped matter file is wrong; the text lists every mistake with its line."""


@dataclass(frozen=True)
class Band:
    """One tier: amounts from `from_fen` (int fen, included) up to the next band."""

    code: str
    from_fen: int
    title: str


@dataclass(frozen=True)
class Lift:
    """A whole number of the form that asks for a tier by itself, from `at_least` on."""

    field: str
    at_least: int
    code: str


@dataclass(frozen=True)
class TierTable:
    """The tiers that hold from a day on; a lift takes a case higher than its amount alone."""

    valid_from_date: date
    source_ref: str
    bands: tuple[Band, ...]
    lifts: tuple[Lift, ...] = ()


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
    """One step of the chain; `label` is the number as the power list prints it.

    A `record` step has a form of its own (`fields`, `evidence`): its role writes down what was
    done, once or `many` times, and `effect` keeps it in a register.
    """

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
    fields: tuple[Field, ...] = ()
    evidence: tuple[Paper, ...] = ()
    many: bool = False


@dataclass(frozen=True)
class Basis:
    """A law the matter stands on."""

    code: str
    article: str
    text: str


@dataclass(frozen=True)
class Disclosed:
    """What is published of a case: which item, at which moments, and what of it is shown.

    `at` names moments (`submitted`, `approved`, `finished`, `paid`) and keys of steps; each makes
    a new version. `within_days` counts from then, or from the step `since`. `show` names fields
    (`field`, `step.field`); persons are masked but where `in_full` names them, and so is the text
    of what `mask` names. `sheet` names a registered list of rows.
    """

    item: str
    title: str
    within_days: int
    from_fen: int | None = None
    basis: str = ""
    at: tuple[str, ...] = ("finished",)
    since: str = ""
    show: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    in_full: tuple[str, ...] = ()
    sheet: str = ""


@dataclass(frozen=True)
class Payees:
    """What the form says of those who are paid."""

    label: str
    help: str
    max_lines: int
    kinds: Mapping[str, str]


@dataclass(frozen=True)
class Amount:
    """What the tier of a case is found by: its payees, one field of money, or nothing."""

    source: str = "payees"
    field: str = ""


@dataclass(frozen=True)
class Online:
    """What a villager may begin himself at the public door.

    `ask` names the fields he fills, in his order, `fill` what is filled for him: a value, or
    `@now`, `@household`, `@about` (the publication he asks about). `papers` are the kinds of
    evidence he may add, `limit` how long the office has to take it, `body` the kind of body it
    goes to. `decides` names the moments and steps at which he is told what came of it.
    """

    word: str
    body: str
    ask: tuple[str, ...]
    limit: Limit
    decides: tuple[str, ...]
    fill: Mapping[str, str] = dataclasses.field(default_factory=dict)
    papers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matter:
    """A whole matter file. A case keeps the version it began with.

    `effects` name what registers do at a moment of the case (`saved`, `submitted`, `approved`,
    `returned`, `ended`, `finished`); `checks` what they say of a form; both are found in
    `registry`. `skips` names what says, when a case is handed in, which steps it does not need.
    `pays` is the kind of source that payments name a case of this matter by.
    `tier_from` names the register that finds the tier where no amount does. `online` is there
    where villagers may begin it themselves.
    """

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
    amount: Amount = Amount()
    title_from: str = "purpose"
    handler_from: str = "handler_person_id"
    effects: Mapping[str, str] = dataclasses.field(default_factory=dict)
    checks: tuple[str, ...] = ()
    pays: str = ""
    tier_from: str = ""
    skips: str = ""
    online: Online | None = None
    text: str = dataclasses.field(default="", compare=False, repr=False)

    @property
    def content_digest(self) -> str:
        """SM3 over what the file says; its comments and its layout do not count."""
        return digest.sm3_of(read_text(self.text).value)

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
    content = yamls.read(FOLDER / "list.yaml")
    listed = tuple(Power(**one) for one in content["powers"])
    codes = {one.code for one in listed}
    added = [one for one in matters().values() if one.code not in codes]
    return (*listed, *(Power(m.code, m.slug, m.title, m.group, m.status) for m in added))


def own_folder(tell: Callable[[], Path | None]) -> None:
    """Let the settings tell where the county keeps files of its own; called from `apps.ready`."""
    _own_folder.append(tell)


def shipped() -> list[Path]:
    """Return the files that come with the platform."""
    return sorted(FOLDER.glob(FILES))


def county() -> list[Path]:
    """Return the files of the county's own folder; none without one."""
    folder = _own_folder[-1]()
    return sorted(folder.glob(FILES)) if folder else []


@cache
def matters() -> dict[str, Matter]:
    """Return the matters in force by code, the county's own before the shipped.

    Raises: BadMatter.
    """
    found = {matter.code: matter for matter in map(load, shipped())}
    own = {matter.code: matter for matter in map(load, county())}
    return dict(sorted({**found, **own}.items()))


def get(code: str) -> Matter | None:
    """Return a matter in force, or None for a power whose file is not there yet."""
    return matters().get(code)


def load(path: Path) -> Matter:
    """Read one matter file.

    Raises: BadMatter with every mistake and its line.
    """
    text = path.read_text(encoding="utf-8")
    mistakes = check_text(text)
    if mistakes:
        raise BadMatter(f"{path.name}: " + "; ".join(str(one) for one in mistakes))
    return build(text)


def build(text: str) -> Matter:
    """Return the matter of a text that was found right before."""
    return dataclasses.replace(_build(read_text(text).value), text=text)


def check_file(path: Path) -> list[Mistake]:
    """Return what is wrong in a matter file, by line; none when it may be used."""
    return check_text(path.read_text(encoding="utf-8"))


def check_own(path: Path) -> list[Mistake]:
    """Return what is wrong in a file of a county, beside what `check_file` says.

    A file that replaces a shipped one has a version of its own, since running cases keep theirs.
    """
    content = read(path)
    code, version = content.value["code"], content.value["version"]
    found = []
    if path.stem != f"{code}-{content.value['slug']}":
        found.append(Mistake(content.line(("code",)), "文件名不是<code>-<slug>.yaml"))
    for one in shipped():
        same = read(one).value
        if same["code"] == code and same["version"] == version and same != content.value:
            words = f"版本{version}是自带文件的版本：改过的文件要有自己的版本号"
            found.append(Mistake(content.line(("version",)), words))
    return found


def check_text(text: str) -> list[Mistake]:
    """Return what is wrong in the text of a matter file, by line."""
    content = read_text(text)
    mistakes = list(content.mistakes)
    if not mistakes:
        mistakes = [_told(content, wrong) for wrong in _validator().iter_errors(content.value)]
    if not mistakes:
        mistakes = [
            Mistake(content.line(place), message)
            for place, message in sense.mistakes(content.value)
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
            return Mistake(content.line((*place, extra)), f"不认得“{extra}”这个词")
    where = ".".join(str(part) for part in place) or "整个文件"
    return Mistake(content.line(place), f"{where}：{_words(wrong)}")


def _words(wrong: jsonschema.ValidationError) -> str:
    """Return in Chinese what a rule of the schema asks for."""
    asked: Any = wrong.validator_value
    found: Any = wrong.instance
    match wrong.validator:
        case "required":
            return "少了" + "、".join(f"“{key}”" for key in asked if key not in found)
        case "enum":
            return f"“{found}”不在可选的里面：{'、'.join(str(one) for one in asked)}"
        case "type":
            return f"“{found}”要写成{TYPES.get(str(asked), str(asked))}"
        case "maximum" | "maxLength" | "maxItems":
            return f"{found}太多，最多{asked}" if wrong.validator == "maximum" else f"最多{asked}个"
        case "minimum" | "minLength" | "minItems":
            return f"{found}太少，最少{asked}" if wrong.validator == "minimum" else f"最少{asked}个"
    return f"“{found}”写法不对" if isinstance(found, str | int) else "写法不对"


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
    values["fields"] = tuple(_field(one) for one in raw.get("fields", ()))
    values["evidence"] = tuple(Paper(**_tuples(one)) for one in raw.get("evidence", ()))
    return Step(**values)


def _field(raw: Mapping[str, Any]) -> Field:
    values = _tuples(raw)
    values["columns"] = tuple(_field(one) for one in raw.get("columns", ()))
    if raw["type"] == "yes_no":
        values["options"] = YES_NO
    if raw["type"] in ROW_LISTS and "list" not in raw:
        values["list"] = ROW_LISTS[raw["type"]]
    return Field(**values)


def _tier_table(raw: Mapping[str, Any]) -> TierTable:
    return TierTable(
        valid_from_date=date.fromisoformat(raw["valid_from_date"]),
        source_ref=raw["source_ref"],
        bands=tuple(Band(**band) for band in raw["bands"]),
        lifts=tuple(Lift(**lift) for lift in raw.get("lifts", ())),
    )


def _amount(raw: Mapping[str, Any]) -> Amount:
    said = raw.get("amount", {"from": "payees" if "payees" in raw else "none"})
    return Amount(said["from"], said.get("field", ""))


def _online(raw: Mapping[str, Any]) -> Online:
    return Online(**{**_tuples(raw), "limit": Limit(**raw["limit"])})


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
        fields=tuple(_field(one) for one in raw["fields"]),
        payees=Payees(**raw["payees"]) if "payees" in raw else None,
        evidence=tuple(Paper(**_tuples(one)) for one in raw["evidence"]),
        steps=tuple(_step(one) for one in raw["steps"]),
        concurrent_role=concurrent["role"],
        concurrent_with=tuple(concurrent["with"]),
        next_in_line={role: tuple(line) for role, line in raw["next_in_line"].items()},
        reasons=raw["reasons"],
        delegation_max_days=raw["delegation"]["max_days"],
        soon_percent=raw["reminder"]["soon_percent"],
        disclosure=tuple(Disclosed(**_tuples(one)) for one in raw["disclosure"]),
        amount=_amount(raw),
        title_from=raw.get("title_from", "purpose"),
        handler_from=raw.get("handler_from", "handler_person_id"),
        effects=raw.get("effects", {}),
        checks=tuple(raw.get("checks", ())),
        pays=raw.get("pays", ""),
        tier_from=raw.get("tier_from", ""),
        skips=raw.get("skips", ""),
        online=_online(raw["online"]) if "online" in raw else None,
    )
