"""How the loop does, in figures; and the false alarms that are remembered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Column, Ledger, Link, Row
from sanzi.interfaces.office.pages import (
    PAGE_ROWS,
    csv_file,
    day,
    may,
    moment,
    page_in,
    page_number,
    place,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, typed_before
from sanzi.kernel import typed
from sanzi.orgs import people_queries, scope
from sanzi.orgs.errors import NotFound
from sanzi.supervision import silence_queries, statistics_queries
from sanzi.supervision.actions import silences as actions
from sanzi.supervision.statistics_queries import Line, Period, Statistics, Tally

TOO_FEW: Final = "不算"
YEAR: Final = 365
HEADS: Final = (
    ("开出", "money"), ("还没办完", "money"), ("其中逾期", "money"), ("已处置", "money"),
    ("办结率", "money"),
    ("按时办结", "money"), ("按时率", "money"), ("属实", "money"), ("误报", "money"),
    ("误报率", "money"), ("追回（元）", "money"), ("拦下（元）", "money"),
)  # fmt: skip
STANDINGS: Final = {"in_force": "还压着", "expired": "到期了", "revoked": "撤回了"}
BARS_MAX: Final = 24


@officer
def statistics(request: OfficeRequest) -> HttpResponseBase:
    """Show the figures of alerts opened between two days, as tables, pictures and CSV."""
    if not may(request, "supervision.see"):
        raise NotFound
    last = _day(request, "until", today(request))
    first = _day(request, "from", last - timedelta(days=YEAR))
    first = min(first, last)
    village = request.GET.get("village", "")
    found = statistics_queries.statistics(
        by=request.actor, period=Period(first, last, village), at=request.at
    )
    if request.GET.get("as") == "csv":
        return _csv(found)
    whole = found.whole
    return show(
        request,
        "alert_statistics",
        {
            "title": _sentence(whole),
            "sub": f"{words.local_day(first, today=last)}到{day(request, last)}开出的，"
            f"数到{moment(request, request.at)}。不到10条的不算比率。",
            "whole": whole,
            "median": "还没有办完的"
            if whole.median_days is None
            else f"{whole.median_days}个工作日",
            "tables": [
                _table("按类别", "类别", _most_first(found.categories)),
                _table("按村", "村", found.villages),
                _table("按规则", "规则", _most_first(found.models)),
            ],
            "conclusions": _bars([(title, number) for _, title, number in found.conclusions], "条"),
            "months": _bars([(_month(one.title), one.tally.opened) for one in found.months], "条"),
            "villages": people_queries.villages(by=request.actor, permission="supervision.see"),
            "village": village,
            "first": first.isoformat(),
            "last": last.isoformat(),
        },
        current="alerts",
        crumbs=_crumbs("统计"),
    )


def _most_first(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda one: (-one.tally.opened, one.title))


def _month(text: str) -> str:
    """Return a month `2026-11` as people say it."""
    year, _, month = text.partition("-")
    return f"{year}年{int(month)}月"


def _sentence(whole: Tally) -> str:
    if not whole.opened:
        return "这段时间没有开出预警"
    late = f"，{whole.late}条逾期" if whole.late else ""
    return f"开出{whole.opened}条，办完{whole.disposed}条{late}"


def _median(whole: Tally) -> str:
    return "还没有办完的" if whole.median_days is None else f"{whole.median_days}个工作日"


def _rate(percent: int | None) -> str:
    return TOO_FEW if percent is None else f"{percent}%"


def _cells(one: Tally) -> list[str]:
    return [
        str(one.opened),
        str(one.waiting),
        str(one.late),
        str(one.disposed),
        _rate(one.disposal_percent),
        str(one.in_time),
        _rate(one.on_time_percent),
        str(one.conclusions["confirmed"]),
        str(one.conclusions["false_positive"]),
        _rate(one.false_percent),
        words.yuan(one.money_back_fen),
        words.yuan(one.money_stopped_fen),
    ]


def _table(caption: str, head: str, lines: Sequence[Line]) -> Ledger:
    return Ledger(
        caption=caption,
        columns=[Column(head), *(Column(title, kind) for title, kind in HEADS)],
        rows=[Row([one.title, *_cells(one.tally)]) for one in lines],
        is_row_headed=True,
    )


def _bars(rows: Sequence[tuple[str, int]], unit: str) -> list[dict[str, object]]:
    """Return rows of a bar picture: name, words, width in hundredths of the longest."""
    shown = list(rows)[-BARS_MAX:]
    most = max((number for _, number in shown), default=0) or 1
    return [
        {"name": name, "words": f"{number}{unit}", "width": number * 100 // most}
        for name, number in shown
    ]


def _csv(found: Statistics) -> HttpResponseBase:
    groups = (
        ("全部", [Line("", "全部", found.whole)]),
        ("类别", found.categories),
        ("村", found.villages),
        ("规则", found.models),
        ("月份", found.months),
    )
    return csv_file(
        "预警统计",
        [
            "分法",
            "名称",
            *(title for title, _ in HEADS),
            "属实率",
            "中位工作日",
            "重新打开",
            "重新打开率",
        ],
        (
            [
                group,
                one.title,
                *_cells(one.tally),
                _rate(one.tally.confirmed_percent),
                "" if one.tally.median_days is None else str(one.tally.median_days),
                str(one.tally.reopened),
                _rate(one.tally.reopened_percent),
            ]
            for group, lines in groups
            for one in lines
        ),
    )


@officer
def silences(request: OfficeRequest) -> HttpResponse:
    """List the remembered false alarms, and what the last night kept silent."""
    if not may(request, "supervision.see"):
        raise NotFound
    page = page_in(silence_queries.silence_count(by=request.actor), page_number(request), PAGE_ROWS)
    rows = silence_queries.silences(
        by=request.actor, at=request.at, limit=PAGE_ROWS, offset=(page.number - 1) * PAGE_ROWS
    )
    return show(
        request,
        "alert_silences",
        {
            "title": "记住的误报",
            "kept": typed_before(request),
            "sub": _told(request, silence_queries.last_night()),
            "rows": [
                {
                    "one": one,
                    "form": f"revoke-{one.ext_id}",
                    "village": place(request, one.division_code),
                    "until": day(request, one.until_date),
                    "standing": STANDINGS[one.standing],
                    "may_revoke": one.standing == "in_force"
                    and scope.can(request.actor, "supervision.verify", one.division_code),
                }
                for one in rows
            ],
            "page": page,
            "query": query_without_page(request),
        },
        current="alerts",
        crumbs=_crumbs("记住的误报"),
    )


def _told(request: OfficeRequest, night: silence_queries.Night | None) -> str:
    if night is None:
        return "夜里还没有查过。"
    return (
        f"{moment(request, night.at)}查到{night.finding_count}条："
        f"新开{night.opened_count}条，没有了{night.vanished_count}条，"
        f"按误报压住{night.silenced_count}条。"
    )


@require_POST
@officer
def revoke(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Let a model speak again of what was called a false alarm."""
    return attempt(
        request,
        lambda: actions.revoke(
            ext_id=ext_id, reason=request.POST.get("text", ""), by=request.actor, at=request.at
        ),
        done="撤回了，今晚照常查。",
        to=reverse("office:alert_silences"),
        keep=f"revoke-{ext_id}",
    )


def _crumbs(name: str) -> list[Link]:
    return [
        Link("待办", reverse("office:home")),
        Link("预警", reverse("office:alerts")),
        Link(name, ""),
    ]


def _day(request: OfficeRequest, name: str, default: date) -> date:
    return typed.wanted_day(request.GET.get(name, "")) or default
