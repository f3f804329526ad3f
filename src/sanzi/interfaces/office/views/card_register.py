"""The register of village cards: found and taken away as a file, registered, changed, closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import ItemRow, Link, Tab
from sanzi.interfaces.office.forms.cards import CardForm, TermsForm
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    moment,
    page_of,
    query_without_page,
    refuse,
    show,
    today,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, take_second_factor
from sanzi.interfaces.office.views.payments import crumbs
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import card_terms, cards
from sanzi.payments.queries import cards as queries

MANAGE = "payments.card_manage"
FIELD_OF = {
    "额度": "limit",
    "账单日": "bill_day",
    "还款日": "due_day",
    "账单日和还款日": "due_day",
    "还款账户": "repaid_from",
    "卡号": "number",
}
HEAD = (
    "单位", "持卡人", "卡号尾号", "额度（元）", "没还的（元）", "没报几笔", "要办几笔",
    "账单日", "还款日", "状态",
)  # fmt: skip
LINE_HEAD = (
    "记账时间", "类别", "商户", "附言", "金额（元）", "还款期限", "结算", "结算状态", "要看一看的",
)  # fmt: skip


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the cards of the scope with what is late, and the settlements that wait."""
    if not may(request, "payments.see"):
        raise NotFound
    only = queries.CardFilter(
        text=request.GET.get("text", "").strip(),
        division_code=request.GET.get("village", ""),
        state=request.GET.get("state", "open"),
    )
    found = queries.views(queries.access_cards(by=request.actor, only=only), today(request))
    if request.GET.get("as") == "csv":
        return csv_file("村务卡", HEAD, (_plain(one) for one in found))
    late = sum(one.late_count for one in found)
    page = page_of(request, sorted(found, key=lambda one: -one.late_count))
    here = reverse("office:cards")
    manages = may(request, MANAGE)
    return show(
        request,
        "cards",
        {
            "title": _headline(late, len(found)),
            "sub": "非生产性开支刷村务卡，一事一结，免息期内还清。",
            "links": [Link("登记村务卡", reverse("office:card_new"), "plus", is_primary=True)]
            if manages
            else [],
            "tabs": [
                Tab(title, f"{here}?state={code}", is_current=only.state == code)
                for code, title in queries.STATES.items()
            ],
            "only": only,
            "is_narrowed": bool(only.text or only.division_code or only.state != "open"),
            "manages": manages,
            "villages": people_queries.villages(by=request.actor, permission="payments.see"),
            "village": only.division_code,
            "rows": [_card_row(one) for one in page],
            "waiting": _waiting(request),
            "page": page,
            "query": query_without_page(request),
        },
        current="payments",
        crumbs=crumbs(Link("村务卡", "")),
    )


def _waiting(request: OfficeRequest) -> list[ItemRow]:
    rows = queries.settlements(by=request.actor, state="ASKED")
    return [
        ItemRow(
            title=one.purpose,
            url=reverse("office:card_settlement", args=[one.ext_id]),
            sub=f"{one.card.organisation.name} 尾号{one.card.tail}",
            amount=words.yuan(one.net_fen),
            due=moment(request, one.asked_at),
            icon="receipt",
        )
        for one in rows[:20]
    ]


def _headline(late: int, cards_count: int) -> str:
    if late:
        return f"{late}笔刷卡要马上办"
    return "村务卡都按期" if cards_count else "这里没有村务卡"


def standing_words(one: queries.CardView) -> str:
    """Return whether a card is in use."""
    if one.closed_date:
        return "已销卡"
    return "停用了" if one.is_suspended else "在用"


def _card_row(one: queries.CardView) -> ItemRow:
    told = [f"额度{words.yuan(one.limit_fen)}元", f"{one.due_day}日还款"]
    if one.closed_date or one.is_suspended:
        told.append(standing_words(one))
    if one.private_count:
        told.append(f"{one.private_count}笔像是私人的，要看")
    if one.is_over_limit:
        told.append("超了额度")
    return ItemRow(
        title=f"{one.organisation}，{one.holder}，尾号{one.tail}",
        url=reverse("office:card", args=[one.ext_id]),
        sub="，".join(told),
        amount=words.yuan(one.owed_fen),
        due=f"{one.late_count}笔要办" if one.late_count else f"{one.unsettled_count}笔没报",
        is_late=bool(one.late_count) or one.is_over_limit,
        icon="receipt",
    )


def _plain(one: queries.CardView) -> list[object]:
    return [
        one.organisation, one.holder, f"尾号{one.tail}", words.yuan(one.limit_fen),
        words.yuan(one.owed_fen), one.unsettled_count, one.late_count, one.bill_day, one.due_day,
        standing_words(one),
    ]  # fmt: skip


@officer
def lines_file(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Return all lines of a card as a file."""
    card = queries.access_card(by=request.actor, ext_id=ext_id)
    return csv_file(
        f"村务卡流水-尾号{card.tail}",
        LINE_HEAD,
        (
            [
                moment(request, one.booked_at), one.kind_label, one.merchant, one.memo,
                words.yuan(one.signed_fen), one.due_date.isoformat(), one.settlement,
                one.settlement_label or one.borne_words,
                "；".join(doubt.text for doubt in one.doubts),
            ]
            for one in queries.lines_of(card, today(request))
        ),
    )  # fmt: skip


@officer
def new(request: OfficeRequest) -> HttpResponseBase:
    """Register a card: first the body, then holder, number and terms."""
    if not may(request, MANAGE):
        raise NotFound
    bodies = people_queries.bodies(by=request.actor, permission=MANAGE)
    chosen = request.GET.get("organisation", "") or (bodies[0][0] if len(bodies) == 1 else "")
    name = next((title for ext_id, title, _ in bodies if ext_id == chosen), "")
    if not name:
        return _form(request, None, "哪个单位的卡", "银行办好卡，在这里登记。", bodies=bodies)
    form = CardForm(request.POST or None)
    holders = queries.holders(by=request.actor, organisation=chosen, today=today(request))
    form.offer_holders(holders)
    form.offer_accounts(queries.accounts(by=request.actor, organisation=chosen))
    if request.method == "POST" and form.is_valid():
        try:
            take_second_factor(request)
            made = cards.register_card(fields=form.card(chosen), by=request.actor, at=request.at)
            return attempt(
                request,
                lambda: None,
                done="登记好了。刷卡以后十几分钟，流水就到这张卡的页上。",
                to=reverse("office:card", args=[made]),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal, _field(refusal))
    sub = "卡号、持卡人和日子先同银行核对，对得上才登记。"
    if not holders:
        sub = "这个村没有在任、能持卡的人。请先登记书记、村委会成员或董事长的任职。"
    return _form(request, form, f"登记{name}的村务卡", sub)


def _field(refusal: Refusal) -> str | None:
    if refusal.code == "payments.card_holder_wrong":
        return "holder"
    return FIELD_OF.get(str(refusal.data.get("field", "")))


def _form(
    request: OfficeRequest,
    form: CardForm | TermsForm | None,
    title: str,
    sub: str,
    **more: Any,
) -> HttpResponse:
    return show(
        request,
        "card_new",
        {"form": form, "title": title, "sub": sub, **more},
        current="payments",
        crumbs=crumbs(Link("村务卡", reverse("office:cards")), Link("登记", "")),
    )


@officer
def terms(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Change limit, days or account of a card; from here it is also suspended and closed."""
    card = queries.access_card(by=request.actor, ext_id=ext_id)
    if not queries.may_manage(by=request.actor, card=card):
        raise NotFound
    form = TermsForm(
        request.POST or None,
        initial={
            "limit": words.yuan(card.limit_fen).replace(",", ""),
            "bill_day": card.bill_day,
            "due_day": card.due_day,
            "repaid_from": card.repaid_from.ext_id,
        },
    )
    body = card.organisation.ext_id
    form.offer_accounts(queries.accounts(by=request.actor, organisation=body))
    if request.method == "POST" and form.is_valid():
        try:
            take_second_factor(request)
            card_terms.change_terms(
                ext_id=ext_id, terms=form.terms(), by=request.actor, at=request.at
            )
            return attempt(
                request,
                lambda: None,
                done="改好了。以前的流水还按原来的还款日。",
                to=reverse("office:card", args=[ext_id]),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal, _field(refusal))
    found = queries.views([card], today(request))[0]
    return show(
        request,
        "card_terms",
        {
            "form": form,
            "found": found,
            "title": f"管理尾号{found.tail}的村务卡",
            "sub": f"{found.organisation}，{found.holder}，{standing_words(found)}",
            "suspended": f"{day(request, card.suspended_at)}停用：{card.suspended_reason}"
            if card.is_suspended
            else "",
        },
        current="payments",
        crumbs=crumbs(
            Link("村务卡", reverse("office:cards")),
            Link(found.tail, reverse("office:card", args=[ext_id])),
            Link("管理", ""),
        ),
    )


@require_POST
@officer
def standing(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Suspend, resume or close a card."""
    queries.access_card(by=request.actor, ext_id=ext_id)
    step = STEPS.get(request.POST.get("do", ""))
    if step is None:
        raise NotFound
    run, done = step

    def act() -> None:
        take_second_factor(request)
        run(request, ext_id)

    return attempt(request, act, done=done, to=reverse("office:card_terms", args=[ext_id]))


def _suspend(request: OfficeRequest, ext_id: str) -> None:
    reason = request.POST.get("reason", "")
    card_terms.suspend(ext_id=ext_id, reason=reason, by=request.actor, at=request.at)


def _resume(request: OfficeRequest, ext_id: str) -> None:
    card_terms.resume(ext_id=ext_id, by=request.actor, at=request.at)


def _close(request: OfficeRequest, ext_id: str) -> None:
    card_terms.close_card(ext_id=ext_id, by=request.actor, at=request.at)


STEPS: dict[str, tuple[Callable[[OfficeRequest, str], None], str]] = {
    "suspend": (_suspend, "停用了。以后刷的村里不报；请同时通知银行停卡。"),
    "resume": (_resume, "恢复了，可以接着用。"),
    "close": (_close, "销了。请同时到银行办销卡。"),
}


@require_POST
@officer
def bear(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Say that the holder bears one line himself."""
    card = queries.access_card(by=request.actor, ext_id=ext_id)
    line = request.POST.get("bear", "")
    if line not in {one.ext_id for one in queries.lines_of(card, today(request))}:
        raise NotFound
    return attempt(
        request,
        lambda: card_terms.bear_line(
            ext_id=line,
            reason=request.POST.get(f"reason-{line}", ""),
            by=request.actor,
            at=request.at,
        ),
        done="记下了，这一笔由持卡人自己还，村里不报。",
        to=reverse("office:card", args=[ext_id]),
    )
