"""Inspections in the office: the list, the order, one inspection with its report, the checklist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.inspection import queries, report, rules
from sanzi.inspection.actions import plans as actions
from sanzi.interfaces.look.parts import Fact, ItemRow, Link, Tab
from sanzi.interfaces.office.forms.inspections import OrderForm
from sanzi.interfaces.office.pages import (
    day,
    may,
    moment,
    page_of,
    place,
    query_without_page,
    refuse,
    show,
    today,
)
from sanzi.interfaces.office.parts.sheets import sent
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, typed_before
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.actions.papers import PaperFile
from sanzi.orgs import people_queries, scope
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import title as role_title
from sanzi.record import sheets

STATES = (("open", "进行中"), ("closed", "办结的"), ("", "全部"))
TASK_STATES = {"ordered": "NEW", "drawn": "PENDING", "finished": "DISPOSED"}
WEEKS_BACK = 52
FORMS = {"pdf": (sheets.PDF, report.pdf), "xlsx": (sheets.WORKBOOK, report.workbook)}


def crumbs(*links: Link) -> list[Link]:
    """Return the way back to the inspections and further."""
    return [
        Link("待办", reverse("office:home")),
        Link("监督检查", reverse("office:inspections") if links else ""),
        *links,
    ]


def tried(form: forms.Form, action: Callable[[], object]) -> bool:
    """Run an action; show a refusal in the form."""
    try:
        action()
    except NotFound:
        raise
    except Refusal as refusal:
        field = str(refusal.data.get("field", ""))
        names = {"fields": "fields_looked", "amount_fen": "amount"}
        refuse(form, refusal, names.get(field, field))
        return False
    return True


def require(request: OfficeRequest, permission: str) -> None:
    """Refuse who may do this nowhere. Raises: NotFound."""
    if not may(request, permission):
        raise NotFound


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the inspections, those under way first."""
    require(request, queries.SEE)
    state = request.GET.get("state", "open")
    found = queries.visible(request.actor)
    rows = found.filter(state=state) if state in ("open", "closed") else found
    problems = Count("tasks__findings", distinct=True)
    left = Count("tasks__findings", filter=~Q(tasks__findings__state="closed"), distinct=True)
    ordered = rows.annotate(
        villages=Count("tasks", distinct=True), problems=problems, left=left
    ).order_by("-ordered_at", "-pk")
    page = page_of(request, ordered)
    under_way = found.filter(state="open").count()
    return show(
        request,
        "inspections",
        {
            "title": f"有{under_way}次检查在进行" if under_way else "没有在进行的检查",
            "tabs": [
                Tab(words, f"?state={code}", is_current=code == state) for code, words in STATES
            ],
            "rows": [
                ItemRow(
                    title=one.title,
                    url=reverse("office:inspection", args=[one.ext_id]),
                    sub=f"{one.villages}个村，{one.problems}个问题，{one.left}个没改好",
                    due=f"{day(request, one.ends_date)}前",
                    is_late=one.state == "open" and one.ends_date < today(request),
                    icon="list-check",
                    state="DISPOSED" if one.state == "closed" else "PENDING",
                )
                for one in page
            ],
            "page": page,
            "query": query_without_page(request),
            "links": links(request),
        },
        crumbs=crumbs(),
    )


def links(request: OfficeRequest) -> list[Link]:
    """Return where else the actor may go from the inspections."""
    found = [Link("问题和整改", reverse("office:inspection_findings"), "alert-hexagon")]
    if may(request, queries.LEADS):
        found.append(Link("线索", reverse("office:inspection_leads"), "mail"))
    found.append(Link("检查清单", reverse("office:inspection_checklist"), "list-check"))
    if may(request, queries.ORDER):
        found.append(
            Link("发起检查", reverse("office:inspection_new"), "file-pencil", is_primary=True)
        )
    return found


@officer
def new(request: OfficeRequest) -> HttpResponseBase:
    """Order an inspection."""
    require(request, queries.ORDER)
    on = today(request)
    figures = rules.figures(on)
    initial = {
        "starts_date": on, "ends_date": on + timedelta(days=30), "period_until_date": on,
        "period_from_date": on - timedelta(weeks=WEEKS_BACK), "sample_size": 10,
    }  # fmt: skip
    form = OrderForm(request.POST or None, initial=initial)
    form.offer(
        list(figures.methods.items()),
        [(one.code, f"{one.code} {one.title}") for one in rules.checklist(on).fields],
        queries.inspectors_in(request.actor, on),
        people_queries.villages(by=request.actor, permission=queries.ORDER),
    )
    if request.method == "POST" and form.is_valid():
        made: list[str] = []

        def order() -> None:
            made.append(actions.order(wanted=form.wanted(), by=request.actor, at=request.at))

        if tried(form, order) and made:
            messages.success(request, "检查发起了，派去的人收到了通知。")
            return redirect("office:inspection", made[0])
    return show(
        request,
        "inspection_new",
        {
            "title": "发起检查",
            "sub": f"每村至少两个人去，本村的、有亲属在村里任职的要回避。"
            f"抽件时{figures.risk_percent}%按风险分，其余随机，谁也选不了。",
            "form": form,
            "boxes": [form["fields_looked"], form["people"], form["villages"]],
            "plain": [
                form[name]
                for name in ("title", "basis", "method", "starts_date", "ends_date",
                             "period_from_date", "period_until_date", "sample_size")
            ],
        },
        crumbs=crumbs(Link("发起检查", "")),
    )  # fmt: skip


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show one inspection: its villages, how far they are; close it."""
    found = queries.access_inspection(by=request.actor, ext_id=ext_id)
    may_close = found.state == "open" and scope.can(
        request.actor, queries.ORDER, found.division_code
    )
    here = reverse("office:inspection", args=[ext_id])
    if request.method == "POST" and may_close:
        return attempt(
            request,
            lambda: actions.close(
                ext_id=ext_id,
                summary=request.POST.get("summary", ""),
                by=request.actor,
                at=request.at,
            ),
            done="检查办结了，不能再改。",
            to=here,
            keep="close",
        )
    tasks = queries.tasks_of(found, request.actor)
    page = page_of(request, tasks)
    counts = queries.progress([one.pk for one in page])
    return show(
        request,
        "inspection",
        {
            "title": found.title,
            "sub": f"{found.get_state_display()}，{len(tasks)}个村",
            "facts": _facts(request, found),
            "rows": [_task_row(request, one, counts[one.pk]) for one in page],
            "page": page,
            "query": query_without_page(request),
            "may_close": may_close,
            "kept": typed_before(request),
            "left": actions.not_yet(found) if may_close else [],
            "links": [
                Link("报告PDF", reverse("office:inspection_report", args=[ext_id, "pdf"]),
                     "download"),
                Link("报告表格", reverse("office:inspection_report", args=[ext_id, "xlsx"]),
                     "download"),
                Link("问题", f"{reverse('office:inspection_findings')}?inspection={ext_id}"),
            ],
        },
        crumbs=crumbs(Link(found.title, "")),
    )  # fmt: skip


def _facts(request: OfficeRequest, found: Any) -> list[Fact]:
    checklist, figures = queries.lists_of(found)
    fields = [one.title for one in checklist.fields if one.code in found.fields]
    facts = [
        Fact("依据", found.basis),
        Fact("方式", figures.methods.get(found.method, found.method)),
        Fact("谁发起的", f"{role_title(found.role_code)}{found.ordered_by.name}，"
             f"{moment(request, found.ordered_at)}"),
        Fact("检查时间", _term(found.starts_date, found.ends_date)),
        Fact("查哪段业务", _term(found.period_from_date, found.period_until_date)),
        Fact("检查领域", "、".join(fields)),
        Fact("抽件", f"每村{found.sample_size}件，{found.risk_percent}%按风险分，其余随机"),
    ]  # fmt: skip
    if found.summary:
        facts.append(Fact("总的情况", found.summary))
    return facts


def _term(first: date, last: date) -> str:
    return f"{clock.date_said(first)}到{clock.date_said(last)}"


def _task_row(request: OfficeRequest, one: Any, how: queries.Progress) -> ItemRow:
    names = "、".join(each.person.name for each in one.inspectors.all())
    done = f"看了{how.looked}件，共{how.drawn}件" if one.drawn_at else "还没抽件"
    return ItemRow(
        title=place(request, one.division_code),
        url=reverse("office:inspection_task", args=[one.ext_id]),
        sub=f"{names}。{done}，{how.findings}个问题，{how.open}个没改好",
        state="PENDING" if how.open else TASK_STATES[one.state],
    )


@officer
def report_file(request: OfficeRequest, ext_id: str, form: str) -> HttpResponseBase:
    """Hand out the report, cut to the actor's scope."""
    found = queries.access_inspection(by=request.actor, ext_id=ext_id)
    made = FORMS.get(form)
    if made is None:
        raise NotFound
    media, write = made
    return sent(PaperFile(f"{found.title}检查报告.{form}", media, write(found, request.actor)))


@officer
def checklist(request: OfficeRequest) -> HttpResponse:
    """Show the checklist: what is looked at, which papers, which law, which models."""
    found = rules.checklist(today(request))
    count = sum(len(one.forms) for one in found.fields)
    return show(
        request,
        "inspection_checklist",
        {
            "title": f"检查清单：{len(found.fields)}个领域，{count}种问题",
            "sub": f"{found.source_ref}，{clock.date_said(found.valid_from_date)}起用。",
            "fields": found.fields,
            "levels": rules.LEVELS,
        },
        crumbs=crumbs(Link("检查清单", "")),
    )
