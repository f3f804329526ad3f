"""Own models: the list, the form with its sandbox, one model with its versions, each decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look.parts import Cell, Column, Event, Fact, ItemRow, Ledger, Link, Row
from sanzi.interfaces.office.pages import moment, place, show
from sanzi.interfaces.office.parts import own_models as own_parts
from sanzi.interfaces.office.parts import own_tests as own_test_parts
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, typed_before
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import title as role_title
from sanzi.supervision import own_queries
from sanzi.supervision.actions import own as actions
from sanzi.supervision.actions import own_tests
from sanzi.supervision.own_rights import Desk

KEPT = "草稿存好了。跑过样例，就可以交审。"
DONE = {
    "hand_in": "交上去了，正在试算近24个月，等另一个人审。",
    "test": "排上队了，算好了在这一页看。",
    "approve": "同意了，今夜开始试运行，结果只有写的人看得到。",
    "reject": "退回了，原因写的人看得到。",
    "activate": "转正了，今夜起照常开预警。",
    "retire": "停用了，已开的预警照常办。",
    "revise": "开了新的一版，改好再交审；在用的那一版照跑。",
}


def _crumbs(*more: Link) -> list[Link]:
    return [
        Link("待办", reverse("office:home")),
        Link("预警", reverse("office:alerts")),
        Link("自建规则", reverse("office:own_models") if more else ""),
        *more,
    ]


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List the models that the officer wrote or may judge."""
    if not own_queries.may_look(request.actor):
        raise NotFound
    found = own_queries.own_models(by=request.actor)
    waiting = sum(one.may_judge for one in found)
    may_write = own_queries.may_write(request.actor)
    new = Link("写一条", reverse("office:own_model_new"), "file-pencil", is_primary=True)
    return show(
        request,
        "own_models",
        {
            "title": f"{waiting}条自建规则等您看" if waiting else "自建规则",
            "links": [new] if may_write else [],
            "rows": [_item(request, one) for one in found],
        },
        current="alerts",
        crumbs=_crumbs(),
    )


def _item(request: OfficeRequest, one: own_queries.OwnRow) -> ItemRow:
    ran = f" · 上次{moment(request, one.last_run_at)}查出{one.last_count}条"
    return ItemRow(
        title=f"{one.title}（第{one.number}版，{one.state_title}）",
        url=reverse("office:own_model", args=[one.code]),
        sub=f"{place(request, one.division_code)} · "
        f"{role_title(one.role_code)}{one.owner_name}写"
        f"{ran if one.last_run_at else ''}",
        due="等您看" if one.may_judge else "",
        severity="hold" if one.last_error else "",
    )


@officer
def new(request: OfficeRequest) -> HttpResponseBase:
    """Write a model: try it in the sandbox, keep a draft."""
    desk = _desk(request)
    typed = own_parts.of_post(request) if request.method == "POST" else own_parts.Typed()
    code = own_parts.press(request, typed, desk, actions.NEW)
    if code:
        messages.success(request, KEPT)
        return redirect(reverse("office:own_model", args=[code]))
    return _form(request, typed, desk, "写一条自建规则", Link("写一条", ""))


@officer
def edit(request: OfficeRequest, code: str) -> HttpResponseBase:
    """Change the draft version of a model."""
    own = own_queries.access_mine(by=request.actor, code=code)
    desk = own_queries.desk_of(request.actor, own)
    last = own_queries.own_model(by=request.actor, code=code).versions[0]
    if last.state != "draft" and request.method != "POST":
        return redirect(reverse("office:own_model", args=[code]))
    typed = own_parts.of_post(request) if request.method == "POST" else own_parts.of_version(last)
    if own_parts.press(request, typed, desk, code):
        messages.success(request, KEPT)
        return redirect(reverse("office:own_model", args=[code]))
    back = Link(last.said.title or code, reverse("office:own_model", args=[code]))
    return _form(request, typed, desk, f"改第{last.number}版", back)


def _desk(request: OfficeRequest) -> Desk:
    """Return the desk that the form names, or the widest. Raises: NotFound."""
    role, _, place = (request.POST.get("desk") or request.GET.get("desk", "")).partition(":")
    return own_queries.desk(by=request.actor, role_code=role, division_code=place)


def _form(
    request: OfficeRequest, typed: own_parts.Typed, desk: Desk, title: str, here: Link
) -> HttpResponse:
    return show(
        request,
        "own_edit",
        {"title": title, **own_parts.context(typed, desk)},
        current="alerts",
        crumbs=_crumbs(here),
        status=409 if typed.refusal else 200,
    )


@officer
def table(request: OfficeRequest, table: str) -> HttpResponse:
    """Show a table of the sandbox: its columns, and the first rows with names in part."""
    desk = _desk(request)
    found = [one for one in own_queries.tables(desk) if one.name == table]
    if not found:
        raise NotFound
    [one] = found
    names, rows = own_queries.sample(desk=desk, table=table)
    return show(
        request,
        "own_table",
        {
            "title": f"{one.title} {one.view}",
            "sub": own_parts.desk_words(desk),
            "columns": Ledger(
                caption="列",
                columns=[Column("列"), Column("意思"), Column("类型")],
                rows=[
                    Row([Cell(c.name), Cell(c.meaning), Cell(c.type + ("，打星" * c.is_masked))])
                    for c in one.columns
                ],
                is_row_headed=True,
            ),
            "sample": own_parts.table_ledger("前几行", names, rows) if rows else None,
        },
        current="alerts",
        crumbs=_crumbs(Link(one.title, "")),
    )


@officer
def page(request: OfficeRequest, code: str) -> HttpResponse:
    """Show one model: its versions, their course, its runs, what its trial found."""
    return _page(request, code, None)


def _page(request: OfficeRequest, code: str, refusal: Refusal | None) -> HttpResponse:
    view = own_queries.own_model(by=request.actor, code=code)
    row, last = view.row, view.versions[0]
    return show(
        request,
        "own_model",
        {
            "title": row.title,
            "sub": f"{place(request, row.division_code)} · "
            f"{role_title(row.role_code)}{row.owner_name}写 · 第{row.number}版{row.state_title}",
            "refusal": {"text": refusal.text, "next_step": refusal.advice} if refusal else None,
            "kept": typed_before(request),
            "code": code,
            "row": row,
            "versions": [
                {
                    "one": one,
                    "facts": [Fact(term, text) for term, text in own_parts.facts_of(one) if text],
                    "events": _events(request, one),
                }
                for one in view.versions
            ],
            "findings": _findings(request, view) if view.findings else None,
            "runs": _runs(request, view) if view.runs else None,
            "may_edit": row.is_mine and last.state == "draft",
            "may_revise": row.is_mine and last.state not in ("draft", "handed_in"),
            "may_approve": row.may_judge and last.state == "handed_in",
            "may_activate": row.may_judge and last.state == "trial",
            "may_retire": last.state in ("draft", "handed_in", "trial", "active"),
            "last": last,
            "may_test": view.may_test,
            **own_test_parts.parts(request, view),
        },
        current="alerts",
        crumbs=_crumbs(Link(row.title, "")),
        status=409 if refusal else 200,
    )


def _events(request: OfficeRequest, one: own_queries.VersionView) -> list[Event]:
    return [
        Event(
            moment(request, step.at),
            f"{step.actor_name}{own_parts.ACTIONS.get(step.action, step.action)}",
            f"：{step.text}" if step.text else "",
            "new" if step.action == "rejected" else "done",
        )
        for step in one.steps
    ]


def _findings(request: OfficeRequest, view: own_queries.OwnView) -> Ledger:
    return Ledger(
        caption=f"试运行查出{len(view.findings)}条，只有您看得到",
        columns=[Column("查到什么"), Column("哪里"), Column("编号"), Column("哪天查到")],
        rows=[
            Row(
                [
                    Cell(one.sentence),
                    Cell(place(request, one.division_code)),
                    Cell(one.finding_id, sub=one.finding_kind),
                    Cell(moment(request, one.found_at)),
                ]
            )
            for one in view.findings
        ],
    )


def _runs(request: OfficeRequest, view: own_queries.OwnView) -> Ledger:
    return Ledger(
        caption="最近跑过的，审计日志里都有",
        columns=[Column("什么时候"), Column("谁"), Column("查出几行")],
        rows=[
            Row(
                [
                    Cell(moment(request, one.at), sub=one.statement[:80]),
                    Cell(one.actor_name),
                    Cell("没有跑成" if one.rows is None else str(one.rows)),
                ]
            )
            for one in view.runs
        ],
    )


@require_POST
@officer
def act(request: OfficeRequest, code: str) -> HttpResponseBase:
    """Do one step in the life of a model; the action itself says what may be done now."""
    pressed = request.POST.get("do", "")
    todo = _steps(request, code).get(pressed)
    if todo is None:
        own_queries.access_own(by=request.actor, code=code)
        return _page(request, code, _Nothing())
    page_of = "office:own_model_edit" if pressed == "revise" else "office:own_model"
    back = reverse("office:own_model", args=[code])
    to = reverse(page_of, args=[code])
    return attempt(request, todo, done=DONE[pressed], to=to, back=back, keep=pressed)


class _Nothing(Refusal):
    code = "office.own_nothing_chosen"
    sentence = "没有看懂要做哪一步。"
    next_step = "请在页面上点按钮。"


def _steps(request: OfficeRequest, code: str) -> dict[str, Callable[[], Any]]:
    text = request.POST.get("text", "")
    by, at = request.actor, request.at
    return {
        "hand_in": lambda: actions.hand_in(code=code, by=by, at=at),
        "test": lambda: own_tests.ask(code=code, by=by, at=at),
        "approve": lambda: actions.approve(code=code, text=text, by=by, at=at),
        "reject": lambda: actions.reject(code=code, reason=text, by=by, at=at),
        "activate": lambda: actions.activate(code=code, text=text, by=by, at=at),
        "retire": lambda: actions.retire(code=code, reason=text, by=by, at=at),
        "revise": lambda: actions.revise(code=code, by=by, at=at),
    }
