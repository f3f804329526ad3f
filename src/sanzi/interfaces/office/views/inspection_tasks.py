"""One village of an inspection, made for a phone: draw, look at samples, write what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.inspection import queries, rules
from sanzi.inspection.actions import leads, plans, seeing
from sanzi.interfaces.look.parts import Fact, ItemRow, Link
from sanzi.interfaces.look.words import yuan
from sanzi.interfaces.office.forms.inspections import FindForm, LeadForm
from sanzi.interfaces.office.pages import (
    due,
    may,
    moment,
    page_of,
    place,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, typed_before
from sanzi.interfaces.office.views.inspection_plans import crumbs, tried
from sanzi.orgs import people_queries, scope
from sanzi.orgs.errors import NotFound
from sanzi.orgs.queries import ancestors

FINDING_STATES = {"open": "NEW", "answered": "PENDING", "closed": "DISPOSED"}


@dataclass(frozen=True)
class SampleRow:
    """A sample as the page of a village lists it."""

    ext_id: str
    head: str
    sub: str
    amount: str
    links: Sequence[Link]
    verdict: str
    words: str


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show a village with what was drawn there; draw, look, hand in, send back."""
    task = queries.access_task(by=request.actor, ext_id=ext_id)
    here = reverse("office:inspection_task", args=[ext_id])
    if request.method == "POST":
        return _act(request, task, here)
    name = place(request, task.division_code)
    is_open = task.inspection.state == "open"
    mine = is_open and queries.is_inspector(request.actor, task)
    found = task.samples.prefetch_related("findings").order_by("number")
    samples = page_of(request, found)
    how = queries.progress([task.pk])[task.pk]
    plan = reverse("office:inspection", args=[task.inspection.ext_id])
    return show(
        request,
        "inspection_task",
        {
            "title": f"到{name}检查",
            "sub": _sub(task, how),
            "task": task,
            "facts": _facts(request, task),
            "samples": [_sample(request, one) for one in samples],
            "page": samples,
            "query": query_without_page(request),
            "rows": finding_rows(request, task),
            "may_draw": mine and task.state == "ordered",
            "may_write": mine and task.state == "drawn",
            "left": how.drawn - how.looked,
            "kept": typed_before(request),
            "may_send_back": is_open
            and task.state == "finished"
            and scope.can(request.actor, queries.ORDER, task.inspection.division_code),
        },
        crumbs=crumbs(Link(task.inspection.title, plan), Link(name, "")),
    )


def _sub(task: Any, how: queries.Progress) -> str:
    if task.drawn_at is None:
        return "还没有抽件。抽一次就定了，不能再抽。"
    return f"抽了{how.drawn}件，看了{how.looked}件，{how.findings}个问题，{how.open}个没改好"


def _facts(request: OfficeRequest, task: Any) -> list[Fact]:
    people = "、".join(each.person.name for each in task.inspectors.select_related("person"))
    facts = [Fact("检查人", people)]
    if task.drawn_at is not None:
        who = task.drawn_by.name if task.drawn_by else ""
        facts += [
            Fact(
                "抽件", f"{who}，{moment(request, task.drawn_at)}，从{task.population_count}件里抽"
            ),
            *([Fact("清廉指数", _grade_words(task))] if task.grade else []),
            *_weight_facts(task),
            Fact("种子", task.seed),
            Fact("能抽的全部的指纹（SM3）", task.population_digest),
        ]
    if task.words:
        facts.append(Fact("这个村的情况", task.words))
    return facts


def _grade_words(task: Any) -> str:
    """Say what the village's grade did to the draw."""
    ordered = task.inspection.sample_size
    more = "" if task.sample_size in (None, ordered) else f"，这个村抽{task.sample_size}件"
    return f"抽件时是{task.grade}级，每村抽{ordered}件{more}"


def _weight_facts(task: Any) -> list[Fact]:
    """Say how many samples the village has, and what each of its reasons added."""
    found = rules.weights_read(task.weights)
    if not found:
        return []
    ordered = task.inspection.sample_size
    base, *more = [f"{one.words}{one.percent}%" for one in found]
    added = "".join(f"，加：{one}" for one in more)
    return [Fact("为什么抽这么多", f"{base}{added}。{ordered}件按这个算，抽{task.sample_size}件")]


def _sample(request: OfficeRequest, one: Any) -> SampleRow:
    links = []
    if one.kind == "case" and may(request, "matters.see"):
        links.append(Link("办件", reverse("office:case", args=[one.ref])))
    if may(request, "payments.see") and queries.has_payment(one):
        links.append(Link("付款", reverse("office:payment", args=[one.ref])))
    if may(request, "ledger.see"):
        links += [
            Link("凭证", reverse("office:voucher", args=[each]))
            for each in queries.vouchers_of(one)[:3]
        ]
    why = f"：{'、'.join(one.reasons)}" if one.reasons else ""
    return SampleRow(
        ext_id=one.ext_id,
        head=f"{one.number}. {one.title or one.ref}",
        sub=f"{one.ref}，{one.get_how_display()}{why}",
        amount=yuan(one.amount_fen),
        links=links,
        verdict=one.verdict,
        words=str(one.get_verdict_display()) + (f"：{one.words}" if one.words else ""),
    )


def finding_rows(request: OfficeRequest, task: Any) -> list[ItemRow]:
    """Return the findings of a village, each in a line."""
    found = task.findings.select_related("task__inspection").order_by("found_at", "pk")
    return [finding_row(request, one) for one in found]


def finding_row(request: OfficeRequest, one: Any, *, where: str = "") -> ItemRow:
    """Return a finding in a line."""
    form = queries.form_of(one)
    words, is_late = due(request, one.due_at) if one.state == "open" else ("等核对", False)
    is_closed = one.state == "closed"
    title = form.title if form else one.form
    return ItemRow(
        title=f"{where}{one.form} {title}",
        url=reverse("office:inspection_finding", args=[one.ext_id]),
        sub=f"{rules.LEVELS.get(one.level, '')}，{one.facts[:60]}",
        amount=yuan(one.amount_fen) if one.amount_fen else "",
        due=f"{moment(request, one.closed_at)}改好" if is_closed else words,
        is_late=is_late,
        state=FINDING_STATES[one.state],
    )


def _act(request: OfficeRequest, task: Any, here: str) -> HttpResponseBase:
    """Do what the button of a form says."""
    by, at, posted = request.actor, request.at, request.POST
    ext_id, words = task.ext_id, request.POST.get("words", "")
    sample = posted.get("sample", "")
    doings: dict[str, tuple[Callable[[], object], str]] = {
        "draw": (lambda: plans.draw(ext_id=ext_id, by=by, at=at), "抽好了，种子记在日志里。"),
        "fine": (
            lambda: seeing.look(ext_id=sample, words=words, by=by, at=at),
            "记下了，这一件没有问题。",
        ),
        "finish": (
            lambda: seeing.finish(ext_id=ext_id, words=words, by=by, at=at), "这个村查完交上去了。"
        ),
        "send_back": (
            lambda: seeing.send_back(ext_id=ext_id, reason=words, by=by, at=at), "退回给检查人了。"
        ),
    }  # fmt: skip
    chosen = doings.get(posted.get("do", ""))
    if chosen is None:
        raise NotFound
    action, done = chosen
    page = f"{here}?page={posted['page']}" if posted.get("page", "").isdecimal() else here
    return attempt(request, action, done=done, to=page, back=here, keep="finish")


@officer
def find(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Write down a problem, with the sample it was found in if the page was opened from one."""
    task = queries.access_task(by=request.actor, ext_id=ext_id)
    if not queries.is_inspector(request.actor, task):
        raise NotFound
    sample = task.samples.filter(ext_id=request.GET.get("sample", "")).first()
    checklist, _ = queries.lists_of(task.inspection)
    looked = [one for one in checklist.fields if one.code in task.inspection.fields]
    form = FindForm(request.POST or None, request.FILES or None)
    form.offer(
        [
            (one.title, [(each.code, f"{each.code} {each.title}") for each in one.forms])
            for one in looked
        ]
    )
    there = reverse("office:inspection_task", args=[ext_id])
    if request.method == "POST" and form.is_valid():
        name = sample.ext_id if sample else ""
        if tried(
            form,
            lambda: seeing.find(
                task=ext_id, seen=form.seen(name), papers=form.papers(), by=request.actor,
                at=request.at,
            ),
        ):  # fmt: skip
            messages.success(request, "问题记下了，村里收到了整改通知。")
            return redirect(there)
    name = place(request, task.division_code)
    about = f"{name}，不是抽到的件里的"
    if sample:
        about = f"{sample.number}. {sample.title or sample.ref}，{yuan(sample.amount_fen)}元"
    return show(
        request,
        "inspection_find",
        {"title": "记一个问题", "sub": about, "form": form, "fields": looked, "back": there},
        crumbs=crumbs(Link(name, there), Link("记一个问题", "")),
    )


@officer
def hand(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Hand a lead to the discipline office; what is typed is sealed."""
    task = queries.access_task(by=request.actor, ext_id=ext_id)
    if not queries.is_inspector(request.actor, task):
        raise NotFound
    finding = request.GET.get("finding", "")
    form = LeadForm(request.POST or None)
    places = [task.division_code, *ancestors(task.division_code)[:1]]
    form.offer([row for one in places for row in people_queries.appointed(one, today(request))])
    there = reverse("office:inspection_task", args=[ext_id])
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: leads.hand(
                task=ext_id, told=form.told(finding), by=request.actor, at=request.at
            ),
        )
    ):
        messages.success(request, "线索移交了，只有纪委看得到。")
        return redirect(there)
    name = place(request, task.division_code)
    return show(
        request,
        "inspection_hand",
        {
            "title": "移交线索",
            "sub": "写的字加密保存。写到的人和他的亲属看不到。涉及镇里的人就直接到县纪委。",
            "form": form,
            "back": there,
        },
        crumbs=crumbs(Link(name, there), Link("移交线索", "")),
    )
