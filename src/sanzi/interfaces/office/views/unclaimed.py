"""Credits that nobody has claimed: what each may be, one tap to claim, interest in one go."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Link, Tab
from sanzi.interfaces.office.pages import may, moment, page_of, query_without_page, show
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.payments import crumbs
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import claims
from sanzi.payments.queries import unclaimed as queries
from sanzi.payments.queries.unclaimed import Credit, CreditFilter, Suggestion

RECEIVE = "payments.receive"


@dataclass(frozen=True)
class Shown:
    """A credit as the queue draws it."""

    ext_id: str
    title: str
    sub: str
    amount: str
    when: str
    url: str
    is_interest: bool
    suggestions: tuple[tuple[int, Suggestion], ...]


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List the credits that nobody has claimed, with what each may be."""
    if not may(request, RECEIVE):
        raise NotFound
    only = CreditFilter(
        division_code=request.GET.get("village", ""),
        text=request.GET.get("text", "").strip(),
        channel=request.GET.get("channel", ""),
    )
    found = queries.waiting(by=request.actor, only=only)
    count = found.count()
    page = page_of(request, found)
    here = reverse("office:unclaimed")
    return show(
        request,
        "unclaimed",
        {
            "title": f"{count}笔收入还没人认领" if count else "收入都认领了",
            "tabs": [
                Tab("全部", here, is_current=not only.channel),
                Tab("利息", f"{here}?channel=interest", is_current=only.channel == "interest"),
            ],
            "credits": [_shown(request, one) for one in queries.with_suggestions(list(page))],
            "only": only,
            "villages": people_queries.villages(by=request.actor, permission=RECEIVE),
            "village": only.division_code,
            "page": page,
            "query": query_without_page(request),
        },
        current="payments",
        crumbs=crumbs(Link("待认领的收入", "")),
    )


def _shown(request: OfficeRequest, one: Credit) -> Shown:
    return Shown(
        ext_id=one.ext_id,
        title=f"{one.peer_name or '未知'}：{one.memo or '没有附言'}",
        sub=f"{one.organisation_name} 尾号{one.account_masked[-4:]}",
        amount=words.yuan(one.amount_fen),
        when=moment(request, one.booked_at),
        url=reverse("office:receive", args=[one.ext_id]),
        is_interest=any(each.what == "interest" for each in one.suggestions),
        suggestions=tuple(enumerate(one.suggestions)),
    )


@require_POST
@officer
def claim(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Claim a credit as one of its suggestions says, by one tap."""
    if not may(request, RECEIVE):
        raise NotFound
    found = queries.waiting(by=request.actor, only=CreditFilter()).filter(ext_id=ext_id)
    credit = next(iter(queries.with_suggestions(list(found))), None)
    if credit is None:
        raise NotFound
    # Looked up again by what it is, never by its place: the queue may have moved meanwhile.
    wanted = (request.POST.get("what", ""), request.POST.get("target", ""))
    chosen = next(
        (
            one
            for one in credit.suggestions
            if one.is_sure and (one.what, one.target_ext_id) == wanted
        ),
        None,
    )
    if chosen is None:
        raise NotFound
    return attempt(
        request,
        lambda: claims.claim(
            bank_line=ext_id, parts=claims.parts_of(chosen), by=request.actor, at=request.at
        ),
        done="认领了，收据开好，账也记了。",
        to=reverse("office:unclaimed"),
    )


@require_POST
@officer
def claim_interest(request: OfficeRequest) -> HttpResponseBase:
    """Claim the chosen lines of interest in one go."""
    if not may(request, RECEIVE):
        raise NotFound
    chosen = request.POST.getlist("line")
    return attempt(
        request,
        lambda: claims.claim_interest(bank_lines=chosen, by=request.actor, at=request.at),
        done=f"认领了{len(chosen)}笔利息，收据开好，账也记了。",
        to=reverse("office:unclaimed"),
    )
