"""Proposals from a directory in the office: who left, who is new, whose telephone changed."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.exchange import queries
from sanzi.exchange.actions import contacts
from sanzi.interfaces.look.parts import Link, Tab
from sanzi.interfaces.office.pages import may, page_of, place, query_without_page, show, today
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.exchange import crumbs
from sanzi.orgs.errors import NotFound

STATES = (("open", "等定的"), ("decided", "定了的"))


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the proposals of the actor's scope; take his word on one."""
    if request.method == "POST":
        return _decide(request)
    state = request.GET.get("state", "open")
    found = queries.proposals(by=request.actor, is_open=state != "decided")
    page = page_of(request, found)
    waiting = queries.proposals(by=request.actor, is_open=True).count()
    return show(
        request,
        "exchange_contacts",
        {
            "title": f"通讯录有{waiting}处和任职登记不一样" if waiting else "通讯录和任职登记一样",
            "tabs": [
                Tab(words, f"?state={code}", is_current=code == state) for code, words in STATES
            ],
            "rows": [_row(request, one) for one in page],
            "may_accept": may(request, queries.ACCEPT),
            "page": page,
            "query": query_without_page(request),
        },
        crumbs=crumbs(Link("通讯录比对", "")),
    )


def _decide(request: OfficeRequest) -> HttpResponseBase:
    do, key = request.POST.get("do", ""), request.POST.get("proposal", "")
    if do not in ("accept", "decline"):
        raise NotFound
    here = reverse("office:exchange_contacts")
    is_accepted = do == "accept"
    return attempt(
        request,
        lambda: contacts.decide(
            ext_id=key, is_accepted=is_accepted, reason=request.POST.get("reason", ""),
            by=request.actor, at=request.at,
        ),
        done="照办了。" if is_accepted else "记下了，没有照办。",
        to=here,
    )  # fmt: skip


def _row(request: OfficeRequest, one: Any) -> dict[str, Any]:
    """Return a proposal as the page draws it; telephones masked."""
    return {
        "one": one,
        "who": one.person.name if one.person else one.name,
        "posts": queries.posts_said(one.person_id, today(request)),
        "phone": queries.phone_masked(one),
        "place": place(request, one.division_code),
        "will": WILL[one.kind],
    }


WILL = {
    "left": "采纳以后，他现在的职务从今天起都结束，系统里办不了事。",
    "phone": "采纳以后，登记的手机号换成通讯录里的。",
    "new": "采纳只是记下来有这个人；让他任职，要走任职的办件。",
}
"""What follows from accepting each kind."""
