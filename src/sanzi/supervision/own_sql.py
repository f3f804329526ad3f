"""The statement of an own model: its check against what an officer may see, and refusals in words.

What `record.engine` says of a statement in English for authors of shipped models is said here in
Chinese, with the line and the character, for an officer at a browser. A statement that passes
here passes there too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sqlglot
from sqlglot import exp

from sanzi.record import engine, sandbox
from sanzi.supervision import own_errors, own_rights

_NO: Final[tuple[tuple[type[exp.Expression], str, str], ...]] = (
    (exp.Order, "ORDER BY", "次序由页面来排。"),
    (exp.Limit, "LIMIT", "少取几行会漏掉该查出的。"),
    (exp.Div, "除法", "除法会带小数，请改成乘，如a * 100 > b * 30。"),
    (exp.TableSample, "随机抽样", "每次结果会不一样。"),
    (exp.Rand, "随机数", "每次结果会不一样。"),
    (exp.CurrentDate, "今天的日期", "请用参数$as_of，就是跑的那一刻。"),
    (exp.CurrentTimestamp, "现在的时间", "请用参数$as_of，就是跑的那一刻。"),
    (exp.CurrentTime, "现在的时间", "请用参数$as_of，就是跑的那一刻。"),
    (exp.Lateral, "LATERAL", "别的数据库不认。"),
    (exp.GenerateSeries, "造出来的行", "只能用表里的行。"),
    (exp.Explode, "拆开的行", "只能用表里的行。"),
    (exp.Unnest, "拆开的行", "只能用表里的行。"),
    (exp.Repeat, "重复的文字", "会占满内存。"),
    (exp.Space, "重复的文字", "会占满内存。"),
    (exp.Pad, "补齐的文字", "会占满内存。"),
    (exp.Lambda, "自编的函数", "只能用现成的函数。"),
    (exp.Into, "INTO", "不能另存。"),
)  # fmt: skip


def check(sql: str, view: sandbox.View) -> engine.Statement:
    """Return a statement that an officer with this view may run.

    Raises: OwnStatementWrong and its kinds.
    """
    most = own_rights.load().limits.statement_length
    if not 1 <= len(sql.strip()) <= most:
        raise _wrong(own_errors.OwnEmpty, length=len(sql.strip()), most=most)
    tree = _tree(sql)
    for kind, what, why in _NO:
        found = tree.find(kind)
        if found is not None and not isinstance(found.parent, exp.Window):
            raise _wrong(own_errors.OwnForbidden, _place(found), what=what, why=why)
    for call in tree.find_all(exp.Anonymous):
        raise _wrong(own_errors.OwnUnknownFunction, _place(call), name=str(call.this)[:40])
    _check_tables(tree, view)
    try:
        return engine.check(sql)
    except engine.BadStatement as error:
        raise _wrong(own_errors.OwnForbidden, what="这里不用的写法", why=f"{error}。") from error


def _tree(sql: str) -> exp.Expr:
    try:
        parsed = [one for one in sqlglot.parse(sql, dialect="duckdb") if one is not None]
    except sqlglot.errors.ParseError as error:
        first = error.errors[0] if error.errors else {}
        place = (int(first.get("line") or 0), int(first.get("col") or 0))
        raise _wrong(own_errors.OwnNotSql, place) from error
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise _wrong(own_errors.OwnNotSql) from error
    for one in parsed[1:] or parsed:
        if len(parsed) > 1 or not isinstance(one, exp.Select | exp.SetOperation):
            raise _wrong(own_errors.OwnNotSelect)
    if not parsed:
        raise _wrong(own_errors.OwnNotSql)
    return parsed[0]


def _check_tables(tree: exp.Expr, view: sandbox.View) -> None:
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.db or table.catalog:
            name = table.sql("duckdb")[:40]
            raise _wrong(own_errors.OwnFileOrNetwork, _place(table), name=name)
        name = table.name
        if name in own or name in {f"{engine.PREFIX}{one}" for one in view.tables()}:
            continue
        if any(mark in name for mark in "/.:\\"):
            raise _wrong(own_errors.OwnFileOrNetwork, _place(table), name=name[:40])
        raise _wrong(own_errors.OwnUnknownTable, _place(table), name=name[:40])


def _place(node: exp.Expr) -> tuple[int, int]:
    """Return line and character of the first word of a part, (0, 0) when nobody knows."""
    for one in node.walk():
        meta = one.meta
        if meta.get("line"):
            start = int(meta.get("start", 0)) - int(meta.get("end", 0))
            return int(meta["line"]), max(int(meta.get("col", 1)) + start, 1)
    return 0, 0


def said(place: tuple[int, int]) -> str:
    """Return a place as words: `第3行第12个字：`; nothing when nobody knows."""
    line, column = place
    if not line:
        return ""
    return f"第{line}行第{column}个字：" if column else f"第{line}行："


def _wrong(
    kind: type[own_errors.OwnStatementWrong], place: tuple[int, int] = (0, 0), **data: Any
) -> own_errors.OwnStatementWrong:
    line, column = place
    return kind(**{"said": "", **data}, where=said(place), line=line, column=column)


def in_words(error: sandbox.Wrong) -> own_errors.OwnStatementWrong:
    """Return what the engine said as a refusal with its place."""
    limits = own_rights.load().limits
    kind = own_errors.BY_KIND.get(error.kind, own_errors.OwnStatementWrong)
    names = error.names
    if "does not have a column named" in error.said:
        names = names[1:]
    name = names[0] if names else error.said[:60]
    if error.kind == "unknown_function":
        name = (error.said.partition("with name ")[2].split() or [""])[0]
    return _wrong(
        kind,
        (error.line, error.column),
        name=name[:60],
        said=error.said.splitlines()[0][:160] if error.said else "",
        seconds=limits.try_seconds,
        megabytes=limits.memory_mb,
    )


def run(ask: Callable[[], sandbox.Answer]) -> sandbox.Answer:
    """Return an answer. Raises: OwnStatementWrong and its kinds, for what the engine says."""
    try:
        return ask()
    except sandbox.Wrong as error:
        raise in_words(error) from error
    except engine.BadStatement as error:
        raise _wrong(own_errors.OwnNotSelect) from error
