"""What a statement reaches: whether it ever holds rows of two villages together, and by which ties.

A statement is local when each of its steps joins, counts or compares rows of one village only, as
long as equal keys lie in one village. Which keys it leans on are its ties; whether they hold is
a question to the rows (`incremental`). Who cannot be followed reaches everywhere: `why` says it.
The clock is told apart in `daily`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any, Final

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.schema import MappingSchema

from sanzi.record import engine, places, schema

Key = tuple[str, str]
"""Table and column."""
OUTER: Final = ""
VILLAGE: Final = "village_id"
_KEYS: Final = ("_id", "_no", "_hash", "_ref", "_code")
_HELD: Final = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
COMMON: Final = ("everywhere", "above", "unless")


@dataclass(frozen=True)
class Tie:
    """Rows that hold on the left what others hold on the right lie in their village, or are told.

    `with_none`: rows without a value count as having the same one, as where rows are grouped.
    """

    left: frozenset[Key]
    right: frozenset[Key]
    with_none: bool = False

    @property
    def tables(self) -> frozenset[str]:
        """The tables whose rows it ties."""
        return frozenset(table for table, _ in self.left | self.right)


@dataclass(frozen=True)
class Reach:
    """What a statement leans on; `why` says what stands in the way, empty when it is local."""

    ties: frozenset[Tie]
    common: frozenset[str]
    placed: frozenset[str]
    why: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it may be asked village by village."""
        return not self.why


class _Far(Exception):
    """The statement holds rows together that may lie apart."""


@dataclass(frozen=True)
class _Value:
    """Where a column's value comes from: any of these columns; `may_lack` when a join drops it.

    `is_rank`: it is the place of a row in an order of all rows. Fewer rows keep the order, not the
    places: ranks may be held against each other, and against nothing else.
    """

    keys: frozenset[Key]
    may_lack: bool = False
    is_rank: bool = False


@dataclass
class _Relation:
    """What a table, a CTE or a subquery gives: its columns as far as they are followed."""

    is_placed: bool
    columns: dict[str, _Value] = field(default_factory=dict)


@cache
def is_common(table: str) -> bool:
    """Whether the rows of a table belong to no village: prices, firms, the calendar."""
    place = places.places().get(table)
    if place is None or place.kind in COMMON:
        return True
    return place.kind == "by" and all(is_common(other) for _, other, _ in place.ties)


@lru_cache(maxsize=1024)
def of(sql: str) -> Reach:
    """Return what a checked statement reaches."""
    tables = engine.check(sql).tables
    common = frozenset(one for one in tables if is_common(one))
    walk = _Walk()
    try:
        root = scope_of(sql)
        walk.findings(walk.relation(root, {}, is_inside=False))
    except _Far as far:
        return Reach(frozenset(), common, tables - common, str(far))
    return Reach(frozenset(walk.ties), common, tables - common)


@lru_cache(maxsize=1024)
def scope_of(sql: str) -> Scope:
    """Return the scopes of a statement with every column under the name of its table."""
    tree = qualify(
        sqlglot.parse_one(sql, dialect="duckdb"),
        schema=_shape(),
        dialect="duckdb",
        quote_identifiers=False,
        validate_qualify_columns=False,
    )
    found = build_scope(tree)
    if found is None:
        raise engine.BadStatement("holds no SELECT")
    return found


@cache
def _shape() -> MappingSchema:
    """The record as the optimizer knows tables: made once, which takes as long as a statement."""
    return MappingSchema(
        {
            f"{engine.PREFIX}{name}": {str(one.record): "VARCHAR" for one in table.record_columns}
            for name, table in schema.load_tables().items()
        },
        dialect="duckdb",
    )


def is_village(key: Key) -> bool:
    """Whether a column says the village by which its rows are placed."""
    table, column = key
    if table == "org":
        return column in (VILLAGE, "division_code")
    place = places.places().get(table)
    return place is not None and place.kind == "code" and place.column == column


def is_own_key(key: Key) -> bool:
    """Whether a column names one row of its table."""
    return schema.load_tables()[key[0]].primary_key == (key[1],)


def conjuncts(select: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what must hold of a row of a SELECT: the parts of WHERE and of its joins.

    Of a LEFT JOIN, only what speaks of the joined rows.
    """
    where = select.args.get("where")
    if where is not None:
        yield from parts(where.this)
    for join in select.args.get("joins") or ():
        for one in parts(join.args["on"]) if join.args.get("on") else ():
            names = {column.table for column in one.find_all(exp.Column)}
            if join.side != "LEFT" or join.alias_or_name in names:
                yield one


def parts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the conditions that AND holds together."""
    plain = condition.unnest()
    if isinstance(plain, exp.And):
        yield from parts(plain.left)
        yield from parts(plain.right)
    else:
        yield plain


class _Walk:
    """One look through a statement; what it leans on gathers in `ties`."""

    def __init__(self) -> None:
        self.ties: set[Tie] = set()
        self._cte: dict[int, _Relation] = {}

    def findings(self, found: _Relation) -> None:
        """Ask that what is found says its village, and no rank. Raises _Far."""
        village = found.columns.get(VILLAGE)
        if village is None or not village.keys or not all(map(is_village, village.keys)):
            raise _Far("the village of a finding is not that of its rows")
        if any(one.is_rank for one in found.columns.values()):
            raise _Far("a finding says the place of a row among all rows")

    def relation(
        self, scope: Scope, outer: Mapping[str, _Relation], *, is_inside: bool
    ) -> _Relation:
        """Return what a scope gives; inside a condition it is tied to the row outside. Raises."""
        tree = scope.expression
        if isinstance(tree, exp.SetOperation):
            return self._together(scope, tree, outer, is_inside=is_inside)
        if not isinstance(tree, exp.Select):
            return _Relation(is_placed=False)
        own = {
            alias: self._source(one, outer) for alias, (_, one) in scope.selected_sources.items()
        }
        self._refuse_odd_joins(tree, own)
        around = {**outer, **own}
        self._connect(scope, own, around, is_inside=is_inside)
        for inner in scope.subquery_scopes:
            self.relation(inner, around, is_inside=True)
        is_placed = any(one.is_placed for one in own.values())
        lacking = {
            join.alias_or_name for join in tree.args.get("joins") or () if join.side == "LEFT"
        }
        values = _Values(around, lacking)
        if is_placed and not is_inside:
            self._held_together(tree, values)
        _refuse_odd_ranks(tree, values)
        columns = {
            one.alias_or_name: found
            for one in tree.expressions
            if (found := values.of(one.unalias()) or _rank(one.unalias(), tree, own)) is not None
        }
        return _Relation(is_placed, columns)

    def _source(self, source: Any, outer: Mapping[str, _Relation]) -> _Relation:
        if isinstance(source, Scope):
            if source.expression.find_ancestor(exp.With) is not None:
                return self._named(source)
            return self.relation(source, outer, is_inside=False)
        name = source.name.removeprefix(engine.PREFIX)
        table = schema.load_tables().get(name)
        if table is None:
            # What a function of the statement makes: words of a parameter, a range of months.
            return _Relation(is_placed=False)
        columns = {
            str(one.record): _Value(frozenset({(name, str(one.record))}))
            for one in table.record_columns
        }
        return _Relation(not is_common(name), columns)

    def _named(self, scope: Scope) -> _Relation:
        """Return what a CTE gives, followed once however often it is read."""
        key = id(scope.expression)
        if key not in self._cte:
            self._cte[key] = self.relation(scope, {}, is_inside=False)
        return self._cte[key]

    def _together(
        self,
        scope: Scope,
        tree: exp.SetOperation,
        outer: Mapping[str, _Relation],
        *,
        is_inside: bool,
    ) -> _Relation:
        found = [
            self.relation(one, outer, is_inside=is_inside) for one in scope.set_operation_scopes
        ]
        sides: list[Any] = [tree.left, tree.right]
        names = [one.named_selects for one in sides]
        columns: dict[str, _Value] = {}
        for pair in zip(*names, strict=True):
            held = [one.columns.get(name) for one, name in zip(found, pair, strict=True)]
            if all(one is not None for one in held):
                keys = frozenset[Key]().union(*(one.keys for one in held if one))
                columns[pair[0]] = _Value(
                    keys,
                    any(one.may_lack for one in held if one),
                    any(one.is_rank for one in held if one),
                )
        is_placed = any(one.is_placed for one in found)
        if (
            is_placed
            and not is_inside
            and (tree.args.get("distinct") or not isinstance(tree, exp.Union))
        ):
            self._anchor(columns.values(), "UNION")
        return _Relation(is_placed, columns)

    def _refuse_odd_joins(self, tree: exp.Select, own: Mapping[str, _Relation]) -> None:
        for join in tree.args.get("joins") or ():
            if join.side not in ("", "LEFT") or join.args.get("using") or join.method:
                raise _Far(f"a join that is not followed: {join.sql('duckdb')[:60]}")
        if not own and tree.args.get("from_"):
            raise _Far("a source that is not followed")

    def _connect(
        self,
        scope: Scope,
        own: Mapping[str, _Relation],
        around: Mapping[str, _Relation],
        *,
        is_inside: bool,
    ) -> None:
        """Tie the placed sources of a scope to each other, by the cheapest equalities. Raises."""
        group = {alias: alias for alias, one in own.items() if one.is_placed}
        if is_inside and group:
            group[OUTER] = OUTER
        values = _Values(around, set())
        edges = sorted(
            (_cost(ours | theirs), left, right, sorted(ours), sorted(theirs))
            for left, ours, right, theirs in _equal(scope, values, own, around)
            if left in group and right in group
        )
        for cost, left, right, ours, theirs in edges:
            one, other = _top(group, left), _top(group, right)
            if one != other:
                group[one] = other
                if cost:
                    first, second = sorted((ours, theirs))
                    self.ties.add(Tie(frozenset(first), frozenset(second)))
        if len({_top(group, alias) for alias in group}) > 1:
            alone = ", ".join(sorted(set(group) - {OUTER}))
            raise _Far(f"sources without a common key: {alone}")

    def _held_together(self, tree: exp.Select, values: _Values) -> None:
        """Ask that what is grouped, counted or told apart lies in one village. Raises _Far."""
        group = tree.args.get("group")
        windows = list(_own(tree, exp.Window))
        if group is not None:
            named = {one.alias_or_name: one.unalias() for one in tree.expressions}
            wanted = [
                tree.expressions[int(one.name) - 1].unalias()
                if isinstance(one, exp.Literal)
                else named.get(one.name, one)
                if isinstance(one, exp.Column) and not one.table
                else one
                for one in group.expressions
            ]
            self._anchor(map(values.of, wanted), "GROUP BY")
        elif any(
            one.find_ancestor(exp.Window, exp.Select) is tree for one in _own(tree, exp.AggFunc)
        ):
            raise _Far("counts everything")
        if tree.args.get("distinct"):
            self._anchor((values.of(one.unalias()) for one in tree.expressions), "DISTINCT")
        for window in windows:
            if not _only_numbers(window):
                self._anchor(map(values.of, window.args.get("partition_by") or ()), "OVER")

    def _anchor(self, found: Iterable[_Value | None], what: str) -> None:
        best: frozenset[Key] | None = None
        for one in found:
            if one is None or not one.keys or one.may_lack:
                continue
            if best is None or _cost(one.keys) < _cost(best):
                best = one.keys
        if best is None:
            raise _Far(f"{what} without a key of the rows")
        if _cost(best):
            self.ties.add(Tie(best, best, with_none=True))


class _Values:
    """Follows values of expressions to columns of tables."""

    def __init__(self, around: Mapping[str, _Relation], lacking: set[str]) -> None:
        self._around = around
        self._lacking = lacking

    def of(self, one: exp.Expr) -> _Value | None:
        """Return where a value comes from, None when it is made on the way."""
        plain = one.unnest()
        if isinstance(plain, exp.Column):
            relation = self._around.get(plain.table)
            found = relation.columns.get(plain.name) if relation else None
            return _lacking(found) if plain.table in self._lacking else found
        if isinstance(plain, exp.Null):
            return _Value(frozenset(), may_lack=True)
        is_text = isinstance(plain, exp.Cast) and plain.to.is_type("varchar", "text")
        is_carried = isinstance(plain, exp.Window) and isinstance(plain.this, exp.Min | exp.Max)
        if is_text or is_carried or isinstance(plain, exp.Min | exp.Max | exp.AnyValue):
            return self.of(plain.this)
        if isinstance(plain, exp.Nullif):
            return _lacking(self.of(plain.this))
        return self._first(plain) if isinstance(plain, exp.Coalesce) else None

    def _first(self, one: exp.Coalesce) -> _Value | None:
        each = [self.of(value) for value in (one.this, *one.expressions)]
        known = [value for value in each if value is not None and not value.is_rank]
        keys = frozenset[Key]().union(*(value.keys for value in known))
        if len(known) < len(each) or not keys:
            return None
        return _Value(keys, all(value.may_lack for value in known))


def _lacking(found: _Value | None) -> _Value | None:
    """Return a value that may be missing in a row."""
    return None if found is None else replace(found, may_lack=True)


def _equal(
    scope: Scope,
    values: _Values,
    own: Mapping[str, _Relation],
    around: Mapping[str, _Relation],
) -> Iterator[tuple[str, frozenset[Key], str, frozenset[Key]]]:
    """Yield the pairs of sources that a scope holds equal somewhere, and by which columns."""
    pairs = [
        (one.left, one.right) for one in conjuncts(scope.expression) if isinstance(one, exp.EQ)
    ]
    pairs += [
        (one.this, exp.Coalesce(this=one.expressions[0].copy(), expressions=one.expressions[1:]))
        for one in conjuncts(scope.expression)
        if isinstance(one, exp.In) and one.expressions
    ]
    among = _among(scope)
    if among is not None:
        if among.find_ancestor(exp.Not, exp.Select) not in (None, among.parent_select):
            raise _Far("NOT IN, which one empty value anywhere answers")
        pairs.append((among.this, scope.expression.expressions[0].unalias()))
    for left, right in pairs:
        sides = []
        for one in (left, right):
            aliases = {column.table for column in one.find_all(exp.Column)}
            found = values.of(one)
            if len(aliases) == 1 and found is not None and found.keys:
                [alias] = aliases
                if alias in around and around[alias].is_placed:
                    sides.append((alias if alias in own else OUTER, found.keys))
        if len(sides) == 2 and sides[0][0] != sides[1][0]:
            yield *sides[0], *sides[1]


def _among(scope: Scope) -> exp.In | None:
    """Return the IN whose values a scope gives."""
    above = scope.expression.parent if scope.is_subquery else None
    if isinstance(above, exp.Subquery):
        above = above.parent
    return above if isinstance(above, exp.In) else None


def _cost(keys: frozenset[Key]) -> int:
    """Return 0 where equality is the village itself, else more the more rows must be looked at."""
    if all(map(is_village, keys)) or (len(keys) == 1 and is_own_key(next(iter(keys)))):
        return 0
    return 1 + len(keys) + sum(not is_own_key(key) for key in keys) + sum(map(_looseness, keys))


def _looseness(key: Key) -> int:
    """Return how badly a column ties rows: a yes, a kind or a sum is shared by strangers."""
    table, name = key
    column = next(one for one in schema.load_tables()[table].record_columns if one.record == name)
    loose = column.type != "string" or bool(column.enum) or not name.endswith(_KEYS)
    return 20 * loose + 2 * (not column.required)


def _top(group: Mapping[str, str], alias: str) -> str:
    while group[alias] != alias:
        alias = group[alias]
    return alias


def _own(tree: exp.Select, kind: type[exp.Expr]) -> Iterator[exp.Expr]:
    """Yield parts of a SELECT that do not lie in a SELECT of their own inside it."""
    for one in tree.find_all(kind):
        if one.find_ancestor(exp.Select) is tree:
            yield one


def _rank(one: exp.Expr, tree: exp.Select, own: Mapping[str, _Relation]) -> _Value | None:
    """Return a place among all rows as what names the row: the key of the first source."""
    if not (isinstance(one, exp.Window) and _only_numbers(one)):
        return None
    source = own.get(tree.args["from_"].this.alias_or_name)
    named = [
        value.keys
        for value in (source.columns.values() if source else ())
        if len(value.keys) == 1 and not value.may_lack and all(map(is_own_key, value.keys))
    ]
    return _Value(named[0] if named else frozenset(), is_rank=True)


def _refuse_odd_ranks(tree: exp.Select, values: _Values) -> None:
    """Refuse a rank that is more than carried on or held against another one. Raises _Far."""
    for column in _own(tree, exp.Column):
        found = values.of(column)
        if found is None or not found.is_rank:
            continue
        above = column.parent
        while isinstance(above, exp.Paren | exp.Min | exp.Max):
            above = above.parent
        if isinstance(above, exp.Alias | exp.Select):
            continue
        held = (above.left, above.right) if isinstance(above, _HELD) else ()
        sides = [values.of(one) for one in held]
        if not sides or not all(one is not None and one.is_rank for one in sides):
            raise _Far("the place of a row among all rows")


def _only_numbers(window: exp.Expr) -> bool:
    """Whether a window puts all rows in an order, which fewer rows keep."""
    return isinstance(window.this, exp.RowNumber) and not window.args.get("partition_by")
