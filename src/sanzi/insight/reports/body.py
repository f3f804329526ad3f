"""What a report says, frozen: its figures, sentences, tables and charts as plain data.

Everything here is text and whole numbers, so that it has one digest. A cell and a part of a
sentence carry where they come from; a face makes the address of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sanzi.insight.cockpit import lines as panel_lines
from sanzi.insight.cockpit import words as panel_words
from sanzi.insight.cockpit.shapes import Counted, Key, Panel, PanelPage, Place, Sum
from sanzi.insight.reports import counts as report_counts
from sanzi.insight.reports import figures, lists, periods
from sanzi.insight.reports.counts import Counts, slot_of
from sanzi.insight.reports.figures import Earlier, Told
from sanzi.insight.reports.periods import Period
from sanzi.insight.reports.shapes import Figure, Item, Section, Sentence, Template
from sanzi.kernel import clock

NOTHING: Final = "这一期没有数据。"
Block = dict[str, Any]
LINES_MAX: Final = 12
BARS_OF_PERIOD: Final = ("bars", "flow", "number")


@dataclass(frozen=True)
class Facts:
    """All that a report is made from."""

    template: Template
    place: Place
    below: tuple[Place, ...]
    period: Period
    at: datetime
    counts: Counts
    earlier: Earlier
    told: Mapping[str, Told]
    is_fresh: bool


def compose(facts: Facts) -> Block:
    """Return the body of a report."""
    template, period = facts.template, facts.period
    return {
        "template": template.code,
        "version": template.version,
        "title": template.title,
        "source_ref": template.source_ref,
        "place": [facts.place.code, facts.place.name, facts.place.level],
        "period": period.code,
        "period_kind": period.kind,
        "period_title": period.title,
        "counted_at": facts.at.isoformat(),
        "figures": [figures.frozen(one, facts.place, period) for one in facts.told.values()],
        "lines": [
            figures.frozen(one, facts.place, period)
            for section in template.sections
            for item in section.items
            if item.kind == "lines"
            for one in _line_told(facts, item)
        ],
        "sections": [_section(facts, one) for one in template.sections],
        "notes": [*template.notes],
        "below": [[one.code, one.name, one.level] for one in facts.below],
        "alerts": dict(facts.counts.alerts),
    }


def told_without(body: Mapping[str, Any], named: AbstractSet[str], template: Template) -> Block:
    """Return a kept body as somebody reads it whom some of its alerts name: without them.

    What tells of alerts is made anew from those that are left; all else stays as it was kept. How
    alerts stood in earlier reports is not told: those counted him, too.
    """
    facts = _kept_facts(body, named, template)
    of_alerts = {
        one.code for one in template.panels.values() if slot_of(one) in facts.counts.alerts
    }
    anew = {one.figure.name: one for one in facts.told.values() if one.panel.code in of_alerts}
    for section in template.sections:
        for item in section.items:
            if item.kind == "lines" and item.panel in of_alerts:
                anew |= {one.figure.name: one for one in _line_told(facts, item)}
    left = {
        part: [
            figures.frozen(anew[one["name"]], facts.place, facts.period)
            if one["name"] in anew else one
            for one in body[part]
            if one["name"] in anew or one["panel"] not in of_alerts
        ]
        for part in ("figures", "lines")
    }  # fmt: skip
    then = _frozen_told(body, template)
    sections = [
        _section_without(facts, section, kept, named=named, of_alerts=of_alerts, told_then=then)
        for section, kept in zip(template.sections, body["sections"], strict=True)
    ]
    return {**body, **left, "sections": sections, "alerts": dict(facts.counts.alerts)}


def _kept_facts(body: Mapping[str, Any], named: AbstractSet[str], template: Template) -> Facts:
    place, period = Place(*body["place"]), periods.read(body["period_kind"], body["period"])
    below = tuple(Place(*one) for one in body["below"])
    at = datetime.fromisoformat(body["counted_at"])
    counts = report_counts.without(
        body["alerts"], named, place=place, below=[one.code for one in below], period=period, at=at
    )
    is_fresh = report_counts.is_fresh(period, at, template.fresh_days)
    told = {
        name: figures.told(
            one.figure, counts, place.code, period, lists.NOTHING_EARLIER, is_fresh=is_fresh
        )
        if slot_of(one.panel) in counts.alerts else one
        for name, one in _frozen_told(body, template).items()
    }  # fmt: skip
    return Facts(template, place, below, period, at, counts, lists.NOTHING_EARLIER, told, is_fresh)


def _frozen_told(body: Mapping[str, Any], template: Template) -> Mapping[str, Told]:
    kept = {one["name"]: one for one in body["figures"]}
    return {
        name: Told(
            figure, *(Sum(*kept[name][side]) if kept[name][side] is not None else None
                      for side in ("now", "before", "year"))
        )
        for name, figure in template.figures.items()
    }  # fmt: skip


def _section_without(
    facts: Facts,
    section: Section,
    kept: Block,
    *,
    named: AbstractSet[str],
    of_alerts: AbstractSet[str],
    told_then: Mapping[str, Told],
) -> Block:
    sentences, left = [], list(kept["sentences"])
    for one in section.sentences:
        said_then = [left.pop(0)] if _is_said(one, told_then) else []
        names = {part.figure for part in one.parts if part.figure}
        names |= {asked.figure for asked in one.when}
        if any(facts.told[name].panel.code in of_alerts for name in names):
            said_then = [_sentence(facts, one)] if _is_said(one, facts.told) else []
        sentences += said_then
    then = {one["title"]: one for one in kept["items"]}
    items = []
    for item in section.items:
        panels_told = {item.panel, *(facts.told[one].panel.code for one in item.figures)}
        made = then.get(item.title)
        if made is not None and panels_told & of_alerts:
            made = (
                _rows_without(made, named)
                if item.kind == "rows"
                else _ITEMS[item.kind](facts, item)
            )
        items += [made] if made else []
    return _said(section, sentences, items)


def _rows_without(table: Block, named: AbstractSet[str]) -> Block | None:
    rows = [
        one for one in table["rows"]
        if not any(source and source[0] == "row" and source[2] in named for source in one["from"])
    ]  # fmt: skip
    return {**table, "rows": rows} if rows else None


def _section(facts: Facts, section: Section) -> Block:
    told = [_sentence(facts, one) for one in section.sentences if _is_said(one, facts.told)]
    items = [made for one in section.items if (made := _ITEMS[one.kind](facts, one))]
    return _said(section, told, items)


def _is_said(sentence: Sentence, told: Mapping[str, Told]) -> bool:
    return all(told[asked.figure].holds(asked) for asked in sentence.when)


def _said(section: Section, told: list[list[Block]], items: list[Block]) -> Block:
    if not told and not items:
        told = [[{"text": NOTHING, "figure": "", "from": None}]]
    return {"title": section.title, "sentences": told, "items": items}


def _sentence(facts: Facts, sentence: Sentence) -> list[Block]:
    plain = {
        "place": facts.place.name,
        "period": facts.period.title,
        "until": clock.date_said(facts.period.last_date),
    }
    found: list[Block] = []
    for part in sentence.parts:
        if part.figure:
            one = facts.told[part.figure]
            found.append({
                "text": figures.said(one, part.aside, facts.period),
                "figure": part.figure,
                "from": _source(facts, one.figure) if not part.aside else None,
            })  # fmt: skip
        else:
            words = plain[part.aside] if part.aside else part.words
            found.append({"text": words, "figure": "", "from": None})
    return found


def _source(facts: Facts, figure: Figure) -> list[str]:
    return figures.source(facts.place, figure.panel, figure.lines, facts.period)


def _heads(facts: Facts, first: str, unit: str, kind: str) -> list[list[str]]:
    """Return the heads of a comparing table: the period, the one before, a year ago."""
    period = facts.period
    tail = f"（{unit}）" if unit else ""
    heads = [[first, "text"]]
    heads += [["单位", "mid"]] if not unit else []
    heads += [[f"{period.title}{tail}", kind]]
    earlier = periods.BEFORE[period.kind]
    heads += [[earlier, kind], [f"比{earlier}", "text"]]
    if period.year_ago:
        words = periods.LAST_YEAR_WORDS[period.kind]
        heads += [[words, kind], [f"比{words}", "text"]]
    return heads


def _compared_row(
    facts: Facts, one: Told, kind: str, title: str, *, has_unit: bool
) -> dict[str, Any]:
    panel, period = one.panel, facts.period
    source = _source(facts, one.figure)
    cells: list[str | int] = [title]
    refs: list[list[str] | None] = [None]
    if has_unit:
        cells.append(panel_words.exact_unit(panel))
        refs.append(None)
    cells.append(figures.in_cell(panel, one.value(), kind))
    refs.append(source if one.now is not None else None)
    asides = ["before", *(["year"] if period.year_ago else [])]
    for aside in asides:
        cells += [figures.in_cell(panel, one.value(aside), kind), _change(one, aside)]
        refs += [None, None]
    return {"cells": cells, "from": refs, "tone": ""}


def _change(one: Told, aside: str) -> str:
    new, old = one.value(), one.value(aside)
    if new is None or old is None:
        return figures.NO_DATA
    words = figures.compared(one.panel, "", new, old)
    return "一样" if new == old else words.removeprefix("比")


def _figures(facts: Facts, item: Item) -> Block:
    found = [facts.told[name] for name in item.figures]
    kind = figures.kind_of([one.panel for one in found])
    unit = "元" if kind == "money" else ""
    rows = [_compared_row(facts, one, kind, one.figure.title, has_unit=not unit) for one in found]
    return _table(item, _heads(facts, "项目", unit, kind), rows)


def _lines(facts: Facts, item: Item) -> Block | None:
    panel = facts.template.panels[item.panel]
    kind = figures.kind_of([panel])
    rows = [
        _compared_row(facts, one, kind, one.figure.title, has_unit=False)
        for one in _line_told(facts, item)
    ]
    unit = panel_words.exact_unit(panel)
    return _table(item, _heads(facts, panel.title, unit, kind), rows) if rows else None


def _line_told(facts: Facts, item: Item) -> list[Told]:
    """Return the lines of a panel with their comparisons; of those that rows named, used ones."""
    panel = facts.template.panels[item.panel]
    known = panel_lines.lines_of(panel, facts.counts.of(panel, facts.place.code), ())
    found = []
    for line in known[:LINES_MAX]:
        figure = Figure(f"{item.panel}/{line.code}", line.title, panel, (line.code,))
        one = figures.told(
            figure, facts.counts, facts.place.code, facts.period, facts.earlier,
            is_fresh=facts.is_fresh,
        )  # fmt: skip
        if not panel.is_open_ended or (one.now and one.now.row_count):
            found.append(one)
    return found


def _places(facts: Facts, item: Item) -> Block | None:
    """Return the places below, a row each, and their sum: the figure of the place itself."""
    panel = facts.template.panels[item.panel]
    own = facts.counts.of(panel, facts.place.code)
    known = panel_lines.lines_of(panel, own, ())
    lines = [one for one in known if not item.lines or one.code in item.lines][:LINES_MAX]
    if not facts.below or not lines or (panel.time == "now" and not facts.is_fresh):
        return None
    kind = figures.kind_of([panel])
    unit = panel_words.exact_unit(panel)
    heads = [["哪里", "text"], *([f"{one.title}（{unit}）", kind] for one in lines)]
    rows = [_place_row(facts, panel, lines, one, kind) for one in facts.below]
    total = _place_row(facts, panel, lines, facts.place, kind)
    total["cells"][0] = "合计" if panel.of in ("sum", "rows") else "一起算"
    total["tone"] = "total"
    return _table(item, heads, [*rows, total])


def _place_row(
    facts: Facts, panel: Panel, lines: Sequence[Key], place: Place, kind: str
) -> dict[str, Any]:
    cells: list[str | int] = [place.name]
    refs: list[list[str] | None] = [None]
    for line in lines:
        figure = Figure(line.code, line.title, panel, (line.code,))
        one = figures.told(
            figure, facts.counts, place.code, facts.period, lists.NOTHING_EARLIER, is_fresh=True
        )
        cells.append(figures.in_cell(panel, one.value(), kind))
        has_rows = one.now is not None and one.now.row_count
        refs.append(figures.source(place, panel, figure.lines, facts.period) if has_rows else None)
    return {"cells": cells, "from": refs, "tone": ""}


def _table(item: Item, heads: list[list[str]], rows: list[dict[str, Any]]) -> Block:
    return {
        "kind": "table",
        "title": item.title,
        "number": item.number,
        "columns": [[*one, *([""] * (3 - len(one)))] for one in heads],
        "rows": rows,
        "note": item.note,
    }


def _chart(facts: Facts, item: Item) -> Block | None:
    """Return a panel as a chart needs it: thirteen months of a course, else the period itself."""
    panel = facts.template.panels[item.panel]
    if panel.time == "now" and not facts.is_fresh:
        return None
    counted = facts.counts.of(panel, facts.place.code)
    months = (
        facts.period.months
        if panel.kind in BARS_OF_PERIOD and panel.time == "month"
        else periods.months_up_to(facts.period.last_date, 13)
    )
    begins = facts.counts.begins(panel, facts.place.code)
    if panel.time != "now" and (not begins or begins > months[-1]):
        return None
    sums = {slot: one for slot, one in _folded(counted.sums, months, panel).items() if one != Sum()}
    lines = panel_lines.lines_of(panel, Counted(sums), ())
    if not sums:
        return None
    return {
        "kind": "chart",
        "title": item.title,
        "panel": {
            name: value
            for name, value in asdict(panel).items()
            if name not in ("keys", "rows", "nodes", "duties")
        },
        "nodes": [[one.code, one.title, one.is_warm] for one in panel.nodes],
        "lines": [[one.code, one.title, one.is_warm] for one in lines],
        "months": [*months],
        "sums": [[*slot, one.part, one.whole, one.row_count] for slot, one in sorted(sums.items())],
    }


def _folded(
    sums: Mapping[tuple[str, str], Sum], months: Sequence[str], panel: Panel
) -> dict[tuple[str, str], Sum]:
    """Return the sums inside a window; of a balance what lies before it under the empty month."""
    found: dict[tuple[str, str], Sum] = {}
    for (month, key), one in sums.items():
        if panel.time == "now" or month in months:
            slot = (month, key)
        elif panel.time == "balance" and month < months[0]:
            slot = ("", key)
        else:
            continue
        found[slot] = found.get(slot, Sum()) + one
    return found


def chart_page(body: Mapping[str, Any], chart: Mapping[str, Any]) -> PanelPage:
    """Return a kept chart as the page of a panel, which the cockpit's pictures draw."""
    keys = tuple(Key(code, title, (code,), is_warm) for code, title, is_warm in chart["lines"])
    panel = Panel(
        **chart["panel"],
        duties=(),
        keys=keys,
        nodes=tuple(Key(code, title, (code,), warm) for code, title, warm in chart["nodes"]),
    )
    return PanelPage(
        panel=panel,
        place=Place(*body["place"]),
        lines=keys,
        months=tuple(chart["months"]),
        counted=Counted({(month, key): Sum(*rest) for month, key, *rest in chart["sums"]}),
        computed_at=None,
        is_late=False,
    )


def _index(facts: Facts, item: Item) -> Block | None:
    found = lists.index_rows(facts.place, facts.period)
    heads = [["村", "text"], ["分", "mid"], ["比上月", "mid"], ["等次", "mid"], ["封顶", "text"]]
    return _table(item, heads, found) if found else None


def _rows(facts: Facts, item: Item) -> Block | None:
    panel = facts.template.panels[item.panel]
    found = lists.panel_rows_of(panel, facts.place, facts.at, item)
    unit = panel_words.exact_unit(panel)
    heads = [["是什么", "text"], ["日期", "mid"], ["算在", "text"], [f"数（{unit}）", "mid"]]
    return _table(item, heads, found) if found else None


def _list(facts: Facts, item: Item) -> Block:
    heads = [[one.title, one.kind, one.group] for one in item.columns]
    rows = lists.list_rows(item, facts.place, facts.period, facts.at) if item.sql else []
    made = _table(item, heads or [["说明", "text"]], rows)
    return {**made, "is_form": True, "is_empty": not item.sql}


_ITEMS: Final[Mapping[str, Callable[[Facts, Item], Block | None]]] = {
    "figures": _figures,
    "lines": _lines,
    "places": _places,
    "chart": _chart,
    "index": _index,
    "rows": _rows,
    "list": _list,
}
