"""Decisions: the list, a new one, one with every article looked at, and what may be done next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Fact, ItemRow, Link
from sanzi.interfaces.office.forms.meetings import (
    BadAmount,
    CallForm,
    EvaluationForm,
    PlanForm,
    UntilForm,
)
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    moment,
    page_of,
    query_without_page,
    refuse,
    show,
    today,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.kernel.refusals import Refusal
from sanzi.matters import decision_queries as queries
from sanzi.matters.actions import decisions as actions
from sanzi.matters.actions import meetings
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound

HEAD = ("议题", "村组织", "由谁表决", "应到", "实到", "同意", "结果", "表决日期", "编号")
STATES = {"ok": "合", "fail": "不合", "wait": "还没到"}


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the decisions of the scope, newest first; `?as=csv` takes them out."""
    if not may(request, queries.SEE):
        raise NotFound
    wanted, status = request.GET.get("q", ""), request.GET.get("status", "")
    found = queries.search(by=request.actor, words=wanted, status=status)
    if request.GET.get("as") == "csv":
        rows = found[: queries.LIST_MAX]
        return csv_file("民主决策", HEAD, (_csv(request, one) for one in rows))
    page = page_of(request, found)
    return show(
        request,
        "decisions",
        {
            "title": "民主决策",
            "rows": [_row(request, one) for one in page],
            "page": page,
            "query": query_without_page(request),
            "wanted": wanted,
            "status": status,
            "statuses": queries.STATUSES.items(),
            "links": [Link("发起决策", reverse("office:decision_new"), is_primary=True)]
            if may(request, queries.CALL)
            else [],
        },
        current="cases",
        crumbs=[Link("办事", reverse("office:cases")), Link("民主决策", "")],
    )


def _row(request: OfficeRequest, one: Any) -> ItemRow:
    told = f"{one.organisation.name} · {queries.body_title(one)}"
    came = f" · 到{one.present_count}人，{one.agree_count}票同意" if one.agree_count else ""
    return ItemRow(
        title=one.title,
        url=reverse("office:decision", args=[one.ext_id]),
        sub=told + came,
        due=f"{queries.STATUSES.get(one.status, one.status)} {day(request, one.passed_at)}".strip(),
        icon="users",
        amount=words.yuan(one.amount_fen) if one.amount_fen else "",
    )


def _csv(request: OfficeRequest, one: Any) -> list[object]:
    return [
        one.title, one.organisation.name, queries.body_title(one), one.eligible_count or "",
        one.present_count or "", one.agree_count or "",
        queries.STATUSES.get(one.status, one.status), day(request, one.passed_at), one.ext_id,
    ]  # fmt: skip


@officer
def new(request: OfficeRequest) -> HttpResponseBase:
    """Plan a decision."""
    if not may(request, queries.CALL):
        raise NotFound
    form = PlanForm(request.POST or None)
    bodies = people_queries.bodies(by=request.actor, permission=queries.CALL)
    places = sorted({code for _, _, code in bodies})
    people = [one for code in places for one in people_queries.appointed(code, today(request))]
    form.offer(bodies, people)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.plan(plan=form.plan(), by=request.actor, at=request.at)
        except NotFound:
            raise
        except BadAmount as refusal:
            refuse(form, refusal, "amount")
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return redirect("office:decision", made)
    return show(
        request,
        "decision_new",
        {"title": "发起一件民主决策", "form": form},
        current="cases",
        crumbs=_crumbs(Link("发起", "")),
    )


def _crumbs(*more: Link) -> list[Link]:
    return [
        Link("办事", reverse("office:cases")),
        Link("民主决策", reverse("office:decisions")),
        *more,
    ]


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a decision: every step, every article, and the next thing to do."""
    return _shown(request, ext_id, None)


def _shown(request: OfficeRequest, ext_id: str, typed: object) -> HttpResponse:
    found = queries.decision_page(by=request.actor, ext_id=ext_id)
    decision = found.decision
    people = people_queries.appointed(decision.division_code, today(request))
    form = typed or _next_form(found, people)
    return show(
        request,
        "decision",
        {
            "title": f"{decision.title}：{found.status}",
            "links": case_links(found.plan),
            "found": found,
            "facts": _facts(found),
            "steps": [
                {
                    "view": one,
                    "when": moment(request, one.held.held_at)
                    or (
                        f"{day(request, one.held.publicity_start_at)}到"
                        f"{day(request, one.held.publicity_end_at)}"
                        if one.held.publicity_start_at
                        else ""
                    ),
                    "state": {"done": "办了", "open": "正在办", "waiting": "还没到"}[one.state],
                    "checks": [(STATES[check.state], check) for check in one.checks],
                }
                for one in found.steps
            ],
            "form": form,
            "people": people,
            "next": next((one for one in found.steps if one.kind == found.next_step), None),
            "may_recuse": found.may_act and decision.status == "proposed",
        },
        current="cases",
        crumbs=_crumbs(Link(decision.title, "")),
    )


def case_links(plan: Any) -> list[Link]:
    """Return the way back to the case that a decision was planned by; nothing for others."""
    if plan is None or not plan.case_number:
        return []
    return [Link("回到办件", reverse("office:case", args=[plan.case_number]), "arrow-left")]


def _next_form(
    found: queries.DecisionPage, people: list[tuple[str, str]]
) -> CallForm | UntilForm | EvaluationForm | None:
    step = found.next_step
    if not found.may_act or not step:
        return None
    if step in meetings.MET:
        form = CallForm()
        form.offer(people)
        return form
    if step in actions.PUBLISHED:
        return UntilForm()
    return EvaluationForm() if step == "evaluation" else None


def _facts(found: queries.DecisionPage) -> list[Fact]:
    decision, plan = found.decision, found.plan
    facts = [
        Fact("组织", decision.organisation.name),
        Fact("议的是", found.subject),
        Fact("程序", found.procedure),
        Fact("由谁表决", found.body),
    ]
    if decision.amount_fen is not None:
        facts.append(Fact("金额（元）", words.yuan(decision.amount_fen)))
    if decision.agree_count is not None:
        facts.append(
            Fact(
                "票数",
                f"应到{decision.eligible_count}，到{decision.present_count}，"
                f"同意{decision.agree_count}，反对{decision.against_count or 0}，"
                f"弃权{decision.abstain_count or 0}",
            )
        )
    if plan is not None:
        facts.append(Fact("方案", plan.plan_text))
        if plan.risk_note:
            facts.append(Fact("风险说明", plan.risk_note))
        if plan.score is not None:
            facts.append(Fact("评议", f"{plan.score}分 {plan.comments}".strip()))
        if plan.revoked_reason:
            facts.append(Fact("撤销原因", plan.revoked_reason))
    facts.append(Fact("编号", decision.ext_id))
    return facts


@require_POST
@officer
def act(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Do the next step of a decision, note who stands aside, or revoke it."""
    queries.access_decision(by=request.actor, ext_id=ext_id)
    if not may(request, queries.CALL):
        raise NotFound
    do, step = request.POST.get("do", ""), request.POST.get("step", "")
    if do == "call":
        return _call(request, ext_id, step)
    if do == "publish":
        form = UntilForm(request.POST)
        if not form.is_valid():
            return _shown(request, ext_id, form)
        return _attempt(
            request,
            ext_id,
            lambda: actions.publish(
                ext_id=ext_id, step=step, until_date=form.cleaned_data["until"],
                by=request.actor, at=request.at,
            ),
            "公示开始了。",
        )  # fmt: skip
    if do == "evaluate":
        said = EvaluationForm(request.POST)
        if not said.is_valid():
            return _shown(request, ext_id, said)
        return _attempt(
            request,
            ext_id,
            lambda: actions.evaluate(
                ext_id=ext_id, score=said.cleaned_data["score"],
                comments=said.cleaned_data["comments"], by=request.actor, at=request.at,
            ),
            "评议记下了。",
        )  # fmt: skip
    return _attempt(request, ext_id, _simple(request, ext_id, do, step), "记下了。")


def _simple(request: OfficeRequest, ext_id: str, do: str, step: str) -> Callable[[], object]:
    reason = request.POST.get("reason", "")
    if do == "aside":
        return lambda: actions.stand_aside(
            ext_id=ext_id, person_ext_id=request.POST.get("person", ""), reason=reason,
            by=request.actor, at=request.at,
        )  # fmt: skip
    if do == "carry_out":
        return lambda: actions.carry_out(ext_id=ext_id, step=step, by=request.actor, at=request.at)
    if do == "revoke":
        return lambda: actions.revoke(ext_id=ext_id, reason=reason, by=request.actor, at=request.at)
    raise NotFound


def _attempt(
    request: OfficeRequest, ext_id: str, action: Callable[[], object], done: str
) -> HttpResponse:
    return attempt(request, action, done=done, to=reverse("office:decision", args=[ext_id]))


def _call(request: OfficeRequest, ext_id: str, step: str) -> HttpResponseBase:
    decision = queries.access_decision(by=request.actor, ext_id=ext_id)
    form = CallForm(request.POST)
    form.offer(people_queries.appointed(decision.division_code, today(request)))
    if form.is_valid():
        also = "consultation" if request.POST.get("merge") else ""
        try:
            made = meetings.call(
                call=form.call(ext_id, step, also), by=request.actor, at=request.at
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "通知记下了。开会那天在这里开签到。")
            return redirect("office:meeting", made)
    return _shown(request, ext_id, form)
