"""A statement of a model in the words of Spark, so that it says what it says in DuckDB.

sqlglot knows most of the words. What stands here is where the same word means something else:
DuckDB counts the borders between two times, Spark whole spans; lengths of time out of a column;
integers wider than 64 bits; a list laid out as rows; a window that leaves out its own row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlglot import ErrorLevel, exp

WIDE: Final = ("INT128", "UINT128", "INT256", "UINT256")


def spark_sql(tree: exp.Query, values: Mapping[str, Any]) -> str:
    """Return a scoped statement for Spark, the values of its parameters written in.

    Raises: KeyError, for a parameter without a value; UnsupportedError, for what Spark cannot say.
    """
    found = tree.copy()
    for one in list(found.find_all(exp.Placeholder, exp.Parameter)):
        one.replace(_literal(values[one.name]))
    for part in found.find_all(exp.CTE):
        # Whether a part is kept or read again is for each engine to say.
        part.set("materialized", None)
    # From the leaves up: what is put in place of a node holds children that are done.
    for node in reversed(list(found.find_all(exp.Expression))):
        made = _in_spark(node)
        if made is not node:
            node.replace(made)
    # What has no word in Spark fails: left out, the statement would say something else.
    return str(found.sql("spark", unsupported_level=ErrorLevel.RAISE))


def _in_spark(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.DataType) and node.this.name in WIDE:
        return exp.DataType.build("DECIMAL(38, 0)")
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Unnest | exp.Explode):
        return node.this.copy()
    if isinstance(node, exp.BitwiseXor):
        # A function in DuckDB, a sign between its sides in Spark.
        sides = [exp.paren(one.copy()) for one in (node.this, node.expression)]
        return exp.paren(exp.BitwiseXor(this=sides[0], expression=sides[1]))
    if isinstance(node, exp.Extract) and node.name.upper() == "ISODOW":
        day = exp.Anonymous(this="WEEKDAY", expressions=[node.expression.copy()])
        return exp.paren(exp.Add(this=day, expression=exp.Literal.number(1)))
    if isinstance(node, exp.WindowSpec) and node.args.get("exclude"):
        return _before_its_own(node)
    if isinstance(node, exp.PercentileDisc):
        return _middle(node.this, node.expression)
    return _in_time(node)


def _in_time(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.DateDiff):
        return _borders(node)
    if isinstance(node, exp.Interval) and not isinstance(node.this, exp.Literal):
        return _length(node.this.unnest(), str(node.unit))
    if node.key == "todays" or (isinstance(node, exp.Anonymous) and node.name.lower() == "to_days"):
        inner = node.this if isinstance(node.this, exp.Expression) else node.expressions[0]
        return _length(inner, "DAY")
    return node


def _before_its_own(node: exp.WindowSpec) -> exp.Expression:
    """Return a window up to this moment without the rows of it, which Spark says by an earlier end.

    Whatever else is left out stays, and is refused.
    """
    window = node.find_ancestor(exp.Window)
    order = window.args.get("order") if window is not None else None
    columns = [one.name for one in order.find_all(exp.Column)] if order is not None else []
    is_time = len(columns) == 1 and columns[0].endswith("_at")
    is_group = str(node.args["exclude"]).upper() == "GROUP"
    if not (is_time and is_group and node.args.get("end") == "CURRENT ROW"):
        return node
    made = node.copy()
    made.set("exclude", None)
    made.set("end", exp.Interval(this=exp.Literal.string("0.000001"), unit=exp.var("SECOND")))
    made.set("end_side", "PRECEDING")
    return made


def _middle(values: exp.Expression, share: exp.Expression) -> exp.Expression:
    """Return the value at a share of a group in order, of the type that it has.

    Spark's own word for it answers with a double.
    """
    listed = exp.Anonymous(this="COLLECT_LIST", expressions=[values.copy()])
    count = exp.Anonymous(this="COUNT", expressions=[values.copy()])
    place = exp.Anonymous(
        this="CEIL", expressions=[exp.Mul(this=exp.paren(share.copy()), expression=count)]
    )
    least = exp.Anonymous(this="GREATEST", expressions=[exp.Literal.number(1), place])
    ordered = exp.Anonymous(this="ARRAY_SORT", expressions=[listed])
    return exp.Anonymous(this="ELEMENT_AT", expressions=[ordered, exp.cast(least, "int")])


def _borders(node: exp.DateDiff) -> exp.Expression:
    """Return how many borders of a unit lie between two times."""
    unit = str(node.unit or "DAY").upper()
    if unit == "DAY":
        days = [exp.cast(one.copy(), "date") for one in (node.this, node.expression)]
        return exp.cast(exp.Anonymous(this="DATEDIFF", expressions=days), "bigint")
    name = exp.Literal.string(unit)
    cut = [
        exp.Anonymous(
            this="DATE_TRUNC", expressions=[name.copy(), exp.cast(one.copy(), "timestamp")]
        )
        for one in (node.expression, node.this)
    ]
    return exp.Anonymous(this="TIMESTAMPDIFF", expressions=[exp.var(unit), *cut])


def _length(count: exp.Expression, unit: str) -> exp.Expression:
    """Return a length of time out of a count."""
    whole = exp.cast(count.copy(), "int")
    zero = exp.Literal.number(0)
    made = {
        "YEAR": ("MAKE_YM_INTERVAL", [whole, zero]),
        "MONTH": ("MAKE_YM_INTERVAL", [zero, whole]),
        "DAY": ("MAKE_DT_INTERVAL", [whole]),
        "HOUR": ("MAKE_DT_INTERVAL", [zero, whole]),
    }
    name, values = made[unit.upper()]
    return exp.Anonymous(this=name, expressions=values)


def _literal(value: Any) -> exp.Expression:
    """Return a value of a parameter as it stands in a statement."""
    if isinstance(value, list | tuple):
        if not value:
            return exp.cast(exp.Array(expressions=[]), "array<varchar>")
        return exp.Array(expressions=[_literal(one) for one in value])
    if value is None:
        return exp.null()
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, int):
        return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(f"{value:%Y-%m-%d %H:%M:%S.%f}"), "timestamp")
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    return exp.Literal.string(str(value))
