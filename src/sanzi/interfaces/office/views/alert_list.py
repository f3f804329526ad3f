"""The list of alerts by colour, severity and village; alerts about one matter are one entry."""

from __future__ import annotations

from collections.abc import Mapping

from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, Row, Tab
from sanzi.interfaces.office.pages import (
    PAGE_ROWS,
    csv_file,
    may,
    page_in,
    page_number,
    query_without_page,
    show,
)
from sanzi.interfaces.office.parts.notes import COLOUR_STATES
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.alert_matters import matter_row
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.supervision import matter_queries
from sanzi.supervision import queries as supervision

COLOURS = (("", "全部"), ("red", "新增"), ("yellow", "待处置"), ("green", "已处置"))
SEVERITIES = (("", "强弱不限"), ("block", "阻断"), ("hold", "暂缓"), ("warn", "提醒"))


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the alerts of the scope by colour, severity and village."""
    if not may(request, "supervision.see"):
        raise NotFound
    colour, severity = request.GET.get("colour", ""), request.GET.get("severity", "")
    village = request.GET.get("village", "")
    only = supervision.AlertFilter(
        colour=colour if colour in COLOUR_STATES else "",
        severity=severity,
        category=request.GET.get("category", ""),
        model_code=request.GET.get("model", ""),
        division_code=village,
        is_overdue="late" in request.GET,
        is_mine="mine" in request.GET,
    )

    if request.GET.get("as") == "csv":
        total = supervision.alert_count(by=request.actor, only=only, at=request.at)
        return _csv(supervision.alerts(by=request.actor, only=only, at=request.at, limit=total))
    total = matter_queries.matter_count(by=request.actor, only=only, at=request.at)
    page = page_in(total, page_number(request), PAGE_ROWS)
    matters = matter_queries.matters(
        by=request.actor,
        only=only,
        at=request.at,
        limit=PAGE_ROWS,
        offset=(page.number - 1) * PAGE_ROWS,
    )
    tally = supervision.counts(by=request.actor, division_code=village)
    new = sum(number for (one, _), number in tally.items() if one == "red")
    return show(
        request,
        "alerts",
        {
            "title": f"有{new}条新预警要看" if new else "没有新预警",
            "matrix": _matrix(tally),
            "tabs": [
                Tab(
                    title,
                    f"{reverse('office:alerts')}?colour={code}&severity={severity}",
                    str(_sum(tally, code)),
                    is_current=code == colour,
                )
                for code, title in COLOURS
            ],
            "severities": SEVERITIES,
            "severity": severity,
            "colour": colour,
            "villages": people_queries.villages(by=request.actor, permission="supervision.see"),
            "village": village,
            "page": page,
            "rows": [matter_row(request, one) for one in matters],
            "links": [
                Link("预警规则", reverse("office:alert_models"), "list-check"),
                Link("统计", reverse("office:alert_statistics")),
                Link("指数", reverse("office:indices")),
                Link("记住的误报", reverse("office:alert_silences")),
            ],
            "query": query_without_page(request),
        },
        current="alerts",
        crumbs=[Link("待办", reverse("office:home")), Link("预警", "")],
    )


def _sum(tally: Mapping[tuple[str, str], int], colour: str) -> int:
    return sum(number for (one, _), number in tally.items() if colour in ("", one))


def _matrix(tally: Mapping[tuple[str, str], int]) -> Ledger:
    """Return severity down, colour across."""
    here = reverse("office:alerts")
    return Ledger(
        caption="预警，强弱乘走到哪",
        columns=[Column("强弱"), *(Column(title, "money") for _, title in COLOURS[1:])],
        rows=[
            Row(
                [
                    Cell(title, severity=severity),
                    *(
                        Cell(
                            str(tally.get((colour, severity), 0)),
                            url=f"{here}?colour={colour}&severity={severity}"
                            if tally.get((colour, severity))
                            else "",
                        )
                        for colour, _ in COLOURS[1:]
                    ),
                ],
            )
            for severity, title in SEVERITIES[1:]
        ],
        is_row_headed=True,
    )


def _csv(rows: list[supervision.AlertRow]) -> HttpResponseBase:
    return csv_file(
        "预警",
        ["编号", "规则", "强弱", "状态", "事情", "区划", "办件号", "期限", "结论"],
        (
            [
                one.ext_id,
                f"{one.model_number} {one.model_title}",
                dict(SEVERITIES)[one.severity],
                one.state_title,
                one.sentence,
                one.division_code,
                one.case_number,
                one.due_at.isoformat(),
                one.conclusion,
            ]
            for one in rows
        ),
    )
