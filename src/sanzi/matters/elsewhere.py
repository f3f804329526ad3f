"""Sources of payments that a higher room holds in a register of its own, by their kind.

`source_matter` of a data package still brings them, and forms still offer them: what is done with
a kind is registered here in the `apps.ready` of the room that holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sanzi.record.loaders import LoadCount


@dataclass(frozen=True)
class Held:
    """How a room holds one kind of source.

    Shapes: `load` takes rows of `source_matter`; `offered` returns (ext id, words) of a body's;
        `title` returns the title of one, empty when it is not there.
    """

    load: Callable[[Sequence[Mapping[str, Any]]], LoadCount]
    offered: Callable[[str], list[tuple[str, str]]]
    title: Callable[[str], str]


_held: dict[str, Held] = {}


def register(kind: str, held: Held) -> None:
    """Let a room hold a kind of source."""
    _held[kind] = held


def kinds() -> frozenset[str]:
    """Return the kinds that are held elsewhere."""
    return frozenset(_held)


def load(kind: str, rows: Sequence[Mapping[str, Any]]) -> LoadCount:
    """Hand rows of a kind to the room that holds it."""
    return _held[kind].load(rows)


def offered(organisation_ext_id: str, only: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return what the other rooms offer of these kinds; of all when none is named."""
    found: list[tuple[str, str]] = []
    for kind, held in sorted(_held.items()):
        if not only or kind in only:
            found += held.offered(organisation_ext_id)
    return found


def title(ext_id: str) -> str:
    """Return the title of a source that another room holds, empty when none does."""
    return next((text for held in _held.values() if (text := held.title(ext_id))), "")
