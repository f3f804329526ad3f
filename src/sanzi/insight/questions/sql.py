"""From a form to one statement: names come from the files alone, everything typed is a parameter.

The inner part gives one row for each row of the subject, with what it is told apart by; the outer
part adds up. Lines and the whole come from the same rows, so that a person who stands in two
lines is counted once in the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import sqlglot

from sanzi.insight.questions import errors
from sanzi.insight.questions.catalogue import BASE
from sanzi.insight.questions.shapes import Compiled, Form, Measure, Subject, Window
from sanzi.record import engine
from sanzi.supervision import own_rights

_BUCKET: Final = {
    "day": "LEFT(CAST({day} AS VARCHAR), 10)",
    "month": "LEFT(CAST({day} AS VARCHAR), 7)",
    "quarter": "LEFT(CAST({day} AS VARCHAR), 4) || 'Q' || CAST(QUARTER({day}) AS VARCHAR)",
    "year": "LEFT(CAST({day} AS VARCHAR), 4)",
}
AS_OF: Final = own_rights.AS_OF
ROWS: Final = "row_count"
PEOPLE: Final = "people"


@dataclass
class _Values:
    """What was typed, each under a name of its own."""

    held: dict[str, Any] = field(default_factory=dict)

    def name(self, value: Any) -> str:
        """Return the parameter that stands for a value."""
        name = f"p{len(self.held) + 1}"
        self.held[name] = value
        return f"${name}"


def answer(subject: Subject, form: Form, window: Window, as_of: datetime) -> Compiled:
    """Return the statement that answers a form; it gives a line for the whole, too.

    Shapes: `as_of` is local, as statements know it.
    """
    values = _Values({AS_OF: as_of})
    keys = [f"d{at}" for at in range(len(form.by))] + (["bucket"] if form.bucket else [])
    inner = _inner(subject, form, window, values)
    outer = [f"x.{one}" for one in keys]
    for at, code in enumerate(form.by):
        dimension = subject.dimensions[code]
        if dimension.label:
            outer.append(f"MAX(x.d{at}_label) AS d{at}_label")
        if dimension.is_masked or dimension.person:
            outer.append(f"MAX(x.d{at}_person) AS d{at}_person")
    has_before = window.before_since is not None
    for at, code in enumerate(form.measures):
        measure = subject.measures[code]
        outer += _sums(measure, at, 0, "")
        if has_before:
            outer += _sums(measure, at, 1, "_before")
    outer.append(f"COUNT(CASE WHEN x.earlier = 0 THEN 1 END) AS {ROWS}")
    outer.append(f"COUNT(DISTINCT x.someone) AS {PEOPLE}")
    text = f"SELECT {', '.join(outer)} FROM ({inner}) AS x"  # noqa: S608 - names of the files
    if keys:
        text += f" GROUP BY GROUPING SETS (({', '.join(f'x.{one}' for one in keys)}), ())"
    return _compiled(text, values)


@dataclass(frozen=True)
class Line:
    """A line of an answer: (dimension, value) of it, its day, month, quarter or year."""

    keys: Sequence[tuple[str, str]] = ()
    bucket: str = ""


def rows(subject: Subject, form: Form, window: Window, line: Line, as_of: datetime) -> Compiled:
    """Return the statement that gives the rows behind a line."""
    keys, bucket = line.keys, line.bucket
    values = _Values({AS_OF: as_of})
    now = Window(window.since, window.until)
    wanted = [f"{BASE}.{subject.key} AS row_id"]
    for at, one in enumerate(subject.shown):
        wanted.append(f"{one.sql} AS s{at}")
        if one.person:
            wanted.append(f"CASE WHEN {one.person} THEN 1 ELSE 0 END AS s{at}_person")
    tests = _tests(subject, form, now, values)
    for code, value in keys:
        tests.append(f"{_key(subject, code)} = {values.name(value)}")
    if bucket and form.bucket:
        tests.append(f"{_bucket(subject, form, now)} = {values.name(bucket)}")
    used = {*form.by, *(code for code, _ in form.filters), *(code for code, _ in keys)}
    text = f"SELECT {', '.join(wanted)} FROM {_from(subject, form, used, is_shown=True)}"  # noqa: S608 - names of the files
    return _compiled(f"{text}{_where(tests)}", values)


def _compiled(text: str, values: _Values) -> Compiled:
    sql = sqlglot.parse_one(text, dialect="duckdb").sql("duckdb", pretty=True)
    checked = engine.check(sql)
    return Compiled(sql, {one: values.held[one] for one in checked.parameters}, checked.tables)


def _inner(subject: Subject, form: Form, window: Window, values: _Values) -> str:
    wanted = []
    for at, code in enumerate(form.by):
        dimension = subject.dimensions[code]
        wanted.append(f"{_key(subject, code)} AS d{at}")
        if dimension.label:
            wanted.append(f"{dimension.label} AS d{at}_label")
        if dimension.person:
            wanted.append(f"CASE WHEN {dimension.person} THEN 1 ELSE 0 END AS d{at}_person")
        elif dimension.is_masked:
            wanted.append(f"1 AS d{at}_person")
    if form.bucket:
        wanted.append(f"{_bucket(subject, form, window)} AS bucket")
    for at, code in enumerate(form.measures):
        wanted.append(f"{subject.measures[code].sql} AS m{at}")
    if window.before_since is not None:
        day = _day(subject, form)
        since = values.name(window.since)
        wanted.append(f"CASE WHEN {day} >= {since} THEN 0 ELSE 1 END AS earlier")
    else:
        wanted.append("0 AS earlier")
    wanted.append(f"{subject.people or 'NULL'} AS someone")
    used = {*form.by, *(code for code, _ in form.filters)}
    tests = _tests(subject, form, window, values)
    source = _from(subject, form, used, is_shown=False)
    return f"SELECT {', '.join(wanted)} FROM {source}{_where(tests)}"  # noqa: S608 - names of the files


def _sums(measure: Measure, at: int, earlier: int, suffix: str) -> list[str]:
    value = f"CASE WHEN x.earlier = {earlier} THEN x.m{at} END"
    name = f"m{at}{suffix}"
    if measure.of == "count":
        return [f"COUNT({value}) AS {name}"]
    if measure.of == "distinct":
        return [f"COUNT(DISTINCT {value}) AS {name}"]
    if measure.of == "max":
        return [f"CAST(MAX({value}) AS BIGINT) AS {name}"]
    total = f"CAST(COALESCE(SUM({value}), 0) AS BIGINT) AS {name}"
    return [total, f"COUNT({value}) AS {name}_whole"] if measure.of == "mean" else [total]


def _key(subject: Subject, code: str) -> str:
    return f"COALESCE(CAST({subject.dimensions[code].sql} AS VARCHAR), '')"


def _day(subject: Subject, form: Form) -> str:
    return f"CAST({subject.whens[form.when].sql} AS DATE)"


def _bucket(subject: Subject, form: Form, window: Window) -> str:
    day = _day(subject, form)
    if window.before_since is not None and window.since is not None:
        number, unit = window.shift
        since = f"DATE '{window.since.isoformat()}'"
        moved = f"CAST({day} + INTERVAL {number} {unit} AS DATE)"
        day = f"CASE WHEN {day} >= {since} THEN {day} ELSE {moved} END"
    return f"COALESCE({_BUCKET[form.bucket].format(day=f'({day})')}, '')"


def _from(subject: Subject, form: Form, used: set[str], *, is_shown: bool) -> str:
    """Return the table with the joins that something asks for, in the order of the file."""
    pieces = [subject.place, subject.body, subject.amount, subject.people, subject.always]
    pieces += [subject.whens[form.when].sql]
    pieces += [subject.measures[one].sql for one in form.measures]
    for code in used:
        dimension = subject.dimensions[code]
        pieces += [dimension.sql, dimension.label, dimension.person]
    if is_shown:
        pieces += [text for one in subject.shown for text in (one.sql, one.person)]
    wanted: set[str] = set()
    for join in [*subject.joins.values()][::-1]:
        stands = [*pieces, *(subject.joins[one].on for one in wanted)]
        if any(f"{join.alias}." in piece for piece in stands):
            wanted.add(join.alias)
    text = f"{engine.PREFIX}{subject.table} AS {BASE}"
    for alias, join in subject.joins.items():
        if alias in wanted:
            text += f" LEFT JOIN {engine.PREFIX}{join.table} AS {alias}"
            text += f" ON {alias}.{join.key} = {join.on}"
    return text


def _tests(subject: Subject, form: Form, window: Window, values: _Values) -> list[str]:
    tests = [subject.always] if subject.always else []
    day = _day(subject, form)
    now = _between(day, window.since, window.until, values)
    if window.before_since is not None:
        before = _between(day, window.before_since, window.before_until, values)
        tests.append(f"(({now}) OR ({before}))")
    elif now:
        tests.append(now)
    if form.body:
        tests.append(f"{subject.body} = {values.name(form.body)}")
    if form.least_fen is not None:
        tests.append(f"{subject.amount} >= {values.name(form.least_fen)}")
    if form.most_fen is not None:
        tests.append(f"{subject.amount} <= {values.name(form.most_fen)}")
    for code, wanted in form.filters:
        key = _key(subject, code)
        tests.append("(" + " OR ".join(f"{key} = {values.name(one)}" for one in wanted) + ")")
    return tests


def _between(day: str, since: date | None, until: date | None, values: _Values) -> str:
    tests = []
    if since is not None:
        tests.append(f"{day} >= {values.name(since)}")
    if until is not None:
        tests.append(f"{day} <= {values.name(until)}")
    return " AND ".join(tests)


def _where(tests: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(f'({one})' for one in tests)}" if tests else ""


def check_form(subject: Subject, form: Form) -> None:
    """Refuse a form that names what the subject does not have. Raises: FormWrong, AmountWrong."""
    named = {*form.by, *(code for code, _ in form.filters)}
    has_range = form.least_fen is not None or form.most_fen is not None
    twice = len(set(form.by)) != len(form.by) or len(set(form.measures)) != len(form.measures)
    wrong = (
        (not form.measures, "还没有选要看的数。"),
        (set(form.measures) - set(subject.measures), f"{subject.title}没有这个数。"),
        (named - set(subject.dimensions), f"{subject.title}不能这样分。"),
        (twice, "同一项选了两遍。"),
        (form.when not in subject.whens, f"{subject.title}没有这个日子。"),
        (form.bucket and form.bucket not in _BUCKET, "只能按日、月、季度、年来分。"),
        (form.body and not subject.body, f"{subject.title}不能按组织来挑。"),
        (has_range and not subject.amount, f"{subject.title}没有金额可以挑。"),
    )
    what = next((words for is_wrong, words in wrong if is_wrong), "")
    if what:
        raise errors.FormWrong(what=what)
    least, most = form.least_fen, form.most_fen
    if least is not None and most is not None and least > most:
        raise errors.AmountWrong(what="从多少比到多少还大。")
