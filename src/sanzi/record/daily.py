"""Which rows a mere day touches: where an expression of a statement tells another value today.

Each expression with `$as_of` is taken as wide as it reads one row of one table, with the
conditions on that row. Two instants put in, the rows that differ are those that the passing of
time may bring in or out. What cannot be written as a question to one table is told whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from sanzi.record import engine, reach, schema

AS_OF: Final = "as_of"
WAS: Final = "was"
ROW: Final = "r"
_STOPS: Final = (
    exp.Where, exp.Join, exp.And, exp.Alias, exp.Select, exp.Group, exp.Having, exp.Window,
    exp.AggFunc, exp.Ordered, exp.Order, exp.Qualify, exp.Subquery, exp.Exists, exp.Table,
    exp.From,
)  # fmt: skip


@dataclass(frozen=True)
class Probe:
    """A question to one table, or to none: which rows differ between `$was` and `$as_of`.

    Without a table, the condition alone says whether the statement as a whole may differ.
    """

    table: str
    condition: str
    parameters: tuple[str, ...]


@dataclass
class _Branch:
    """One way to a row: its columns as expressions over one row each of named sources."""

    columns: dict[str, tuple[Any, exp.Expr]] = field(default_factory=dict)
    filters: dict[Any, list[exp.Expr]] = field(default_factory=dict)
    tables: dict[Any, str] = field(default_factory=dict)


_Rows = list[_Branch]


@lru_cache(maxsize=1024)
def probes(sql: str) -> tuple[Probe, ...]:
    """Return what to ask to learn whom the day touches; none when the clock is not read."""
    if AS_OF not in engine.check(sql).parameters:
        return ()
    walk = _Walk()
    walk.rows(reach.scope_of(sql), {})
    return tuple(dict.fromkeys(walk.found))


class _Walk:
    """One look through a statement."""

    def __init__(self) -> None:
        self.found: list[Probe] = []
        self._cte: dict[int, _Rows] = {}

    def rows(self, scope: Scope, outer: Mapping[str, _Rows]) -> _Rows:
        """Return the ways to the rows of a scope, and note what the day touches in it."""
        tree = scope.expression
        if isinstance(tree, exp.SetOperation):
            return self._together(scope, tree, outer)
        if not isinstance(tree, exp.Select):
            self._constants(tree)
            return []
        own = {
            alias: self._source(one, outer) for alias, (_, one) in scope.selected_sources.items()
        }
        around = {**outer, **own}
        for inner in scope.subquery_scopes:
            self.rows(inner, around)
        for one in tree.find_all(exp.Placeholder):
            if one.name == AS_OF and one.find_ancestor(exp.Select) is tree:
                self._probe(one, tree, around)
        return _given(tree, own)

    def _source(self, source: Any, outer: Mapping[str, _Rows]) -> _Rows:
        if isinstance(source, Scope):
            if source.expression.find_ancestor(exp.With) is None:
                return self.rows(source, outer)
            key = id(source.expression)
            if key not in self._cte:
                self._cte[key] = self.rows(source, {})
            return self._cte[key]
        table = schema.load_tables().get(source.name.removeprefix(engine.PREFIX))
        if table is None:
            return []
        names = [str(column.record) for column in table.record_columns]
        columns: dict[str, tuple[Any, exp.Expr]] = {
            name: ((), exp.column(name, ROW)) for name in names
        }
        return [_Branch(columns, {}, {(): table.name})]

    def _together(self, scope: Scope, tree: exp.SetOperation, outer: Mapping[str, _Rows]) -> _Rows:
        left, right = (self.rows(one, outer) for one in scope.set_operation_scopes)
        sides: list[Any] = [tree.right, tree.left]
        renamed = dict(zip(*(one.named_selects for one in sides), strict=True))
        return left + [
            _Branch(
                {renamed[name]: one for name, one in branch.columns.items() if name in renamed},
                branch.filters,
                branch.tables,
            )
            for branch in right
        ]

    def _constants(self, tree: exp.Expr) -> None:
        for one in tree.find_all(exp.Placeholder):
            if one.name == AS_OF:
                self.found.append(Probe("", "TRUE", ()))

    def _probe(self, place: exp.Expr, tree: exp.Select, around: Mapping[str, _Rows]) -> None:
        """Note the widest expression around a place that reads one row."""
        widest = place
        above = place.parent
        while above is not None and not isinstance(above, _STOPS) and _is_of_one(above):
            if not any(_expanded(above, around)):
                break
            widest, above = above, above.parent
        for token, plain, branch in _expanded(widest, around):
            if token is None:
                self.found.append(Probe("", _differs(plain), _named([plain])))
                continue
            alias, inner = token
            filters = [*branch.filters.get(inner, ()), *_filters(tree, alias, inner, branch)]
            test = _differs(plain)
            if filters:
                whole = exp.and_(*(one.copy() for one in filters))
                test = f"({_now(whole)} OR {_then(whole)}) AND ({_differs(whole)} OR {test})"
            names = _named([plain, *filters])
            self.found.append(Probe(branch.tables[inner], test, names))


def _expanded(one: exp.Expr, around: Mapping[str, _Rows]) -> list[tuple[Any, exp.Expr, _Branch]]:
    """Return an expression over one row of a table, for each way to it; nothing when it is not."""
    aliases = {column.table for column in one.find_all(exp.Column)}
    if not aliases:
        return [(None, one, _Branch())]
    if len(aliases) > 1 or not around.get(next(iter(aliases))):
        return []
    [alias] = aliases
    found = []
    for branch in around[alias]:
        inner = _over(one, branch)
        if inner is None:
            return []
        token, plain = inner
        found.append(((None if token is None else (alias, token)), plain, branch))
    return found


def _over(one: exp.Expr, branch: _Branch) -> tuple[Any, exp.Expr] | None:
    """Return an expression with its columns written out, and the row they are of."""
    tokens = set()
    for column in one.find_all(exp.Column):
        if column.name not in branch.columns:
            return None
        tokens.add(branch.columns[column.name][0])
    rows = tokens - {None}
    if len(rows) > 1:
        return None

    def written(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            return exp.paren(branch.columns[node.name][1].copy())
        return node

    return (next(iter(rows)) if rows else None), one.copy().transform(written)


def _given(tree: exp.Select, own: Mapping[str, _Rows]) -> _Rows:
    """Return the ways to the rows that a SELECT gives."""
    many = [alias for alias, rows in own.items() if len(rows) > 1]
    ways: list[dict[str, _Branch]] = [
        {alias: rows[0] for alias, rows in own.items() if len(rows) == 1}
    ]
    if len(many) == 1:
        ways = [{**ways[0], many[0]: branch} for branch in own[many[0]]]
    found = []
    for way in ways:
        given = _Branch()
        for alias, branch in way.items():
            for inner, table in branch.tables.items():
                token = (alias, inner)
                given.tables[token] = table
                given.filters[token] = [
                    *branch.filters.get(inner, ()), *_filters(tree, alias, inner, branch)
                ]  # fmt: skip
        for one in tree.expressions:
            plain = one.unalias()
            if not _is_of_one(plain):
                continue
            inner_rows = _expanded(plain, {alias: [branch] for alias, branch in way.items()})
            if inner_rows:
                token, written, _ = inner_rows[0]
                given.columns[one.alias_or_name] = (token, written)
        found.append(given)
    return found


def _filters(tree: exp.Select, alias: str, inner: Any, branch: _Branch) -> list[exp.Expr]:
    """Return what a SELECT asks of one row of a source, written over its table.

    Nothing of a row that a LEFT JOIN may do without: there it matters that it is not found, too.
    """
    joins = tree.args.get("joins") or ()
    if any(join.side and join.alias_or_name == alias for join in joins):
        return []
    where = tree.args.get("where")
    found = []
    for one in reach.parts(where.this) if where is not None else ():
        if {column.table for column in one.find_all(exp.Column)} != {alias} or not _is_of_one(one):
            continue
        over = _over(one, branch)
        if over is not None and over[0] == inner:
            found.append(over[1])
    return found


def _is_of_one(one: exp.Expr) -> bool:
    """Whether an expression reads rows one by one: no subquery, no count, no window."""
    return one.find(exp.Select, exp.AggFunc, exp.Window, exp.Unnest, exp.Explode) is None


def _named(read: list[exp.Expr]) -> tuple[str, ...]:
    """Return the parameters that these expressions name, the earlier instant among them."""
    names = {each.name for one in read for each in one.find_all(exp.Placeholder)}
    return tuple(sorted(names | ({WAS} if AS_OF in names else set())))


def _now(one: exp.Expr) -> str:
    return f"COALESCE(({one.sql('duckdb')}), FALSE)"


def _then(one: exp.Expr) -> str:
    return f"COALESCE(({_before(one)}), FALSE)"


def _before(one: exp.Expr) -> str:
    """Return an expression as it was at the earlier instant."""
    earlier = one.copy()
    for each in list(earlier.find_all(exp.Placeholder)):
        if each.name == AS_OF:
            each.set("this", WAS)
    return str(earlier.sql("duckdb"))


def _differs(one: exp.Expr) -> str:
    return f"(({one.sql('duckdb')}) IS DISTINCT FROM ({_before(one)}))"
