"""An answer ready for a template: its sentence, its table, where each line leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from sanzi.insight.cockpit.shapes import UNITS
from sanzi.insight.questions import catalogue, periods, queries
from sanzi.insight.questions import names as question_names
from sanzi.insight.questions.shapes import (
    BUCKETS,
    COMPARES,
    Answer,
    Form,
    Group,
    Measure,
    Shown,
    Subject,
)
from sanzi.interfaces.look import row_pages, words
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Row
from sanzi.interfaces.office.forms import ask as ask_forms
from sanzi.kernel import divisions
from sanzi.matters import catalogue as powers
from sanzi.orgs import people_queries, tree
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.supervision import frozen

UNKNOWN: Final = "没有"
WIDE: Final = ("province", "city", "county")


def figure(measure: Measure, value: int | None) -> str:
    """Return a figure without its unit."""
    if value is None:
        return UNKNOWN
    if measure.unit == "fen":
        return words.yuan(value)
    if measure.is_tenths:
        return f"{value // 10:,}.{value % 10}" if value % 10 else f"{value // 10:,}"
    return f"{value:,}"


def unit(measure: Measure) -> str:
    """Return the unit of a figure."""
    return UNITS[measure.unit]


def bucket_words(form: Form, code: str) -> str:
    """Return `2026年11月`, `2026年第3季度`, `2026-11-03`."""
    if not code:
        return question_names.NONE
    if form.bucket == "month":
        return f"{code[:4]}年{int(code[5:])}月"
    if form.bucket == "quarter":
        return f"{code[:4]}年第{code[5:]}季度"
    return f"{code}年" if form.bucket == "year" else code


def ledger(answer: Answer, groups: Sequence[Group], rows_url: str) -> Ledger:
    """Return lines of an answer as a table; each leads to its rows."""
    form = answer.form
    columns = [Column(one.title) for one in answer.dimensions]
    if form.bucket:
        columns.insert(0, Column(BUCKETS[form.bucket]))
    columns = columns or [Column("合计")]
    for one in answer.measures:
        columns.append(Column(f"{one.title}（{unit(one)}）", "money"))
        if form.compare:
            columns.append(Column(COMPARES[form.compare], "money"))
    lines = [_line(answer, one, rows_url) for one in groups]
    whole = _figures(answer, answer.total)
    span = len(columns) - len(whole)
    has_rows = answer.total.row_count and answer.is_open
    address = f"{rows_url}?{ask_forms.query(form)}" if has_rows else ""
    if not (form.by or form.bucket):
        lines = [Row([Cell("合计", address), *whole])]
        return Ledger(_caption(answer), columns, lines, is_row_headed=True)
    total = Row([Cell("合计", address, span=span), *whole])
    return Ledger(_caption(answer), columns, lines, total=total, is_row_headed=True)


def _caption(answer: Answer) -> str:
    return f"{answer.subject.title}：{'、'.join(one.title for one in answer.measures)}"


def titles(answer: Answer, group: Group) -> list[str]:
    """Return what a line is called, column by column."""
    form = answer.form
    found = [*([bucket_words(form, group.bucket)] if form.bucket else []), *group.titles]
    return found or ["合计"]


def title_of(answer: Answer) -> Callable[[Group], str]:
    """Return what calls a line of an answer by one name."""
    return lambda group: "，".join(titles(answer, group))


def line_url(answer: Answer, group: Group, rows_url: str) -> str:
    """Return where a line leads; nowhere without rows, and where rows are not opened."""
    form = answer.form
    if not group.row_count or not answer.is_open:
        return ""
    line = [(f"{ask_forms.KEY}{code}", key) for code, key in zip(form.by, group.keys, strict=True)]
    if form.bucket:
        line.append(("bucket_of", group.bucket))
    return f"{rows_url}?{urlencode([*ask_forms.pairs(form), *line])}"


def _line(answer: Answer, group: Group, rows_url: str) -> Row:
    first, *rest = titles(answer, group)
    cells: list[Cell | str] = [Cell(first, line_url(answer, group, rows_url)), *rest]
    return Row([*cells, *_figures(answer, group)])


def _figures(answer: Answer, group: Group) -> list[Cell | str]:
    cells: list[Cell | str] = []
    for at, one in enumerate(answer.measures):
        cells.append(figure(one, group.values[at]))
        if answer.form.compare:
            before = group.before[at] if group.before else None
            cells.append(Cell(figure(one, before), sub=_change(group.values[at], before)))
    return cells


def _change(now: int | None, before: int | None) -> str:
    """Return by how much something is more or less, where a rate says something."""
    if now is None or before is None or before <= 0:
        return ""
    percent = (abs(now - before) * 200 + before) // (before * 2)
    return "一样" if now == before else f"{'多' if now > before else '少'}{percent}%"


def short(answer: Answer) -> str:
    """Return a name for the files of an answer."""
    by = "、".join(one.title for one in answer.dimensions)
    measures = "、".join(one.title for one in answer.measures)
    return f"{answer.subject.title}{measures}{f'按{by}' if by else ''}"


def finding(answer: Answer) -> str:
    """Return the sentence that would do alone on a phone."""
    first = answer.measures[0]
    whole = answer.total.values[0] if answer.total.values else None
    if not answer.total.row_count:
        return f"{answer.subject.title}：这样问，一{answer.subject.noun}也没有"
    told = f"{first.title}{figure(first, whole)}{unit(first)}"
    if not answer.groups or not answer.form.by or answer.form.bucket:
        return f"{answer.subject.title}：{told}"
    most = answer.groups[0]
    name = "、".join(most.titles)
    return f"{told}，最多的是{name}，{figure(first, most.values[0])}{unit(first)}"


def said(answer: Answer) -> list[str]:
    """Return what a reader must know of an answer: which rows, which days, what is left out."""
    place = orgs.village_name(answer.place)
    days = _days(answer)
    told = [f"{place}，{days}。"]
    if answer.form.body:
        told.append(f"只看{people_queries.body_name(answer.form.body)}的。")
    if answer.asked_place and answer.asked_place != answer.place:
        asked = orgs.village_name(answer.asked_place)
        told.append(f"问的是{asked}，您只看得到{place}，下面是{place}的。")
    if answer.hidden:
        least = catalogue.limits().least_people
        told.append(f"有{answer.hidden}行不到{least}个人，或者会让人算出来，没有列。")
    if len(answer.groups) < answer.group_count:
        told.append(f"一共{answer.group_count}行，这里是前{len(answer.groups)}行；合计是全部的。")
    return told


def _days(answer: Answer) -> str:
    when = answer.subject.whens[answer.form.when].title
    window = answer.window
    if window.since is None or window.until is None:
        return "全部日子的都在，没有写日子的也在"
    told = f"{when}从{window.since}到{window.until}"
    if window.before_since:
        name = COMPARES[answer.form.compare]
        told += f"，{name}是{window.before_since}到{window.before_until}"
    return told


def behind(
    by: Actor, found: queries.RowsBehind, rows: Sequence[tuple[str, tuple[Any, ...]]]
) -> Ledger:
    """Return the rows behind a line as a table, each leading on to the page that he may open."""
    subject = found.subject
    names = [
        question_names.named(one.names, {str(row[1][at]) for row in rows})
        for at, one in enumerate(subject.shown)
    ]
    read = frozen.read({subject.table: [one for one, _ in rows]}).get(subject.table, {})
    urls = row_pages.urls(by, subject.table, read)
    lines = []
    for row_id, cells in rows:
        texts: list[Cell | str] = [
            _shown(one, value, names[at])
            for at, (one, value) in enumerate(zip(subject.shown, cells, strict=True))
        ]
        lines.append(Row([Cell(str(texts[0]), urls.get(row_id, "")), *texts[1:]]))
    columns = [Column(one.title, "money" if one.unit else "text") for one in subject.shown]
    return Ledger(f"{subject.title}的明细", columns, lines, is_row_headed=True)


def _shown(one: Shown, value: Any, names: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if one.unit == "fen":
        return words.yuan(int(value))
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, bool):
        return "是" if value else "不是"
    text = str(value)
    return one.values.get(text) or names.get(text) or text


def choices(subject: Subject, seat: queries.Seat, form: Form) -> dict[str, Any]:
    """Return what a template offers to choose from."""
    kept = dict(form.filters)
    measures = form.measures or [*subject.measures][:1]
    return {
        "subject": subject,
        "measures": [(one, one.code in measures) for one in subject.measures.values()],
        "dimensions": list(subject.dimensions.values()),
        "layers": [form.by[at] if at < len(form.by) else "" for at in range(2)],
        "buckets": BUCKETS.items(),
        "periods": periods.PERIODS.items(),
        "compares": COMPARES.items(),
        "places": _places(seat),
        "filters": [
            (one, [(code, title, code in kept.get(one.code, ())) for code, title in values])
            for one in subject.dimensions.values()
            if (values := _values(one.names, one.values))
        ],
        "least": ask_forms.yuan(form.least_fen),
        "most": ask_forms.yuan(form.most_fen),
    }


def _values(names: str, values: Mapping[str, str]) -> list[tuple[str, str]]:
    if names == "matters":
        return [(one.code, one.title) for one in powers.powers()]
    return list(values.items())


def _places(seat: queries.Seat) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the towns of a desk with their villages, its own place first."""
    home = seat.desk.division_code
    villages: dict[str, list[tuple[str, str]]] = {}
    for code, name in tree.villages_below(home):
        villages.setdefault(f"{code[:9]}000", []).append((code, name))
    named = orgs.division_names(villages)
    return [
        (named.get(town, town), [(town, f"{named.get(town, town)}全镇"), *found])
        if town != home and divisions.level(home) in WIDE
        else (named.get(town, town), found)
        for town, found in villages.items()
    ]
