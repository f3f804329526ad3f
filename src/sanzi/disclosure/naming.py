"""Free text as the public reads it: nobody of the place by name, no long number.

What an officer writes into a purpose, an opinion or a summary may name a villager. Every text
that leaves for the public goes through here; firms and columns of names do not, they are shown by
their kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sanzi.disclosure import rules
from sanzi.kernel import divisions
from sanzi.orgs.models import Person


def clean(place: str, texts: Sequence[str], also: Iterable[str] = ()) -> list[str]:
    """Return texts with the names of the place's people masked and without long numbers.

    `place` is the division whose people and whose towns' and county's officers are looked for;
    `also` are further names. The order of the texts is kept.
    """
    names = sorted({*named(place, texts), *also}, key=len, reverse=True)
    return [rules.scrubbed(one, names) for one in texts]


def wash(place: str, rows: Sequence[Any], *fields: str) -> None:
    """Mask names in texts of rows that are shown to everybody; such rows are never saved."""
    texts = iter(clean(place, [getattr(one, name) for one in rows for name in fields]))
    for one in rows:
        for name in fields:
            setattr(one, name, next(texts))


def named(place: str, texts: Iterable[str]) -> set[str]:
    """Return which people of a place, or of the places above it, are named in texts."""
    pieces = rules.name_pieces(texts)
    if not pieces:
        return set()
    around, code = [place], divisions.parent(place)
    while code is not None:
        around.append(code)
        code = divisions.parent(code)
    found = Person.objects.filter(division_id__in=around, name__in=sorted(pieces))
    return set(found.values_list("name", flat=True))
