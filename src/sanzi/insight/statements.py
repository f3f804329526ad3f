"""Statements of indices and of the cockpit: read from files, checked like those of models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import sqlglot

from sanzi.record import engine


class StatementBroken(ValueError):
    """A statement cannot be read, or is none that the engine may run."""


VIEWS: Final = "views"


def read(folder: Path, code: str) -> str:
    """Return the text of a statement, over the files of `views` beside it that it names.

    Raises: StatementBroken.
    """
    try:
        text = (folder / f"{code}.sql").read_text(encoding="utf-8")
    except OSError as error:
        raise StatementBroken(f"{code}.sql cannot be read") from error
    views = {path.stem: path for path in sorted((folder / VIEWS).glob("*.sql"))}
    named = [name for name in views if re.search(rf"\b(FROM|JOIN) {name}\b", text)]
    return over(text, [(name, views[name].read_text(encoding="utf-8")) for name in named])


def over(sql: str, others: Sequence[tuple[str, str]]) -> str:
    """Return a statement that reads others, (name, SQL), like views."""
    if not others:
        return sql
    views = ", ".join(f"{name} AS (\n{text})" for name, text in others)
    return f"WITH {views} {sql}"


def check(sql: str, *, parameters: frozenset[str], columns: Sequence[str]) -> None:
    """Refuse what the engine may not run, unknown parameters and columns that are not given.

    Raises: StatementBroken.
    """
    try:
        checked = engine.check(sql)
    except engine.BadStatement as error:
        raise StatementBroken(str(error)) from error
    if checked.parameters - parameters:
        raise StatementBroken("asks for an unknown parameter")
    parsed = sqlglot.parse_one(sql, dialect="duckdb")
    given = parsed.named_selects if isinstance(parsed, sqlglot.exp.Query) else []
    missing = [one for one in columns if one not in given]
    if missing:
        raise StatementBroken(f"gives no {missing[0]}")
