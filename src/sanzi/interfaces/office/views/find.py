"""One search over cases, vouchers, villages, people and payees, each inside the actor's scope."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import ItemRow, Link
from sanzi.interfaces.office.pages import (
    day,
    may,
    page_in,
    page_number,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.cases import case_row
from sanzi.ledger.queries import drafts
from sanzi.matters import queries as matters
from sanzi.orgs import people_queries, queries
from sanzi.payments.queries import payments

TEXT_MAX = 60


@officer
def page(request: OfficeRequest) -> HttpResponse:
    """Show what has these words; the cases in pages, the others in their first rows."""
    text = request.GET.get("q", "").strip()[:TEXT_MAX]
    groups = _groups(request, text) if text else []
    cases = None
    if text:
        cases = matters.search(
            by=request.actor,
            narrowed=matters.CaseFilter(text=text),
            page=page_number(request),
        )
    count = sum(len(rows) for _, rows in groups) + (cases.total if cases else 0)
    return show(
        request,
        "find",
        {
            "text": text,
            "title": f"“{text}”找到{count}条" if text else "查事项、凭证、村、人、收款方",
            "groups": groups,
            "rows": [case_row(request, one) for one in cases.cases] if cases else [],
            "case_count": cases.count_words if cases else "",
            "page": page_in(cases.total, cases.page, matters.PAGE_SIZE) if cases else None,
            "query": query_without_page(request),
            "is_empty": bool(text) and not count,
        },
        current="find",
        crumbs=[Link("待办", reverse("office:home")), Link("查询", "")],
    )


def _groups(request: OfficeRequest, text: str) -> list[tuple[str, list[ItemRow]]]:
    found = [("村", _villages(request, text)), ("人", _people(request, text))]
    if may(request, "ledger.see"):
        found.append(("凭证", _vouchers(request, text)))
    if may(request, "payments.see"):
        found.append(("收款方", _payees(request, text)))
    return [(title, rows) for title, rows in found if rows]


def _villages(request: OfficeRequest, text: str) -> list[ItemRow]:
    return [
        ItemRow(
            name,
            reverse("office:cases") + f"?village={code}",
            sub="看这个村的办件",
            icon="building-community",
        )
        for code, name in people_queries.find_villages(by=request.actor, words=text)
    ]


def _people(request: OfficeRequest, text: str) -> list[ItemRow]:
    rows = list(people_queries.find_people(by=request.actor, words=text)[:20])
    return [
        ItemRow(
            one.name,
            reverse("office:person", args=[one.ext_id]),
            sub=one.division.name if one.division else "",
            icon="user",
        )
        for one in rows
    ]


def _vouchers(request: OfficeRequest, text: str) -> list[ItemRow]:
    return [
        ItemRow(
            f"{one.label} {one.summary}",
            reverse("office:voucher", args=[one.ext_id]),
            sub=body,
            amount=words.yuan(one.total_fen),
            due=day(request, one.date),
            icon="notebook",
        )
        for one, body in drafts.find_vouchers(by=request.actor, words=text)
    ]


def _payees(request: OfficeRequest, text: str) -> list[ItemRow]:
    found = payments.payments(
        by=request.actor,
        narrowed=payments.PaymentFilter(payee=text),
        page_size=20,
    )
    names = queries.division_names({one.division_code for one in found.rows})
    return [
        ItemRow(
            f"{one.line.payee_name}：{one.purpose}",
            reverse("office:payment", args=[one.case_number]),
            sub=f"{names.get(one.division_code, '')} {one.line.status_label}",
            amount=words.yuan(one.line.amount_fen),
            due=words.local_day(one.line.paid_at, today=today(request)) if one.line.paid_at else "",
            icon="coin",
        )
        for one in found.rows
        if one.line.status != "DRAFT"
    ]
