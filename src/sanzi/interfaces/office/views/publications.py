"""Publications in the office: which there are, how one stands, and taking it off the web."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.disclosure import bulletin_queries
from sanzi.disclosure import publication_queries as queries
from sanzi.disclosure.actions import withdrawing
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Fact, ItemRow, Link, Tab
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    moment,
    page_of,
    query_without_page,
    show,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, typed_before
from sanzi.kernel.leaks import TITLES
from sanzi.matters.items import items
from sanzi.orgs import people_queries, scope
from sanzi.orgs.errors import NotFound

WITHDRAW = "withdraw"
HOW = "写了不该写的，点开那一份，可以从网上撤下。"
CSV_ROWS_MAX = 10_000


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List what the villages of the scope have published, also what was replaced or withdrawn."""
    if not may(request, queries.SEE):
        raise NotFound
    text = request.GET.get("text", "").strip()[:60]
    village, state = request.GET.get("village", ""), request.GET.get("state", "")
    found = queries.publications(by=request.actor, text=text, division_code=village, state=state)
    if request.GET.get("as") == "csv":
        return _csv(request, found[:CSV_ROWS_MAX].iterator(500))
    page = page_of(request, found)
    here = reverse("office:publications")
    return show(
        request,
        "publications",
        {
            "title": f"{page.paginator.count}份公布过的",
            "sub": "写了不该写的，点开那一份，可以从网上撤下。"
            if may(request, queries.WITHDRAW)
            else "",
            "tabs": [
                Tab(title, f"{here}?state={code}", is_current=state == code)
                for code, title in (("", "全部"), *queries.STATES)
            ],
            "text": text,
            "state": state,
            "villages": people_queries.villages(by=request.actor, permission=queries.SEE),
            "village": village,
            "rows": [_row(request, one) for one in page],
            "page": page,
            "query": query_without_page(request),
        },
        current="cases",
        crumbs=_crumbs("公布过的"),
    )


def _crumbs(title: str, *more: Link) -> list[Link]:
    due = Link("该公布的", reverse("office:due"))
    return [Link("办事", reverse("office:cases")), due, *more, Link(title, "")]


def _row(request: OfficeRequest, one: queries.Seen) -> ItemRow:
    return ItemRow(
        title=one.title,
        url=reverse("office:publication", args=[one.ext_id]),
        sub=f"{one.division.name} · {items()[one.item_code].title} · {_state(request, one)}",
        amount=words.yuan(one.total_fen) if one.total_fen is not None else "",
        due=f"{day(request, one.published_at)}公布",
        icon="speakerphone",
    )


def _csv(request: OfficeRequest, found: Iterable[queries.Seen]) -> HttpResponseBase:
    return csv_file(
        "公布过的",
        ["编号", "村", "公开什么", "标题", "金额（元）", "哪天公布", "怎么样了", "为什么撤"],
        (
            [
                one.ext_id, one.division.name, items()[one.item_code].title, one.title,
                words.yuan(one.total_fen) if one.total_fen is not None else "",
                moment(request, one.published_at), _state(request, one), one.withdrawn_reason,
            ]
            for one in found
        ),
    )  # fmt: skip


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
        crumbs=_crumbs(one.title, Link("公布过的", reverse("office:publications"))),
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
