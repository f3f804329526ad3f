"""What inspections found: the board of what is open, one finding with its answers, the leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.inspection import queries, report, rules
from sanzi.inspection.actions import answering
from sanzi.inspection.actions import leads as lead_actions
from sanzi.interfaces.look.parts import Event, Fact, ItemRow, Link, Tab
from sanzi.interfaces.look.words import yuan
from sanzi.interfaces.office.forms.inspections import AnswerForm, OutcomeForm, VerdictForm
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    due,
    may,
    moment,
    page_of,
    place,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.parts.papers import papers_of
from sanzi.interfaces.office.parts.sheets import sent
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, typed_before
from sanzi.interfaces.office.views.inspection_plans import crumbs, require, tried
from sanzi.interfaces.office.views.inspection_tasks import finding_row
from sanzi.ledger.actions.papers import PaperFile
from sanzi.orgs import people_queries, scope
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import title as role_title
from sanzi.record import sheets
from sanzi.supervision import queries as supervision

STATES = (("open", "等整改"), ("late", "过了期限"), ("answered", "等核对"), ("closed", "改好了"))
LEAD_STATES = {"handed": "NEW", "taken": "PENDING", "concluded": "DISPOSED"}
FILES = "照片或PDF，每份不超过20兆"


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """Show what was found and is to be put right, the earliest due first."""
    require(request, queries.FINDINGS)
    state = request.GET.get("state", "open")
    only = queries.Narrowed(
        state="" if state == "late" else state,
        is_late=state == "late",
        division_code=request.GET.get("village", ""),
        inspection=request.GET.get("inspection", ""),
    )
    if not (only.division_code == "" or only.division_code.isdecimal()):
        raise NotFound
    found = queries.listed(request.actor, only, request.at)
    if request.GET.get("as") == "csv":
        return _csv(request, found)
    if request.GET.get("as") == "xlsx":
        made = report.findings_workbook(list(found[: report.MOST]))
        return sent(PaperFile("检查问题.xlsx", sheets.WORKBOOK, made))
    counts = queries.tallies(request.actor, request.at)
    page = page_of(request, found)
    return show(
        request,
        "inspection_findings",
        {
            "title": _waiting(counts),
            "tabs": [
                Tab(words, f"?state={code}", str(counts.get(code, 0)), is_current=code == state)
                for code, words in STATES
            ],
            "state": state,
            "villages": people_queries.villages(by=request.actor, permission=queries.FINDINGS),
            "village": only.division_code,
            "rows": [
                finding_row(request, one, where=f"{place(request, one.division_code)} ")
                for one in page
            ],
            "page": page,
            "query": query_without_page(request),
        },
        crumbs=_crumbs(request, Link("问题和整改", "")),
    )  # fmt: skip


def _crumbs(request: OfficeRequest, *links: Link) -> list[Link]:
    """Return the way back: villages have no page of inspections."""
    if may(request, queries.SEE):
        return crumbs(*links)
    return [Link("待办", reverse("office:home")), *links]


def _waiting(counts: Mapping[str, int]) -> str:
    """Say who is to do something: the village, or whoever verifies."""
    to_mend, to_verify = counts.get("open", 0), counts.get("answered", 0)
    if to_mend:
        return f"{to_mend}个问题等整改，{counts['late']}个过了期限"
    return f"{to_verify}个问题等核对" if to_verify else "没有等整改的问题"


def _csv(request: OfficeRequest, found: Any) -> HttpResponseBase:
    return csv_file(
        "检查问题",
        ["编号", "村", "种类", "问题", "轻重", "查到的情况", "涉及金额", "要求", "期限", "现在"],
        (
            [
                one.ext_id,
                place(request, one.division_code),
                one.form,
                form.title if (form := queries.form_of(one)) else "",
                rules.LEVELS.get(one.level, ""),
                one.facts,
                yuan(one.amount_fen),
                one.demand,
                one.due_at.isoformat(),
                one.get_state_display(),
            ]
            for one in found[:5000]
        ),
    )


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show one finding; the village answers, another inspector verifies and notes the outcome."""
    one = queries.access_finding(by=request.actor, ext_id=ext_id)
    doing = request.POST.get("do", "")
    typed: dict[str, Any] = {name: request.POST if doing in names else None for name, names in (
        ("answer", ("answer",)), ("verdict", ("accept", "refuse")), ("outcome", ("outcome",)),
    )}  # fmt: skip
    answer = AnswerForm(typed["answer"], request.FILES or None, prefix="a")
    verdict = VerdictForm(typed["verdict"], prefix="v")
    outcome = OutcomeForm(typed["outcome"], prefix="o", initial={"decided_date": today(request)})
    outcome.offer(_kinds(one, is_lead=False))
    here = reverse("office:inspection_finding", args=[ext_id])
    if request.method == "POST":
        if doing == "keep_here":
            return _keep_here(request, one, here)
        if _acted(request, one, doing, (answer, verdict, outcome)):
            return redirect(here)
    is_open = one.task.inspection.state == "open"
    answers = queries.answers_of(one)
    inspects = is_open and scope.can(request.actor, queries.INSPECT, one.division_code)
    answers_may = is_open and scope.can(request.actor, queries.ANSWER, one.division_code)
    why = ""
    if inspects and one.state == "answered":
        why = answering.why_not_verify(one, answers[-1], request.actor, request.at)
    form = queries.form_of(one)
    return show(
        request,
        "inspection_finding",
        {
            "title": form.title if form else one.form,
            "sub": f"{place(request, one.division_code)}，{one.get_state_display()}",
            "one": one,
            "facts": _facts(request, one),
            "form": form,
            "evidence": papers_of("inspection_finding", [one.ext_id]),
            "events": [event for each in answers for event in _events(request, each)],
            "answer_papers": papers_of("inspection_answer", [each.ext_id for each in answers]),
            "outcomes": _outcomes(request, one),
            "answer": answer if answers_may and one.state == "open" else None,
            "verdict": verdict if inspects and one.state == "answered" and not why else None,
            "why_not": why,
            "outcome": outcome if inspects else None,
            "may_hand": inspects
            and queries.is_inspector(request.actor, one.task)
            and not one.leads.exists(),
            "may_keep_here": _may_keep_here(request, one) and is_open,
            "file_rule": FILES,
            "kept": typed_before(request),
        },
        crumbs=_crumbs(
            request, Link("问题和整改", reverse("office:inspection_findings")), Link(one.form, "")
        ),
    )


def _kinds(one: Any, *, is_lead: bool) -> list[tuple[str, str]]:
    known = rules.figures(one.task.inspection.list_date).outcomes.values()
    return [(each.code, each.title) for each in known if is_lead or not each.is_lead]


def _may_keep_here(request: OfficeRequest, one: Any) -> bool:
    """Return whether the actor may write why there is no lead."""
    if not scope.can(request.actor, queries.LEADS, one.division_code) or one.no_lead_reason:
        return False
    figures = rules.figures(one.task.inspection.list_date)
    needs = rules.needs_lead(queries.form_of(one), one.amount_fen, figures)
    return needs and one.found_by_id != request.actor.person_id and not one.leads.exists()


def _keep_here(request: OfficeRequest, one: Any, here: str) -> HttpResponseBase:
    return attempt(
        request,
        lambda: lead_actions.keep_here(
            ext_id=one.ext_id,
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=request.at,
        ),
        done="理由写上了。",
        to=here,
        keep="keep_here",
    )


def _acted(
    request: OfficeRequest,
    one: Any,
    doing: str,
    all_forms: tuple[AnswerForm, VerdictForm, OutcomeForm],
) -> bool:
    """Do what a button says; return whether it was done."""
    answer, verdict, outcome = all_forms
    key, by, at = one.ext_id, request.actor, request.at
    doings: dict[str, tuple[forms.Form, Callable[[], object], str]] = {
        "answer": (answer, lambda: answering.answer(
            ext_id=key, done=answer.done(), papers=answer.papers(), by=by, at=at
        ), "整改交上去了，等检查人核对。"),
        "accept": (verdict, lambda: answering.verify(
            ext_id=key, is_accepted=True, words=verdict.cleaned_data["words"], by=by, at=at
        ), "核对好了，这个问题改好了。"),
        "refuse": (verdict, lambda: answering.verify(
            ext_id=key, is_accepted=False, words=verdict.cleaned_data["words"], by=by, at=at
        ), "退回去了，要重新整改。"),
        "outcome": (outcome, lambda: lead_actions.note(
            ext_id=key, result=outcome.result(), by=by, at=at
        ), "处理结果记下了。"),
    }  # fmt: skip
    chosen = doings.get(doing)
    if chosen is None:
        raise NotFound
    form, action, done = chosen
    if not form.is_valid() or not tried(form, action):
        return False
    messages.success(request, done)
    return True


def _facts(request: OfficeRequest, one: Any) -> list[Fact]:
    task, sample = one.task, one.sample
    seen = may(request, queries.SEE)
    there = reverse("office:inspection_task", args=[task.ext_id]) if seen else ""
    facts = [
        Fact("哪次检查", task.inspection.title, there),
        Fact("哪种问题", f"{one.form}，{rules.LEVELS.get(one.level, one.level)}"),
        Fact("查到的情况", one.facts),
        Fact("涉及金额", f"{yuan(one.amount_fen)}元", is_sum=True),
        Fact("要求", one.demand),
        Fact("期限", f"{moment(request, one.due_at)}，{one.days}个工作日"),
        Fact("谁查出来的", f"{role_title(one.role_code)}{one.found_by.name}，"
             f"{moment(request, one.found_at)}"),
    ]  # fmt: skip
    if sample is not None:
        facts.append(Fact("办件", sample.ref, _case_url(request, sample.ref, sample.kind)))
    facts += [Fact("还涉及", ref, _case_url(request, ref, "")) for ref in one.rows]
    for alert in one.alert_ids:
        try:
            found = supervision.access_alert(by=request.actor, ext_id=alert)
        except NotFound:
            continue
        facts.append(
            Fact("同一件事的预警", found.sentence[:60], reverse("office:alert", args=[alert]))
        )
    if one.no_lead_reason:
        facts.append(Fact("不移交线索的理由", one.no_lead_reason))
    return facts


def _case_url(request: OfficeRequest, ref: str, kind: str) -> str:
    if kind == "order":
        return reverse("office:payment", args=[ref]) if may(request, "payments.see") else ""
    return reverse("office:case", args=[ref]) if may(request, "matters.see") else ""


def _events(request: OfficeRequest, each: Any) -> list[Event]:
    back = f"，退回{yuan(each.money_back_fen)}元" if each.money_back_fen else ""
    who = f"{role_title(each.role_code)}{each.person.name}"
    found = [Event(moment(request, each.done_at), f"{who}交了整改", f"：{each.words}{back}")]
    if each.verified_by is not None:
        words = "改好了" if each.is_accepted else "没改好"
        lead = f"{role_title(each.verifier_role)}{each.verified_by.name}核对：{words}"
        tone = "done" if each.is_accepted else "due"
        found.append(Event(moment(request, each.verified_at), lead, f"，{each.verdict}", tone))
    return found


def _outcomes(request: OfficeRequest, one: Any) -> list[Event]:
    kinds = rules.figures(one.task.inspection.list_date).outcomes
    found = []
    for each in one.outcomes.order_by("decided_date", "pk"):
        title = kinds[each.kind].title if each.kind in kinds else each.kind
        sum_words = f"{yuan(each.amount_fen)}元，" if each.amount_fen else ""
        ref = f"（{each.document_ref}）" if each.document_ref else ""
        found.append(
            Event(day(request, each.decided_date), title, f"：{sum_words}{each.words}{ref}")
        )
    return found


@officer
def leads(request: OfficeRequest) -> HttpResponseBase:
    """List the leads of the actor's office; what they say is on a page of their own."""
    require(request, queries.LEADS)
    page = page_of(request, queries.leads(request.actor).order_by("state", "-handed_at", "pk"))
    return show(
        request,
        "inspection_leads",
        {
            "title": "移交来的线索",
            "rows": [
                ItemRow(
                    title=f"{place(request, one.division_code)}的一条线索",
                    url=reverse("office:inspection_lead", args=[one.ext_id]),
                    sub=f"{one.ext_id}，{moment(request, one.handed_at)}移交"
                    f"{'，镇里过期转来' if one.escalated_at else ''}",
                    due="" if one.state == "concluded" else due(request, one.due_at)[0],
                    is_late=one.state != "concluded" and one.due_at < request.at,
                    icon="mail",
                    state=LEAD_STATES[one.state],
                )
                for one in page
            ],
            "page": page,
            "query": query_without_page(request),
        },
        crumbs=crumbs(Link("线索", "")),
    )


@officer
def lead(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Open a lead, which is written down; take it in; note what came of it."""
    here = reverse("office:inspection_lead", args=[ext_id])
    by, at = request.actor, request.at
    found = queries.access_lead(by=by, ext_id=ext_id)
    outcome = OutcomeForm(
        request.POST if request.POST.get("do") == "outcome" else None,
        initial={"decided_date": today(request)},
    )
    figures = rules.figures(found.list_date)
    outcome.offer([(one.code, one.title) for one in figures.outcomes.values()])
    if request.method == "POST" and request.POST.get("do") == "take":
        take: Callable[[], object] = lambda: lead_actions.take(ext_id=ext_id, by=by, at=at)  # noqa: E731
        return attempt(request, take, done="线索接收了。", to=here)
    if (
        request.method == "POST"
        and outcome.is_valid()
        and tried(
            outcome,
            lambda: lead_actions.conclude(ext_id=ext_id, result=outcome.result(), by=by, at=at),
        )
    ):
        messages.success(request, "结果记下了，只有纪委看得到。")
        return redirect(here)
    found, words, names = lead_actions.read(ext_id=ext_id, by=by, at=at)
    return show(
        request,
        "inspection_lead",
        {
            "title": f"{place(request, found.division_code)}的一条线索",
            "sub": f"{found.get_state_display()}。您看了这条线索，日志里记下了。",
            "words": words,
            "facts": _lead_facts(request, found, names),
            "outcomes": lead_actions.results(found),
            "may_take": found.state == "handed" and found.handed_by_id != by.person_id,
            "outcome": outcome if found.state != "handed" else None,
        },
        crumbs=crumbs(Link("线索", reverse("office:inspection_leads")), Link(found.ext_id, "")),
    )


def _lead_facts(request: OfficeRequest, found: Any, names: Sequence[str]) -> list[Fact]:
    source = Fact("从哪来", "监察联络站到场核实")
    if found.task is not None:
        source = Fact("哪次检查", found.task.inspection.title)
    if found.pair_key:
        source = Fact("从哪来", f"跨县比对，编号{found.pair_key.rpartition('/')[2]}")
    facts = [
        source,
        Fact("移交给", role_title(found.route_role)),
        Fact("什么时候", moment(request, found.handed_at)),
        Fact("最迟有结果", due(request, found.due_at)[0]),
        Fact("涉及的人", "、".join(names) or "没有写"),
    ]
    if found.escalated_at is not None:
        facts.append(Fact("镇里过期", f"{moment(request, found.escalated_at)}转到县纪委"))
    if found.finding is not None:
        url = reverse("office:inspection_finding", args=[found.finding.ext_id])
        facts.append(Fact("从哪个问题来", found.finding.form, url))
    return facts
