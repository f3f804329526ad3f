"""Works: the register, one project with its course, promises and changes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, ItemRow, Ledger, Link, Row, Tab
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    moment,
    page_of,
    query_without_page,
    show,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, typed_before
from sanzi.interfaces.office.views.doors import qr
from sanzi.interfaces.office.views.inspections import inspection_rows, works_crumbs
from sanzi.kernel import clock, money, typed
from sanzi.orgs import people_queries, scope
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import title as role_title
from sanzi.registers.works import inspection_queries, queries
from sanzi.registers.works.actions import site

CSV_ROWS_MAX = 10_000
VARY = "vary"
REASONS = (
    ("unforeseen", "现场情况没料到"),
    ("design", "设计改了"),
    ("quantity", "工程量不一样"),
    ("safety", "不安全"),
    ("less", "少做"),
)


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the projects of the scope."""
    if not may(request, queries.SEE):
        raise NotFound
    text = request.GET.get("text", "").strip()[:60]
    village, stage = request.GET.get("village", ""), request.GET.get("state", "")
    found = queries.works(by=request.actor, text=text, division_code=village, stage=stage)
    if request.GET.get("as") == "csv":
        return _csv(found)
    page = page_of(request, found)
    here = reverse("office:works_list")
    return show(
        request,
        "works_list",
        {
            "title": f"{page.paginator.count}个工程",
            "sub": "每个工程一个二维码，村民扫了看得到每一步。",
            "links": [Link("招标和询价", reverse("office:tenders"), "scale"), *_codes(village)],
            "tabs": [
                Tab(title, f"{here}?state={code}", is_current=stage == code)
                for code, title in (("", "全部"), *queries.STAGES)
            ],
            "text": text,
            "stage": stage,
            "villages": people_queries.villages(by=request.actor, permission=queries.SEE),
            "village": village,
            "rows": [_row(request, one) for one in page],
            "page": page,
            "query": query_without_page(request),
        },
        current="cases",
        crumbs=[Link("办事", reverse("office:cases")), Link("工程", "")],
    )


def _codes(village: str) -> list[Link]:
    """Return the link to the codes of a village's units and projects, once one is chosen."""
    here = f"{reverse('office:works_codes')}?village={village}"
    return [Link("打印单位和工程的二维码", here, "printer")] if village else []


def _row(request: OfficeRequest, one: Any) -> ItemRow:
    builder = one.counterparty.name if one.counterparty else "还没定施工单位"
    return ItemRow(
        title=one.name,
        url=reverse("office:works", args=[one.ext_id]),
        sub=f"{one.organisation.name} · {one.place} · {builder}",
        amount=words.yuan(one.award_fen or one.estimate_fen),
        due=f"{one.get_status_display()} {day(request, one.stage_changed_at)}",
        icon="building-community",
    )


def _csv(found: Any) -> HttpResponseBase:
    return csv_file(
        "工程",
        ["编号", "单位", "名称", "地点", "施工单位", "估价（元）", "定价（元）", "阶段"],
        (
            [
                one.ext_id, one.organisation.name, one.name, one.place,
                one.counterparty.name if one.counterparty else "",
                words.yuan(one.estimate_fen),
                words.yuan(one.award_fen) if one.award_fen else "", one.get_status_display(),
            ]
            for one in found[:CSV_ROWS_MAX].iterator(500)
        ),
    )  # fmt: skip


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a project with its course, its promises and its changes."""
    found = queries.page(by=request.actor, ext_id=ext_id, at=request.at)
    one = found.works
    public = request.build_absolute_uri(reverse("portal:works", args=[one.qr_code]))
    is_changing = one.status in ("contracted", "building")
    return show(
        request,
        "works",
        {
            "title": one.name,
            "sub": f"{one.get_status_display()}，{one.place}",
            "links": _links(request, one),
            "works": one,
            "tasks": [_task(request, each) for each in found.tasks],
            "inspections": inspection_rows(request, found),
            "facts": _facts(request, found),
            "course": [
                (moment(request, stage.at), stage.get_stage_display(), stage.words)
                for stage in found.stages
            ],
            "unpromised": "、".join(found.unpromised),
            "may_promise": one.status == "awarded" and request.actor.name in found.unpromised,
            "changes": _changes(found),
            "open_changes": [
                (row.ext_id, words.yuan(row.amount_fen), row.reason)
                for row in found.variations
                if row.approved_at is None and row.refused_at is None
                and row.needs_role in request.actor.roles_at(one.division_code)
            ],
            "may_vary": is_changing and may(request, "works.vary"),
            "reasons": REASONS,
            "kept": typed_before(request),
            "qr": qr(public),
            "public_url": public,
        },
        current="cases",
        crumbs=works_crumbs(Link(one.name, "")),
    )  # fmt: skip


def _links(request: OfficeRequest, one: Any) -> list[Link]:
    printed = Link("打印二维码", reverse("office:works_code", args=[one.ext_id]), "printer")
    may_inspect = scope.can(request.actor, inspection_queries.INSPECT, one.division_code)
    if not may_inspect or one.status not in inspection_queries.INSPECTABLE:
        return [printed]
    here = reverse("office:works_inspect", args=[one.ext_id])
    return [printed, Link("记一次检查", here, "camera", is_primary=True)]


def _task(request: OfficeRequest, task: inspection_queries.Task) -> ItemRow:
    """Return what waits on a project in a line, with the persons for whom it waits."""
    names = "、".join(task.names[:3])
    return ItemRow(
        title=task.words,
        url=reverse("office:works_risk", args=[task.risk]) if task.risk else "",
        sub=f"{task.who}{f'：{names}' if names else ''}",
        due=f"{day(request, task.due_date)}前" if task.due_date else "",
        is_late=task.is_late,
    )


def _builder(one: Any) -> Fact:
    firm = one.counterparty
    if firm is None or firm.kind == "person":
        return Fact("施工单位", firm.name if firm else "还没定")
    return Fact("施工单位", firm.name, reverse("office:unit", args=["firm", firm.ext_id]))


def _facts(request: OfficeRequest, found: queries.WorksPage) -> list[Fact]:
    one = found.works
    facts = [
        Fact("编号", one.ext_id),
        Fact(
            "单位",
            one.organisation.name,
            reverse("office:unit", args=["body", one.organisation.ext_id]),
        ),
        _builder(one),
        Fact("做到", f"{found.percent}%" if found.percent is not None else "还没开工"),
        Fact("质保到", day(request, one.warranty_end_date) or "还没验收"),
    ]
    if one.case_number:
        facts.append(Fact("办件", one.case_number, reverse("office:case", args=[one.case_number])))
    for term, link, key in (
        ("招标", "office:tender", one.tender_ext_id),
        ("合同", "office:contract", one.contract_ext_id),
    ):
        if key:
            facts.append(Fact(term, key, reverse(link, args=[key])))
    for term, fen in (
        ("估价（元）", one.estimate_fen), ("指导价（元）", one.guide_price_fen),
        ("合同价（元）", found.contract_fen), ("变更（元）", found.changes_fen or None),
        ("审定价（元）", one.audited_fen),
    ):  # fmt: skip
        if fen is not None:
            facts.append(Fact(term, words.yuan(fen)))
    return [*facts, Fact("付过和在付的（元）", words.yuan(found.paid_fen), is_sum=True)]


def _changes(found: queries.WorksPage) -> Ledger:
    return Ledger(
        caption="变更",
        columns=[Column("为什么"), Column("金额（元）", "money"), Column("谁批"), Column("现在")],
        rows=[
            Row(
                [
                    Cell(one.reason, sub=_done_words(one.executed_at)),
                    Cell(words.yuan(one.amount_fen)),
                    Cell(role_title(one.needs_role)),
                    Cell("批了" if one.approved_at else "没批" if one.refused_at else "等批"),
                ]
            )
            for one in found.variations
        ],
    )


def _done_words(executed_at: datetime | None) -> str:
    if executed_at is None:
        return ""
    return f"{clock.date_said(clock.local_date(executed_at))}先做的"


@require_POST
@officer
def act(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Promise, ask for a change, or decide one."""
    queries.access_works(by=request.actor, ext_id=ext_id)
    here = reverse("office:works", args=[ext_id])
    doing = request.POST.get("do", "")
    if doing == "promise":
        return attempt(
            request,
            lambda: site.promise(works=ext_id, by=request.actor, at=request.at),
            done="承诺签了，会一起公开。",
            to=here,
        )
    if doing == "vary":
        return attempt(
            request,
            lambda: _vary(request, ext_id),
            done="变更单交了，还没做的批了再做。",
            to=here,
            keep=VARY,
        )
    if doing in ("approve", "refuse"):
        return attempt(
            request,
            lambda: site.decide_variation(
                variation=request.POST.get("variation", ""),
                is_approved=doing == "approve",
                by=request.actor,
                at=request.at,
            ),
            done="变更批过了。",
            to=here,
        )
    raise NotFound


def _vary(request: OfficeRequest, ext_id: str) -> None:
    fen = money.parse_yuan(request.POST.get("amount", ""))
    code = request.POST.get("code", "")
    site.ask_variation(
        works=ext_id,
        amount_fen=-fen if code == "less" else fen,
        reason_code=code,
        reason=request.POST.get("reason", ""),
        decision=request.POST.get("decision", "").strip()[:40],
        done_on=typed.wanted_day(request.POST.get("done", "")),
        by=request.actor,
        at=request.at,
    )
