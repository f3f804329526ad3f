"""Raw messages to and from banks: searched, opened one by one, and taken out as a file."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, Row, Tab
from sanzi.interfaces.office.pages import csv_file, moment, page_of, query_without_page, show
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.kernel import clock, typed
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import raw_messages as actions
from sanzi.payments.queries import raw_messages as queries
from sanzi.payments.queries.raw_messages import RawFilter, RawRow

ROWS, CSV_ROWS_MAX = 50, 50_000
TITLE = "银行往来原文"


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the calls to banks, newest first."""
    if not queries.is_inspector(request.actor):
        raise NotFound
    only = RawFilter(
        number=request.GET.get("number", ""),
        account=request.GET.get("account", ""),
        first=typed.wanted_day(request.GET.get("first", "")),
        last=typed.wanted_day(request.GET.get("last", "")),
        is_wrong="wrong" in request.GET,
    )
    found = queries.messages(by=request.actor, only=only)
    if request.GET.get("as") == "csv":
        return _file(request, [queries.row_of(one) for one in found[:CSV_ROWS_MAX]])
    page = page_of(request, found, ROWS)
    here = reverse("office:raw_messages")
    return show(
        request,
        "raw_messages",
        {
            "title": TITLE,
            "sub": "发出去和收回来的每一次都在。姓名、账号、证号遮住了；打开哪一次，日志里留名。",
            "only": only,
            "tabs": [
                Tab("全部", here, is_current=not only.is_wrong),
                Tab("没有好好回话的", f"{here}?wrong=1", is_current=only.is_wrong),
            ],
            "ledger": _ledger(request, [queries.row_of(one) for one in page]),
            "page": page,
            "query": query_without_page(request),
        },
        crumbs=[Link("待办", reverse("office:home")), Link(TITLE, "")],
    )


def _ledger(request: OfficeRequest, rows: list[RawRow]) -> Ledger:
    return Ledger(
        caption=TITLE,
        columns=[
            Column(title) for title in ("时间", "做什么", "批号、业务号或尾号", "回话", "银行")
        ],
        rows=[
            Row(
                [
                    Cell(
                        moment(request, one.sent_at),
                        url=reverse("office:raw_message", args=[one.pk]),
                    ),
                    Cell(one.kind),
                    Cell(one.reference),
                    Cell(one.outcome, severity="" if one.is_fine else "warn"),
                    Cell(one.bank),
                ]
            )
            for one in rows
        ],
    )


def _file(request: OfficeRequest, rows: list[RawRow]) -> HttpResponseBase:
    return csv_file(
        f"{TITLE}-{clock.local_date(request.at)}",
        ["发出", "收到", "银行", "做什么", "批号、业务号或尾号", "回话", "发出内容的校验值（SM3）"],
        (
            [
                _exact(one.sent_at),
                _exact(one.answered_at) if one.answered_at else "",
                one.bank,
                one.kind,
                one.reference,
                one.outcome,
                one.digest,
            ]
            for one in rows
        ),
    )


@officer
def page(request: OfficeRequest, pk: int) -> HttpResponseBase:
    """Show one call with both texts, or hand them out as a text file."""
    found = actions.open_message(by=request.actor, at=request.at, pk=pk)
    row = found.row
    if request.GET.get("as") == "txt":
        body = f"发出的：\n{found.request}\n\n收到的：\n{found.answer or '没有'}\n"
        answer = HttpResponse(body, content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="bank-message-{pk}.txt"'
        answer["Cache-Control"] = "no-store"
        return answer
    return show(
        request,
        "raw_message",
        {
            "title": f"{row.kind}，{row.outcome}",
            "sub": f"{row.reference}，{row.bank}",
            "links": [Link("存成文件", "?as=txt", "download")],
            "found": found,
            "facts": [
                Fact("发出", _exact(row.sent_at)),
                Fact("收到", _exact(row.answered_at) if row.answered_at else "没有收到"),
                Fact("发出内容的校验值", row.digest),
            ],
        },
        crumbs=[
            Link("待办", reverse("office:home")),
            Link(TITLE, reverse("office:raw_messages")),
            Link(row.reference, ""),
        ],
    )


def _exact(at: datetime) -> str:
    return at.astimezone(clock.SHANGHAI).isoformat(" ", "seconds")[:19]
