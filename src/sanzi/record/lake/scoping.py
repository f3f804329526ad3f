"""A statement over one county's record, made one over many that says of each what it says alone.

Every row carries its county. What the statement joins, counts, compares or ranks is held to rows
of one county: in each SELECT the relations must agree on it, groups and windows are cut by it, a
sub-query sees only the county of the row that asks, and the answer names it. A statement in which
that cannot be shown is not scoped, and is asked county by county.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlglot import exp, parse_one

from sanzi.record import engine

COUNTY: Final = "lake_county"
AS_OF: Final = "as_of"


class NotScoped(ValueError):
    """A statement cannot be held to counties: the text says why."""


@dataclass
class _Relations:
    """What a SELECT reads: names of relations with a county, and the county of its rows."""

    names: list[str]
    every: set[str]
    county: exp.Expression | None


def scoped(sql: str, moments: Mapping[str, datetime]) -> exp.Query:
    """Return the statement over many counties; its answer has one column more, the county.

    Shapes: `moments` holds the local time at which each county is judged, in place of `$as_of`.
    Raises: NotScoped.
    """
    tree = parse_one(sql, dialect="duckdb")
    if not isinstance(tree, exp.Query):
        raise NotScoped("no query")
    scoping = _Scoping(moments)
    if not scoping.query(tree, {}):
        raise NotScoped("reads no rows of a county")
    for one in list(tree.find_all(exp.Placeholder, exp.Parameter)):
        if one.name == AS_OF:
            one.replace(scoping.moment(None))
    return tree


class _Scoping:
    def __init__(self, moments: Mapping[str, datetime]) -> None:
        self._moments = moments

    def query(self, tree: Any, known: Mapping[str, bool]) -> bool:
        """Scope a query in place; return whether its rows have a county, which they then tell."""
        known = self._with(tree, known)
        if isinstance(tree, exp.SetOperation):
            sides = [self.query(side, known) for side in (tree.this, tree.expression)]
            if sides[0] != sides[1]:
                raise NotScoped("one side of a set operation has no county")
            if tree.args.get("by_name") or tree.args.get("on"):
                raise NotScoped("a set operation by name")
            return sides[0]
        if isinstance(tree, exp.Subquery):
            return self.query(tree.this, known)
        if not isinstance(tree, exp.Select):
            raise NotScoped(f"a {tree.key} as a query")
        relations = self._select(tree, known)
        if relations.county is None:
            return False
        _tell(tree, relations, relations.county)
        _cut_groups(tree, relations.county)
        return True

    def _with(self, tree: exp.Expression, known: Mapping[str, bool]) -> Mapping[str, bool]:
        clause = tree.args.get("with_")
        if clause is None:
            return known
        if clause.args.get("recursive"):
            raise NotScoped("a recursive query")
        found = dict(known)
        for cte in clause.expressions:
            found[cte.alias] = self.query(cte.this, found)
            if found[cte.alias] and cte.args["alias"].columns:
                cte.args["alias"].append("columns", exp.to_identifier(COUNTY))
        return found

    def _select(self, select: exp.Select, known: Mapping[str, bool]) -> _Relations:
        """Hold what a SELECT reads to one county; windows, moments and sub-queries with it."""
        inner = [one for one in _own(select) if isinstance(one, exp.Query)]
        relations = self._relations(select, known)
        for one in inner:
            self._asked_by_a_row(one, relations, known)
        for one in list(_own(select)):
            if isinstance(one, exp.Window):
                if one.args.get("alias"):
                    continue  # it stands on a window with a name, which is cut where it is told
                if relations.county is None:
                    raise NotScoped("a window over rows of no county")
                one.append("partition_by", relations.county.copy())
            elif isinstance(one, exp.Placeholder | exp.Parameter) and one.name == AS_OF:
                one.replace(self.moment(relations.county))
        return relations

    def _relations(self, select: exp.Select, known: Mapping[str, bool]) -> _Relations:
        found = _Relations([], set(), None)
        start = select.args.get("from_")
        if start is None:
            return found
        self._add(start.this, None, found, known)
        for join in select.args.get("joins") or ():
            self._add(join.this, join, found, known)
        return found

    def _add(
        self,
        relation: exp.Expression,
        join: exp.Join | None,
        found: _Relations,
        known: Mapping[str, bool],
    ) -> None:
        name = relation.alias_or_name
        found.every.add(name)
        if not self._has_county(relation, known):
            if join is not None and join.side in ("RIGHT", "FULL"):
                raise NotScoped("an outer join with rows of no county")
            return
        if relation.args.get("joins") or relation.args.get("pivots"):
            raise NotScoped("a join in brackets")
        if isinstance(relation.args.get("alias"), exp.TableAlias):
            alias = relation.args["alias"]
            if alias.columns:
                alias.append("columns", exp.to_identifier(COUNTY))
        county = exp.column(COUNTY, table=name)
        if join is not None:
            _hold(join, found, county)
        found.county = _county_after(join, found.county, county)
        if join is None or join.kind not in ("SEMI", "ANTI"):
            found.names.append(name)

    def _has_county(self, relation: exp.Expression, known: Mapping[str, bool]) -> bool:
        if isinstance(relation, exp.Table) and isinstance(relation.this, exp.Identifier):
            if relation.name in known:
                return known[relation.name]
            return relation.name.startswith(engine.PREFIX)
        if isinstance(relation, exp.Subquery):
            return self.query(relation.this, known)
        if isinstance(relation, exp.Unnest | exp.Values | exp.Table):
            if relation.find(exp.Query):
                raise NotScoped("a list out of a query")
            return False
        raise NotScoped(f"a {relation.key} as a relation")

    def _asked_by_a_row(self, query: Any, outer: _Relations, known: Mapping[str, bool]) -> None:
        """Hold a sub-query to the county of the row that asks."""
        known = self._with(query, known)
        if isinstance(query, exp.Subquery):
            self._asked_by_a_row(query.this, outer, known)
            return
        if isinstance(query, exp.SetOperation):
            for side in (query.this, query.expression):
                self._asked_by_a_row(side, outer, known)
            return
        if not isinstance(query, exp.Select):
            raise NotScoped(f"a {query.key} as a sub-query")
        inner = self._select(query, known)
        if inner.county is None:
            return
        free = outer.county
        if free is None:
            raise NotScoped("a sub-query of a row without a county")
        names = {one.table for one in free.find_all(exp.Column)}
        if names & inner.every:
            raise NotScoped("a sub-query hides the name of what asks it")
        query.where(exp.EQ(this=inner.county.copy(), expression=free.copy()), copy=False)

    def moment(self, county: exp.Expression | None) -> exp.Expression:
        """Return the moment at which a row's county is judged. Raises: NotScoped."""
        by_moment: dict[datetime, list[str]] = {}
        for code, at in sorted(self._moments.items()):
            by_moment.setdefault(at, []).append(code)
        literals = {at: exp.cast(exp.Literal.string(f"{at:%Y-%m-%d %H:%M:%S.%f}"), "timestamp")
                    for at in by_moment}  # fmt: skip
        if len(literals) == 1:
            return next(iter(literals.values()))
        if county is None:
            raise NotScoped("a moment without a county")
        case = exp.Case()
        for at, codes in by_moment.items():
            listed = [exp.Literal.string(one) for one in codes]
            case = case.when(
                exp.In(this=county.copy(), expressions=listed), literals[at], copy=False
            )
        return exp.paren(case)


def _own(select: exp.Select) -> list[Any]:
    """Return the nodes of a SELECT's own expressions, its sub-queries as one node each.

    What it reads (FROM, the relations of joins, WITH) is left out.
    """
    found: list[Any] = []

    def walk(node: Any) -> None:
        found.append(node)
        if isinstance(node, exp.Query):
            return
        for child in node.iter_expressions():
            walk(child)

    for key, value in select.args.items():
        if key in ("with_", "from_"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, exp.Join):
                if one.args.get("on"):
                    walk(one.args["on"])
            elif isinstance(one, exp.Expression):
                walk(one)
    return found


def _county_after(
    join: exp.Join | None, before: exp.Expression | None, county: exp.Expression
) -> exp.Expression:
    """Return the county of rows after a join with rows of a county."""
    side = join.side if join is not None else ""
    if before is None:
        if side:
            raise NotScoped("an outer join with rows of no county")
        return county
    if side == "FULL":
        return exp.Coalesce(this=before.copy(), expressions=[county])
    return county if side == "RIGHT" else before


def _hold(join: exp.Join, found: _Relations, county: exp.Expression) -> None:
    """Let a join hold only rows of one county together."""
    if join.method:
        raise NotScoped(f"a {join.method} join")
    if found.county is None:
        return
    if join.args.get("using"):
        join.append("using", exp.to_identifier(COUNTY))
        return
    same = exp.EQ(this=county.copy(), expression=found.county.copy())
    held = join.args.get("on")
    join.set("on", same if held is None else exp.and_(same, exp.paren(held)))
    if join.kind == "CROSS":
        join.set("kind", None)


def _tell(select: exp.Select, relations: _Relations, county: exp.Expression) -> None:
    """Let a SELECT tell the county of its rows, last."""
    for one in select.expressions:
        star = one.this if isinstance(one, exp.Column) else one
        if isinstance(star, exp.Star):
            if isinstance(one, exp.Column) and one.table not in relations.names:
                continue
            if len(relations.names) > 1 and not isinstance(one, exp.Column):
                raise NotScoped("every column of several relations")
            star.append("except_", exp.to_identifier(COUNTY))
    select.select(exp.alias_(county.copy(), COUNTY), copy=False)


def _cut_groups(select: exp.Select, county: exp.Expression) -> None:
    """Cut groups by county."""
    group = select.args.get("group")
    if group is not None:
        if any(group.args.get(key) for key in ("grouping_sets", "cube", "rollup", "totals", "all")):
            raise NotScoped("groups of groups")
        group.append("expressions", county.copy())
        return
    for one in _own(select):
        if isinstance(one, exp.AggFunc) and not isinstance(one.parent, exp.Window):
            ancestor = one.find_ancestor(exp.Window, exp.Select)
            if not isinstance(ancestor, exp.Window):
                raise NotScoped("one row out of all: there would be none where there are no rows")
    if select.args.get("having"):
        raise NotScoped("HAVING without groups")
