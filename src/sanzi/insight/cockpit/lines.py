"""The lines of a panel: which of a statement's keys each adds up, what it is called, its order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from sanzi.insight.cockpit.shapes import EVERY, NOTHING, Counted, Key, Panel, Sum
from sanzi.matters import catalogue as powers
from sanzi.supervision import catalogue as models
from sanzi.supervision import category_words

OWN_MODELS: Final = "own"


def counted_of(panel: Panel, sums: Mapping[tuple[str, str], Sum]) -> Counted:
    """Return sums under the panel's own lines; keys that it does not name are left out."""
    found: dict[tuple[str, str], Sum] = {}
    for (month, key), one in sums.items():
        line = line_of(panel, key)
        if line:
            found[month, line] = found.get((month, line), NOTHING) + one
    return Counted(found)


def line_of(panel: Panel, key: str) -> str:
    """Return the line that a key of the statement belongs to; empty for none."""
    if panel.titles:
        return _category(key) if panel.titles == "alert_categories" else key
    if panel.nodes:
        return key
    row, _, column = key.rpartition(".") if panel.rows else ("", "", key)
    for one in panel.keys:
        if EVERY in one.of or (column if panel.rows else key) in one.of:
            return f"{row}.{one.code}" if panel.rows else one.code
    return ""


@cache
def _category(model_code: str) -> str:
    found = models.models().get(model_code)
    return found.category if found else OWN_MODELS


def lines_of(panel: Panel, counted: Counted, below: Iterable[Counted]) -> tuple[Key, ...]:
    """Return the lines of a panel; those that rows named, the largest first."""
    if panel.nodes:
        return _links(panel, counted)
    if panel.rows:
        return tuple(
            Key(f"{row.code}.{one.code}", f"{row.title}{one.title}", (), one.is_warm)
            for row in panel.rows
            for one in panel.keys
        )
    if not panel.titles:
        return panel.keys
    keys = {*counted.named(), *(key for one in below for key in one.named())}
    size = {key: counted.total(key) for key in keys}
    ordered = sorted(keys, key=lambda key: (-_weight(panel, size[key]), key))
    return tuple(Key(key, title_of(panel, key), (key,)) for key in ordered)


def _weight(panel: Panel, one: Sum) -> int:
    return one.part if panel.of == "sum" else one.row_count


def _links(panel: Panel, counted: Counted) -> tuple[Key, ...]:
    """Return the bands of a flow; sources that name themselves come first, the largest before."""
    titles = {one.code: one for one in panel.nodes}
    pairs = [(key.partition(">")[0], key.partition(">")[2]) for key in counted.named()]
    if not panel.titles:
        pairs = [pair for pair in pairs if set(pair) <= set(titles)]
    own: dict[str, int] = {}
    for source, target in pairs:
        if source not in titles:
            own[source] = own.get(source, 0) + counted.total(f"{source}>{target}").part
    order = [*sorted(own, key=lambda one: (-own[one], one)), *titles]
    pairs = [pair for pair in pairs if pair[0] in order and pair[1] in titles]
    pairs.sort(key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    return tuple(
        Key(
            f"{source}>{target}",
            f"{titles[source].title if source in titles else source}到{titles[target].title}",
            (),
            titles[target].is_warm,
        )
        for source, target in pairs
    )


def title_of(panel: Panel, key: str) -> str:
    """Return what a line that rows named is called."""
    if panel.titles == "matters":
        return next((one.title for one in powers.powers() if one.code == key), key)
    if panel.titles == "alert_categories":
        return category_words.WORDS.get(key, "自建规则" if key == OWN_MODELS else key)
    return key
