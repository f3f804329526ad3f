"""Sets of figures that hold for a place and below, from a day on: how files of them are read. Pure.

A file has `sets`; each names its `division` (empty for all) and `valid_from_date`. Of the sets that
stand on a day the nearest place counts first, then the newest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sanzi.kernel import divisions, yamls


class SetFileBroken(ValueError):
    """A file of sets is wrong: the text names the file and the place."""


class Placed(Protocol):
    """Figures that hold for a place and below, from a day on."""

    @property
    def division(self) -> str:
        """The place, empty for all."""
        ...

    @property
    def valid_from_date(self) -> date:
        """The first day."""
        ...


Set = TypeVar("Set", bound=Placed)


def read(
    path: Path,
    shape: Callable[..., Set],
    *,
    figures: Iterable[str],
    least: int = 0,
    wrong: Callable[[Set], str] = lambda _: "",
) -> tuple[Set, ...]:
    """Return the sets of a file; lists become tuples.

    `figures` are its whole numbers, none below `least`; `wrong` says what else is, if anything.
    Raises: SetFileBroken; ValueError, for a division that is none.
    """
    content = yamls.read(path)
    items = content.get("sets") if isinstance(content, dict) else None
    if not items:
        raise SetFileBroken(f"{path.name}: sets: at least one is needed")
    found = tuple(_one(path.name, item, shape) for item in items)
    for one in found:
        problem = _wrong(one, figures, least) or wrong(one)
        if problem:
            raise SetFileBroken(f"{path.name}: {problem}")
    if "" not in {one.division for one in found}:
        raise SetFileBroken(f"{path.name}: sets: one must hold for every place")
    return found


def _one(where: str, item: dict[str, Any], shape: Callable[..., Set]) -> Set:
    whole = {
        name: tuple(value) if isinstance(value, list) else value for name, value in item.items()
    }
    try:
        found = shape(**whole)
    except TypeError as error:
        raise SetFileBroken(f"{where}: {error}") from error
    if found.division:
        divisions.check(found.division)
    return found


def _wrong(one: Placed, figures: Iterable[str], least: int) -> str:
    for name in figures:
        value = getattr(one, name)
        if type(value) is not int or value < least:
            return f"{name} is '{value}', expected a whole number, {least} or more"
    first: object = one.valid_from_date
    if not isinstance(first, date):
        return f"valid_from_date is '{first}'"
    return ""


def nearest(sets: Sequence[Set], division_code: str, day: date) -> Set:
    """Return the set that holds at a place on a day: the nearest place first, then the newest."""
    found = [
        one
        for one in sets
        if one.valid_from_date <= day
        and (not one.division or division_code.startswith(divisions.prefix(one.division)))
    ]
    if not found:
        # Before the first day of all sets, the first counts.
        return min(sets, key=lambda one: one.valid_from_date)
    return max(
        found,
        key=lambda one: (
            len(divisions.prefix(one.division)) if one.division else 0,
            one.valid_from_date,
        ),
    )
