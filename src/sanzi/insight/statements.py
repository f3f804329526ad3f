"""Statements of indices, cockpit and reports: read from files, checked like those of models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import sqlglot

from sanzi.record import engine


class StatementBroken(ValueError):
    """A statement cannot be read, or is none that the engine may run."""


DATA: Final = Path(__file__).resolve().parent.parent / "data"
VIEWS: Final = "views"


def read(
    folder: Path,
    name: str,
    *,
    parameters: frozenset[str],
    columns: Sequence[str],
    uses: Sequence[str] = (),
) -> str:
    """Return a statement that the engine may run, over the others that it uses like views.

    A name is a code of the folder, or `place/code`: of a folder beside it or of one of `data`.
    Raises: StatementBroken, for what cannot be read or run, asks for an unknown parameter or does
    not give its columns.
    """
    others = ((one.rpartition("/")[2], _text(folder, one)) for one in uses)
    text = _over(_text(folder, name), others)
    try:
        checked = engine.check(text)
    except engine.BadStatement as error:
        raise StatementBroken(f"{name}.sql {error}") from error
    if checked.parameters - parameters:
        raise StatementBroken(f"{name}.sql asks for an unknown parameter")
    parsed = sqlglot.parse_one(text, dialect="duckdb")
    given = parsed.named_selects if isinstance(parsed, sqlglot.exp.Query) else []
    missing = [one for one in columns if one not in given]
    if missing:
        raise StatementBroken(f"{name}.sql gives no {missing[0]}")
    return text


def _text(folder: Path, name: str) -> str:
    """Return the text of a statement, over the files of `views` beside it that it names."""
    place, _, code = name.rpartition("/")
    if place:
        beside = folder.parent / place
        folder = beside if beside.is_dir() else DATA / place
    try:
        text = (folder / f"{code}.sql").read_text(encoding="utf-8")
    except OSError as error:
        raise StatementBroken(f"{name}.sql cannot be read") from error
    views = {path.stem: path for path in sorted((folder / VIEWS).glob("*.sql"))}
    named = [one for one in views if re.search(rf"\b(FROM|JOIN) {one}\b", text)]
    return _over(text, ((one, views[one].read_text(encoding="utf-8")) for one in named))


def _over(sql: str, others: Iterable[tuple[str, str]]) -> str:
    """Return a statement that reads others, (name, SQL), like views."""
    views = ", ".join(f"{name} AS (\n{text})" for name, text in others)
    return f"WITH {views} {sql}" if views else sql
