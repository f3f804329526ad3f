"""Notices that went out or did not, and the programs that hear of events; for who runs it all."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look.parts import Cell, Column, Count, Ledger, Link, Row
from sanzi.interfaces.office.pages import moment, page_of, query_without_page, show
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.kernel.refusals import Refusal
from sanzi.notices import webhooks
from sanzi.orgs import notice_queries
from sanzi.orgs.actions import notices as actions
from sanzi.orgs.notice_queries import NoticeFilter

PAGE_ROWS = 50
COLUMNS = ("时间", "什么事", "怎么发", "到哪一步", "试过")


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """Show the notices of the last 30 days by state and channel, newest first."""
    only = NoticeFilter(
        state=request.GET.get("state", ""),
        channel=request.GET.get("channel", ""),
        words=request.GET.get("words", "").strip(),
    )
    page = page_of(
        request, notice_queries.notices(by=request.actor, only=only, at=request.at), PAGE_ROWS
    )
    tally = notice_queries.tally(by=request.actor, at=request.at)
    rows = [
        Row(
            [
                Cell(moment(request, one.created_at)),
                Cell(notice_queries.said(one), sub=one.subject_id),
                Cell(one.get_channel_display()),
                Cell(one.get_state_display(), sub=one.last_error if one.state == "FAILED" else ""),
                Cell(f"{one.attempt_count}次"),
            ]
        )
        for one in page
    ]
    return show(
        request,
        "notices",
        {
            "title": _headline(tally),
            "counts": [
                Count(
                    str(tally.get(state, 0)),
                    words,
                    "近三十天",
                    f"?state={state}",
                    is_hot=state == notice_queries.FAILED and tally.get(state, 0) > 0,
                )
                for state, words in notice_queries.STATES[:4]
            ],
            "only": only,
            "states": notice_queries.STATES,
            "channels": notice_queries.CHANNELS,
            "failed": [one for one in page if one.state == notice_queries.FAILED],
            "ledger": Ledger(
                caption="通知",
                columns=[
                    Column(title) for title in ("时间", "什么事", "怎么发", "到哪一步", "试过")
                ],
                rows=rows,
            ),
            "page": page,
            "query": query_without_page(request),
        },
        crumbs=[Link("待办", reverse("office:home")), Link("通知", "")],
    )


def _headline(tally: dict[str, int]) -> str:
    failed, queued = tally.get(notice_queries.FAILED, 0), tally.get(notice_queries.QUEUED, 0)
    if failed:
        return f"有{failed}条通知没发出去"
    return f"{queued}条通知等着发" if queued else "三十天里的通知都发出去了"


@officer
@require_POST
def again(request: OfficeRequest, notice_id: int) -> HttpResponse:
    """Put one notice back into the queue."""
    return attempt(
        request,
        lambda: actions.send_again(notice_id=notice_id, by=request.actor, at=request.at),
        done="已放回队里，过一会儿再发。",
        to=reverse("office:notices"),
    )


@officer
def programs(request: OfficeRequest) -> HttpResponse:
    """Show the programs that hear of events, and take a new one; its secret is shown once."""
    typed = {"title": "", "url": "", "division": "", "events": []}
    refused: Refusal | None = None
    connected = None
    if request.method == "POST":
        typed = {
            "title": request.POST.get("title", ""),
            "url": request.POST.get("url", "").strip(),
            "division": request.POST.get("division", "").strip(),
            "events": request.POST.getlist("events"),
        }
        try:
            connected = actions.connect(
                title=str(typed["title"]),
                url=str(typed["url"]),
                events=request.POST.getlist("events"),
                division_code=str(typed["division"]),
                by=request.actor,
                at=request.at,
            )
        except Refusal as refusal:
            refused = refusal
    return show(
        request,
        "programs",
        {
            "title": "听消息的程序",
            "rows": notice_queries.listeners(by=request.actor),
            "kinds": [one for one in webhooks.EVENTS.items() if one[0] != "test.ping"],
            "typed": typed,
            "refusal": refused.as_dict() | {"text": refused.text} if refused else None,
            "connected": connected,
        },
        crumbs=[Link("待办", reverse("office:home")), Link("听消息的程序", "")],
        status=409 if refused else 200,
    )


@officer
@require_POST
def program(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Stop a program, let it go on, or send it a trial."""
    what = request.POST.get("what", "")
    if what == "try":
        actions.try_out(ext_id=ext_id, by=request.actor, at=request.at)
        messages.success(request, "试发的消息已放进队里，十几秒后看“等着发”是不是归零。")
    else:
        actions.switch(ext_id=ext_id, is_on=what == "on", by=request.actor, at=request.at)
    return redirect("office:programs")
