"""Parameters of the models: the form of a change, all changes, one with its back-test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, Row, Tab
from sanzi.interfaces.office.pages import (
    day,
    moment,
    page_of,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.parts import backtests as backtest_parts
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, typed_before
from sanzi.interfaces.office.views.alert_models import crumbs
from sanzi.kernel import typed
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import queries as orgs
from sanzi.orgs.errors import NotFound
from sanzi.supervision import change_queries, change_rules, row_tables
from sanzi.supervision.actions import backtests, changes

STATES = (
    ("", "全部"), ("proposed", "等核准"), ("approved", "已核准"), ("rejected", "没有同意"),
    ("withdrawn", "撤回了"),
)  # fmt: skip


class NoFirstDay(Refusal):
    """The first day of a change was not given."""

    code = "office.no_first_day"
    sentence = "没有填哪天起。"
    next_step = "请从日历里选一天，今天或以后。"


@officer
def form(request: OfficeRequest, code: str, name: str) -> HttpResponse:
    """Show the form of a change, and take it."""
    chosen = change_queries.form(by=request.actor, code=code, name=name, on=today(request))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = changes.propose(new=_new(request, chosen), by=request.actor, at=request.at)
        except NotFound:
            raise
        except Refusal as said:
            refusal = said
        else:
            messages.success(request, "提上去了。请先试算，算好了由县纪委监委核准。")
            return redirect("office:parameter_change", made)
    names = orgs.division_names(chosen.places)
    return show(
        request,
        "parameter",
        {
            "title": f"改“{chosen.parameter.meaning}”",
            "sub": f"{chosen.model.number} {chosen.model.title}",
            "chosen": chosen,
            "refusal": refusal and {"text": refusal.text, "next_step": refusal.advice},
            "range_text": change_rules.range_said(chosen.parameter),
            "unit": change_rules.UNITS.get(chosen.parameter.unit, ""),
            "choices": [(str(one), row_tables.called(one)) for one in chosen.parameter.choices],
            "among": _among(request, chosen),
            "places": [(one, names.get(one, one)) for one in chosen.places],
            "typed": request.POST,
            "value": request.POST.get("value", chosen.asked),
            "day": request.POST.get("from", "") or today(request).isoformat(),
        },
        current="alerts",
        crumbs=crumbs(
            Link(chosen.model.title, reverse("office:alert_model", args=[code])),
            Link("提一个改动", ""),
        ),
        status=409 if refusal else 200,
    )


def _among(
    request: OfficeRequest, chosen: change_queries.ChangeForm
) -> list[tuple[str, str, bool]]:
    """Return what a governed list is chosen from: value, its name, whether it is chosen."""
    held = request.POST.getlist("value") if request.method == "POST" else chosen.held
    return [(one, row_tables.called(one), one in held) for one in chosen.among]


def _new(request: OfficeRequest, chosen: change_queries.ChangeForm) -> changes.NewChange:
    given = request.POST
    first = typed.wanted_day(given.get("from", ""))
    if first is None:
        raise NoFirstDay
    return changes.NewChange(
        model_code=chosen.model.code,
        name=chosen.parameter.name,
        division_code=given.get("place", ""),
        value=change_rules.typed(chosen.parameter, "\n".join(given.getlist("value"))),
        valid_from_date=first,
        valid_until_date=typed.wanted_day(given.get("until", "")),
        reason=given.get("reason", ""),
        source_ref=given.get("source", ""),
    )


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List the changes of the scope, those that wait first."""
    state = request.GET.get("state", "")
    rows = change_queries.changes(
        by=request.actor,
        only=change_queries.ChangeFilter(state=state, model_code=request.GET.get("model", "")),
    )
    page = page_of(request, rows)
    waiting = sum(one.state == "proposed" for one in rows)
    here = reverse("office:parameter_changes")
    return show(
        request,
        "parameter_changes",
        {
            "title": f"{waiting}个参数改动等核准" if waiting else "没有等核准的参数改动",
            "sub": "一个人提，另一个人核准；核准以前先看试算。",
            "links": [Link("预警规则", reverse("office:alert_models"), "list-check")],
            "tabs": [
                Tab(title, f"{here}?state={code}", is_current=code == state)
                for code, title in STATES
            ],
            "page": page,
            "query": query_without_page(request),
            "ledger": _ledger(request, [*page]),
        },
        current="alerts",
        crumbs=crumbs(Link("参数的改动", "")),
    )


def _ledger(request: OfficeRequest, rows: list[change_queries.ChangeRow]) -> Ledger:
    names = orgs.division_names(one.division_code for one in rows)
    return Ledger(
        caption="参数的改动",
        columns=[
            Column("改什么"), Column("哪里"), Column("原来"), Column("改成"), Column("日子"),
            Column("谁提的"), Column("走到哪"),
        ],
        rows=[
            Row(
                [
                    Cell(
                        one.meaning,
                        url=reverse("office:parameter_change", args=[one.ext_id]),
                        sub=f"{one.model_number} {one.model_title}",
                    ),
                    Cell(names.get(one.division_code, one.division_code)),
                    Cell(one.old[:40]),
                    Cell(one.new[:40]),
                    Cell(_days(request, one)),
                    Cell(one.made_by_name),
                    Cell(one.state_title),
                ]
            )
            for one in rows
        ],
    )  # fmt: skip


def _days(request: OfficeRequest, one: change_queries.ChangeRow) -> str:
    until = f"到{day(request, one.valid_until_date)}" if one.valid_until_date else "起"
    return f"{day(request, one.valid_from_date)}{until}"


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show one change, what a back-test said of it, and what may be done now."""
    found = change_queries.change(by=request.actor, ext_id=ext_id)
    row = found.row
    place = orgs.village_name(row.division_code)
    return show(
        request,
        "parameter_change",
        {
            "kept": typed_before(request),
            "title": f"{place}：“{row.meaning}”{row.old[:40]}改成{row.new[:40]}",
            "sub": f"{row.model_number} {row.model_title} · {row.state_title}",
            "found": found,
            "facts": _facts(request, found, place),
            **backtest_parts.parts(request, found),
        },
        current="alerts",
        crumbs=crumbs(
            Link("参数的改动", reverse("office:parameter_changes")), Link(row.meaning, "")
        ),
    )


def _facts(request: OfficeRequest, found: change_queries.ChangePage, place: str) -> list[Fact]:
    row = found.row
    facts = [
        Fact("哪里", place),
        Fact("原来", row.old),
        Fact("改成", row.new),
        Fact("日子", _days(request, row)),
        Fact("为什么", found.reason),
        Fact("依据", found.source_ref),
        Fact("谁提的", f"{row.made_by_name}，{moment(request, row.made_at)}"),
    ]
    if row.decided_at:
        facts.append(
            Fact(row.state_title, f"{row.decided_by_name}，{moment(request, row.decided_at)}")
        )
    if found.decided_reason:
        facts.append(Fact("不同意的原因", found.decided_reason))
    return facts


@require_POST
@officer
def step(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Try out, approve, reject or withdraw a change."""
    todo = _steps(request, ext_id).get(request.POST.get("do", ""))
    if todo is None:
        raise NotFound
    action, done = todo
    here = reverse("office:parameter_change", args=[ext_id])
    return attempt(request, action, done=done, to=here, keep=request.POST["do"])


def _steps(request: OfficeRequest, ext_id: str) -> dict[str, tuple[Callable[[], Any], str]]:
    by, at = request.actor, request.at
    return {
        "test": (
            lambda: backtests.ask(ext_id=ext_id, by=by, at=at),
            "排上队了，算好了在这一页看。",
        ),
        "approve": (
            lambda: changes.approve(ext_id=ext_id, by=by, at=at),
            "核准了，从生效那天起照新的算。",
        ),
        "reject": (
            lambda: changes.reject(
                ext_id=ext_id, reason=request.POST.get("reason", ""), by=by, at=at
            ),
            "没有同意，原因已经写明。",
        ),
        "withdraw": (
            lambda: changes.withdraw(ext_id=ext_id, by=by, at=at),
            "撤回了，参数照旧。",
        ),
    }
