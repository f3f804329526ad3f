"""Competitions: listed, published, bidders let in, opened by two, awarded, settled, failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.deals.actions import bids
from sanzi.deals.actions import tenders as actions
from sanzi.deals.queries import parties
from sanzi.deals.queries import tenders as queries
from sanzi.deals.queries.tenders import TenderFilter
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, ItemRow, Ledger, Link, Row, Tab
from sanzi.interfaces.office.forms.deals import TenderForm
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    moment,
    page_of,
    query_without_page,
    refuse,
    show,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.doors import qr
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound

CSV_ROWS_MAX = 10_000
RATED = "deposit"
"""What is offered for it is a yearly rate, kept in basis points where others have fen."""


def crumbs(*links: Link) -> list[Link]:
    """Return the way back from a page of competitions."""
    return [
        Link("办事", reverse("office:cases")),
        Link("招标和询价", reverse("office:tenders")),
        *links,
    ]


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the competitions of the scope."""
    if not may(request, queries.SEE):
        raise NotFound
    only = TenderFilter(
        text=request.GET.get("text", "").strip()[:60],
        division_code=request.GET.get("village", ""),
        state=request.GET.get("state", ""),
    )
    found = queries.tenders(by=request.actor, only=only)
    if request.GET.get("as") == "csv":
        return _csv(found)
    page = page_of(request, found)
    here = reverse("office:tenders")
    links = [Link("合同", reverse("office:contracts"), "file-text")]
    if may(request, actions.RUN):
        links.append(Link("发布招标", reverse("office:tender_new"), "plus", is_primary=True))
    return show(
        request,
        "tenders",
        {
            "title": f"{page.paginator.count}次招标和询价",
            "sub": "开标前谁也看不到价格，系统管理员也看不到。",
            "links": links,
            "tabs": [
                Tab(title, f"{here}?state={code}", is_current=only.state == code)
                for code, title in (("", "全部"), *queries.STATES[1:])
            ],
            "only": only,
            "villages": people_queries.villages(by=request.actor, permission=queries.SEE),
            "village": only.division_code,
            "rows": [_row(request, one) for one in page],
            "page": page,
            "query": query_without_page(request),
        },
        current="cases",
        crumbs=[Link("办事", reverse("office:cases")), Link("招标和询价", "")],
    )


def _row(request: OfficeRequest, one: Any) -> ItemRow:
    return ItemRow(
        title=one.title,
        url=reverse("office:tender", args=[one.ext_id]),
        sub=f"{one.organisation.name} · {one.get_method_display()} · 收到{one.bid_count}家",
        amount=_price(one, one.limit_price_fen) if one.limit_price_fen else "",
        due=f"{one.get_state_display()} {moment(request, one.bid_deadline_at)}截止",
        icon="scale",
    )


def _csv(found: Any) -> HttpResponseBase:
    return csv_file(
        "招标和询价",
        ["编号", "单位", "名称", "方式", "限价（元）", "发布", "截止", "收到几家", "状态"],
        (
            [
                one.ext_id, one.organisation.name, one.title, one.get_method_display(),
                _price(one, one.limit_price_fen) if one.limit_price_fen else "",
                one.published_at, one.bid_deadline_at, one.bid_count, one.get_state_display(),
            ]
            for one in found[:CSV_ROWS_MAX].iterator(500)
        ),
    )  # fmt: skip


@officer
def new(request: OfficeRequest) -> HttpResponseBase:
    """Publish a competition."""
    bodies = people_queries.bodies(by=request.actor, permission=actions.RUN)
    if not bodies:
        raise NotFound
    form = TenderForm(request.POST or None)
    form.offer(bodies)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.publish(fields=form.tender(), by=request.actor, at=request.at)
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "发布了。接着给每家投标人发投标码。")
            return redirect("office:tender", made)
    return show(
        request,
        "tender_new",
        {"form": form},
        current="cases",
        crumbs=crumbs(Link("发布招标", "")),
    )


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a competition with its offers: digests before the opening, prices after."""
    return _shown(request, ext_id)


def _shown(request: OfficeRequest, ext_id: str, code: tuple[str, str] = ("", "")) -> HttpResponse:
    found = queries.page(by=request.actor, ext_id=ext_id)
    one = found.tender
    is_due = one.bid_deadline_at is not None and request.at >= one.bid_deadline_at
    is_taking = one.state == "published"
    public = request.build_absolute_uri(reverse("portal:tender", args=[ext_id]))
    return show(
        request,
        "tender",
        {
            "title": one.title,
            "sub": _sub(request, found, is_due=is_due),
            "links": [],
            "tender": one,
            "code": code,
            "qr": qr(public),
            "public_url": public,
            "facts": _facts(request, found),
            "ledger": _opened(found) if found.is_open else _sealed(request, found),
            "choices": [
                (bid.ext_id, f"{bid.bidder}，{_price(one, bid.price_fen)}")
                for bid in found.bids
                if bid.is_valid
            ],
            "parties": parties.offered() if is_taking and not is_due else [],
            "may_run": may(request, actions.RUN),
            "may_open": is_taking and is_due and may(request, actions.OPEN),
            "is_witnessed": one.witnessed_at is not None,
        },
        current="cases",
        crumbs=crumbs(Link(one.title, "")),
    )


def _sub(request: OfficeRequest, found: queries.TenderPage, *, is_due: bool) -> str:
    one = found.tender
    if one.state == "published":
        count = f"收到{len(found.bids)}家密封的报价"
        return f"{count}，等两个人来拆封" if is_due else (
            f"{count}，{moment(request, one.bid_deadline_at)}截止"
        )  # fmt: skip
    if one.state == "publicised":
        return f"结果公示到{day(request, one.result_publicity_end_date)}"
    if one.state == "failed":
        return f"流标：{one.fail_reason}"
    return str(one.get_state_display())


def _facts(request: OfficeRequest, found: queries.TenderPage) -> list[Fact]:
    one = found.tender
    facts = [
        Fact("编号", one.ext_id),
        Fact("单位", one.organisation.name),
        Fact("怎么招", one.get_method_display()),
        Fact("发布", moment(request, one.published_at)),
        Fact("截止", moment(request, one.bid_deadline_at)),
        Fact("最少几家", f"{one.bidder_min}家"),
        Fact("在场", found.witness or "还没有人"),
        Fact("开标", moment(request, one.opened_at) or "还没有开"),
    ]
    if one.case_number:
        facts.append(Fact("办件", one.case_number, reverse("office:case", args=[one.case_number])))
    if one.award_reason:
        facts.append(Fact("为什么定这家", one.award_reason))
    limit = _price(one, one.limit_price_fen) if one.limit_price_fen else "没有"
    term = "最低年利率" if one.subject_kind == RATED else "最高限价（元）"
    return [*facts, Fact(term, limit, is_sum=True)]


def _price(tender: Any, offered: int | None) -> str:
    """Return what is offered or the limit of it in words: yuan, for a deposit its yearly rate."""
    return (words.percent if tender.subject_kind == RATED else words.yuan)(offered)


def _sealed(request: OfficeRequest, found: queries.TenderPage) -> Ledger:
    return Ledger(
        caption="收到的密封报价",
        columns=[Column("第几份"), Column("什么时候交"), Column("摘要")],
        rows=[
            Row(
                [
                    Cell(str(place)),
                    Cell(moment(request, one.submitted_at)),
                    Cell(f"{one.offer_digest[:16]}…"),
                ]
            )
            for place, one in enumerate(found.bids, start=1)
        ],
    )


def _opened(found: queries.TenderPage) -> Ledger:
    term = "报的年利率" if found.tender.subject_kind == RATED else "报价（元）"
    return Ledger(
        caption="拆封的报价",
        columns=[Column("单位"), Column(term, "money"), Column("看出来的")],
        rows=[
            Row(
                [
                    Cell(f"{one.bidder}（中标）" if one.is_winner else one.bidder),
                    Cell(_price(found.tender, one.price_fen)),
                    Cell(
                        "；".join((*(() if one.is_valid else (one.invalid_reason,)), *one.flags))
                        or "没有",
                        severity="hold" if one.flags else "",
                    ),
                ],
                tone="chosen" if one.is_winner else "",
            )
            for one in found.bids
        ],
    )


@require_POST
@officer
def invite(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Let a bidder in; his code is shown on this one page and nowhere else."""
    queries.access_tender(by=request.actor, ext_id=ext_id)
    firm = request.POST.get("firm", "")
    try:
        code = bids.issue_ticket(tender=ext_id, counterparty=firm, by=request.actor, at=request.at)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        return redirect("office:tender", ext_id)
    name = dict(parties.offered()).get(firm, "")
    return _shown(request, ext_id, (name, code))


@require_POST
@officer
def act(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Attend, open, award, give notice, or give the competition up."""
    queries.access_tender(by=request.actor, ext_id=ext_id)
    who: dict[str, Any] = {"tender": ext_id, "by": request.actor, "at": request.at}
    reason = request.POST.get("reason", "")
    doings: dict[str, tuple[Callable[[], None], str]] = {
        "attend": (lambda: actions.attend(**who), "记下了，您在场。请另一位来拆封。"),
        "open": (lambda: actions.open_bids(**who), "拆封了，价格对所有人公开。"),
        "award": (
            lambda: actions.award(bid=request.POST.get("bid", ""), reason=reason, **who),
            "定了，结果开始公示。",
        ),
        "notice": (lambda: actions.give_notice(**who), "通知书发了，30天内签合同。"),
        "fail": (lambda: actions.fail(reason=reason, **who), "作流标处理了。"),
    }
    doing = doings.get(request.POST.get("do", ""))
    if doing is None:
        raise NotFound
    return attempt(request, doing[0], done=doing[1], to=reverse("office:tender", args=[ext_id]))
