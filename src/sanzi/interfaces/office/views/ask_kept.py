"""Questions that were kept: saved, opened by their link, shared, deleted; statements in SQL."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.insight.actions import questions as actions
from sanzi.insight.actions.questions import Told, Words
from sanzi.insight.questions import kept as kept_questions
from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.office.forms import ask as ask_forms
from sanzi.interfaces.office.pages import moment, show
from sanzi.interfaces.office.parts import ask_files
from sanzi.interfaces.office.parts import own_models as own_parts
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.ask import answered, crumbs
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound
from sanzi.supervision import own_queries
from sanzi.supervision.own_rights import Desk

START = """SELECT
    p.village_id,
    p.matter_code,
    SUM(p.amount_fen) AS amount_fen
FROM stg_payment p
WHERE p.status = 'paid'
GROUP BY p.village_id, p.matter_code
"""


@require_POST
@officer
def save(request: OfficeRequest) -> HttpResponseBase:
    """Keep the question of an answer under a name."""
    query = QueryDict(request.POST.get("query", ""))
    words = Words(request.POST.get("title", ""), request.POST.get("note", ""))
    code = request.POST.get("code", "") or actions.NEW
    back = f"{reverse('office:ask_form')}?{query.urlencode()}"
    try:
        form = ask_forms.read(query)
        kept = actions.save(words=words, form=form, by=request.actor, at=request.at, code=code)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        return redirect(back)
    messages.success(request, "存好了。以后打开照那时的数重新算。")
    return redirect(reverse("office:ask_kept", args=[kept]))


@officer
def page(request: OfficeRequest, code: str) -> HttpResponseBase:
    """Open a kept question: its answer for who asks now."""
    found = kept_questions.access_question(by=request.actor, code=code)
    kept = kept_questions.view(request.actor, found)
    context: dict[str, Any] = {"answer": None, "told": None, "refusal": None}
    kind = request.GET.get("as", "")
    try:
        if kept.form is None:
            desk = kept_questions.desk_for(request.actor, found)
            told = actions.ask_sql(
                by=request.actor, sql=kept.sql, desk=desk, at=request.at, code=code
            )
            if kind:
                return _file(request, told, kept.title, kind)
            context |= _told(request, told, desk)
        else:
            answer = actions.ask(
                by=request.actor,
                form=kept.form,
                at=request.at,
                code=code,
                role_code=kept.role_code,
            )
            if kind:
                return ask_files.answer_file(request, answer, kept.title, kind)
            context |= answered(request, answer)
    except NotFound:
        raise
    except Refusal as refusal:
        context["refusal"] = {"text": refusal.text, "next_step": refusal.advice}
    link = request.build_absolute_uri(reverse("office:ask_kept", args=[code]))
    finding = context.get("title", "")
    return show(
        request,
        "ask_kept",
        {
            **context,
            "title": kept.title,
            "finding": finding,
            "sub": kept.note,
            "kept": kept,
            "edit_url": _edit_url(kept),
            "link": link,
        },
        current="cockpit",
        crumbs=crumbs(Link(kept.title, "")),
        status=409 if context["refusal"] else 200,
    )


def _edit_url(kept: kept_questions.Kept) -> str:
    if kept.form is None:
        return f"{reverse('office:ask_sql')}?code={kept.code}"
    return f"{reverse('office:ask_form')}?{ask_forms.query(kept.form)}&code={kept.code}"


def _told(request: OfficeRequest, told: Told, desk: Desk) -> dict[str, Any]:
    words = f"数到{moment(request, told.as_of)}，用了{told.milliseconds}毫秒。"
    if told.is_cut:
        words += f"还有更多，这里只有前{len(told.rows)}行，没有先后。"
    return {
        "told": own_parts.table_ledger("答案", told.columns, told.rows),
        "told_words": words,
        "desk_words": own_parts.desk_words(desk),
    }


def _file(request: OfficeRequest, told: Told, title: str, kind: str) -> HttpResponse:
    ledger = own_parts.table_ledger("答案", told.columns, told.rows)
    notes = [f"数到{moment(request, told.as_of)}。"]
    if told.is_cut:
        notes.append(f"只有前{len(told.rows)}行。")
    return ask_files.ledger_file(ledger, title, notes, kind)


@require_POST
@officer
def act(request: OfficeRequest, code: str) -> HttpResponseBase:
    """Share a question of one's own, close it again, or delete it when that was confirmed."""
    pressed, by, at = request.POST.get("do", ""), request.actor, request.at
    here = reverse("office:ask_kept", args=[code])
    if pressed in ("share", "unshare"):
        is_shared = pressed == "share"
        return attempt(
            request,
            lambda: actions.share(code=code, is_shared=is_shared, by=by, at=at),
            done="把链接给同事就行，他只看得到他管的地方。" if is_shared else "链接别人打不开了。",
            to=here,
        )
    kept_questions.access_mine(by=by, code=code)
    if pressed != "delete" or request.POST.get("sure") != "yes":
        messages.error(request, "没有删。要删，先勾上“确定删掉”。")
        return redirect(here)
    return attempt(
        request,
        lambda: actions.delete(code=code, by=by, at=at),
        done="删掉了，链接也打不开了。",
        to=reverse("office:asks"),
    )


@officer
def statement(request: OfficeRequest) -> HttpResponseBase:
    """Write a statement, try it, keep it under a name."""
    code = request.POST.get("code") or request.GET.get("code", "")
    kept = kept_questions.access_mine(by=request.actor, code=code) if code else None
    role, _, place = (request.POST.get("desk") or request.GET.get("desk", "")).partition(":")
    desk = actions.desk(by=request.actor, role_code=role, division_code=place)
    given = request.POST
    sql = given.get("sql", "").replace("\r\n", "\n") or (kept.sql if kept else "") or START
    words = Words(
        given.get("title", kept.title if kept else ""), given.get("note", kept.note if kept else "")
    )
    context: dict[str, Any] = {"told": None, "refusal": None, "line": 0, "column": 0}
    try:
        if request.method == "POST" and given.get("do") == "save":
            saved = actions.save_sql(
                words=words, sql=sql, desk=desk, by=request.actor, at=request.at,
                code=code or actions.NEW,
            )  # fmt: skip
            messages.success(request, "存好了。以后打开照那时的数重新算。")
            return redirect(reverse("office:ask_kept", args=[saved]))
        if request.method == "POST":
            told = actions.ask_sql(by=request.actor, sql=sql, desk=desk, at=request.at)
            context |= _told(request, told, desk)
    except NotFound:
        raise
    except Refusal as refusal:
        context["refusal"] = {"text": refusal.text, "next_step": refusal.advice}
        context["line"] = refusal.data.get("line", 0)
        context["column"] = refusal.data.get("column", 0)
    tables = own_queries.tables(desk)
    return show(
        request,
        "ask_sql",
        {
            **context,
            "title": "写一条SQL来问",
            "desk": desk,
            "desk_words": own_parts.desk_words(desk),
            "sql": sql,
            "words": words,
            "code": code,
            "tables": tables,
            "names": own_parts.names(tables),
        },
        current="cockpit",
        crumbs=crumbs(Link("写一条SQL", "")),
        status=409 if context["refusal"] else 200,
    )
