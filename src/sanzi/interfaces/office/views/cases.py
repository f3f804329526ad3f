"""One case for those who approve it: the page, and what each role may do on it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import ItemRow, Link, Tab
from sanzi.interfaces.office import case_parts
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    page_of,
    query_without_page,
    show,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, take_second_factor
from sanzi.kernel.refusals import Refusal
from sanzi.matters import case_queries, list_queries
from sanzi.matters.actions import cases as actions
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.payments import order_queries
from sanzi.supervision import queries as supervision

CSV_ROWS_MAX = 10_000
STATES_SHOWN = ("", "SUBMITTED", "APPROVED", "RETURNED", "DISPATCHED", "SETTLED")


def case_row(request: OfficeRequest, one: Any) -> ItemRow:
    """Return one case of a list as its row; `one` is a row of `list_queries`."""
    return ItemRow(
        title=one.title,
        url=reverse("office:case", args=[one.number]),
        sub=f"{one.organisation.name} · {one.number}",
        amount=words.yuan(one.amount_fen),
        due=f"{one.get_state_display()} {day(request, one.saved_at)}",
        icon="file-text",
    )


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the cases of the scope, or those I started, by state."""
    state, is_mine = request.GET.get("state", ""), "mine" in request.GET
    rows = (
        list_queries.my_open_cases(by=request.actor)
        if is_mine
        else list_queries.cases(
            by=request.actor,
            states=[state] if state else (),
            division_code=request.GET.get("village", ""),
        )
    )
    if request.GET.get("as") == "csv":
        return _csv(rows)
    page = page_of(request, rows)
    known = dict(list_queries.state_words())
    here = reverse("office:cases")
    return show(
        request,
        "cases",
        {
            "title": "我发起的" if is_mine else "在办和办过的事",
            "links": [Link("办一件事", reverse("office:start"), "plus", is_primary=True)]
            if may(request, "matters.start")
            else [],
            "tabs": [
                *(
                    Tab(
                        known.get(one, "全部"),
                        f"{here}?state={one}",
                        is_current=not is_mine and one == state,
                    )
                    for one in STATES_SHOWN
                ),
                Tab("我发起的", f"{here}?mine=1", is_current=is_mine),
            ],
            "villages": people_queries.villages(by=request.actor),
            "village": request.GET.get("village", ""),
            "state": state,
            "page": page,
            "rows": [case_row(request, one) for one in page],
            "query": query_without_page(request),
        },
        current="cases",
        crumbs=[Link("待办", reverse("office:home")), Link("办事", "")],
    )


def _csv(rows: Iterable[Any]) -> HttpResponseBase:
    return csv_file(
        "办件",
        ["办件号", "事项", "单位", "金额（元）", "状态", "提交时间"],
        (
            [
                one.number,
                one.title,
                one.organisation.name,
                words.yuan(one.amount_fen),
                one.get_state_display(),
                one.submitted_at.isoformat() if one.submitted_at else "",
            ]
            for one in itertools.islice(rows, CSV_ROWS_MAX)
        ),
    )


@officer
def page(request: OfficeRequest, number: str) -> HttpResponse:
    """Show a case: what, how much, to whom, why, papers, checks, history, and my buttons."""
    return _page(request, number)


def _page(request: OfficeRequest, number: str, refusal: Refusal | None = None) -> HttpResponse:
    case = case_queries.access_case(by=request.actor, number=number, at=request.at)
    if case.is_editable and refusal is None:
        return redirect("office:form", number)
    order = _order(request, number)
    check = supervision.last_check(number)
    return show(
        request,
        "case",
        case_parts.context(request, case, order, check) | {"refusal": _said(refusal)},
        current="cases",
        crumbs=[
            Link("待办", reverse("office:home")),
            Link("办事", reverse("office:cases")),
            Link(case.number, ""),
        ],
        status=409 if refusal else 200,
    )


def _order(request: OfficeRequest, number: str) -> order_queries.OrderView | None:
    try:
        return order_queries.order_of_case(by=request.actor, case_number=number)
    except NotFound:
        return None


def _said(refusal: Refusal | None) -> dict[str, str] | None:
    return {"text": refusal.text, "next_step": refusal.advice} if refusal else None


def acted(
    request: OfficeRequest, number: str, action: Callable[[], object], done: str,
) -> HttpResponse:
    """Run an action on a case; a refusal is shown on the case's own page, nothing is lost."""
    try:
        take_second_factor(request)
        action()
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, number, refusal)
    messages.success(request, done)
    return redirect("office:case", number)


@require_POST
@officer
def act(request: OfficeRequest, number: str) -> HttpResponse:
    """Approve, return or reject the open step; a money step asks for the six digits."""
    verdict = request.POST.get("do", "")
    line_no = _figure(request.POST.get("line", ""))
    told: list[str] = []

    def run() -> None:
        found = actions.act(
            number=number,
            by=request.actor,
            at=request.at,
            opinion=actions.Opinion(
                verdict=verdict,
                seen_digest=request.POST.get("seen", ""),
                text=request.POST.get("opinion", ""),
                reason_code=request.POST.get("reason", "") if verdict != "approve" else "",
            ),
            line_no=line_no,
        )
        told.append(case_parts.done_words(request, verdict, found))

    try:
        take_second_factor(request)
        run()
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, number, refusal)
    messages.success(request, told[0])
    return redirect("office:case", number)


def _figure(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004 - a line number


@require_POST
@officer
def pass_on(request: OfficeRequest, number: str) -> HttpResponse:
    """Hand the open step to the next in line when its holders must stand aside."""
    return acted(
        request,
        number,
        lambda: actions.pass_on(
            number=number,
            by=request.actor,
            at=request.at,
            line_no=_figure(request.POST.get("line", "")),
        ),
        "已转给下一位。",
    )


@require_POST
@officer
def withdraw(request: OfficeRequest, number: str) -> HttpResponse:
    """Take a case back for good."""
    return attempt(
        request,
        lambda: actions.withdraw(number=number, by=request.actor, at=request.at),
        done=f"{number}已撤回，号码不再用。",
        to=reverse("office:cases") + "?mine=1",
    )


@require_POST
@officer
def correct_line(request: OfficeRequest, number: str) -> HttpResponse:
    """Correct the account of one payee line that the bank refused or gave back."""
    line_no = _figure(request.POST.get("line", ""))
    case = case_queries.access_case(by=request.actor, number=number, at=request.at)
    if not 0 < line_no <= len(case.lines):
        raise NotFound
    typed = case.lines[line_no - 1]
    corrected = {
        key: typed.get(key, "") for key in ("kind", "payee_id", "name", "amount", "note")
    }
    corrected["account"] = request.POST.get("account", "")
    corrected["bank_code"] = request.POST.get("bank_code", "") or typed.get("bank_code", "")
    if typed.get("kind") != "person" or not typed.get("payee_id"):
        corrected["name"] = request.POST.get("name", "") or typed.get("name", "")
    return acted(
        request,
        number,
        lambda: actions.correct_line(
            number=number,
            line_no=line_no,
            by=request.actor,
            at=request.at,
            line=corrected,
            confirmation=request.POST.get("confirmation", ""),
        ),
        f"第{line_no}行的账户改好了。接着同银行核对，再批这一行。",
    )

