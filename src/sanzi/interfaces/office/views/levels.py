"""A city or a province in the office: how its counties stand, and one panel between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.insight.cockpit import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, Row
from sanzi.interfaces.look.words import yuan
from sanzi.interfaces.office.pages import csv_file, moment, show
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.levels import queries
from sanzi.levels.queries import Compared, Comparison

if TYPE_CHECKING:
    from sanzi.levels.models import Standing

MANY = 4
"""From so many places on a middle says something of them."""
HEAD = ["县", "第几次", "数据截至", "几天前", "格式", "行数", "村", "今年付款（元）", "情况"]


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the counties: which sent, how old, which were refused and why; as a file."""
    found = queries.standings(by=request.actor)
    if request.GET.get("as") == "csv":
        return csv_file("各县数据", HEAD, ([*_texts(request, one)] for one in found))
    told = queries.coverage(found, request.at)
    share = f"{told.fresh_villages}个村，共{told.villages}个" if told.villages else "还没有"
    late = told.counties - told.sent
    title = f"{told.counties}个县，{told.sent}个送来了数据"
    if late or told.refused:
        title += f"，{told.refused}个这次没有收下"
    return show(
        request,
        "levels",
        {
            "title": title,
            "sub": "每天夜里各县发布，早上五点收。没有收下的，还用上一次收下的数。",
            "facts": [
                Fact("有7天以内数据的村", share),
                Fact("今年付款合计", f"{yuan(sum(one.paid_fen for one in found))}元"),
            ],
            "ledger": Ledger(
                "各县送来的数据",
                [Column(one, "money" if one in HEAD[3:8] else "text") for one in HEAD],
                [_row(request, one) for one in found],
                is_row_headed=True,
            ),
        },
        current="counties",
        crumbs=[Link("驾驶舱", reverse("office:cockpit_start")), Link("各县数据", "")],
    )


@officer
def compare(request: OfficeRequest, code: str, panel: str) -> HttpResponseBase:
    """Show one panel place by place: the middle, the half around it, the worst tenth."""
    found = queries.compare(by=request.actor, division_code=code, code=panel, at=request.at)
    ledger = _compared(found)
    name = f"{found.page.place.name}{found.page.panel.title}各处比较"
    if request.GET.get("as") == "csv":
        body = [[cell if isinstance(cell, str) else cell.text for cell in row.cells]
                for row in ledger.rows]  # fmt: skip
        return csv_file(name, [one.title for one in ledger.columns], body)
    return show(
        request,
        "level_compare",
        {
            "title": _sentence(found),
            "sub": found.page.panel.means,
            "facts": _spread(found),
            "ledger": ledger,
        },
        current="cockpit",
        crumbs=[
            Link(found.page.place.name, reverse("office:cockpit", args=[code])),
            Link(found.page.panel.title, reverse("office:cockpit_panel", args=[code, panel])),
            Link("各处比一比", ""),
        ],
    )


def _told(found: Comparison) -> list[Compared]:
    """Return the places with a figure, the worst first."""
    return [one for one in found.rows if one.value is not None]


def _spread(found: Comparison) -> list[Fact]:
    """Return how far the places lie apart; of a few the ends, for a middle says nothing of them."""
    told = _told(found)
    if len(told) < MANY:
        ends = ("最低", "最高") if found.is_low_bad else ("最高", "最低")
        return [
            Fact(words, f"{one.place.name}，{_said(found, one.value)}")
            for words, one in zip(ends, (told[0], told[-1]), strict=True)
        ] if len(told) > 1 else []  # fmt: skip
    facts = [
        Fact("中间的一处", _said(found, found.middle)),
        Fact("中间一半在", f"{_said(found, found.low)}到{_said(found, found.high)}"),
    ]
    if len(told) >= queries.TENTH:
        facts.append(Fact("标出来的", "最低的一成" if found.is_low_bad else "最高的一成"))
    return facts


def _texts(request: OfficeRequest, one: Standing) -> list[str]:
    days = str((request.at - one.as_of).days) if one.as_of else ""
    state = f"{one.sentence}{one.advice}" if one.code else ("" if one.serial else "还没有送来")
    if one.unasked and not one.code:
        state = f"有{len(one.unasked)}项驾驶舱的数算不出来：程序旧"
    return [
        one.name,
        str(one.serial or ""),
        moment(request, one.as_of),
        days,
        str(one.version or ""),
        f"{one.rows:,}" if one.serial else "",
        str(one.village_count) if one.serial else "",
        yuan(one.paid_fen) if one.serial else "",
        state or "收下了",
    ]


def _row(request: OfficeRequest, one: Standing) -> Row:
    name, *rest, state = _texts(request, one)
    url = reverse("office:cockpit", args=[one.division_code]) if one.serial else ""
    tone = "alarm" if one.code else ""
    return Row([Cell(name, url=url), *rest, Cell(state, tone=tone)])


def _compared(found: Comparison) -> Ledger:
    has_months = found.page.panel.time == "month"
    columns = [Column("地方"), Column("数", "money")]
    if has_months:
        columns += [Column("前三个月", "money"), Column("近三个月", "money")]
    is_marked = any(one.is_far for one in found.rows)
    columns += [Column("和别处比")] if is_marked else []
    columns.append(Column("再往下看"))
    return Ledger(
        f"{found.page.place.name}{found.page.panel.title}各处比较",
        columns,
        [
            _compared_row(found, one, has_months=has_months, is_marked=is_marked)
            for one in found.rows
        ],
        is_row_headed=True,
    )


def _compared_row(found: Comparison, one: Compared, *, has_months: bool, is_marked: bool) -> Row:
    url = reverse("office:cockpit_panel", args=[one.place.code, found.page.panel.code])
    cells: list[Cell | str] = [Cell(one.place.name, url=url), _said(found, one.value)]
    if has_months:
        cells += [_said(found, one.before), _said(found, one.latest)]
    word = "最低的一成" if found.is_low_bad else "最高的一成"
    if is_marked:
        cells.append(Cell(word, tone="alarm") if one.is_far else "")
    cells.append(Cell("县里的系统", url=one.site + url) if one.site else "")
    return Row(cells)


def _sentence(found: Comparison) -> str:
    counted = sum(one.value is not None for one in found.rows)
    far = sum(one.is_far for one in found.rows)
    marked = f"，{far}处在{'最低' if found.is_low_bad else '最高'}的一成" if far else ""
    told = _told(found)
    if not far and len(told) > 1 and told[0].value != told[1].value:
        marked = f"，{told[0].place.name}{'最低' if found.is_low_bad else '最高'}"
    return f"{found.page.place.name}{found.page.panel.title}：{counted}处有数{marked}"


def _said(found: Comparison, value: int | None) -> str:
    return words.said(found.page.panel, value)
