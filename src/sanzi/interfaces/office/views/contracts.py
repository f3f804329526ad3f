"""Contracts: found, read, registered, filed with their paper, ended, taken out as a sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.deals.actions import contracts as actions
from sanzi.deals.queries import contracts as queries
from sanzi.deals.queries import parties, tenders
from sanzi.deals.queries.contracts import ContractFilter
from sanzi.evidence.actions import files
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, ItemRow, Ledger, Link, Row, Tab
from sanzi.interfaces.office.forms.deals import ContractForm
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    page_of,
    query_without_page,
    refuse,
    show,
    today,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.kernel.refusals import Refusal
from sanzi.matters import form_queries
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound

CSV_ROWS_MAX = 10_000
TABS = (("", "全部"), ("approved", "在履行"), ("closed", "履行完了"), ("revoked", "解除了"))


def crumbs(*links: Link) -> list[Link]:
    """Return the way back from a page of contracts."""
    return [
        Link("办事", reverse("office:cases")),
        Link("合同", reverse("office:contracts")),
        *links,
    ]


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the contracts of the scope."""
    if not may(request, queries.SEE):
        raise NotFound
    only = ContractFilter(
        text=request.GET.get("text", "").strip()[:60],
        division_code=request.GET.get("village", ""),
        kind=request.GET.get("kind", ""),
        status=request.GET.get("state", ""),
        is_ending="ending" in request.GET,
    )
    found = queries.contracts(by=request.actor, only=only, today=today(request))
    if request.GET.get("as") == "csv":
        return _csv(found)
    page = page_of(request, found)
    here = reverse("office:contracts")
    links = (
        [Link("登记合同", reverse("office:contract_new"), "plus", is_primary=True)]
        if may(request, actions.WRITE)
        else []
    )
    return show(
        request,
        "contracts",
        {
            "title": f"{page.paginator.count}份合同",
            "sub": "付款、收租都认这里的合同。",
            "links": [
                Link("工程", reverse("office:works_list"), "building-community"),
                Link("招标和询价", reverse("office:tenders"), "scale"),
                *links,
            ],
            "tabs": [
                *(
                    Tab(title, f"{here}?state={code}", is_current=not only.is_ending
                        and only.status == code)
                    for code, title in TABS
                ),
                Tab("三个月内到期", f"{here}?ending=1", is_current=only.is_ending),
            ],
            "only": only,
            "kinds": queries.KINDS,
            "villages": people_queries.villages(by=request.actor, permission=queries.SEE),
            "village": only.division_code,
            "rows": [_row(request, one) for one in page],
            "page": page,
            "query": query_without_page(request),
        },
        current="cases",
        crumbs=[Link("办事", reverse("office:cases")), Link("合同", "")],
    )  # fmt: skip


def _row(request: OfficeRequest, one: Any) -> ItemRow:
    signed = f"{day(request, one.sign_date)}签" if one.sign_date else "签订日期未知"
    until = f"，到{day(request, one.end_date)}" if one.end_date else ""
    return ItemRow(
        title=one.title,
        url=reverse("office:contract", args=[one.ext_id]),
        sub=f"{one.organisation.name} · {party_name(one)} · {signed}{until}",
        amount=words.yuan(one.amount_fen or one.period_fen) if _fen(one) else "",
        due=one.get_status_display(),
        icon="file-text",
    )


def _fen(one: Any) -> int | None:
    fen: int | None = one.amount_fen or one.period_fen
    return fen


def party_name(one: Any) -> str:
    """Return the other side of a contract."""
    return one.counterparty.name if one.counterparty else "对方没有登记"


def _csv(found: Any) -> HttpResponseBase:
    return csv_file(
        "合同",
        ["合同编号", "单位", "类别", "名称", "对方", "签订", "开始", "到期", "金额（元）", "状态"],
        (
            [
                one.ext_id, one.organisation.name, one.get_kind_display(), one.title,
                party_name(one), one.sign_date or "未知", one.start_date or "未知",
                one.end_date or "未知", words.yuan(_fen(one)) if _fen(one) else "",
                one.get_status_display(),
            ]
            for one in found[:CSV_ROWS_MAX].iterator(500)
        ),
    )  # fmt: skip


@officer
def new(request: OfficeRequest) -> HttpResponseBase:
    """Register a signed contract."""
    bodies = people_queries.bodies(by=request.actor, permission=actions.WRITE)
    if not bodies:
        raise NotFound
    form = ContractForm(request.POST or None)
    places = people_queries.villages(by=request.actor, permission=actions.WRITE)
    form.offer(
        bodies=bodies,
        parties=parties.offered(),
        decisions=[choice for code, _ in places for choice in form_queries.decision_choices(code)][
            :300
        ],
        tenders=tenders.awarded(by=request.actor),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register(fields=form.contract(), by=request.actor, at=request.at)
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "登记好了。请把合同的扫描件传上来入库。")
            return redirect("office:contract", made)
    return show(
        request,
        "contract_new",
        {"form": form},
        current="cases",
        crumbs=crumbs(Link("登记合同", "")),
    )


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a contract with its supplements, its paper and what was paid on it."""
    found = queries.page(by=request.actor, ext_id=ext_id)
    one = found.contract
    left = "" if found.total_fen is None else words.yuan(found.total_fen - found.spent_fen)
    return show(
        request,
        "contract",
        {
            "title": one.title,
            "sub": f"还能付{left}元" if left else "单价合同，按期付",
            "links": [],
            "contract": one,
            "facts": _facts(request, found),
            "paid": _paid(request, found),
            "supplements": [_row(request, more) for more in found.supplements],
            "may_write": may(request, actions.WRITE) and one.status == "approved",
        },
        current="cases",
        crumbs=crumbs(Link(one.title, "")),
    )


def _facts(request: OfficeRequest, found: queries.ContractPage) -> list[Fact]:
    one = found.contract
    start, end = (day(request, on) or "未知" for on in (one.start_date, one.end_date))
    facts = [
        Fact("编号", one.ext_id),
        Fact("单位", one.organisation.name),
        Fact("和谁签的", party_name(one)),
        Fact("类别", one.get_kind_display()),
        Fact("签订", day(request, one.sign_date) or "未知"),
        Fact("期限", f"{start}到{end}"),
        Fact("入库", day(request, one.filed_at) or "还没有入库"),
        Fact("现在", one.get_status_display()),
    ]  # fmt: skip
    if one.period_fen:
        facts.append(Fact("每期（元）", words.yuan(one.period_fen)))
    if one.tender_ext_id:
        facts.append(
            Fact("招标", one.tender_ext_id, reverse("office:tender", args=[one.tender_ext_id]))
        )
    if one.case_number:
        facts.append(Fact("办件", one.case_number, reverse("office:case", args=[one.case_number])))
    if one.parent:
        facts.append(
            Fact("原合同", one.parent.title, reverse("office:contract", args=[one.parent.ext_id]))
        )
    if found.total_fen is not None:
        facts.append(Fact("一共（元）", words.yuan(found.total_fen)))
    facts.append(Fact("付过和在付的（元）", words.yuan(found.spent_fen), is_sum=True))
    return facts


def _paid(request: OfficeRequest, found: queries.ContractPage) -> Ledger:
    return Ledger(
        caption="照这份合同付的钱",
        columns=[Column("哪天"), Column("付什么"), Column("金额（元）", "money"), Column("现在")],
        rows=[
            Row(
                [
                    Cell(day(request, one.created_at)),
                    Cell(one.purpose, url=reverse("office:case", args=[one.case_number])),
                    Cell(words.yuan(one.amount_fen)),
                    Cell(one.status),
                ]
            )
            for one in found.payments
        ],
    )


@require_POST
@officer
def change(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """File the paper of a contract, or end it."""
    queries.access_contract(by=request.actor, ext_id=ext_id)
    here = reverse("office:contract", args=[ext_id])
    if request.POST.get("do") == "file":
        return attempt(request, lambda: _file(request, ext_id), done="入库了。", to=here)
    return attempt(
        request,
        lambda: actions.end(
            contract=ext_id,
            is_fulfilled=request.POST.get("do") == "fulfilled",
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=request.at,
        ),
        done="合同结束了。",
        to=here,
    )


def _file(request: OfficeRequest, ext_id: str) -> None:
    paper = request.FILES.get("paper")
    digest = ""
    if paper is not None:
        stored = files.store(
            by=request.actor,
            at=request.at,
            upload=files.Upload(str(paper.name), "contract", paper.read(), may_be_invoice=False),
            subject_kind="contract",
            subject_id=ext_id,
        )
        digest = stored.digest
    actions.file_paper(contract=ext_id, doc_hash=digest, by=request.actor, at=request.at)
