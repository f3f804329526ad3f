"""An open auction as the office runs it: paddles, codes, bids from the floor, award, next round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.deals.actions import auctions as actions
from sanzi.deals.queries import auctions as queries
from sanzi.deals.queries import parties
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, Row
from sanzi.interfaces.office.forms.deals import NextRoundForm
from sanzi.interfaces.office.pages import may, moment, refuse, show
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.doors import qr
from sanzi.kernel import money
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound

PHASES = {
    "before": "公告着，还没开拍",
    "open": "正在拍",
    "over": "钟点过了，等成交",
    "failed": "流拍了",
    "awarded": "成交了",
}


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show an auction with its paddles and every bid."""
    return _shown(request, ext_id)


def _shown(
    request: OfficeRequest,
    ext_id: str,
    code: tuple[str, str] = ("", ""),
    form: NextRoundForm | None = None,
) -> HttpResponse:
    found = queries.page(by=request.actor, ext_id=ext_id, at=request.at)
    one = found.auction
    public = request.build_absolute_uri(reverse("portal:auction", args=[ext_id]))
    may_run = may(request, actions.PERMISSION)
    return show(
        request,
        "auction",
        {
            "title": one.title,
            "sub": PHASES[found.phase],
            "links": [],
            "found": found,
            "auction": one,
            "code": code,
            "qr": qr(public),
            "public_url": public,
            "facts": _facts(request, found),
            "ledger": _bids(request, found),
            "paddles": _paddles(found),
            "parties": parties.offered() if found.phase == "before" and may_run else [],
            "may_run": may_run,
            "form": (form or NextRoundForm()) if found.phase == "failed" and may_run else None,
        },
        current="assets",
        crumbs=[Link("资产", reverse("office:assets")), Link(one.title, "")],
    )


def _facts(request: OfficeRequest, found: queries.AuctionPage) -> list[Fact]:
    one = found.auction
    facts = [
        Fact("编号", one.ext_id),
        Fact("单位", one.organisation.name),
        Fact("资产", one.asset.name, reverse("office:asset", args=[one.asset.ext_id])),
        Fact("第几轮", f"第{one.round}轮"),
        Fact("开拍", moment(request, one.opens_at)),
        Fact("结束", moment(request, one.closes_at)),
        Fact("每次至少加", words.yuan(one.step_fen)),
        Fact("竞租保证金", words.yuan(one.deposit_fen)),
        Fact("决议", one.decision_ref),
    ]
    if one.case_number:
        facts.append(Fact("办件", one.case_number, reverse("office:case", args=[one.case_number])))
    if found.winner:
        facts.append(Fact("成交人", found.winner))
    price = one.price_fen if one.price_fen is not None else one.floor_fen
    return [
        *facts,
        Fact("成交价（元）" if found.winner else "底价（元）", words.yuan(price), is_sum=True),
    ]


def _bids(request: OfficeRequest, found: queries.AuctionPage) -> Ledger:
    return Ledger(
        caption="出价记录",
        columns=[
            Column("第几口"),
            Column("号牌"),
            Column("什么时候"),
            Column("出价（元）", "money"),
        ],
        rows=[
            Row(
                [
                    Cell(f"第{one.round}轮第{one.number}口"),
                    Cell(f"{one.paddle}号"),
                    Cell(moment(request, one.placed_at)),
                    Cell(words.yuan(one.price_fen)),
                ]
            )
            for one in found.bids
        ],
    )


def _paddles(found: queries.AuctionPage) -> Ledger:
    return Ledger(
        caption="号牌",
        columns=[Column("号牌"), Column("单位或姓名"), Column("保证金凭证"), Column("要说明的")],
        rows=[
            Row(
                [
                    Cell(f"{one.number}号"),
                    Cell(one.name),
                    Cell(one.deposit_ref),
                    Cell(
                        "是村干部的亲属" if one.is_kin else "没有",
                        severity="hold" if one.is_kin else "",
                    ),
                ]
            )
            for one in found.paddles
        ],
    )


@require_POST
@officer
def join(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Enter a bidder with his deposit; his code is shown on this one page and nowhere else."""
    queries.page(by=request.actor, ext_id=ext_id, at=request.at)
    firm = request.POST.get("firm", "")
    who: dict[str, Any] = {"auction": ext_id, "by": request.actor, "at": request.at}
    try:
        number = actions.register_bidder(
            counterparty=firm, deposit_ref=request.POST.get("deposit_ref", ""), **who
        )
        code = actions.issue_code(number=number, **who)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        return redirect("office:auction", ext_id)
    return _shown(request, ext_id, (dict(parties.offered()).get(firm, ""), code))


@require_POST
@officer
def act(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Take a bid from the floor, close, or give a paddle a new code."""
    queries.page(by=request.actor, ext_id=ext_id, at=request.at)
    who: dict[str, Any] = {"auction": ext_id, "by": request.actor, "at": request.at}
    number = request.POST.get("number", "")
    paddle = int(number) if number.isdecimal() else 0
    doings: dict[str, tuple[Callable[[], object], str]] = {
        "bid": (
            lambda: actions.place_bid(
                number=paddle, price_fen=money.parse_yuan(request.POST.get("price", "")), **who
            ),
            "记下了。",
        ),
        "close": (lambda: actions.close(**who), "结果出来了，请看下面。"),
    }
    doing = doings.get(request.POST.get("do", ""))
    if doing is None:
        raise NotFound
    return attempt(request, doing[0], done=doing[1], to=reverse("office:auction", args=[ext_id]))


@require_POST
@officer
def again(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Publish the next round of an auction that failed."""
    queries.page(by=request.actor, ext_id=ext_id, at=request.at)
    form = NextRoundForm(request.POST)
    if not form.is_valid():
        return _shown(request, ext_id, form=form)
    given = form.cleaned_data
    try:
        actions.next_round(
            auction=ext_id,
            floor_fen=given["floor"],
            decision_ref=given["decision_ref"],
            opens_at=given["opens_at"],
            closes_at=given["closes_at"],
            by=request.actor,
            at=request.at,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        refuse(form, refusal)
        return _shown(request, ext_id, form=form)
    messages.success(request, "下一轮公告了。")
    return redirect("office:auction", ext_id)
