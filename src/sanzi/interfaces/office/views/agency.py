"""The desk of the bookkeeping agency: all books of a month, batch review and batch close."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Count, ItemRow, Link, Tab
from sanzi.interfaces.office.pages import (
    csv_file,
    may,
    page_of,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.books import month_words
from sanzi.ledger import rules
from sanzi.ledger.actions import batches, closing
from sanzi.ledger.queries import desk as desks
from sanzi.ledger.queries.desk import CLOSED, HINDERED, READY, RUNNING, STATES, DeskFilter, DeskRow
from sanzi.orgs.errors import NotFound
from sanzi.supervision import queries as supervision

BATCH_MAX = 200
PAGE_ROWS = 40
TITLES = dict(STATES)
PICKED = (READY, HINDERED)
"""The states in which a book may be chosen to be closed."""


def crumbs(*links: Link) -> list[Link]:
    """Return the way back from a page of the agency."""
    return [
        Link("待办", reverse("office:home")),
        Link("代理记账", reverse("office:agency")),
        *links,
    ]


def require_agency(request: OfficeRequest) -> None:
    """Refuse whoever neither closes nor reviews books. Raises: NotFound."""
    if not (may(request, "ledger.close") or may(request, "ledger.review")):
        raise NotFound


def month_of(request: OfficeRequest) -> str:
    """Return the month asked for, else the one that is to be closed now."""
    last = rules.shift(rules.period_of(today(request)), -1)
    return request.GET.get("month") or request.POST.get("month") or last


def filter_of(request: OfficeRequest) -> DeskFilter:
    """Return what the address narrows the desk to."""
    given = request.GET if request.method == "GET" else request.POST
    return DeskFilter(
        text=given.get("text", ""),
        state=given.get("state", ""),
        standard_code=given.get("standard", ""),
        missing=given.get("missing", ""),
        sort=given.get("sort", "place"),
    )


@officer
def desk(request: OfficeRequest) -> HttpResponseBase:
    """Show a row for every book: where its month stands, what is missing, last year's figures."""
    require_agency(request)
    period, only = month_of(request), filter_of(request)
    found = desks.desk(by=request.actor, period=period, on=today(request), only=only)
    alerts = supervision.open_by_division(by=request.actor)
    if request.GET.get("as") == "csv":
        return _csv(found.rows, period, alerts)
    page = page_of(request, found.rows, PAGE_ROWS)
    ready = [row.book.org_ext_id for row in found.rows if row.state == READY]
    return show(
        request,
        "agency",
        {
            "title": _sentence(request, found),
            "sub": "" if found.rows else "没有这样的账套。",
            "links": _links(request),
            "counts": _counts(found),
            "tabs": _tabs(found, period, only),
            "period": period,
            "only": only,
            "sorts": desks.SORTS,
            "standards": found.standards,
            "missing": found.missing,
            "rows": [_row(row, period, alerts) for row in page],
            "page": page,
            "ready_count": min(len(ready), BATCH_MAX),
            "may_pick": any(row.state in PICKED for row in page),
            "may_close": may(request, "ledger.close"),
            "month_words": month_words(request, period),
            "last_year": rules.shift(period, -12),
            "query": query_without_page(request),
        },
        current="books",
        crumbs=[Link("待办", reverse("office:home")), Link("代理记账", "")],
    )


def _sentence(request: OfficeRequest, found: desks.Desk) -> str:
    month = month_words(request, found.period)
    left = found.states.get(HINDERED, 0)
    ready = found.states.get(READY, 0)
    if left:
        return f"{month}还有{left}本账有事没办完，{ready}本可以结账"
    if ready:
        return f"{month}有{ready}本账可以结账"
    if found.states.get(RUNNING):
        return f"{month}还没过完，现在没有卡住的事"
    return f"{month}的账都结了"


def _links(request: OfficeRequest) -> list[Link]:
    found = [
        Link("对账", reverse("office:reconciliations"), "scale"),
        Link("批量审核", reverse("office:agency_drafts"), "check"),
    ]
    if may(request, "ledger.hand_over") or may(request, "ledger.supervise"):
        found.append(Link("会计移交", reverse("office:handovers"), "users"))
    return found


def _counts(found: desks.Desk) -> list[Count]:
    here = f"{reverse('office:agency')}?month={found.period}"
    drafts = sum(row.draft_count for row in found.rows)
    return [
        Count(
            str(found.states.get(HINDERED, 0)),
            "本",
            "有事没办完",
            f"{here}&state={HINDERED}",
            is_hot=bool(found.states.get(HINDERED, 0)),
        ),
        Count(str(found.states.get(READY, 0)), "本", "可以结账", f"{here}&state={READY}"),
        Count(str(found.states.get(CLOSED, 0)), "本", "已结账", f"{here}&state={CLOSED}"),
        Count(str(drafts), "张", "草稿等审核", reverse("office:agency_drafts")),
    ]


def _tabs(found: desks.Desk, period: str, only: DeskFilter) -> list[Tab]:
    here = f"{reverse('office:agency')}?month={period}"
    return [
        Tab("全部", here, str(found.total), is_current=not (only.state or only.missing)),
        *(
            Tab(title, f"{here}&missing={kind}", str(count), is_current=only.missing == kind)
            for kind, title, count in found.missing
        ),
    ]


def _row(row: DeskRow, period: str, alerts: dict[str, int]) -> dict[str, object]:
    return {
        "row": row,
        "state": TITLES[row.state],
        "shape": "hold" if row.state == HINDERED else "",
        "url": reverse("office:month_end", args=[row.book.org_ext_id, period]),
        "book_url": reverse("office:book", args=[row.book.org_ext_id, period]),
        "drafts_url": f"{reverse('office:agency_drafts')}?org={row.book.org_ext_id}",
        "missing": "、".join(one.words for one in row.hindrances),
        "figures": [
            (words.yuan(now), words.yuan(before))
            for now, before in (
                (row.income_fen, row.income_before_fen),
                (row.spending_fen, row.spending_before_fen),
            )
        ],
        "alerts": alerts.get(row.book.division_code, 0),
        "alerts_url": f"{reverse('office:alerts')}?village={row.book.division_code}",
        "may_pick": row.state in PICKED,
    }


def _csv(rows: Sequence[DeskRow], period: str, alerts: dict[str, int]) -> HttpResponseBase:
    return csv_file(
        f"代理记账{period}",
        [
            "村",
            "账套",
            "状态",
            "凭证张数",
            "草稿",
            "没办完的事",
            "结到哪月",
            "本月收入",
            "去年同月收入",
            "本月支出",
            "去年同月支出",
            "预警",
        ],
        (
            [
                row.village,
                row.book.organisation,
                TITLES[row.state],
                row.voucher_count,
                row.draft_count,
                "、".join(one.words for one in row.hindrances),
                row.last_closed,
                words.yuan(row.income_fen),
                words.yuan(row.income_before_fen),
                words.yuan(row.spending_fen),
                words.yuan(row.spending_before_fen),
                alerts.get(row.book.division_code, 0),
            ]
            for row in rows
        ),
    )


@require_POST
@officer
def close(request: OfficeRequest) -> HttpResponse:
    """Close the books that were chosen, or all that are ready, and list what became of each."""
    if not may(request, "ledger.close"):
        raise NotFound
    period = month_of(request)
    if request.POST.get("do") == "ready":
        rows = desks.desk(
            by=request.actor, period=period, on=today(request), only=filter_of(request)
        ).rows
        chosen = [row.book.org_ext_id for row in rows if row.state == READY]
    else:
        chosen = list(dict.fromkeys(request.POST.getlist("org")))
    results = closing.close_many(
        org_ext_ids=chosen[:BATCH_MAX],
        period=period,
        by=request.actor,
        at=request.at,
        with_plans=True,
    )
    done = sum(one.is_closed for one in results)
    return show(
        request,
        "agency_result",
        {
            "title": f"{month_words(request, period)}结了{done}本，{len(results) - done}本没有结"
            if results
            else "没有选账套，什么都没做",
            "rows": [
                ItemRow(
                    title=one.organisation or "没有找到这本账",
                    url=reverse("office:month_end", args=[one.org_ext_id, period])
                    if one.organisation
                    else reverse("office:agency"),
                    sub=one.sentence or "已结账",
                    severity="" if one.is_closed else "hold",
                    icon="check",
                )
                for one in sorted(results, key=lambda one: one.is_closed)
            ],
            "back": f"{reverse('office:agency')}?month={period}",
        },
        current="books",
        crumbs=crumbs(Link("批量结账", "")),
    )


@officer
def drafts(request: OfficeRequest) -> HttpResponse:
    """List the drafts that wait, each with its maker; a reviewer posts those he chooses."""
    require_agency(request)
    results: list[batches.ReviewResult] = []
    if request.method == "POST":
        if not may(request, "ledger.review"):
            raise NotFound
        chosen = list(dict.fromkeys(request.POST.getlist("draft")))[:BATCH_MAX]
        results = batches.review_many(draft_ext_ids=chosen, by=request.actor, at=request.at)
    org = request.GET.get("org", "")
    waiting = desks.waiting_drafts(by=request.actor, org_ext_id=org)
    page = page_of(request, waiting, PAGE_ROWS)
    return show(
        request,
        "agency_drafts",
        {
            "title": f"{len(waiting)}张凭证等审核" if waiting else "没有等审核的凭证",
            "page": page,
            "rows": [
                {
                    "draft": one,
                    "amount": words.yuan(one.amount_fen),
                    "is_own": one.maker_id == request.actor.person_id,
                    "url": reverse("office:draft", args=[one.ext_id]),
                }
                for one in page
            ],
            "posted": sum(one.is_posted for one in results),
            "refused": [one for one in results if not one.is_posted],
            "has_results": bool(results),
            "may_review": may(request, "ledger.review"),
            "query": query_without_page(request),
        },
        current="books",
        crumbs=crumbs(Link("批量审核", "")),
    )
