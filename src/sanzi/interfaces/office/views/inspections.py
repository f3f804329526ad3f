"""The site in the office: write an inspection on the phone, answer a finding, verify the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.interfaces.look.parts import Event, Evidence, Fact, Link
from sanzi.interfaces.office.forms.works import (
    FINDINGS,
    FindingForm,
    InspectionForm,
    RectificationForm,
    VerdictForm,
)
from sanzi.interfaces.office.pages import day, moment, refuse, show, today
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import title as role_title
from sanzi.registers.works import inspection_queries as queries
from sanzi.registers.works import queries as works_queries
from sanzi.registers.works import rules
from sanzi.registers.works.actions import inspections as actions

RISK_STATES = {"open": "PENDING", "answered": "PENDING", "closed": "DISPOSED"}
LOCATIONS = "照片里的时间和位置会跟着记下来。手机相机要打开定位。"


def works_crumbs(*links: Link) -> list[Link]:
    """Return the way back to the projects and further."""
    return [
        Link("办事", reverse("office:cases")),
        Link("工程", reverse("office:works_list")),
        *links,
    ]


def picture(label: str, sub: str, photo: str) -> list[Evidence]:
    """Return a photo of the site as a piece of evidence, none when there is no file of it."""
    if not photo:
        return []
    url, thumb = reverse("office:paper", args=[photo]), reverse("office:preview", args=[photo, 1])
    return [Evidence(label, sub, url, thumb)]


@dataclass(frozen=True)
class RiskRow:
    """A finding as the page of a project lists it."""

    title: str
    sub: str
    url: str
    state: str
    state_words: str
    due: str
    is_late: bool


@dataclass(frozen=True)
class InspectionRow:
    """An inspection as the page of a project tells it."""

    head: str
    words: str
    photo: Sequence[Evidence]
    risks: Sequence[RiskRow]


def inspection_rows(request: OfficeRequest, found: works_queries.WorksPage) -> list[InspectionRow]:
    """Return the inspections of a project with what they found, newest first."""
    return [
        InspectionRow(
            head=f"{moment(request, one.inspected_at)} {_who(one.role_code, one.person)}",
            words=f"{one.get_result_display()}，{one.place}：{one.words}",
            photo=picture("现场照片", moment(request, one.taken_at), one.photo_ext_id),
            risks=[risk_row(request, each) for each in one.risks.all()],
        )
        for one in found.inspections
    ]


def _who(role_code: str, person: Any) -> str:
    return f"{role_title(role_code)}{person.name}"


def risk_row(request: OfficeRequest, one: Any) -> RiskRow:
    """Return a finding in a line."""
    is_closed = one.state == "closed"
    until = day(request, one.closed_at if is_closed else one.due_date)
    return RiskRow(
        title=one.words,
        sub=f"{_kind(request, one)}，{one.get_level_display()}，{one.person.name}整改",
        url=reverse("office:works_risk", args=[one.ext_id]),
        state=RISK_STATES[one.state],
        state_words=one.get_state_display(),
        due=f"{until}{'核对' if is_closed else '前'}",
        is_late=not is_closed and one.due_date < today(request),
    )


def _kind(request: OfficeRequest, one: Any) -> str:
    return queries.kind_title(one.kind, today(request))


@officer
def inspect(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Write an inspection on the site: a photo, what was seen, what is wrong."""
    found = works_queries.access_works(by=request.actor, ext_id=ext_id)
    if not scope.can(request.actor, queries.INSPECT, found.division_code):
        raise NotFound
    form = InspectionForm(request.POST or None, request.FILES or None)
    findings = _findings(request, found.division_code)
    if request.method == "POST" and form.is_valid() and all(one.is_valid() for one in findings):
        done = _try(
            form,
            lambda: actions.inspect(
                works=ext_id,
                seen=form.seen(findings),
                shot=form.shot(),
                by=request.actor,
                at=request.at,
            ),
        )
        if done:
            messages.success(request, "检查记下了，工程的公开页上看得到。")
            return redirect("office:works", ext_id)
    here = reverse("office:works", args=[ext_id])
    return show(
        request,
        "works_inspect",
        {
            "title": "到工地检查，当场记",
            "sub": f"{found.name}，{found.place}",
            "works": found,
            "form": form,
            "first": findings[0],
            "more": findings[1:],
            "photo_rule": LOCATIONS,
        },
        current="cases",
        crumbs=works_crumbs(Link(found.name, here), Link("检查", "")),
    )


def _findings(request: OfficeRequest, division_code: str) -> list[FindingForm]:
    on = today(request)
    kinds = list(rules.inspection_rules(on).kinds.items())
    people = [
        (key, words)
        for key, words in queries.answerable(division_code, on)
        if key != request.actor.person_ext_id
    ]
    made = [FindingForm(request.POST or None, prefix=f"f{turn}") for turn in range(FINDINGS)]
    for one in made:
        one.offer(kinds, queries.LEVELS, people)
    return made


def _try(form: forms.Form, action: Callable[[], object]) -> bool:
    """Run an action; show a refusal in the form."""
    try:
        action()
    except NotFound:
        raise
    except Refusal as refusal:
        refuse(form, refusal)
        return False
    return True


@officer
def risk(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show a finding with what was done about it; answer it, or verify the answer."""
    one = queries.access_risk(by=request.actor, ext_id=ext_id)
    doing = request.POST.get("do", "")
    answer = RectificationForm(
        request.POST if doing == "rectify" else None, request.FILES or None, prefix="r"
    )
    verdict = VerdictForm(request.POST if doing in ("accept", "refuse") else None, prefix="v")
    if request.method == "POST" and _acted(request, one, doing, answer, verdict):
        return redirect("office:works", one.works.ext_id)
    may_answer = one.state == "open" and scope.can(
        request.actor, queries.RECTIFY, one.division_code
    )
    answers = queries.answers(one)
    may_verify = (
        one.state == "answered"
        and scope.can(request.actor, queries.VERIFY, one.division_code)
        and request.actor.person_id not in (one.person_id, answers[-1].person_id)
    )
    return show(
        request,
        "works_risk",
        {
            "title": one.words,
            "sub": f"{one.works.name}，{one.get_state_display()}",
            "one": one,
            "facts": _facts(request, one),
            "photo": picture("检查时拍的", "", one.inspection.photo_ext_id),
            "events": [event for each in answers for event in _events(request, each)],
            "photos": [
                piece
                for each in answers
                for piece in picture("整改后拍的", day(request, each.done_at), each.photo_ext_id)
            ],
            "answer": answer if may_answer else None,
            "verdict": verdict if may_verify else None,
            "photo_rule": LOCATIONS,
        },
        current="cases",
        crumbs=works_crumbs(
            Link(one.works.name, reverse("office:works", args=[one.works.ext_id])),
            Link("问题和整改", ""),
        ),
    )


def _acted(
    request: OfficeRequest,
    one: Any,
    doing: str,
    answer: RectificationForm,
    verdict: VerdictForm,
) -> bool:
    by, at, key = request.actor, request.at, one.ext_id
    if doing == "rectify" and answer.is_valid():
        words, shot = answer.cleaned_data["words"], answer.shot()
        done = _try(answer, lambda: actions.rectify(risk=key, words=words, shot=shot, by=by, at=at))
        if done:
            messages.success(request, "整改交了，等另一个人核对。")
        return done
    if doing in ("accept", "refuse") and verdict.is_valid():
        is_accepted, said = doing == "accept", verdict.cleaned_data["words"]
        done = _try(
            verdict,
            lambda: actions.verify(risk=key, is_accepted=is_accepted, words=said, by=by, at=at),
        )
        if done:
            words = "核对好了，这个问题销了。" if is_accepted else "退回去了，要重新整改。"
            messages.success(request, words)
        return done
    if doing not in ("rectify", "accept", "refuse"):
        raise NotFound
    return False


def _facts(request: OfficeRequest, one: Any) -> list[Fact]:
    seen = one.inspection
    return [
        Fact("工程", one.works.name, reverse("office:works", args=[one.works.ext_id])),
        Fact("哪一类", f"{_kind(request, one)}，{one.get_level_display()}"),
        Fact("在哪里", seen.place),
        Fact(
            "谁查到的",
            f"{_who(seen.role_code, seen.person)}，{moment(request, seen.inspected_at)}",
        ),
        Fact("谁来整改", one.person.name),
        Fact("最晚哪天", day(request, one.due_date)),
        Fact("现在", str(one.get_state_display())),
    ]


def _events(request: OfficeRequest, each: Any) -> list[Event]:
    found = [Event(moment(request, each.done_at), f"{each.person.name}整改了", f"：{each.words}")]
    if each.verified_by is not None:
        verdict = "改好了" if each.is_accepted else "没改好"
        lead = f"{_who(each.verifier_role, each.verified_by)}核对：{verdict}"
        said = f"，{each.verdict}" if each.verdict else ""
        tone = "done" if each.is_accepted else "due"
        found.append(Event(moment(request, each.verified_at), lead, said, tone))
    return found
