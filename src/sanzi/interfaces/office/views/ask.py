"""Asking the data: the subjects, a form with its answer, the rows behind a line."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.insight import questions as queries
from sanzi.insight.question_shapes import Form
from sanzi.interfaces.look.parts import ItemRow, Link, Tab
from sanzi.interfaces.office import ask_forms, ask_parts
from sanzi.interfaces.office.pages import moment, page_of, query_without_page, show
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.kernel import divisions
from sanzi.kernel.divisions import BadDivisionCode
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound

LINES: Final = 50


def _crumbs(*more: Link) -> list[Link]:
    return [Link("问数", reverse("office:asks") if more else ""), *more]


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List what may be asked about."""
    subjects = _subjects(request)
    return show(
        request,
        "asks",
        {
            "title": "问数",
            "rows": [
                ItemRow(one.title, f"{reverse('office:ask_form')}?subject={one.code}", one.means)
                for one in subjects
            ],
        },
        current="cockpit",
        crumbs=_crumbs(),
    )


def _subjects(request: OfficeRequest) -> list[Any]:
    """Return the subjects of all the desks of an officer. Raises: NotFound."""
    desks = queries.desks(request.actor)
    if not desks:
        raise NotFound
    found = {one.code: one for desk in reversed(desks) for one in queries.offered(desk)}
    return sorted(found.values(), key=lambda one: (one.order, one.code))


@officer
def form(request: OfficeRequest) -> HttpResponseBase:
    """Show a form, and its answer when something was asked."""
    subjects = _subjects(request)
    context: dict[str, Any] = {"answer": None, "refusal": None}
    chosen = Form(subject=request.GET.get("subject", ""))
    status = 200
    try:
        chosen = ask_forms.read(request.GET)
        if chosen.measures:
            context |= _answered(request, chosen)
    except NotFound:
        raise
    except Refusal as refusal:
        context["refusal"] = {"text": refusal.text, "next_step": refusal.advice}
        status = 409
    seat, subject = queries.seat(request.actor, Form(chosen.subject, place=_place(chosen)))
    here = reverse("office:ask_form")
    return show(
        request,
        "ask_form",
        {
            "title": f"问{subject.title}",
            "sub": subject.means,
            "tabs": [
                Tab(one.title, f"{here}?subject={one.code}", is_current=one.code == subject.code)
                for one in subjects
            ],
            "form": chosen,
            **ask_parts.choices(subject, seat, chosen),
            **context,
        },
        current="cockpit",
        crumbs=_crumbs(Link(subject.title, "")),
        status=status,
    )


def _place(form: Form) -> str:
    """Return the place of a form, nothing for what is no place."""
    try:
        return divisions.check(form.place)
    except BadDivisionCode:
        return ""


def _answered(request: OfficeRequest, chosen: Form) -> dict[str, Any]:
    answer, _ = queries.ask(by=request.actor, form=chosen, at=request.at)
    shown = page_of(request, answer.groups, LINES)
    return {
        "answer": answer,
        "title": ask_parts.finding(answer),
        "said": ask_parts.said(answer),
        "as_of": moment(request, answer.as_of),
        "ledger": ask_parts.ledger(answer, [*shown], reverse("office:ask_rows")),
        "page": shown,
        "query": query_without_page(request),
    }


@officer
def rows(request: OfficeRequest) -> HttpResponseBase:
    """Show the rows behind a line, each leading on to its page."""
    try:
        chosen = ask_forms.read(request.GET)
        found = queries.rows(
            by=request.actor,
            form=chosen,
            keys=ask_forms.keys(request.GET),
            bucket=request.GET.get("bucket_of", ""),
            at=request.at,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, refusal)
    shown = page_of(request, found.rows, LINES)
    back = f"{reverse('office:ask_form')}?{ask_forms.query(chosen)}"
    more = "，只列到这里" if found.is_cut else ""
    return show(
        request,
        "ask_rows",
        {
            "title": f"{found.subject.title}：{len(found.rows)}{found.subject.noun}{more}",
            "sub": f"数到{moment(request, request.at)}。点第一列看它从哪里来。",
            "ledger": ask_parts.behind(found, [*shown]),
            "page": shown,
            "query": query_without_page(request),
            "statement": found.statement.sql,
        },
        current="cockpit",
        crumbs=_crumbs(Link(found.subject.title, back), Link("明细", "")),
    )


def _refused(request: OfficeRequest, refusal: Refusal) -> HttpResponse:
    return show(
        request,
        "ask_rows",
        {
            "title": "这些行看不了",
            "refusal": {"text": refusal.text, "next_step": refusal.advice},
        },
        current="cockpit",
        crumbs=_crumbs(Link("明细", "")),
        status=409,
    )
