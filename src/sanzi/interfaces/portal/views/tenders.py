"""A competition as everybody may see it, and where a bidder hands in his sealed offer."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sanzi.deals.actions import bids
from sanzi.deals.queries import tenders as queries
from sanzi.disclosure import naming
from sanzi.disclosure import queries as disclosure
from sanzi.interfaces.look import devices, words
from sanzi.interfaces.look.parts import Column, Fact, Ledger, Link, Row
from sanzi.interfaces.portal.pages import public, show, today
from sanzi.kernel import clock, digest, money
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound

DOC_BYTES_MAX = 20_000_000
RATED = "deposit"
"""What is offered for it is a yearly rate, kept in basis points where others have fen."""


class OfferForm(forms.Form):
    """What a bidder hands in."""

    code = forms.CharField(label="投标码", max_length=40)
    price = forms.CharField(label="报价多少元", max_length=20)
    phone = forms.CharField(label="联系电话", max_length=20)
    account = forms.CharField(
        label="交保证金的账号", max_length=40, required=False, help_text="没有保证金就空着"
    )
    paper = forms.FileField(label="报价文件", required=False, help_text="只留摘要，原件开标时带来")


@public
def tender(request: HttpRequest, ext_id: str) -> HttpResponse:
    """Show a competition; take a sealed offer on POST."""
    found = queries.public_page(ext_id)
    now = clock.now()
    deadline = found.tender.bid_deadline_at
    is_taking = found.tender.state == "published" and deadline is not None and now < deadline
    form = None
    if is_taking or request.method == "POST":
        form = OfferForm(request.POST or None, request.FILES or None)
        if found.tender.subject_kind == RATED:
            form.fields["price"].label = "年利率百分之几"
    handed: bids.Handed | None = None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            handed = _hand_in(request, ext_id, form)
        except NotFound:
            raise
        except Refusal as refusal:
            form.add_error(None, f"{refusal.text}{refusal.advice}")
    village = disclosure.village(found.tender.division_code)
    shown = queries.public_page(ext_id) if handed else found
    naming.wash(village.code, [shown.tender], "title")
    response = show(
        request,
        "tender",
        village,
        {
            "tender": shown.tender,
            "facts": _facts(found),
            "ledger": _ledger(shown),
            "is_open": found.is_open,
            "form": None if handed else form,
            "handed": handed,
            "back": Link(village.name, reverse("portal:village", args=[village.code])),
        },
    )
    response["Cache-Control"] = "no-store"
    if form is not None:
        devices.remember(request, response)
    return response


def _hand_in(request: HttpRequest, ext_id: str, form: OfferForm) -> bids.Handed:
    given = form.cleaned_data
    paper = given["paper"]
    fields = bids.BidFields(
        price_fen=money.parse_yuan(given["price"]),
        contact_phone=given["phone"],
        deposit_account=given["account"],
        doc_hash=digest.sm3(paper.read(DOC_BYTES_MAX)) if paper else "",
        ip=request.META.get("REMOTE_ADDR", ""),
        device=devices.known(request),
    )
    return bids.submit(tender=ext_id, code=given["code"], fields=fields, at=clock.now())


def _day(moment: object) -> str:
    return words.local_time(moment, today=today()) if moment else ""  # type: ignore[arg-type]


def _facts(found: queries.TenderPage) -> list[Fact]:
    one = found.tender
    facts = [
        Fact("谁招", one.organisation.name),
        Fact("怎么招", str(one.get_method_display())),
        Fact("发布", _day(one.published_at)),
        Fact("截止", _day(one.bid_deadline_at)),
        Fact("现在", str(one.get_state_display())),
    ]
    if one.limit_price_fen:
        term = "最低年利率" if one.subject_kind == RATED else "最高限价"
        facts.append(Fact(term, _price(found, one.limit_price_fen)))
    reasons = naming.clean(one.division_code, [one.fail_reason, one.award_reason])
    for term, reason in zip(("为什么没招成", "为什么定这家"), reasons, strict=True):
        if reason:
            facts.append(Fact(term, reason))
    return facts


def _price(found: queries.TenderPage, offered: int | None) -> str:
    """Return what is offered or the limit of it in words: yuan, for a deposit its yearly rate."""
    is_rate = found.tender.subject_kind == RATED
    return (words.percent if is_rate else words.portal_yuan)(offered)


def _ledger(found: queries.TenderPage) -> Ledger:
    if found.is_open:
        term = "报的年利率" if found.tender.subject_kind == RATED else "报价"
        return Ledger(
            caption="各家的报价",
            columns=[Column("单位"), Column(term, "money"), Column("结果")],
            rows=[
                Row(
                    [
                        one.bidder,
                        _price(found, one.price_fen),
                        "中标" if one.is_winner else one.invalid_reason or "没有中",
                    ]
                )
                for one in found.bids
            ],
        )
    return Ledger(
        caption="收到的密封报价",
        columns=[Column("什么时候交"), Column("摘要")],
        rows=[Row([_day(one.submitted_at), f"{one.offer_digest[:12]}…"]) for one in found.bids],
    )
