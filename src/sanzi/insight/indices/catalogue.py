"""The indices of `data/indices`: a folder each, with `index.yaml` and a statement per indicator.

A statement gives rows: `village_id` (the village, for an index of townships the town, too),
`row_kind` and `row_id` (a row of the record), `part` and `whole` (whole numbers, fen for amounts);
those of posts `person_id`, too. It may use `$since` (day) and `$as_of` (time), and is checked like
the statements of alert models. `same_as` names the statement of another index that is asked
unchanged, `uses` statements of the cockpit or of an index that are read like views.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from sanzi.insight import statements
from sanzi.insight.indices.shapes import (
    LEVELS,
    Band,
    Cap,
    Field,
    FlagRule,
    Index,
    Indicator,
    Penalty,
    Posts,
)
from sanzi.insight.statements import DATA, StatementBroken
from sanzi.kernel import yamls
from sanzi.orgs.roles import roles

FOLDER: Final = DATA / "indices"
UNITS: Final = ("share", "per_thousand", "count")
MEASURED: Final = ("rows", "fen", "weight")
PARAMETERS: Final = frozenset({"since", "as_of"})
COLUMNS: Final = ("village_id", "row_kind", "row_id", "part", "whole")
OF_POSTS: Final = (*COLUMNS, "person_id")
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
        given = yamls.read(folder / "index.yaml")
        found = _index(given, folder)
    except StatementBroken as error:
        raise IndexBroken(f"{folder.name}: {error}") from error
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise IndexBroken(f"{folder.name}: {error!r}") from error
    _check(found, folder)
    return found


def _index(given: Mapping[str, Any], folder: Path) -> Index:
    posts = given.get("posts", {"roles": (), "share": 0, "indicators": ()})
    return Index(
        code=given["code"],
        title=given["title"],
        level=given["level"],
        version=given["version"],
        valid_from_date=given["valid_from"],
        source_ref=given["source_ref"],
        meaning=given["meaning"].strip(),
        purpose=given["purpose"],
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
            Cap(one["code"], one["title"], one["limit"], _sql(folder, one)) for one in given["caps"]
        ),
        penalties=tuple(
            Penalty(
                one["code"],
                one["title"],
                one["each"],
                one["most"],
                one.get("field", ""),
                one["means"],
                one["better"],
                _sql(folder, one),
            )
            for one in given.get("penalties", ())
        ),
        penalty_max=given.get("penalty_max", WHOLE),
        posts=Posts(
            tuple(posts["roles"]),
            posts["share"],
            tuple(_indicator(part, folder, OF_POSTS) for part in posts["indicators"]),
        ),
        flag_rule=_flag_rule(given["flags"]) if "flags" in given else None,
    )


def _flag_rule(given: Mapping[str, Any]) -> FlagRule:
    red, yellow = given["red"], given["yellow"]
    return FlagRule(
        ranked_from=given["ranked_from"],
        red_from=red["from"],
        red_percent=red["top_percent"],
        yellow_below=yellow["below"],
        yellow_percent=yellow["bottom_percent"],
        no_red=red["unless"],
        yellow_by=yellow["or_by"],
        talk_after=given["talk_after"],
        list_after=given["list_after"],
    )


def _indicator(
    given: Mapping[str, Any], folder: Path, columns: Sequence[str] = COLUMNS
) -> Indicator:
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
        sql=_sql(folder, given, columns),
    )


def _sql(folder: Path, given: Mapping[str, Any], columns: Sequence[str] = COLUMNS) -> str:
    """Return the statement of a figure: its own file's, or another's, over what it reads."""
    return statements.read(
        folder,
        given.get("same_as", given["code"]),
        parameters=PARAMETERS,
        columns=columns,
        uses=given.get("uses", ()),
    )


def _check(index: Index, folder: Path) -> None:
    codes = [code for code, _ in index.statements]
    unread = {path.stem for path in folder.glob("*.sql")} - set(codes)
    fields = {one.code for one in index.fields}
    wrong = (
        (len(set(codes)) != len(codes), "a code stands twice"),
        (unread, f"no indicator reads {min(unread, default='')}.sql"),
        (
            sum(one.weight for one in index.fields) != WHOLE,
            "the weights of the fields are not a hundred together",
        ),
        (index.bands[-1].from_points != 0, "no grade holds from nothing on"),
        (set(index.posts.roles) - set(roles()), "a post is no role of the house"),
        (index.level not in LEVELS, "measures neither villages nor towns"),
        (
            {one.field for one in index.penalties} - {"", *fields},
            "a penalty is taken from a field that is none",
        ),
        (_flags_wrong(index), "a flag hangs on what is not counted, or villages are not ranked"),
    )
    for is_wrong, words in wrong:
        if is_wrong:
            raise IndexBroken(f"{folder.name}: {words}")
    for one in (*index.indicators, *index.posts.indicators):
        if one.unit not in UNITS or one.weight <= 0 or one.zero == one.hundred:
            raise IndexBroken(f"{folder.name}: {one.code} has a unit, weight or ends that are none")
        if one.of not in MEASURED:
            raise IndexBroken(f"{folder.name}: {one.code} counts what is none")


def _flags_wrong(index: Index) -> bool:
    rule = index.flag_rule
    if rule is None:
        return False
    named = {rule.no_red, rule.yellow_by} <= {one.code for one in index.penalties}
    apart = rule.red_from > rule.yellow_below and rule.ranked_from > 1
    return not named or not apart or index.is_of_towns or rule.list_after <= rule.talk_after
