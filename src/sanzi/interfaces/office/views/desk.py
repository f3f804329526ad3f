"""The first page: the sentence of the day, what waits for me, what I started, what is new."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.disclosure import due_queries as disclosure
from sanzi.exchange import queries as exchange
from sanzi.inspection import waiting as waiting_inspections
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Count, ItemRow, Link
from sanzi.interfaces.office.pages import due, may, place, show, today, waiting
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.told import told
from sanzi.interfaces.office.views.alerts import alert_row
from sanzi.interfaces.office.views.cases import case_row
from sanzi.levels import queries as levels
from sanzi.matters import queries as matters
from sanzi.payments.queries import orders as order_queries
from sanzi.registers.labour.queries import requests as labour
from sanzi.registers.works import inspection_queries as inspections
from sanzi.supervision import queries as supervision

SHOWN = 8
WEEKDAYS = "一二三四五六日"


@officer
def home(request: OfficeRequest) -> HttpResponse:
    """Show what this officer has to do today; of a city, what its counties sent."""
    if levels.reads_a_lake():
        return redirect("office:cockpit_start")
    mine = waiting(request)
    started = matters.search(by=request.actor, narrowed=matters.CaseFilter(is_mine=True))
    alerts = _alerts(request)
    late = sum(1 for one in mine if one.is_overdue)
    work = [
        *_work(request), *_findings(request), *_inspections(request), *_unjudged(request),
        *_sources(request),
    ]  # fmt: skip
    return show(
        request,
        "home",
        {
            "title": _sentence(len(mine) + len(work), late, len(alerts)),
            "sub": f"今天{words.local_day(today(request), today=today(request))}，"
            f"星期{WEEKDAYS[today(request).weekday()]}",
            "links": [Link("办一件事", reverse("office:start"), "plus", is_primary=True)]
            if may(request, "matters.start")
            else [],
            "counts": _counts(request, mine, late, started.total, len(work)),
            "todo": [*work, *(_todo_row(request, one) for one in mine[:30])],
            "todo_words": f"{len(mine) + len(work)}件" if mine or work else "",
            "empty": "今天没有要办的。有新的会出现在这里，到期前一天再提醒您。",
            "started": [case_row(request, one) for one in started.cases[:SHOWN]],
            "all_mine": Link("看全部", reverse("office:cases") + "?mine=1"),
            "alerts": alerts[:SHOWN],
            "has_alerts": may(request, "supervision.see"),
            "all_alerts": Link("看全部", reverse("office:alerts")),
            "told": told(request, SHOWN),
        },
        crumbs=[Link("待办", "")],
    )


def _sentence(mine: int, late: int, alerts: int) -> str:
    if not mine:
        return f"今天没有要批的，有{alerts}条预警等着看" if alerts else "今天没有要办的"
    if late:
        return f"有{mine}件等您办，{late}件已经逾期"
    return f"有{mine}件等您办"


def _work(request: OfficeRequest) -> list[ItemRow]:
    """Return today's rosters that this person keeps or checks."""
    if request.actor.person_id is None or not may(request, "labour.see"):
        return []
    return [
        ItemRow(
            title=f"{one.place}今天的{'名单等您核对' if one.is_to_check else '名单和照片'}",
            url=reverse("office:labour_day", args=[one.ext_id, one.work_date.isoformat()]),
            sub=f"{one.village} · {'核对记工' if one.is_to_check else '记工'}",
            due="今天",
            icon="users",
        )
        for one in labour.days_due(request.actor.person_id, today(request))
    ]


def _findings(request: OfficeRequest) -> list[ItemRow]:
    """Return what this officer has to put right on a site, or to look at again."""
    if not (may(request, inspections.RECTIFY) or may(request, inspections.VERIFY)):
        return []
    rows = []
    for works, task in inspections.waiting(by=request.actor, at=request.at):
        until = words.local_day(task.due_date, today=today(request)) if task.due_date else ""
        rows.append(
            ItemRow(
                title=task.words,
                url=reverse("office:works_risk", args=[task.risk]),
                sub=f"{works.organisation.name} · {works.name}",
                due=f"{until}前" if until else "",
                is_late=task.is_late,
                icon="alert-hexagon",
            )
        )
    return rows


INSPECTION_ROWS = {
    waiting_inspections.TASK: ("到{place}检查", "inspection_task", "list-check"),
    waiting_inspections.FINDING: ("{place}整改：{words}", "inspection_finding", "alert-hexagon"),
    waiting_inspections.VERIFY: ("核对{place}的整改：{words}", "inspection_finding", "check"),
    waiting_inspections.LEAD: ("{place}的一条线索", "inspection_lead", "mail"),
    waiting_inspections.CLOSE: ("可以办结了：{words}", "inspection", "check"),
}


def _inspections(request: OfficeRequest) -> list[ItemRow]:
    """Return what this officer has to do in inspections: go, mend, verify, take a lead, close."""
    found = waiting_inspections.waiting(by=request.actor, at=request.at)
    rows = []
    for one in found:
        title, page, icon = INSPECTION_ROWS[one.kind]
        name = place(request, one.division_code)
        rows.append(
            ItemRow(
                title=title.format(place=name, words=one.words),
                url=reverse(f"office:{page}", args=[one.ext_id]),
                sub=f"监督检查 · {one.words}",
                due=due(request, one.due_at)[0],
                is_late=one.is_late(request.at),
                icon=icon,
            )
        )
    return rows


def _unjudged(request: OfficeRequest) -> list[ItemRow]:
    """Return the pages that nobody sees because the models could not look at them."""
    return [
        ItemRow(
            title=f"{one.village_name}的“{one.title}”{disclosure.STATES[one.state]}",
            url=reverse("office:due_village", args=[one.village_code]),
            sub="系统每小时再试，试了一个小时还不行。请联系运维",
            due=due(request, one.due_at)[0],
            is_late=one.due_at is not None and one.due_at < request.at,
            icon="speakerphone",
        )
        for one in disclosure.unjudged_for(by=request.actor, at=request.at)
    ]


def _sources(request: OfficeRequest) -> list[ItemRow]:
    """Return the sources of outside data that are overdue, or whose last file is poor."""
    rows = []
    for one in exchange.at_desk(by=request.actor, today=today(request)):
        said = []
        if one.is_late:
            said.append(f"{one.age_days}天没有新的" if one.newest else "还没有数据")
        if one.is_poor:
            limit = one.source.accepted_percent_min
            said.append(f"最近一个文件只有{one.accepted_percent}%的行能导入，要到{limit}%")
        rows.append(
            ItemRow(
                title=f"{one.source.title}{'该更新了' if one.is_late else '数据不好'}",
                url=reverse("office:exchange_source", args=[one.source.code]),
                sub=f"外部数据 · {one.source.giver} · {'，'.join(said)}",
                due="该更新了" if one.is_late else "",
                is_late=one.is_late,
                icon="file-spreadsheet",
            )
        )
    return rows


def _counts(
    request: OfficeRequest,
    mine: list[matters.Todo],
    late: int,
    started: int,
    work: int,
) -> list[Count]:
    total, waiting_count = sum(one.case.amount_fen for one in mine), len(mine) + work
    found = [
        Count(
            str(late) if late else str(waiting_count),
            "件逾期" if late else "件要办",
            f"共{waiting_count}件，合计{words.yuan(total)}元" if waiting_count else "都办完了",
            "#todo",
            is_hot=bool(late),
        ),
        Count(
            str(started),
            "件我发起的",
            "走到哪一步都看得到",
            "#started",
        ),
    ]
    if may(request, "payments.see"):
        unknown = order_queries.unknown_count(by=request.actor)
        found.append(
            Count(
                str(unknown),
                "笔银行没回话",
                "没有再付一次，等对账单" if unknown else "银行都有回话",
                reverse("office:payments") + "?unknown=1",
                is_hot=bool(unknown),
            ),
        )
    if may(request, "supervision.see"):
        tally = supervision.counts(by=request.actor)
        new = sum(number for (colour, _), number in tally.items() if colour == "red")
        pending = sum(number for (colour, _), number in tally.items() if colour == "yellow")
        found.append(
            Count(
                str(new),
                "条新预警",
                f"{pending}条在处置",
                reverse("office:alerts") + "?colour=red",
                is_hot=bool(new),
            ),
        )
    return found


def _alerts(request: OfficeRequest) -> list[ItemRow]:
    if not may(request, "supervision.see"):
        return []
    rows = supervision.alerts(
        by=request.actor,
        only=supervision.AlertFilter(colour="red"),
        at=request.at,
        limit=SHOWN,
    )
    return [alert_row(request, one) for one in rows]


def _todo_row(request: OfficeRequest, one: matters.Todo) -> ItemRow:
    limit, is_late = due(request, one.due_at)
    line = f"，第{one.line_no}行改账户" if one.line_no else ""
    giver = f"，替{one.for_name}办" if one.for_name else ""
    return ItemRow(
        title=one.case.title,
        url=reverse("office:case", args=[one.case.number]),
        sub=f"{one.case.village} · {one.word}{line}{giver}",
        amount=words.yuan(one.case.amount_fen),
        due=limit,
        is_late=is_late,
        icon="file-text",
    )
