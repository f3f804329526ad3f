"""What the log tells of: rooms put their sources here in their `apps.ready`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast


@dataclass(frozen=True)
class Source:
    """One kind of rows that stand in the log, a leaf each.

    Shapes: `rows` gives all of them; `subject` is the field that names one for ever; `contents`
        the bytes of some, in their order. An open source tells its bytes as the leaf; of any
        other the leaf is a commitment, which shows nothing of them.
    """

    kind: str
    rows: Callable[[], QuerySet[Any]]
    subject: str
    contents: Callable[[Sequence[Any]], Sequence[bytes]]
    is_open: bool = False

    def named(self) -> QuerySet[Any]:
        """Return the rows, each with the text under which the log knows it (`log_subject`)."""
        found: QuerySet[Any] = self.rows().annotate(log_subject=Cast(self.subject, CharField()))
        return found


_sources: dict[str, Source] = {}


def put(source: Source) -> None:
    """Let the log tell of a kind. Raises: ValueError, for a kind that is told of."""
    if source.kind in _sources:
        raise ValueError(source.kind)
    _sources[source.kind] = source


def every() -> tuple[Source, ...]:
    """Return the sources, by kind."""
    return tuple(_sources[kind] for kind in sorted(_sources))


def of(kind: str) -> Source:
    """Return a source. Raises: KeyError."""
    return _sources[kind]
