"""The log: who did what and when, searched by person, day and content, and taken out as a file."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, Row
from sanzi.interfaces.office.pages import (
    csv_file,
    may,
    moment,
    page_in,
    page_number,
    query_without_page,
    show,
)
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.kernel import clock, typed
from sanzi.orgs import log_queries
from sanzi.orgs.errors import NotFound
from sanzi.orgs.log_queries import LogFilter, LogPage

CHANGE_SHOWN = 160
HEAD = ("时间", "谁", "来自", "做了什么", "代码", "链", "序号", "对象", "编号", "改动", "校验值")


@officer
def page(request: OfficeRequest) -> HttpResponseBase:
    """Show what the log says of the officer's scope, newest first."""
    if not may(request, log_queries.SEE):
        raise NotFound
    only = LogFilter(
        who=request.GET.get("who", ""),
        words=request.GET.get("words", ""),
        first=typed.wanted_day(request.GET.get("first", "")),
        last=typed.wanted_day(request.GET.get("last", "")),
    )
    if request.GET.get("as") == "csv":
        return _file(request, only)
    found = log_queries.log(by=request.actor, only=only, page=page_number(request))
    return show(
        request,
        "log",
        {
            "title": "审计日志",
            "sub": "谁在什么时候做了什么，只增不改。",
            "only": only,
            "ledger": _ledger(request, found),
            "page": page_in(found.total, found.number, found.size),
            "query": query_without_page(request),
        },
        crumbs=[Link("待办", reverse("office:home")), Link("审计日志", "")],
    )


def _ledger(request: OfficeRequest, found: LogPage) -> Ledger:
    return Ledger(
        caption="审计日志",
        columns=[Column(title) for title in ("时间", "谁", "做了什么", "单位", "改动")],
        rows=[
            Row(
                [
                    Cell(moment(request, row.at)),
                    Cell(row.actor or "系统", sub=row.origin),
                    Cell(row.title, sub=row.subject_id),
                    Cell(found.names.get(row.chain, row.chain), sub=f"第{row.number}条"),
                    Cell(row.change[:CHANGE_SHOWN]),
                ],
            )
            for row in found.rows
        ],
    )


def _file(request: OfficeRequest, only: LogFilter) -> HttpResponseBase:
    rows = log_queries.log_rows(by=request.actor, only=only)
    return csv_file(
        f"审计日志-{clock.local_date(request.at)}",
        HEAD,
        (
            (
                row.at.astimezone(clock.SHANGHAI).isoformat(timespec="seconds"),
                row.actor,
                row.origin,
                row.title,
                row.kind,
                row.chain,
                row.number,
                row.subject_kind,
                row.subject_id,
                row.change,
                row.hash,
            )
            for row in rows
        ),
    )
