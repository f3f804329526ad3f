"""Which columns of the record a statement reads: no other column can change what it says.

A column that only a subquery passes on, and that nobody above asks for, is not read. Held by the
examples of all models, which run on these columns alone.
"""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.scope import Scope, traverse_scope

from sanzi.record import engine, extraction, reach

Read = dict[str, frozenset[str]]
"""Columns by table, without `stg_`."""


@lru_cache(maxsize=1024)
def of(sql: str) -> Read:
    """Return the columns that a checked statement reads.

    A table of which only the rows count gives its first column, so that they can be counted.
    """
    found: dict[str, set[str]] = {table: set() for table in engine.check(sql).tables}
    tree = pushdown_projections(reach.scope_of(sql).expression.copy())
    for scope in traverse_scope(tree):
        for column in scope.columns:
            # A name that nobody can place may be of any of them; the engine has the last word.
            for table in _table(scope, column.table) if column.table else found:
                found[table].add(column.name)
    known = {table: extraction.arrow_schema(table).names for table in found}
    return {
        table: frozenset(names.intersection(known[table]) or known[table][:1])
        for table, names in found.items()
    }


def _table(scope: Scope, alias: str) -> list[str]:
    """Return the table that a name means here or in the statement around, if it means one."""
    around: Scope | None = scope
    while around is not None:
        source = around.sources.get(alias)
        if isinstance(source, exp.Table):
            return [source.name.removeprefix(engine.PREFIX)]
        around = None if source else around.parent
    return []
