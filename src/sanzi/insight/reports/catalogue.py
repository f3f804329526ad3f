"""The templates of `data/reports`: a folder each, a file per dated version, statements beside it.

A template names figures, each some lines of a panel of the cockpit: no figure is defined here. Its
sentences hold them in braces, `{income}`, `{income.before}`, `{income.year}`, besides `{place}`,
`{period}` and `{until}`. Lists of forms and registers bring statements of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

from sanzi.insight import statements
from sanzi.insight.cockpit import catalogue as panel_catalogue
from sanzi.insight.cockpit.shapes import Panel
from sanzi.insight.reports import periods
from sanzi.insight.reports.shapes import (
    ASIDES,
    Condition,
    Figure,
    Item,
    ListColumn,
    Said,
    Section,
    Sentence,
    Template,
)
from sanzi.insight.statements import DATA, StatementBroken
from sanzi.kernel import yamls
from sanzi.orgs.roles import roles

FOLDER: Final = DATA / "reports"
PARAMETERS: Final = frozenset({"first", "last", "as_of", "subjects", "side"})
PLAIN: Final = ("place", "period", "until")
_BRACE: Final = re.compile(r"\{([a-z0-9_.]+)\}")


class ReportBroken(ValueError):
    """A template does not say what it must."""


@cache
def templates() -> Mapping[str, tuple[Template, ...]]:
    """Return the versions of each template by code, the oldest first. Raises: ReportBroken."""
    return load(FOLDER)


def current(code: str, on: date) -> Template | None:
    """Return the version that holds on a day; the first before it began, None for no template."""
    versions = templates().get(code, ())
    held = [one for one in versions if one.valid_from_date <= on] or [*versions[:1]]
    return held[-1] if held else None


def load(folder: Path) -> Mapping[str, tuple[Template, ...]]:
    """Return the templates of a folder. Raises: ReportBroken."""
    found: dict[str, tuple[Template, ...]] = {}
    for place in sorted(one for one in folder.iterdir() if one.is_dir()):
        versions = [_template(path) for path in sorted(place.glob("*.yaml"))]
        if not versions:
            raise ReportBroken(f"{place.name}: holds no version")
        days = [one.valid_from_date for one in versions]
        if days != sorted(set(days)):
            raise ReportBroken(f"{place.name}: versions must stand in the order of their days")
        read = {item.sql for one in versions for part in one.sections for item in part.items}
        for path in sorted(place.glob("*.sql")):
            if path.read_text(encoding="utf-8") not in read:
                raise ReportBroken(f"{place.name}: no list reads {path.name}")
        found[place.name] = tuple(versions)
    return found


def _template(path: Path) -> Template:
    where = f"{path.parent.name}/{path.stem}"
    try:
        given = yamls.read(path)
    except (OSError, yaml.YAMLError) as error:
        raise ReportBroken(f"{where}: {error!r}") from error
    _check_schema(where, given)
    figures = {name: _figure(where, name, one) for name, one in given["figures"].items()}
    sections = tuple(_section(path, one, figures) for one in given["sections"])
    panels = {one.panel.code: one.panel for one in figures.values()}
    for item in (item for one in sections for item in one.items if item.panel):
        panels[item.panel] = panel_catalogue.panels()[item.panel]
    made = Template(
        code=path.parent.name,
        title=given["title"],
        version=path.stem,
        valid_from_date=given["valid_from_date"],
        source_ref=given["source_ref"],
        means=given["means"],
        levels=tuple(given["levels"]),
        period=given["period"],
        due_days=given.get("due_days", 0),
        fresh_days=given["fresh_days"],
        figures=figures,
        sections=sections,
        notes=tuple(given.get("notes", ())),
        panels=panels,
        also_sees=tuple(given.get("also_sees", ())),
    )
    if made.sees - frozenset().union(*(one.may for one in roles().values())):
        raise ReportBroken(f"{where}: is seen by nobody: no role has its permission")
    if any(one.time == "balance" and one.kind == "tree" for one in panels.values()):
        raise ReportBroken(f"{where}: draws a tree, which stands only in the cockpit")
    return made


def _check_schema(where: str, given: Any) -> None:
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    plain = json.loads(json.dumps(given, default=str))
    for wrong in jsonschema.Draft202012Validator(schema).iter_errors(plain):
        place = "/".join(str(part) for part in wrong.absolute_path)
        raise ReportBroken(f"{where}: {place}: {wrong.message}")
    if given["period"] not in periods.KINDS:
        raise ReportBroken(f"{where}: has a period that is none")


def _figure(where: str, name: str, given: Mapping[str, Any]) -> Figure:
    panel = _panel(where, given["panel"])
    lines = tuple(given.get("lines", ()))
    if not panel.is_open_ended and not panel.nodes:
        keys = {one.code for one in panel.keys}
        known = {f"{row.code}.{key}" for row in panel.rows for key in keys} if panel.rows else keys
        wrong = sorted(set(lines) - known)
        if wrong:
            raise ReportBroken(f"{where}: {name}: {panel.code} has no line {wrong[0]}")
    if panel.nodes and not lines:
        raise ReportBroken(f"{where}: {name}: a flow is no figure without its links")
    return Figure(name, given["title"], panel, lines)


def _panel(where: str, code: str) -> Panel:
    found = panel_catalogue.panels().get(code)
    if found is None:
        raise ReportBroken(f"{where}: the cockpit has no panel {code}")
    return found


def _section(path: Path, given: Mapping[str, Any], figures: Mapping[str, Figure]) -> Section:
    where = f"{path.parent.name}/{path.stem}: {given['title']}"
    items = tuple(_item(path, where, one, figures) for one in given.get("show", ()))
    if len({one.title for one in items}) != len(items):
        raise ReportBroken(f"{where}: shows two things under one title")
    return Section(
        given["title"],
        tuple(_sentence(where, one, figures) for one in given.get("say", ())),
        items,
    )


def _sentence(where: str, given: Any, figures: Mapping[str, Figure]) -> Sentence:
    text = given if isinstance(given, str) else given["text"]
    asked = () if isinstance(given, str) else given.get("when", ())
    when = tuple(Condition(one["figure"], one["is"]) for one in asked)
    for one in when:
        if one.figure not in figures:
            raise ReportBroken(f"{where}: asks for the unknown figure {one.figure}")
    parts: list[Said] = []
    for at, words in enumerate(_BRACE.split(text)):
        if at % 2 == 0:
            parts += [Said(words=words)] if words else []
            continue
        name, _, aside = words.partition(".")
        if name in PLAIN and not aside:
            parts.append(Said(figure="", aside=name))
        elif name not in figures or aside not in ASIDES:
            raise ReportBroken(f"{where}: tells the unknown figure {words}")
        else:
            parts.append(Said(figure=name, aside=aside))
    if any(mark in one.words for one in parts for mark in "{}"):
        raise ReportBroken(f"{where}: has a brace that holds no figure: {text}")
    return Sentence(tuple(parts), when)


def _item(path: Path, where: str, given: Mapping[str, Any], figures: Mapping[str, Figure]) -> Item:
    kind = given["kind"]
    named = tuple(given.get("figures", ()))
    for one in named:
        if one not in figures:
            raise ReportBroken(f"{where}: shows the unknown figure {one}")
    panel = given.get("panel", "")
    if panel:
        _panel(where, panel)
    if (kind in ("lines", "places", "chart", "rows")) != bool(panel) or (kind == "figures") != bool(
        named
    ):
        raise ReportBroken(f"{where}: an item of kind {kind} names the wrong thing")
    columns = tuple(
        ListColumn(one["name"], one["title"], one.get("kind", "text"), one.get("group", ""))
        for one in given.get("columns", ())
    )
    sql = _sql(path, where, given["reads"], columns) if "reads" in given else ""
    if kind == "list" and not sql and not given.get("note"):
        raise ReportBroken(f"{where}: an empty form says no reason")
    return Item(
        kind=kind,
        title=given["title"],
        figures=named,
        panel=panel,
        lines=tuple(given.get("lines", ())),
        most=given.get("most", 0),
        sql=sql,
        columns=columns,
        number=given.get("number", ""),
        note=given.get("note", ""),
        subjects=tuple(given.get("subjects", ())),
        side=given.get("side", ""),
    )


def _sql(path: Path, where: str, name: str, columns: Sequence[ListColumn]) -> str:
    try:
        return statements.read(
            path.parent, name, parameters=PARAMETERS, columns=[one.name for one in columns]
        )
    except StatementBroken as error:
        raise ReportBroken(f"{where}: {error}") from error
