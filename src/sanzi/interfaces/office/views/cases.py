"""One case for those who approve it: the page, and what each role may do on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import ItemRow, Link, Tab
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    page_in,
    page_number,
    query_without_page,
    show,
)
from sanzi.interfaces.office.parts import cases as case_parts
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, take_second_factor
from sanzi.kernel.refusals import Refusal
from sanzi.matters import queries
from sanzi.matters.actions import cases as actions
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import payee_check
from sanzi.payments.queries import orders as order_queries
from sanzi.payments.queries import payments
from sanzi.supervision.actions import holds

CSV_PAGES_MAX = 300
STATES = (
    ("", "全部"),
    ("SUBMITTED", "审批中"),
    ("APPROVED", "已批准"),
    ("RETURNED", "退回修改"),
    ("DISPATCHED", "已交银行"),
    ("SETTLED", "已办结"),
    ("DONE", "办完了"),
)


def case_row(request: OfficeRequest, one: queries.CaseLine) -> ItemRow:
    """Return one case of a list as its row."""
    return ItemRow(
        title=one.title,
        url=reverse("office:case", args=[one.number]),
        sub=f"{one.village} · {one.number}",
        amount=words.yuan(one.amount_fen) if one.amount_fen else "",
        due=f"{one.state_text} {day(request, one.created_at)}",
        icon="file-text",
    )


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the cases of the scope, or those I started, by state, village and words."""
    state, is_mine = request.GET.get("state", ""), "mine" in request.GET
    narrowed = queries.CaseFilter(
        text=request.GET.get("text", ""),
        state=state,
        division_code=request.GET.get("village", ""),
        is_mine=is_mine,
    )
    if request.GET.get("as") == "csv":
        return _csv(request, narrowed)
    found = queries.search(by=request.actor, narrowed=narrowed, page=page_number(request))
    here = reverse("office:cases")
    return show(
        request,
        "cases",
        {
            "title": f"{'我发起的' if is_mine else '在办和办过的'}{found.count_words}",
            "links": [
                Link("登记簿", reverse("office:registers"), "notebook"),
                Link("民主决策", reverse("office:decisions"), "users"),
                Link("办一件事", reverse("office:start"), "plus", is_primary=True),
            ]
            if may(request, "matters.start")
            else [],
            "tabs": [
                *(
                    Tab(title, f"{here}?state={code}", is_current=not is_mine and code == state)
                    for code, title in STATES
                ),
                Tab("我发起的", f"{here}?mine=1", is_current=is_mine),
            ],
            "villages": people_queries.villages(by=request.actor),
            "village": narrowed.division_code,
            "text": narrowed.text,
            "state": state,
            "page": page_in(found.total, found.page, queries.PAGE_SIZE),
            "rows": [case_row(request, one) for one in found.cases],
            "query": query_without_page(request),
        },
        current="cases",
        crumbs=[Link("待办", reverse("office:home")), Link("办事", "")],
    )


def _csv(request: OfficeRequest, narrowed: queries.CaseFilter) -> HttpResponseBase:
    def lines() -> Iterator[list[str]]:
        page = queries.search(by=request.actor, narrowed=narrowed)
        for number in range(1, min(page.page_count, CSV_PAGES_MAX) + 1):
            if number > 1:
                page = queries.search(by=request.actor, narrowed=narrowed, page=number)
            for one in page.cases:
                yield [
                    one.number,
                    one.title,
                    one.village,
                    words.yuan(one.amount_fen),
                    one.state_text,
                    one.created_at.isoformat(),
                ]

    return csv_file("办件", ["办件号", "事项", "村", "金额（元）", "状态", "建立时间"], lines())


@officer
def page(request: OfficeRequest, number: str) -> HttpResponse:
    """Show a case: what, how much, to whom, why, papers, checks, history, and my buttons."""
    return shown(request, number)


def shown(request: OfficeRequest, number: str, refusal: Refusal | None = None) -> HttpResponse:
    """Return the page of a case, a refusal on top of it."""
    case = queries.case_page(by=request.actor, number=number, at=request.at)
    if case.is_editable and case.is_starter and refusal is None:
        return redirect("office:form", number)
    return show(
        request,
        "case",
        case_parts.context(request, case, *order_of(request, number)) | {"refusal": _said(refusal)},
        current="cases",
        crumbs=[
            Link("待办", reverse("office:home")),
            Link("办事", reverse("office:cases")),
            Link(number, ""),
        ],
        status=409 if refusal else 200,
    )


def order_of(
    request: OfficeRequest,
    number: str,
) -> tuple[payments.OrderPage | None, order_queries.OrderWords | None]:
    """Return the order of a case and its words; nothing for those who may not see payments."""
    try:
        page = payments.order_page(by=request.actor, case_number=number)
        return page, order_queries.order_words(by=request.actor, case_number=number)
    except NotFound:
        return None, None


def _said(refusal: Refusal | None) -> dict[str, str] | None:
    return {"text": refusal.text, "next_step": refusal.advice} if refusal else None


def acted(
    request: OfficeRequest,
    number: str,
    action: Callable[[], str],
) -> HttpResponse:
    """Run an action on a case and tell what it returns; a refusal stands on the case's own page."""
    try:
        take_second_factor(request)
        done = action()
    except NotFound:
        raise
    except Refusal as refusal:
        return shown(request, number, refusal)
    messages.success(request, done)
    return redirect("office:case", number)


@require_POST
@officer
def act(request: OfficeRequest, number: str) -> HttpResponse:
    """Approve, return or reject the open step; a money step asks for the six digits."""
    verdict = request.POST.get("do", "")

    def run() -> str:
        if verdict == "approve":
            # Every approval moves money closer to the bank: the second factor must be fresh.
            request.actor.require_second_factor(request.at)
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
            line_no=_figure(request.POST.get("line", "")),
        )
        return case_parts.done_words(request, verdict, found)

    return acted(request, number, run)


def _figure(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


@require_POST
@officer
def pass_on(request: OfficeRequest, number: str) -> HttpResponse:
    """Hand the open step to the next in line when its holders must stand aside."""

    def run() -> str:
        found = actions.pass_on(
            number=number,
            by=request.actor,
            at=request.at,
            line_no=_figure(request.POST.get("line", "")),
        )
        return f"这一步现在由{found.next_role}办。"

    return acted(request, number, run)


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
    case = queries.case_page(by=request.actor, number=number, at=request.at)
    if not 0 < line_no <= len(case.lines):
        raise NotFound
    typed = case.lines[line_no - 1]
    kept = ("kind", "payee_id", "name", "amount", "note", "bank_code")
    corrected = {key: str(typed.get(key, "")) for key in kept}
    for key in ("account", "bank_code", "name"):
        corrected[key] = request.POST.get(key, "").strip() or corrected.get(key, "")

    def run() -> str:
        actions.correct_line(
            number=number,
            line_no=line_no,
            by=request.actor,
            at=request.at,
            line=corrected,
            confirmation=request.POST.get("confirmation", ""),
        )
        return f"第{line_no}行的账户改好了。接着同银行核对，再批这一行。"

    return acted(request, number, run)


@require_POST
@officer
def check_payees(request: OfficeRequest, number: str) -> HttpResponse:
    """Ask the bank whether names and accounts belong together."""

    def run() -> str:
        found = payee_check.check_payees(case_number=number, by=request.actor, at=request.at)
        wrong = sum(one.verdict in order_queries.UNPAYABLE for one in found)
        return (
            f"银行核对了{len(found)}户，{wrong}户对不上，请看名单。"
            if wrong
            else f"银行核对了{len(found)}户，户名账号都对得上。"
        )

    return acted(request, number, run)


@require_POST
@officer
def release_hold(request: OfficeRequest, number: str) -> HttpResponse:
    """Let a hold go, with a reason that is published."""

    def run() -> str:
        holds.release_hold(
            case_number=number,
            model_code=request.POST.get("model", ""),
            finding_id=request.POST.get("finding", ""),
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=request.at,
        )
        return "已放行，理由会公开。办这一步的人可以接着办了。"

    return acted(request, number, run)
