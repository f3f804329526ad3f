"""The indices of `data/indices`: a folder each, with `index.yaml` and a statement per indicator.

A statement gives rows: `village_id`, `row_kind` and `row_id` (a row of the record), `part` and
`whole` (whole numbers, fen for amounts); those of posts `person_id`, too. It may use `$since`
(day) and `$as_of` (time), and is checked like the statements of alert models.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from sanzi.insight.shapes import Band, Cap, Field, Index, Indicator, Posts
from sanzi.orgs.roles import roles
from sanzi.record import engine

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "indices"
UNITS: Final = ("share", "per_thousand", "count")
PARAMETERS: Final = frozenset({"since", "as_of"})
WHOLE: Final = 100


class IndexBroken(ValueError):
    """The folder of an index does not say what it must."""


@cache
def indices() -> Mapping[str, Index]:
    """Return the indices by code. Raises: IndexBroken."""
    return {path.name: load(path) for path in sorted(FOLDER.iterdir()) if path.is_dir()}


def load(folder: Path) -> Index:
    """Return the index of a folder. Raises: IndexBroken."""
    try:
        given = yaml.safe_load((folder / "index.yaml").read_text(encoding="utf-8"))
        found = _index(given, folder)
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise IndexBroken(f"{folder.name}: {error!r}") from error
    _check(found, folder)
    return found


def _index(given: Mapping[str, Any], folder: Path) -> Index:
    posts = given["posts"]
    return Index(
        code=given["code"],
        title=given["title"],
        version=given["version"],
        valid_from_date=given["valid_from"],
        source_ref=given["source_ref"],
        meaning=given["meaning"].strip(),
        lacks=tuple(given["lacks"]),
        months=given["months"],
        coverage_min_percent=given["coverage_min"],
        objection_days=given["objection_days"],
        bands=tuple(Band(one["grade"], one["title"], one["from"]) for one in given["bands"]),
        fields=tuple(
            Field(
                one["code"],
                one["title"],
                one["weight"],
                tuple(_indicator(part, folder) for part in one["indicators"]),
            )
            for one in given["fields"]
        ),
        caps=tuple(
            Cap(one["code"], one["title"], one["limit"], _sql(folder, one["code"]))
            for one in given["caps"]
        ),
        posts=Posts(
            tuple(posts["roles"]),
            posts["share"],
            tuple(_indicator(part, folder) for part in posts["indicators"]),
        ),
    )


def _indicator(given: Mapping[str, Any], folder: Path) -> Indicator:
    return Indicator(
        code=given["code"],
        title=given["title"],
        weight=given["weight"],
        unit=given["unit"],
        zero=given["zero"],
        hundred=given["hundred"],
        of=given.get("of", "rows"),
        means=given["means"],
        better=given["better"],
        sql=_sql(folder, given["code"]),
    )


def _sql(folder: Path, code: str) -> str:
    try:
        return (folder / f"{code}.sql").read_text(encoding="utf-8")
    except OSError as error:
        raise IndexBroken(f"{folder.name}: {code}.sql cannot be read") from error


def _check(index: Index, folder: Path) -> None:
    codes = [code for code, _ in index.statements]
    if len(set(codes)) != len(codes):
        raise IndexBroken(f"{folder.name}: a code stands twice")
    unread = {path.stem for path in folder.glob("*.sql")} - set(codes)
    if unread:
        raise IndexBroken(f"{folder.name}: no indicator reads {min(unread)}.sql")
    if sum(one.weight for one in index.fields) != WHOLE:
        raise IndexBroken(f"{folder.name}: the weights of the fields are not a hundred together")
    if index.bands[-1].from_points != 0:
        raise IndexBroken(f"{folder.name}: no grade holds from nothing on")
    if set(index.posts.roles) - set(roles()):
        raise IndexBroken(f"{folder.name}: a post is no role of the house")
    for one in (*index.indicators, *index.posts.indicators):
        if one.unit not in UNITS or one.weight <= 0 or one.zero == one.hundred:
            raise IndexBroken(f"{folder.name}: {one.code} has a unit, weight or ends that are none")
    for code, sql in index.statements:
        _check_statement(sql, f"{folder.name}: {code}")


def _check_statement(sql: str, where: str) -> None:
    try:
        checked = engine.check(sql)
    except engine.BadStatement as error:
        raise IndexBroken(f"{where} {error}") from error
    if checked.parameters - PARAMETERS:
        raise IndexBroken(f"{where} asks for an unknown parameter")
