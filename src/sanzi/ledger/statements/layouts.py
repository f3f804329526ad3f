"""The layout of a statement, read from a file: columns, sections, lines, checks, map of cash.

`docs/how-to/add-a-statement.md` says what each key means. Every mistake is named by file, line
and column of the file; what a layout gives is worked out in `evaluate.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sanzi.ledger.standards import Standard, shapes
from sanzi.ledger.statements import formulas
from sanzi.ledger.statements.formulas import (
    STAR,
    Amount,
    BadFormula,
    Comparison,
    Flow,
    Lines,
    Node,
)
from sanzi.ledger.statements.source import Part, read
from sanzi.ledger.statements.windows import WINDOWS

LEVELS = ("first", "leaf", "all")
KNOWN_HOW = ("text", "second_hand", "memory", "own")
FREQUENCIES = ("month", "quarter", "year")
_CODE = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True)
class Column:
    """One column: which months it speaks of; `formula` gives its cells in repeated rows.

    `in_year` stands in its place when the statement is of a whole year.
    """

    id: str
    title: str
    window: str
    formula: Node | None = None
    group: str = ""
    in_year: Column | None = None


@dataclass(frozen=True)
class Each:
    """Rows repeated over accounts, or over the auxiliaries of accounts.

    No `accounts` and no `classes`: the whole chart. `levels`: the regulation's own accounts, the
    lowest ones, or all.
    """

    accounts: tuple[str, ...]
    classes: tuple[str, ...]
    levels: str
    by_aux: bool


@dataclass(frozen=True)
class Line:
    """One line. Without formula and `each` it is a header, or, `analysed`, filled by hand.

    `only`: columns it speaks in, () for all. `hides_zero`: left out while nothing stands in it.
    """

    id: str
    number: str
    title: str
    level: int
    formula: Node | None
    each: Each | None
    is_header: bool
    is_total: bool
    is_analysed: bool
    hides_zero: bool
    only: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Section:
    """Lines that stand together, such as one half of a balance sheet."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Check:
    """What must hold in each column; `at_year_end`: only when the year ends."""

    title: str
    comparison: Comparison
    at_year_end: bool


@dataclass(frozen=True)
class ColumnCheck:
    """Two columns that must agree on a line."""

    title: str
    left: str
    right: str
    line: str


@dataclass(frozen=True)
class Flows:
    """Which line the cash stands on, by the account on the other side; longest code wins.

    `into` for what came in, `out_of` for what was paid, `rest` for what neither names.
    """

    money: tuple[str, ...] = ()
    into: Mapping[str, str] = field(default_factory=dict)
    out_of: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""


@dataclass(frozen=True)
class Layout:
    """One statement of a standard."""

    code: str
    standard_code: str
    title: str
    form: str
    frequency: tuple[str, ...]
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]
    checks: tuple[Check, ...]
    column_checks: tuple[ColumnCheck, ...]
    flows: Flows
    provenance: str
    how_known: str
    is_custom: bool
    order: int

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in order."""
        return tuple(line for section in self.sections for line in section.lines)

    def for_year(self) -> Layout:
        """Return the layout as a statement of a whole year takes it."""
        columns = tuple(
            replace(column, title=column.in_year.title, window=column.in_year.window)
            if column.in_year
            else column
            for column in self.columns
        )
        return replace(self, columns=columns)

    def nodes(self) -> Iterator[Node]:
        """Yield every node of every formula."""
        for line in self.lines:
            if line.formula is not None:
                yield from formulas.walk(line.formula)
        for column in self.columns:
            if column.formula is not None:
                yield from formulas.walk(column.formula)
        for check in self.checks:
            yield from formulas.walk(check.comparison.left)
            yield from formulas.walk(check.comparison.right)


def load(path: Path, standard: Standard, *, is_custom: bool = False) -> Layout:
    """Read one file for a standard. Raises: BadLayout."""
    head = read(path)
    head.only(
        *("statement", "standards", "title", "form", "frequency", "order", "provenance", "known"),
        *("columns", "sections", "checks", "column_checks", "flows"),
    )
    code = head.text("statement")
    if code != path.stem or not _CODE.fullmatch(code):
        head.fail("statement", f"must be the file's name, {path.stem!r}, in small letters")
    reader = _Reader(standard)
    columns = tuple(reader.column(part) for part in head.parts("columns"))
    _require_once(head, "columns", [column.id for column in columns])
    reader.columns = {column.id: column for column in columns}
    sections = tuple(reader.section(part) for part in head.parts("sections"))
    layout = Layout(
        code=code,
        standard_code=standard.code,
        title=head.text("title"),
        form=head.text("form", ""),
        frequency=_frequency(head),
        columns=columns,
        sections=sections,
        checks=tuple(reader.check(part) for part in head.parts("checks")),
        column_checks=tuple(reader.column_check(part) for part in head.parts("column_checks")),
        flows=reader.flows(head.part("flows")) if head.has("flows") else Flows(),
        provenance=head.text("provenance"),
        how_known=head.one_of("known", KNOWN_HOW),
        is_custom=is_custom,
        order=head.number("order", 50),
    )
    if not layout.columns or not layout.lines:
        head.fail("sections", "a statement has columns and lines")
    _require_once(head, "sections", [line.id for line in layout.lines if line.id])
    reader.check_references(layout)
    return layout


def standards_of(path: Path) -> tuple[str, ...]:
    """Return the standards that a file bound to none in particular is for; () for all."""
    return read(path).texts("standards")


class _Reader:
    """Reads the parts of one file, for one standard, and remembers where formulas stand."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self.columns: Mapping[str, Column] = {}
        self.places: list[tuple[Part, str, Node]] = []

    def column(self, part: Part) -> Column:
        part.only("id", "title", "window", "each", "group", "in_year")
        formula = self.formula(part, "each", allows_star=True) if part.has("each") else None
        return Column(
            id=part.text("id"),
            title=part.text("title"),
            window=part.one_of("window", WINDOWS),
            formula=formula,
            group=part.text("group", ""),
            in_year=self.in_year(part) if part.has("in_year") else None,
        )

    def in_year(self, part: Part) -> Column:
        inner = part.part("in_year")
        inner.only("title", "window")
        return Column(part.text("id"), inner.text("title"), inner.one_of("window", WINDOWS))

    def section(self, part: Part) -> Section:
        part.only("title", "lines")
        lines = tuple(self.line(each) for each in part.parts("lines"))
        return Section(part.text("title", ""), lines)

    def line(self, part: Part) -> Line:
        part.only(
            *("number", "id", "title", "header", "level", "formula", "each", "total"),
            *("analysed", "hide_zero", "only", "note"),
        )
        kinds = [key for key in ("header", "each", "analysed") if part.has(key)]
        if len(kinds) > 1 or (not kinds and not part.has("formula")):
            part.fail("-", "a line has one of header, formula, each, analysed: true")
        if kinds and kinds != ["each"] and part.has("formula"):
            part.fail("formula", f"does not go with {kinds[0]}")
        for id_ in part.texts("only"):
            if id_ not in self.columns:
                part.fail("only", f"no column {id_}")
        number = part.text("number", "")
        each = self.each(part.part("each")) if part.has("each") else None
        formula = None
        if part.has("formula"):
            formula = self.formula(part, "formula", allows_star=each is not None)
        elif each and any(column.formula is None for column in self.columns.values()):
            part.fail("each", "needs a formula here, or `each` in every column")
        return Line(
            id=part.text("id", number),
            number=number,
            title=part.text("header", "") or part.text("title", "" if each else None),
            level=part.number("level", 0 if part.has("header") else 1),
            formula=formula,
            each=each,
            is_header=part.has("header"),
            is_total=part.flag("total"),
            is_analysed=part.flag("analysed"),
            hides_zero=part.flag("hide_zero"),
            only=part.texts("only"),
            note=part.text("note", ""),
        )

    def each(self, part: Part) -> Each:
        part.only("accounts", "classes", "levels", "by")
        accounts = tuple(
            code
            for given in part.texts("accounts")
            for code in self.codes(given, lambda problem: part.fail("accounts", problem))
        )
        return Each(
            accounts=accounts if part.texts("accounts") else (),
            classes=("none",) if part.texts("accounts") and not accounts else part.texts("classes"),
            levels=part.one_of("levels", LEVELS, "leaf"),
            by_aux=part.one_of("by", ("account", "auxiliary"), "account") == "auxiliary",
        )

    def check(self, part: Part) -> Check:
        part.only("title", "formula", "at_year_end")
        try:
            found = formulas.parse_check(part.text("formula"))
        except BadFormula as wrong:
            part.fail("formula", wrong.problem, wrong.column)
        left, right = (self.real(part, "formula", side) for side in (found.left, found.right))
        self.places += [(part, "formula", left), (part, "formula", right)]
        return Check(
            part.text("title"), Comparison(left, found.sign, right), part.flag("at_year_end")
        )

    def column_check(self, part: Part) -> ColumnCheck:
        part.only("title", "left", "right", "line")
        columns = tuple(self.columns)
        left, right = part.one_of("left", columns), part.one_of("right", columns)
        line = Lines(part.text("line"))
        self.places.append((part, "line", line))
        return ColumnCheck(part.text("title"), left, right, line.first)

    def flows(self, part: Part) -> Flows:
        part.only("money", "in", "out", "rest")

        def codes(key: str, given: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(
                code
                for one in given
                for code in self.codes(one, lambda problem: part.fail(key, problem))
            )

        def by_code(key: str) -> dict[str, str]:
            lines = part.plain(key, default={})
            if not isinstance(lines, dict):
                part.fail(key, "must map lines to lists of accounts")
            found: dict[str, str] = {}
            for line, accounts in lines.items():
                for code in codes(key, tuple(accounts)):
                    if code in found:
                        part.fail(key, f"{code} stands on two lines")
                    found[code] = str(line)
            return found

        return Flows(
            money=codes("money", part.texts("money")),
            into=by_code("in"),
            out_of=by_code("out"),
            rest=part.text("rest"),
        )

    def formula(self, part: Part, key: str, *, allows_star: bool) -> Node:
        try:
            node = self.real(part, key, formulas.parse(part.text(key)))
        except BadFormula as wrong:
            part.fail(key, wrong.problem, wrong.column)
        for found in formulas.walk(node):
            is_starred = isinstance(found, Amount) and STAR in (*found.accounts, *found.beside)
            if is_starred and not allows_star:
                part.fail(key, "* stands only in repeated rows")
        self.places.append((part, key, node))
        return node

    def real(self, part: Part, key: str, node: Node) -> Node:
        def codes(argument: str, column: int) -> tuple[str, ...]:
            return self.codes(argument, lambda problem: part.fail(key, problem, column))

        return formulas.resolve(node, codes)

    def codes(self, argument: str, refuse: Callable[[str], object]) -> tuple[str, ...]:
        if argument == STAR:
            return (STAR,)
        if argument.startswith("@"):
            name = argument.removeprefix("@")
            if name not in shapes.PURPOSES:
                refuse(f"no purpose {argument}; expected {', '.join(shapes.PURPOSES)}")
            return self.standard.codes_for(name)
        code = argument.removesuffix("?")
        is_known = code in self.standard.accounts or code in self.standard.closed
        if not is_known and code == argument:
            refuse(f"{code} is no account of {self.standard.code}")
        return (code,)

    def check_references(self, layout: Layout) -> None:
        ids = {line.id for line in layout.lines if line.id}
        for part, key, tree in self.places:
            for node in formulas.walk(tree):
                if isinstance(node, Lines):
                    for one in (node.first, node.last):
                        if one and one not in ids:
                            part.fail(key, f"no line {one}", node.column)
                if isinstance(node, Flow) and not layout.flows.money:
                    part.fail(key, "FLOW needs a map of flows")
        _require_no_circle(layout, self.places)


def referred(layout: Layout, node: Node) -> Iterator[Line]:
    """Yield the lines that a formula refers to, those of a range included."""
    numbers = [line.number for line in layout.lines]
    for found in formulas.walk(node):
        if isinstance(found, Lines):
            ids = {found.first}
            if found.last:
                low, high = int(found.first), int(found.last)
                ids = {one for one in numbers if one.isdigit() and low <= int(one) <= high}
            yield from (line for line in layout.lines if line.id in ids)


def _require_no_circle(layout: Layout, places: list[tuple[Part, str, Node]]) -> None:
    done: set[str] = set()

    def visit(line: Line, above: tuple[str, ...]) -> None:
        if line.id in above:
            for part, key, node in places:
                if node is line.formula:
                    part.fail(key, f"line {line.id} leads back to itself")
        if line.id in done or line.formula is None:
            return
        for other in referred(layout, line.formula):
            visit(other, (*above, line.id))
        done.add(line.id)

    for line in layout.lines:
        if line.id:
            visit(line, ())


def _require_once(head: Part, key: str, ids: list[str]) -> None:
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        head.fail(key, f"{', '.join(twice)} is there twice")


def _frequency(head: Part) -> tuple[str, ...]:
    found = head.texts("frequency")
    for one in found:
        if one not in FREQUENCIES:
            head.fail("frequency", f"{one!r} must be of {', '.join(FREQUENCIES)}")
    return found or FREQUENCIES
