"""One publication in the office: what it is, whether it stands, and taking it off the web."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.disclosure import bulletin_queries
from sanzi.disclosure import publication_queries as queries
from sanzi.disclosure.actions import withdrawing
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Fact, Link
from sanzi.interfaces.office.pages import day, moment, show
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, typed_before
from sanzi.kernel.leaks import TITLES
from sanzi.matters.items import items
from sanzi.orgs import scope

WITHDRAW = "withdraw"


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a publication of the scope, and the form that takes it off the web."""
    one = queries.access_publication(by=request.actor, ext_id=ext_id)
    kept = typed_before(request)
    return show(
        request,
        "publication",
        {
            "title": one.title,
            "sub": f"{one.division.name}公布的，{_state(request, one)}。",
            "links": [_public(one)] if bulletin_queries.is_told(one) else None,
            "facts": _facts(request, one),
            "one": one,
            "may_withdraw": queries.is_withdrawable(one)
            and scope.can(request.actor, queries.WITHDRAW, one.division_id),
            "reason": kept.get("reason", [""])[0] if kept.get("form") == WITHDRAW else "",
            "least": withdrawing.REASON_LEAST,
            "most": withdrawing.REASON_MOST,
        },
        current="cases",
        crumbs=[
            Link("办事", reverse("office:cases")),
            Link("该公布的", reverse("office:due")),
            Link(one.title, ""),
        ],
    )


def _public(one: queries.Seen) -> Link:
    kind, name = bulletin_queries.page_of(one)
    is_old = bool(one.withdrawn_reason) or hasattr(one, "replaced_by")
    if kind == "month" and not is_old:
        url = f"{reverse('portal:items', args=[one.division_id])}?month={name}"
    elif kind == "payment" and not is_old:
        url = reverse("portal:payment", args=[one.division_id, name])
    else:
        url = reverse("portal:publication", args=[one.division_id, one.ext_id])
    return Link("看公开的这一页", url, "speakerphone")


def _state(request: OfficeRequest, one: queries.Seen) -> str:
    if one.unpublished_at is None:
        return "换过新的一份了" if hasattr(one, "replaced_by") else "还挂着"
    by_hand = "有人撤下的" if one.withdrawn_reason else "到期撤下的"
    return f"{day(request, one.unpublished_at)}{by_hand}"


def _facts(request: OfficeRequest, one: queries.Seen) -> list[Fact]:
    until = one.published_at + timedelta(days=one.min_days)
    facts = [
        Fact("公开什么", items()[one.item_code].title),
        Fact("哪天公布", moment(request, one.published_at)),
        Fact("最少挂到", day(request, until) if one.min_days else "没有定"),
    ]
    if one.total_fen is not None:
        facts.append(Fact("金额（元）", words.yuan(one.total_fen)))
    if one.leaks:
        facts.append(Fact("写全了的号码", "、".join(TITLES[kind] for kind in one.leaks.split())))
    if one.reason:
        facts.append(Fact("为什么换", one.reason))
    if one.withdrawn_reason:
        facts.append(Fact("为什么撤", one.withdrawn_reason))
    return [*facts, Fact("内容摘要（SM3）", one.content_digest[:16])]


@officer
@require_POST
def withdraw(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Take a publication off the web."""
    here = reverse("office:publication", args=[ext_id])
    reason = request.POST.get("reason", "")
    return attempt(
        request,
        lambda: withdrawing.withdraw(ext_id=ext_id, reason=reason, by=request.actor, at=request.at),
        done="撤下了。公开栏里写着哪天撤的、为什么。改好了请再公布一份。",
        to=here,
        keep=WITHDRAW,
    )
