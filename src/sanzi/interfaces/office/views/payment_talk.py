"""An order on its way: who was not paid and what to do, the talk with the bank, its buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Event, Ledger, Link, Row
from sanzi.interfaces.office.pages import due, may, moment, show
from sanzi.interfaces.office.parts import cases as case_parts
from sanzi.interfaces.office.requests import OfficeRequest, officer, take_second_factor
from sanzi.kernel.refusals import Refusal
from sanzi.matters import queries as matters
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import asking, cancelling, channels
from sanzi.payments.queries import failures, talk

LINES_SHOWN = 20
TALK_SHOWN = 40


@dataclass(frozen=True)
class FailedPart:
    """One group of payees who were not paid, as the page draws it."""

    title: str
    aside: str
    ledger: Ledger
    link: Link | None


def context(request: OfficeRequest, number: str) -> dict[str, Any]:
    """Return what the page of an order shows beside its payees and messages."""
    by = request.actor
    limit = talk.SHOWN_MAX if "talk" in request.GET else TALK_SHOWN
    said = talk.timeline(by=by, case_number=number, limit=limit)
    return {
        "failed": [_part(number, one) for one in failures.failed_groups(by=by, case_number=number)],
        "events": [_event(request, one) for one in said],
        "has_more_talk": len(said) == TALK_SHOWN,
        "progress": talk.progress(by=by, case_number=number),
        "doing": talk.doing(by=by, case_number=number),
    }


def _part(number: str, group: failures.FailedGroup) -> FailedPart:
    case = reverse("office:case", args=[number])
    return FailedPart(
        title=group.title,
        aside=f"{group.count}户，{words.yuan(group.amount_fen)}元",
        ledger=Ledger(
            caption=group.title,
            columns=[
                Column("行"),
                Column("收款人"),
                Column("金额（元）", "money"),
                Column("为什么"),
                Column("接着怎么办"),
            ],
            rows=[
                Row(
                    [
                        Cell(str(one.line_no)),
                        Cell(one.payee_name),
                        Cell(words.yuan(one.amount_fen)),
                        Cell(one.sentence, sub=f"银行说：{one.bank_said}" if one.bank_said else ""),
                        Cell(one.next_step),
                    ]
                )
                for one in group.lines[:LINES_SHOWN]
            ],
        ),
        link=Link("去改账户，重付", case, "refresh") if group.key == failures.CORRECT else None,
    )


def _event(request: OfficeRequest, one: talk.Said) -> Event:
    about = f"批号{one.msg_id}" if one.msg_id else ""
    text = "，".join(part for part in (one.text.rstrip("。"), about) if part)
    return Event(
        moment(request, one.at),
        one.title,
        f"：{text}" if text else "",
        "due" if one.is_wrong else "done",
    )


def correction(request: OfficeRequest, number: str) -> dict[str, Any]:
    """Return the payee whose account this officer is to correct now, if the order has one.

    The form is that of the case: a corrected line is checked and approved anew before it is paid.
    """
    try:
        case = matters.case_page(by=request.actor, number=number, at=request.at)
    except NotFound:
        return {}  # an order that no case made, or a case of others
    turn = case_parts.turn_of(case)
    line = case_parts.line_to_correct(case, turn)
    if turn is None or line is None:
        return {}
    return {"line": line, "turn_words": due(request, turn.row.due_at)[0]}


def _do(request: OfficeRequest, number: str, action: Callable[[], str]) -> HttpResponse:
    """Do something with an order and tell what came of it on its page."""
    try:
        take_second_factor(request)
        done = action()
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text}{refusal.advice}")
    else:
        messages.success(request, done)
    return redirect("office:payment", number)


@require_POST
@officer
def ask(request: OfficeRequest, number: str) -> HttpResponse:
    """Ask the bank now what became of the open messages."""

    def run() -> str:
        count = asking.ask_now(case_number=number, by=request.actor, at=request.at)
        return (
            f"这就去问银行，{count}批，过一会儿刷新看结果。"
            if count
            else "没有要问的，都有结果了。"
        )

    return _do(request, number, run)


@require_POST
@officer
def call_back(request: OfficeRequest, number: str) -> HttpResponse:
    """Take back what is on its way: all, or the lines that are typed."""
    typed = request.POST.get("lines", "").replace("，", ",").replace("、", ",").replace(" ", ",")
    chosen = [int(one) for one in typed.split(",") if one.isdigit()]

    def run() -> str:
        found = cancelling.call_back(
            case_number=number, by=request.actor, at=request.at, line_nos=chosen
        )
        told = []
        if found.withdrawn:
            told.append(f"{found.withdrawn}户还没送银行，已经撤回")
        if found.asked:
            told.append(f"{found.asked}户已经在银行，正请银行撤回，撤不回的照付")
        return "；".join(told) + "。"

    return _do(request, number, run)


@officer
def bank_channels(request: OfficeRequest) -> HttpResponse:
    """List the ways to banks that are stopped, and let an operator open one again."""
    if not may(request, channels.PERMISSION):
        raise NotFound
    if request.method == "POST":
        return _resume(request)
    rows = channels.stopped(by=request.actor)
    return show(
        request,
        "bank_channels",
        {
            "title": f"{len(rows)}条银行通道停着" if rows else "银行通道都通着",
            "sub": "停着的通道一分钱也不付。查好签名证书再放行。" if rows else "",
            "rows": [(one, moment(request, one.stopped_at)) for one in rows],
        },
        crumbs=[Link("待办", reverse("office:home")), Link("银行通道", "")],
    )


def _resume(request: OfficeRequest) -> HttpResponse:
    name = request.POST.get("name", "")
    try:
        take_second_factor(request)
        channels.resume(name=name, by=request.actor, at=request.at)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text}{refusal.advice}")
    else:
        messages.success(request, f"通道{name}放行了，等着的批次几分钟内接着送。")
    return redirect("office:bank_channels")
