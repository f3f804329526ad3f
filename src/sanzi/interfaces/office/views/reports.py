"""Reports in the office: the archive, asking for one, one as a page, its files and its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.insight.actions import reports as actions
from sanzi.insight.cockpit import panels
from sanzi.insight.reports import catalogue, queries
from sanzi.insight.reports.queries import STATES, ReportFilter, ReportPage
from sanzi.interfaces.look import report_files
from sanzi.interfaces.look.parts import Event, Fact, ItemRow, Link, Tab
from sanzi.interfaces.office.pages import (
    csv_file,
    may,
    moment,
    page_of,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.parts import reports as report_parts
from sanzi.interfaces.office.parts.sheets import sent
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.kernel import clock
from sanzi.orgs.errors import NotFound

TABS: Final = (("", "全部"), ("draft", "待看"), ("seen", "待签发"), ("issued", "已签发"))
DONE: Final = {
    "look": "看过了，等签发。",
    "issue": "签发了，存进了档案。",
    "drop": "没有采用。数对了可以再做一份。",
    "again": "排上队了，几分钟后就好，新的一份会写明改了什么。",
}


def _crumbs(*more: Link) -> list[Link]:
    return [
        Link("驾驶舱", reverse("office:cockpit_start")),
        Link("报告", reverse("office:reports") if more else ""),
        *more,
    ]


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the reports of the officer's scope, the newest first."""
    only = ReportFilter(**{
        name: request.GET.get(name, "")[:40] for name in ("code", "state", "period", "words")
    })  # fmt: skip
    found = queries.archive(by=request.actor, only=only)
    if request.GET.get("as") == "csv":
        return _csv(found)
    waiting = len(queries.waiting(by=request.actor))
    page = page_of(request, found)
    names = queries.places_of(page)
    can_ask = may(request, queries.MAKE)
    return show(
        request,
        "reports",
        {
            "title": f"{waiting}份报告等您办" if waiting else "报告",
            "links": [Link("做一份", reverse("office:report_ask"), "file-pencil", is_primary=True)]
            if can_ask else [],
            "tabs": [
                Tab(words, f"?state={code}", is_current=code == only.state) for code, words in TABS
            ],
            "rows": [_row(request, one, names) for one in page],
            "only": only,
            "kinds": [(code, versions[-1].title)
                      for code, versions in catalogue.templates().items()],
            "page": page,
            "query": query_without_page(request),
        },
        current="cockpit",
        crumbs=_crumbs(),
    )  # fmt: skip


def _row(request: OfficeRequest, one: queries.Listed, names: Mapping[str, str]) -> ItemRow:
    replaced = f"，第{one.number}次出" if one.number > 1 else ""
    who = f"{one.issued_by_name}签发" if one.issued_at else one.error
    return ItemRow(
        title=f"{names.get(one.division_code, '')}{queries.title_of(one.code, one.version)}",
        url=reverse("office:report", args=[one.ext_id]),
        sub="，".join(
            part
            for part in (
                queries.period_title(one.code, one.version, one.period) + replaced,
                f"{moment(request, one.issued_at or one.made_at or one.asked_at)}",
                who,
            )
            if part
        ),
        due=STATES[one.state],
        is_late=one.state == "failed",
        icon="printer",
    )


def _csv(found: queries.Listing) -> HttpResponseBase:
    names = queries.places_of(found)
    heads = ("编号", "报告", "地方", "期间", "第几次", "状态", "做出", "签发人", "签发", "指纹")
    return csv_file(
        "报告",
        heads,
        (
            (
                one.ext_id, queries.title_of(one.code, one.version),
                names.get(one.division_code, one.division_code), one.period, one.number,
                STATES[one.state], clock.minute_text(one.made_at) if one.made_at else "",
                one.issued_by_name, clock.minute_text(one.issued_at) if one.issued_at else "",
                one.digest,
            )
            for one in found
        ),
    )  # fmt: skip


@officer
def ask(request: OfficeRequest) -> HttpResponseBase:
    """Choose what to have made for a place, and ask for it."""
    if not may(request, queries.MAKE):
        raise NotFound
    code = request.POST.get("place") or request.GET.get("place", "")
    place = panels.access_place(
        by=request.actor, division_code=code or panels.start(by=request.actor)
    )
    here = f"{reverse('office:report_ask')}?place={place.code}"
    if request.method == "POST":
        return attempt(
            request,
            lambda: actions.ask(
                code=request.POST.get("code", ""),
                division_code=place.code,
                period=request.POST.get("period", ""),
                by=request.actor,
                at=request.at,
            ),
            done="排上队了，几分钟后在这里看。",
            to=reverse("office:reports"),
            back=here,
        )
    found = queries.templates_for(by=request.actor, place=place, on=today(request))
    return show(
        request,
        "report_ask",
        {
            "title": f"给{place.name}做一份报告",
            "place": place,
            "below": [
                Link(one.name, f"{reverse('office:report_ask')}?place={one.code}")
                for one in panels.below_of(by=request.actor, place=place)
            ],
            "kinds": [(one, queries.periods_to_offer(one, request.at)) for one in found],
        },
        current="cockpit",
        crumbs=_crumbs(Link("做一份", "")),
    )


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show one report: its sentences, charts and tables, and what is to be done with it."""
    found = queries.page(by=request.actor, ext_id=ext_id)
    report = found.report
    files = [
        Link(words, reverse("office:report_file", args=[ext_id, kind]), icon)
        for kind, words, icon in (
            ("pdf", "PDF", "printer"),
            ("docx", "Word", "file-pencil"),
            ("xlsx", "Excel", "file-spreadsheet"),
        )
    ]
    return show(
        request,
        "report",
        {
            "title": f"{found.place.name}{found.title}",
            "sub": f"{found.period_title}，{STATES[report.state]}",
            "found": found,
            "sections": report_parts.sections(found, by=request.actor) if report.body else [],
            "changes": report_files.change_words(found),
            "facts": _facts(request, found),
            "events": _events(request, found),
            "files": files if report.body else [],
            "newer_url": reverse("office:report", args=[found.newer_ext_id])
            if found.newer_ext_id else "",
            "older_url": reverse("office:report", args=[report.replaces.ext_id])
            if report.replaces else "",
        },
        current="cockpit",
        crumbs=_crumbs(Link(found.period_title, "")),
    )  # fmt: skip


def _facts(request: OfficeRequest, found: ReportPage) -> list[Fact]:
    report = found.report
    cockpit = reverse("office:cockpit", args=[found.place.code])
    return [
        Fact("地方", found.place.name, cockpit),
        Fact("期间", found.period_title),
        Fact("第几次出", f"第{report.number}次"),
        Fact("数取到", moment(request, report.made_at) or "还没有做"),
        Fact("编号", report.ext_id),
        *([Fact("数的指纹", report.digest[:16])] if report.digest else []),
    ]


def _events(request: OfficeRequest, found: ReportPage) -> list[Event]:
    one = found.report
    steps = (
        (one.asked_at, f"{one.asked_by_name}要的", "done"),
        (one.made_at, "做好了，数冻结", "done"),
        (one.seen_at, f"{one.seen_by_name}看过", "done"),
        (one.issued_at, f"{one.issued_by_name}签发", "done"),
    )
    told = [Event(moment(request, at), words, tone=tone) for at, words, tone in steps if at]
    if one.error:
        told.append(Event("", one.error, tone="due"))
    return told


@officer
def file(request: OfficeRequest, ext_id: str, kind: str) -> HttpResponse:
    """Give a report as PDF, Word or Excel."""
    if kind not in report_files.TYPES:
        raise NotFound
    found = queries.page_with_body(by=request.actor, ext_id=ext_id)
    return sent(report_files.made(found, kind, by=request.actor))


@require_POST
@officer
def step(request: OfficeRequest, ext_id: str, step: str) -> HttpResponse:
    """Look through, issue, put aside, or ask for a new one instead."""
    here = reverse("office:report", args=[ext_id])
    by, at = request.actor, request.at
    steps: dict[str, Callable[[], object]] = {
        "look": lambda: actions.look(ext_id=ext_id, by=by, at=at),
        "issue": lambda: actions.issue(
            ext_id=ext_id, remark=request.POST.get("remark", ""), by=by, at=at
        ),
        "drop": lambda: actions.drop(ext_id=ext_id, by=by, at=at),
        "again": lambda: actions.ask_again(ext_id=ext_id, by=by, at=at),
    }
    if step not in steps:
        raise NotFound
    to = reverse("office:reports") if step == "again" else here
    return attempt(request, steps[step], done=DONE[step], to=to, back=here)
