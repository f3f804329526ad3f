"""The concepts of a statement: one a line, or one a line and column where columns measure apart.

A line that is made of what accounts stand at when a column ends is of a moment, every other of
the column's months. A column with a formula of its own that asks what stood when it began is of
the moment before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sanzi.ledger.statements import layouts
from sanzi.ledger.statements.formulas import Amount, Flow, Lines, Node, Sum
from sanzi.ledger.statements.layouts import Column, Layout, Line

INSTANT, DURATION = "instant", "duration"
ACCOUNT, PARTY = "account", "party"
_END: Final = {"EB", "EBD", "EBC", "DB", "CB", "AGED", "PL"}
_BEGIN: Final = {"OB", "OBD", "OBC"}
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Concept:
    """What a fact is of. `axes`: what tells its repeated rows apart, () for a line without.

    `column` is '' where all columns share the concept; `is_before`: the moment before the column.
    """

    name: str
    title: str
    line: Line | None = None
    column: str = ""
    period_type: str = DURATION
    is_before: bool = False
    axes: tuple[str, ...] = ()

    @property
    def is_abstract(self) -> bool:
        """Whether it only stands over others and never has a fact."""
        return self.line is None or self.line.is_header


@dataclass(frozen=True)
class Part:
    """A concept that another one sums, with its sign."""

    concept: Concept
    weight: int


@dataclass(frozen=True)
class Tree:
    """The concepts of a statement: its root, then each section's head ('' for none) and lines."""

    layout: Layout
    root: Concept
    sections: tuple[tuple[Concept | None, tuple[Concept, ...]], ...]

    @property
    def lines(self) -> tuple[Concept, ...]:
        """The concepts of lines, in order."""
        return tuple(one for _, lines in self.sections for one in lines)

    def find(self, section: int, row_id: str, column: str) -> Concept:
        """Return the concept of a cell. Raises: KeyError when its line has none."""
        for one in self.sections[section][1]:
            if one.line and _row_id(one.line) == row_id and one.column in ("", column):
                return one
        raise KeyError(f"{self.layout.code}.{row_id}.{column}")

    def parts(self, concept: Concept) -> tuple[Part, ...]:
        """Return what the concept sums when its formula is a plain sum of lines that stand once."""
        line = concept.line
        if line is None or line.formula is None or concept.axes:
            return ()
        summed = _summed(self.layout, line.formula, 1)
        if summed is None or len({_row_id(one) for _, one in summed}) < len(summed):
            return ()
        parts = tuple(Part(self._beside(concept, one), weight) for weight, one in summed)
        same = all(
            not part.concept.axes and part.concept.period_type == concept.period_type
            for part in parts
        )
        return parts if same else ()

    def _beside(self, concept: Concept, line: Line) -> Concept:
        return next(one for one in self.lines if one.line is line and one.column == concept.column)


def tree(layout: Layout) -> Tree:
    """Return the concepts of a statement in the order of its lines."""
    measured = any(column.formula is not None for column in layout.columns)
    numbers = iter(range(1, len(layout.lines) + 1))
    sections = []
    for place, section in enumerate(layout.sections, 1):
        head = Concept(f"{layout.code}.section-{place}", section.title) if section.title else None
        lines = [
            concept
            for line in section.lines
            for concept in _concepts(layout, line, next(numbers), measured=measured)
        ]
        sections.append((head, tuple(lines)))
    return Tree(layout, Concept(layout.code, layout.title), tuple(sections))


def _concepts(layout: Layout, line: Line, number: int, *, measured: bool) -> Iterator[Concept]:
    own = line.id if _NAME.fullmatch(line.id) else f"row-{number}"
    name = f"{layout.code}.{own}"
    title = line.title or own
    axes: tuple[str, ...] = ()
    if line.each is not None:
        axes = (ACCOUNT, PARTY) if line.each.by_aux else (ACCOUNT,)
    if line.is_header:
        yield Concept(name, title.rstrip("：:"), line)
    elif not measured:
        period_type, _ = _period_type(layout, line, None)
        yield Concept(name, title, line, period_type=period_type, axes=axes)
    else:
        for column in layout.columns:
            period_type, is_before = _period_type(layout, line, column)
            yield Concept(
                name=f"{name}.{column.id}",
                title=f"{title} {column.group}{column.title}",
                line=line,
                column=column.id,
                period_type=period_type,
                is_before=is_before,
                axes=axes,
            )


def _period_type(layout: Layout, line: Line, column: Column | None) -> tuple[str, bool]:
    """Return instant or duration, and whether it is the moment before the column."""
    functions = set(_functions(layout, line, column))
    if functions and functions <= _END:
        return INSTANT, False
    if column is not None and functions and functions <= _BEGIN:
        return INSTANT, True
    return DURATION, False


def _functions(layout: Layout, line: Line, column: Column | None) -> Iterator[str]:
    """Yield what a line asks of accounts, through all lines it is made of."""
    node = line.formula or (column.formula if column else None)
    for found in _leaves(node) if node else ():
        if isinstance(found, Lines):
            for other in layouts.referred(layout, found):
                yield from _functions(layout, other, column)
        elif isinstance(found, Amount):
            yield found.function
        else:
            yield "FLOW"


def _leaves(node: Node) -> Iterator[Amount | Flow | Lines]:
    if isinstance(node, Sum):
        for _, part in node.parts:
            yield from _leaves(part)
    else:
        yield node


def _summed(layout: Layout, node: Node, sign: int) -> list[tuple[int, Line]] | None:
    """Return the lines of a plain sum with their signs, None when anything else stands in it."""
    if isinstance(node, Lines):
        return [(sign, line) for line in layouts.referred(layout, node)]
    if not isinstance(node, Sum):
        return None
    found: list[tuple[int, Line]] = []
    for weight, part in node.parts:
        inner = _summed(layout, part, sign * weight)
        if inner is None:
            return None
        found += inner
    return found


def _row_id(line: Line) -> str:
    return line.id or line.title
