"""Asking the data: what was kept, a form with its answer, the rows behind a line, pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from sanzi.insight.actions import questions as actions
from sanzi.insight.questions import errors, queries
from sanzi.insight.questions import kept as kept_questions
from sanzi.insight.questions.shapes import Answer, Form, Subject
from sanzi.interfaces.look.parts import ItemRow, Link, Tab
from sanzi.interfaces.office.forms import ask as ask_forms
from sanzi.interfaces.office.pages import may, moment, page_of, query_without_page, show
from sanzi.interfaces.office.parts import ask as ask_parts
from sanzi.interfaces.office.parts import ask_files
from sanzi.interfaces.office.pictures import ask as ask_pictures
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.kernel import divisions
from sanzi.kernel.divisions import BadDivisionCode
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound

LINES: Final = 50


def crumbs(*more: Link) -> list[Link]:
    """Return the way back to the list."""
    return [Link("问数", reverse("office:asks") if more else ""), *more]


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List what was kept, what is shipped, what may be asked about."""
    subjects = _subjects(request)
    words = request.GET.get("words", "")[:60]
    kept = kept_questions.listed(by=request.actor, words=words)
    shown = page_of(request, kept)
    here = reverse("office:ask_form")
    new = Link("写一条SQL", reverse("office:ask_sql"), "file-pencil")
    return show(
        request,
        "asks",
        {
            "title": "问数",
            "links": [new] if may(request, queries.ASK_SQL) else [],
            "words": words,
            "rows": [
                ItemRow(
                    one.title,
                    reverse("office:ask_kept", args=[one.code]),
                    f"{one.note or '没有说明'} · {moment(request, one.changed_at)}存",
                    due="别人拿到链接能看" if one.is_shared else "",
                )
                for one in shown
            ],
            "page": shown,
            "query": query_without_page(request),
            "ready": [
                ItemRow(one.title, f"{here}?{ask_forms.query(one.form)}", one.note)
                for one in kept_questions.ready_for(request.actor)
            ],
            "subjects": [
                ItemRow(one.title, f"{here}?subject={one.code}", one.means) for one in subjects
            ],
        },
        current="cockpit",
        crumbs=crumbs(),
    )


def _subjects(request: OfficeRequest) -> list[Subject]:
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
    try:
        chosen = ask_forms.read(request.GET)
        if chosen.measures:
            chosen = replace(chosen, body=kept_body(request, chosen))
            answer = actions.ask(by=request.actor, form=chosen, at=request.at)
            kind = request.GET.get("as", "")
            if kind:
                return ask_files.answer_file(request, answer, ask_parts.short(answer), kind)
            context |= answered(request, answer)
            # What was left open is shown as it was understood.
            chosen = answer.form
    except NotFound:
        raise
    except Refusal as refusal:
        context["refusal"] = {"text": refusal.text, "next_step": refusal.advice}
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
            "kept": _edited(request),
            "body_name": people_queries.body_name(chosen.body)
            if context["answer"]
            else chosen.body,
            "bodies": _bodies(request, "") if subject.body else [],
            **ask_parts.choices(subject, seat, chosen),
            **context,
        },
        current="cockpit",
        crumbs=crumbs(Link(subject.title, "")),
        status=409 if context["refusal"] else 200,
    )


def kept_body(request: OfficeRequest, form: Form) -> str:
    """Return the organisation that a form means: typed by its name, kept by its code.

    Raises: FormWrong, for no such organisation in scope and for several.
    """
    if not form.body:
        return ""
    found = people_queries.bodies_called(
        by=request.actor, permission=queries.ASK, name=form.body.strip()
    )
    if len(found) != 1:
        count = f"有{len(found)}个" if found else "您管的地方没有"
        raise errors.FormWrong(what=f"{count}叫“{form.body[:30]}”的组织。")
    return found[0]


@officer
def bodies(request: OfficeRequest) -> HttpResponse:
    """Offer the organisations whose name, or whose village, has the words that were typed."""
    _subjects(request)
    words = request.GET.get("body", "").strip()[: ask_forms.LONGEST]
    return render(request, "office/_ask_bodies.html", {"bodies": _bodies(request, words)})


def _bodies(request: OfficeRequest, words: str) -> list[tuple[str, str]]:
    """Return (what is typed, what is shown) of organisations; the code where two share a name."""
    found = people_queries.find_bodies(by=request.actor, permission=queries.ASK, words=words)
    names = [name for _, name, _ in found]
    return [
        (name, place) if names.count(name) == 1 else (ext_id, f"{name}，{place}")
        for ext_id, name, place in found
    ]


def _edited(request: OfficeRequest) -> kept_questions.Kept | None:
    """Return the question of one's own that is being changed. Raises: NotFound."""
    code = request.GET.get("code", "")
    if not code:
        return None
    found = kept_questions.access_mine(by=request.actor, code=code)
    return kept_questions.view(request.actor, found)


def _place(form: Form) -> str:
    """Return the place of a form, nothing for what is no place."""
    try:
        return divisions.check(form.place)
    except BadDivisionCode:
        return ""


def answered(request: OfficeRequest, answer: Answer) -> dict[str, Any]:
    """Return what a page shows of an answer."""
    shown = page_of(request, answer.groups, LINES)
    rows_url = reverse("office:ask_rows")
    titled = ask_parts.title_of(answer)
    pictures = [
        draw(answer, titled, lambda one: ask_parts.line_url(answer, one, rows_url))
        for draw in (ask_pictures.wide, ask_pictures.slim)
    ]
    return {
        "answer": answer,
        "title": ask_parts.finding(answer),
        "sub": "",
        "said": ask_parts.said(answer),
        "as_of": moment(request, answer.as_of),
        "ledger": ask_parts.ledger(answer, [*shown], rows_url),
        "wide": pictures[0],
        "slim": pictures[1],
        "fields": ask_forms.pairs(answer.form),
        "form_query": ask_forms.query(answer.form),
        "page": shown,
        "query": query_without_page(request),
    }


@officer
def picture(request: OfficeRequest, kind: str) -> HttpResponseBase:
    """Give the picture of an answer as a file."""
    try:
        chosen = ask_forms.read(request.GET)
        answer = actions.ask(by=request.actor, form=chosen, at=request.at)
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, refusal)
    return ask_files.picture_file(request, answer, ask_parts.short(answer), kind)


@officer
def rows(request: OfficeRequest) -> HttpResponseBase:
    """Show the rows behind a line, each leading on to its page."""
    try:
        chosen = ask_forms.read(request.GET)
        found = actions.rows(
            by=request.actor,
            form=chosen,
            keys=ask_forms.keys(request.GET),
            bucket=request.GET.get("bucket_of", "")[: ask_forms.LONGEST],
            at=request.at,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(request, refusal)
    sub = f"数到{moment(request, request.at)}。点第一列看它从哪里来。"
    more = "，只列到这里" if found.is_cut else ""
    title = f"{found.subject.title}：{len(found.rows)}{found.subject.noun}{more}"
    if request.GET.get("as"):
        whole = ask_parts.behind(request.actor, found, found.rows)
        name = f"{found.subject.title}明细"
        return ask_files.ledger_file(whole, name, [sub], request.GET["as"])
    shown = page_of(request, found.rows, LINES)
    back = f"{reverse('office:ask_form')}?{ask_forms.query(chosen)}"
    return show(
        request,
        "ask_rows",
        {
            "title": title,
            "sub": sub,
            "ledger": ask_parts.behind(request.actor, found, [*shown]),
            "page": shown,
            "query": query_without_page(request),
            "statement": found.statement.sql,
        },
        current="cockpit",
        crumbs=crumbs(Link(found.subject.title, back), Link("明细", "")),
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
        crumbs=crumbs(Link("明细", "")),
        status=409,
    )
