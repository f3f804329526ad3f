"""An open auction as everybody may follow it, and where a bidder calls his price by code."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sanzi.deals.actions import auctions
from sanzi.deals.queries import auctions as queries
from sanzi.disclosure import naming
from sanzi.disclosure import queries as disclosure
from sanzi.interfaces.look import devices, words
from sanzi.interfaces.look.parts import Column, Fact, Ledger, Link, Row
from sanzi.interfaces.portal.pages import public, show, today
from sanzi.kernel import clock, money
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound

PHASES = {
    "before": "还没开拍",
    "open": "正在拍",
    "over": "钟点过了，等着宣布",
    "failed": "流拍了，等下一轮",
    "awarded": "成交了",
}


class CallForm(forms.Form):
    """What a bidder calls."""

    code = forms.CharField(label="竞租码", max_length=40)
    price = forms.CharField(label="出价多少元", max_length=20)


@public
def page(request: HttpRequest, ext_id: str) -> HttpResponse:
    """Show an auction with every bid; take a bid on POST."""
    found = queries.public_page(ext_id=ext_id, at=clock.now())
    is_post = request.method == "POST"
    form = CallForm(request.POST or None) if is_post or found.phase == "open" else None
    taken: auctions.Taken | None = None
    if is_post and form is not None and form.is_valid():
        try:
            taken = _call(request, ext_id, form)
        except NotFound:
            raise
        except Refusal as refusal:
            form.add_error(None, f"{refusal.text}{refusal.advice}")
        found = queries.public_page(ext_id=ext_id, at=clock.now())
    village = disclosure.village(found.auction.division_code)
    naming.wash(village.code, [found.auction], "title")
    response = show(
        request,
        "auction",
        village,
        {
            **_live(found),
            "title": found.auction.title,
            "form": CallForm() if taken else form,
            "taken": taken,
            "live_url": reverse("portal:auction_live", args=[ext_id]),
            "back": Link(village.name, reverse("portal:village", args=[village.code])),
        },
    )
    response["Cache-Control"] = "no-store"
    devices.remember(request, response)
    return response


@public
def live(_request: HttpRequest, ext_id: str) -> HttpResponse:
    """Return what changes while the auction runs; a page asks for it every few seconds."""
    found = queries.public_page(ext_id=ext_id, at=clock.now())
    response = render(_request, "portal/_auction_live.html", _live(found))
    response["Cache-Control"] = "no-store"
    return response


def _call(request: HttpRequest, ext_id: str, form: CallForm) -> auctions.Taken:
    given = form.cleaned_data
    return auctions.bid_by_code(
        auction=ext_id,
        code=given["code"],
        price_fen=money.parse_yuan(given["price"]),
        at=clock.now(),
        device=devices.known(request),
    )


def _live(found: queries.AuctionPage) -> dict[str, object]:
    return {"found": found, "facts": _facts(found), "ledger": _ledger(found)}


def _facts(found: queries.AuctionPage) -> list[Fact]:
    one = found.auction
    facts = [
        Fact("现在", PHASES[found.phase]),
        Fact("谁的", one.organisation.name),
        Fact("开拍", words.local_time(one.opens_at, today=today())),
        Fact("结束", words.local_time(one.closes_at, today=today())),
        Fact("第几轮", f"第{one.round}轮，{found.bidder_count}个号牌"),
        Fact("底价", words.portal_yuan(one.floor_fen)),
        Fact("保证金", words.portal_yuan(one.deposit_fen)),
    ]
    if found.winner and one.price_fen is not None:
        return [*facts, Fact("成交", f"{found.winner}，{words.portal_yuan(one.price_fen)}")]
    if found.highest_fen is not None:
        facts.append(Fact("现在最高", words.portal_yuan(found.highest_fen)))
    return [*facts, Fact("下一口至少", words.portal_yuan(found.least_fen))]


def _ledger(found: queries.AuctionPage) -> Ledger:
    return Ledger(
        caption="每一口价",
        columns=[Column("第几口"), Column("号牌"), Column("出价", "money")],
        rows=[
            Row([f"第{one.number}口", f"{one.paddle}号", words.portal_yuan(one.price_fen)])
            for one in found.bids
        ],
    )
