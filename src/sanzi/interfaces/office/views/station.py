"""The station on the phone: what waits, one report, on the spot, put right.

A member sees what was written and handed in, never by whom; what is sealed is not there for him.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.inspection.actions import leads
from sanzi.interfaces.look.parts import Cell, Column, Event, Fact, ItemRow, Ledger, Link, Row
from sanzi.interfaces.office.forms.inspections import LeadForm
from sanzi.interfaces.office.forms.stations import PutRightForm, VisitForm
from sanzi.interfaces.office.pages import day, due, moment, place, refuse, show, today
from sanzi.interfaces.office.parts.letters import STEPS, pictures, said
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.inspection_plans import tried
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.orgs.queries import ancestors
from sanzi.orgs.roles import title as role_title
from sanzi.voice import promise_rules
from sanzi.voice import queries as letters
from sanzi.voice import station_queries as queries
from sanzi.voice.actions import promising
from sanzi.voice.actions import stations as actions

STANDS = {
    queries.TO_VISIT: "等着去看",
    queries.TO_PUT_RIGHT: "看过了，等着改",
    queries.PUT_RIGHT: "改好了，等写信人看",
    queries.SEEN: "看过了，没有看到",
    queries.OVER: "办结了、转走了",
}
PARTS = (
    ("t-visit", "等着去看", (queries.TO_VISIT,), "现在没有要去看的。"),
    ("t-rectify", "等着改", (queries.TO_PUT_RIGHT,), "现在没有等着改的。"),
    ("t-seen", "看过了、改好了", (queries.PUT_RIGHT, queries.SEEN), "还没有。"),
)
PHOTO_RULE = "当场拍。照片里的位置和手机型号，收的时候就去掉。"


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List what waits for the station, by what is to be done next."""
    found = queries.reports(by=request.actor)
    count = sum(stand == queries.TO_VISIT for _, stand in found)
    parts = [
        (key, title, [_row(request, one) for one, stand in found if stand in stands], empty)
        for key, title, stands, empty in PARTS
    ]
    title = f"{count}件等着去看" if count else "没有要去看的"
    crumbs = [Link("监察联络站", "")]
    members = queries.station_of(by=request.actor, at=request.at)
    context = {
        "title": title,
        "parts": parts,
        "text": promise_rules.text_on(today(request)),
        "members": _members(request, members),
        "unsigned": [
            (one.division_code, place(request, one.division_code))
            for one in members
            if one.is_me and one.signed_at is None
        ],
    }
    return show(request, "station", context, crumbs=crumbs)


def _members(request: OfficeRequest, members: Sequence[queries.Member]) -> Ledger:
    return Ledger(
        caption="站里的人",
        columns=[Column("谁"), Column("哪个村"), Column("承诺")],
        rows=[
            Row(
                [
                    Cell(one.name, sub=role_title(one.role_code)),
                    Cell(place(request, one.division_code)),
                    Cell(f"{moment(request, one.signed_at)}签的" if one.signed_at else "还没签"),
                ]
            )
            for one in members
        ],
    )


@require_POST
@officer
def promise(request: OfficeRequest) -> HttpResponseBase:
    """Sign the promise of the station for a village."""
    village = request.POST.get("village", "")
    act: Callable[[], object] = lambda: promising.sign(  # noqa: E731
        village=village, by=request.actor, at=request.at
    )
    return attempt(request, act, done="承诺签好了。", to=reverse("office:station"))


def _row(request: OfficeRequest, one: Any) -> ItemRow:
    words, is_late = due(request, one.due_at)
    return ItemRow(
        title=letters.kind_of(one).title,
        url=reverse("office:station_report", args=[one.ext_id]),
        sub=f"{letters.village_of(one)} · {day(request, one.received_at)}收到",
        due=words,
        is_late=is_late,
        icon="mail",
    )


def _crumbs(*links: Link) -> list[Link]:
    return [Link("监察联络站", reverse("office:station")), *links]


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show one report: what was written, what the station saw, what to do next."""
    found = queries.report(by=request.actor, ext_id=ext_id)
    opened = found.opened
    one = opened.complaint
    may = found.standing != queries.OVER and not found.why_not
    context = {
        "title": letters.kind_of(one).title,
        "sub": f"{letters.village_of(one)}，{STANDS[found.standing]}",
        "one": one,
        "words": opened.words,
        "photos": range(1, opened.photo_count + 1),
        "facts": _facts(request, opened),
        "events": [
            Event(moment(request, step.at), STEPS[step.action], said(step)) for step in opened.turns
        ],
        "evidence": pictures(request, opened),
        "may_visit": may,
        "is_first": found.standing == queries.TO_VISIT,
        "may_put_right": may and found.standing == queries.TO_PUT_RIGHT,
        "why_not": found.why_not,
        "visit": queries.own_visit(request.actor, one),
    }
    return show(request, "station_report", context, crumbs=_crumbs(Link("一件事", "")))


def _facts(request: OfficeRequest, opened: letters.Opened) -> list[Fact]:
    one = opened.complaint
    office = letters.office_title(one.route_role, one.route_division, request.at)
    return [
        Fact("收到", day(request, one.received_at)),
        Fact("谁来答复", office),
        Fact("期限", due(request, one.due_at)[0]),
        *([Fact("在哪里", opened.place)] if opened.place else []),
    ]


@officer
def photo(request: OfficeRequest, ext_id: str, number: int) -> HttpResponse:
    """Send a photo that came with a report."""
    data = queries.photo(by=request.actor, ext_id=ext_id, number=number)
    response = HttpResponse(data, content_type="image/webp")
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@officer
def visit(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Write on the spot what is to be seen, with a photo."""
    form = VisitForm(request.POST or None, request.FILES or None)
    return _form(
        request,
        ext_id,
        form,
        ("station_visit", "当场核实", "记下了，写信人凭回执码看得到。"),
        lambda: actions.visit(
            ext_id=ext_id, seen=form.seen(), shot=form.shot(), by=request.actor, at=request.at
        ),
    )


@officer
def put_right(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Write what was put right, by whom and when, with a photo."""
    found = queries.report(by=request.actor, ext_id=ext_id)
    form = PutRightForm(
        request.POST or None, request.FILES or None, initial={"done_date": today(request)}
    )
    form.offer(queries.doers(found.opened.complaint.division_code, today(request)))
    return _form(
        request,
        ext_id,
        form,
        ("station_put_right", "记整改", "记下了，等写信人看满意不满意。"),
        lambda: actions.put_right(
            ext_id=ext_id, done=form.done(), shot=form.shot(), by=request.actor, at=request.at
        ),
    )


def _form(
    request: OfficeRequest,
    ext_id: str,
    form: forms.Form,
    words: tuple[str, str, str],
    act: Callable[[], object],
) -> HttpResponseBase:
    """Show a form about a report; take it on POST. `words`: template, title, what is said."""
    template, title, said = words
    found = queries.report(by=request.actor, ext_id=ext_id)
    here = reverse("office:station_report", args=[ext_id])
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal, str(refusal.data.get("field", "")))
        else:
            messages.success(request, said)
            return redirect(here)
    one = found.opened.complaint
    return show(
        request,
        template,
        {
            "title": title,
            "sub": f"{letters.kind_of(one).title}，{letters.village_of(one)}",
            "form": form,
            "back": here,
            "photo_rule": PHOTO_RULE,
        },
        crumbs=_crumbs(Link(letters.kind_of(one).title, here), Link(title, "")),
    )


@officer
def hand(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Hand what a visit made likely to the discipline office; what is typed is sealed."""
    visit = queries.access_visit(by=request.actor, ext_id=ext_id)
    village = visit.complaint.division_code
    form = LeadForm(request.POST or None)
    places = [village, *ancestors(village)[:1]]
    form.offer([row for one in places for row in people_queries.appointed(one, today(request))])
    there = reverse("office:station_report", args=[visit.complaint.ext_id])
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: leads.hand_from_visit(
                visit=ext_id, told=form.told(""), by=request.actor, at=request.at
            ),
        )
    ):
        messages.success(request, "线索移交了，只有纪委看得到。")
        return redirect(there)
    return show(
        request,
        "inspection_hand",
        {
            "title": "移交线索",
            "sub": "写的字加密保存。写到的人和他的亲属看不到。涉及镇里的人就直接到县纪委。",
            "form": form,
            "back": there,
        },
        crumbs=_crumbs(Link("一件事", there), Link("移交线索", "")),
    )
