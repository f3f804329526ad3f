"""What every page of the office has: its frame with counts, the way back, words for days.

Views fill parts and call `show`; refusals at a form's field go through `refuse`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Frame, Link, RailItem
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.queries import drafts
from sanzi.levels import queries as levels
from sanzi.matters import queries as matters
from sanzi.orgs import people_queries, queries, scope
from sanzi.payments.queries import raw_messages, unclaimed
from sanzi.payments.queries.unclaimed import CreditFilter
from sanzi.supervision import own_queries
from sanzi.supervision import queries as supervision

PAGE_ROWS = 20
ENTRIES = (
    ("todo", "待办", "inbox", "office:home", ""),
    ("cases", "办事", "file-pencil", "office:cases", "matters.see"),
    ("payments", "付款", "building-bank", "office:payments", "payments.see"),
    ("books", "账务", "notebook", "office:books", "ledger.see"),
    ("alerts", "预警", "alert-hexagon", "office:alerts", "supervision.see"),
    ("assets", "资产", "building-store", "office:assets", "deals.see"),
    ("find", "查询", "search", "office:find", ""),
    ("cockpit", "驾驶舱", "eye", "office:cockpit_start", "insight.see"),
)
"""Key, label, icon, address and permission of each entry of the rail."""
ABOVE = (
    ("cockpit", "驾驶舱", "eye", "office:cockpit_start", "insight.see"),
    ("counties", "各县数据", "file-spreadsheet", "office:levels", levels.SEE),
    ("log", "日志", "notebook", "office:log", "audit.see"),
)
"""The rail of a city or a province: nothing is applied for, paid or booked there."""


def may(request: OfficeRequest, permission: str) -> bool:
    """Return whether the actor may do this anywhere."""
    return bool(scope.prefixes(request.actor, permission))


def today(request: OfficeRequest) -> date:
    """Return the day of this request in China."""
    return clock.local_date(request.at)


def place(request: OfficeRequest, code: str) -> str:
    """Return the name of a division, asked once for a request."""
    known: dict[str, str] = request.__dict__.setdefault("place_names", {})
    if code not in known:
        known[code] = queries.village_name(code)
    return known[code]


def day(request: OfficeRequest, moment: datetime | date | None) -> str:
    """Return `11月3日`, or nothing when there is no day."""
    return words.local_day(moment, today=today(request)) if moment else ""


def moment(request: OfficeRequest, at: datetime | None) -> str:
    """Return `11月3日 17:30`, or nothing when there is no instant."""
    return words.local_time(at, today=today(request)) if at else ""


def due(request: OfficeRequest, at: datetime | None) -> tuple[str, bool]:
    """Return the words for a time limit and whether it has passed."""
    if at is None:
        return "", False
    if at < request.at:
        days = (today(request) - clock.local_date(at)).days
        return (f"逾期{days}天" if days else "今天过时了"), True
    return f"{moment(request, at)}前", False


def show(
    request: OfficeRequest,
    template: str,
    context: dict[str, Any],
    *,
    current: str = "todo",
    crumbs: Sequence[Link] = (),
    status: int = 200,
) -> HttpResponse:
    """Render a page with the frame of the office around it."""
    around = {
        "frame": frame(request, current),
        "crumbs": list(crumbs),
        "find_words": request.GET.get("q", "") if current == "find" else "",
    }
    response = render(request, f"office/{template}.html", around | context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def frame(request: OfficeRequest, current: str) -> Frame:
    """Return what stands around every page of this actor."""
    is_above = levels.reads_a_lake()
    counts = {} if is_above else _counts(request)
    return Frame(
        rail=[
            RailItem(key, label, icon, reverse(name), counts.get(key, 0))
            for key, label, icon, name, permission in (ABOVE if is_above else ENTRIES)
            if not permission or may(request, permission)
        ],
        current=current,
        person=request.actor.name,
        role=people_queries.role_words(request.actor),
        find_url="" if is_above else reverse("office:find"),
        account_links=(
            *(() if is_above else _printed(request)),
            Link("请人代办", reverse("office:delegations"), "users"),
            Link("账号绑定", reverse("office:bindings"), "users"),
            Link("改密码", reverse("account_change_password"), "key"),
            Link("动态码", reverse("mfa_index"), "device-mobile"),
            Link("退出", reverse("account_logout"), "logout"),
        ),
    )


PRINTED = (
    # permission, label, address, icon
    ("insight.ask", "问数", "office:asks", "search"),
    ("labour.see", "用工", "office:labour", "users"),
    ("matters.see", "该公布的", "office:due", "speakerphone"),
    ("matters.start", "村民的意见", "office:comments", "message-2"),
    ("inspection.see", "监督检查", "office:inspections", "list-check"),
    ("inspection.answer", "检查整改", "office:inspection_findings", "list-check"),
    ("insight.see", "报告", "office:reports", "printer"),
    ("exchange.see", "外部数据", "office:exchange", "file-spreadsheet"),
    ("voice.handle", "群众来信", "office:letters", "mail"),
    ("voice.visit", "监察联络站", "office:station", "camera"),
    ("voice.count", "来信统计", "office:letter_counts", "mail"),
    ("voice.confirmations", "到账回访", "office:confirmations", "message-2"),
    ("disclosure.issue_code", "公示二维码", "office:doors", "qrcode"),
    ("audit.see", "审计日志", "office:log", "search"),
    ("matching.see", "跨县比对", "office:matches", "search"),
)


def _printed(request: OfficeRequest) -> list[Link]:
    """Return the links to labour, the notices of villages and the log, for those who may."""
    links = [
        Link(label, reverse(name), icon)
        for permission, label, name, icon in PRINTED
        if may(request, permission)
    ]
    if own_queries.may_look(request.actor):
        links.append(Link("自建规则", reverse("office:own_models"), "alert-hexagon"))
    if raw_messages.is_inspector(request.actor):
        links.append(Link("银行往来原文", reverse("office:raw_messages"), "search"))
    if may(request, "notices.operate"):
        links.append(Link("通知", reverse("office:notices"), "mail"))
        links.append(Link("听消息的程序", reverse("office:programs"), "mail"))
        links.append(Link("银行通道", reverse("office:bank_channels"), "building-bank"))
    return links


def _counts(request: OfficeRequest) -> dict[str, int]:
    """Return the figures beside the rail, read once for a request."""
    known: dict[str, int] | None = getattr(request, "rail_counts", None)
    if known is not None:
        return known
    found = {"todo": len(waiting(request))}
    if may(request, "supervision.handle"):
        found["alerts"] = new_alerts(request)
    if may(request, "ledger.review"):
        found["books"] = len(drafts.waiting(by=request.actor))
    if may(request, "payments.receive"):
        found["payments"] = unclaimed.waiting(by=request.actor, only=CreditFilter()).count()
    request.rail_counts = found  # type: ignore[attr-defined]
    return found


def waiting(request: OfficeRequest) -> list[matters.Todo]:
    """Return the steps that wait for this actor, read once for a request."""
    known: list[matters.Todo] | None = getattr(request, "waiting", None)
    if known is None:
        known = matters.todo(by=request.actor, at=request.at)
        request.waiting = known  # type: ignore[attr-defined]
    return known


def new_alerts(request: OfficeRequest) -> int:
    """Return how many alerts are new in the actor's scope."""
    tally = supervision.counts(by=request.actor)
    return sum(number for (colour, _), number in tally.items() if colour == "red")


def page_of(request: HttpRequest, rows: Any, size: int = PAGE_ROWS) -> Page[Any]:
    """Return the page that was asked for; a page beyond the last is the last."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def page_in(total: int, number: int, size: int) -> Page[Any]:
    """Return the page marks of a list that its query has already cut."""
    return Paginator(range(total), size).get_page(number)


def page_number(request: HttpRequest) -> int:
    """Return the page that was asked for, 1 for anything that is no figure."""
    text = request.GET.get("page", "")
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def query_without_page(request: HttpRequest) -> str:
    """Return the other parameters of a list, ready to stand before `&page=`."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


def refuse(form: forms.Form, refusal: Refusal, field: str | None = None) -> None:
    """Show a refusal at its field, or above the form."""
    name = field if field in form.fields else None
    form.add_error(name, f"{refusal.text}{refusal.advice}")
    if name:
        form.fields[name].widget.attrs["aria-invalid"] = "true"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        """Return the value."""
        return value


def csv_file(
    name: str,
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> StreamingHttpResponse:
    """Return a list as a CSV file that Excel opens; cells never begin a formula."""
    writer = csv.writer(_Echo())

    def lines() -> Iterable[str]:
        yield "\ufeff"
        yield writer.writerow(head)
        for row in rows:
            yield writer.writerow([_cell(value) for value in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _cell(value: object) -> str:
    text = str(value)
    is_figure = text.replace(",", "").replace(".", "").removeprefix("-").isdecimal()
    return f"'{text}" if text[:1] in "=+-@\t\r" and text and not is_figure else text
