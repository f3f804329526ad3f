"""One meeting: its code for the phones, the roll, its papers, the count, the minutes as PDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.evidence import queries as evidence
from sanzi.evidence.actions import files
from sanzi.evidence.actions.files import Upload
from sanzi.interfaces.look.parts import Fact, Link
from sanzi.interfaces.office.forms.meetings import VotesForm
from sanzi.interfaces.office.pages import moment, page_of, query_without_page, show
from sanzi.interfaces.office.parts.papers import papers_of
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views import decisions
from sanzi.interfaces.office.views.doors import qr
from sanzi.kernel.refusals import Refusal
from sanzi.matters import decision_queries as queries
from sanzi.matters import meeting_papers
from sanzi.matters.actions import meetings as actions
from sanzi.matters.actions.meeting_files import KINDS
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound

ROLL_PAGE = 40


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a meeting, with the roll by name."""
    return _shown(request, ext_id, VotesForm())


def _shown(request: OfficeRequest, ext_id: str, form: VotesForm) -> HttpResponse:
    meeting = queries.access_meeting(by=request.actor, ext_id=ext_id)
    steps = queries.meeting_steps(meeting)
    wanted = request.GET.get("q", "")
    rows = page_of(request, queries.due_people(meeting, words=wanted), ROLL_PAGE)
    is_open = meeting.opened_at is not None and meeting.counted_at is None
    address = request.build_absolute_uri(reverse("portal:sign_in", args=[ext_id]))
    tally = queries.tally(meeting)
    may_act = scope.can(request.actor, queries.CALL, meeting.division_code)
    return show(
        request,
        "meeting",
        {
            "title": f"{queries.body_words(meeting.body)}，应到{tally.due}人，签到{tally.came}人",
            "sub": "、".join(one.decision.title for one in steps),
            "links": decisions.case_links(queries.plan_of(steps[0].decision)) if steps else [],
            "meeting": meeting,
            "decision": steps[0].decision if steps else None,
            "facts": _facts(request, meeting, tally),
            "tally": tally,
            "roll": queries.due_rows(meeting, rows),
            "page": rows,
            "query": query_without_page(request),
            "wanted": wanted,
            "is_open": is_open,
            "may_act": may_act,
            "may_open": may_act and meeting.opened_at is None,
            "may_sign": may_act and is_open,
            "is_minuted": any(one.minutes_digest for one in steps),
            "qr": qr(address, error="m", scale=5) if is_open and may_act else "",
            "address": address,
            "presences": queries.PRESENCES,
            "form": form,
            "kinds": KINDS.items(),
            "papers": papers_of("meeting", [ext_id]),
            "held": {
                KINDS.get(one.kind, one.kind) for one in evidence.attachments("meeting", ext_id)
            },
        },
        current="cases",
        crumbs=[
            Link("办事", reverse("office:cases")),
            Link("民主决策", reverse("office:decisions")),
            *(
                [
                    Link(
                        steps[0].decision.title,
                        reverse("office:decision", args=[steps[0].decision.ext_id]),
                    )
                ]
                if steps
                else []
            ),
            Link("会议", ""),
        ],
    )


def _facts(request: OfficeRequest, meeting: Any, tally: queries.Tally) -> list[Fact]:
    facts = [
        Fact("什么时候", moment(request, meeting.held_at)),
        Fact("在哪里", meeting.place),
        Fact("主持", meeting.chair.name if meeting.chair else "没有写"),
        Fact("记录", meeting.recorder.name if meeting.recorder else "没有写"),
        Fact("监督", meeting.watcher.name if meeting.watcher else "没有写"),
        Fact("通知", moment(request, meeting.notice_given_at)),
        Fact("能投票", f"{tally.voters}人（回避{tally.aside}人）"),
    ]
    if tally.unknown_age:
        facts.append(Fact("没登记出生日期", f"{tally.unknown_age}人，没算进应到"))
    return facts


@require_POST
@officer
def act(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Open the roll, sign somebody in or off it, hang a paper, count, keep the minutes."""
    meeting = queries.access_meeting(by=request.actor, ext_id=ext_id)
    if not scope.can(request.actor, queries.CALL, meeting.division_code):
        raise NotFound
    do = request.POST.get("do", "")
    if do == "count":
        return _count(request, ext_id)
    if do == "hang":
        return _hang(request, ext_id)
    here = reverse("office:meeting", args=[ext_id])
    wanted = request.POST.get("q", "")
    to = f"{here}?q={wanted}#roll" if do in ("sign", "strike") else here
    return attempt(request, _simple(request, ext_id, do), done="记下了。", to=to)


def _simple(request: OfficeRequest, ext_id: str, do: str) -> Callable[[], object]:
    by, at, person = request.actor, request.at, request.POST.get("person", "")
    if do == "open":
        return lambda: actions.open_roll(meeting_ext_id=ext_id, by=by, at=at)
    if do == "sign":
        return lambda: actions.sign(
            meeting_ext_id=ext_id, person_ext_id=person, by=by, at=at,
            presence=request.POST.get("presence", "ROOM"),
            proxy_ext_id=request.POST.get("proxy", ""),
        )  # fmt: skip
    if do == "strike":
        return lambda: actions.strike(meeting_ext_id=ext_id, person_ext_id=person, by=by, at=at)
    if do == "minutes":
        return lambda: actions.keep_minutes(meeting_ext_id=ext_id, by=by, at=at)
    raise NotFound


def _count(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    form = VotesForm(request.POST)
    meeting = queries.access_meeting(by=request.actor, ext_id=ext_id)
    steps = queries.meeting_steps(meeting)
    if not form.is_valid() or not steps:
        return _shown(request, ext_id, form)
    return attempt(
        request,
        lambda: actions.count(
            meeting_ext_id=ext_id, decision_ext_id=steps[0].decision.ext_id,
            votes=actions.Votes(**form.cleaned_data), by=request.actor, at=request.at,
        ),
        done="票点好了，看决策页上每一条合不合。",
        to=reverse("office:decision", args=[steps[0].decision.ext_id]),
        back=reverse("office:meeting", args=[ext_id]),
    )  # fmt: skip


def _hang(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    kind = request.POST.get("kind", "")
    here = redirect("office:meeting", ext_id)
    if kind not in KINDS or not request.FILES:
        messages.error(request, "没有选文件。 请拍照或选一个文件，再说明是什么。")
        return here
    try:
        for upload in request.FILES.getlist("file"):
            files.store(
                by=request.actor, at=request.at, subject_kind="meeting", subject_id=ext_id,
                upload=Upload(
                    upload.name or "", kind, cast("BinaryIO", upload), may_be_invoice=False
                ),
            )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
    else:
        messages.success(request, f"{KINDS[kind]}传好了。")
    return here


@officer
def minutes(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Send the minutes of a counted meeting as PDF; of a vote, they are the resolution."""
    try:
        made = meeting_papers.minutes(by=request.actor, ext_id=ext_id)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        return redirect("office:meeting", ext_id)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{ext_id}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
