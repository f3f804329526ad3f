"""Leases: the list with what ends and what is late, one lease with its rent, signing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Count, Fact, ItemRow, Ledger, Link, Row, Tab
from sanzi.interfaces.office.forms.leases import LeaseForm
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
from sanzi.interfaces.office.views.assets import asset_crumbs
from sanzi.kernel import money
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.registers.leases.actions import leases as actions
from sanzi.registers.leases.actions import rent
from sanzi.registers.leases.queries import leases as queries
from sanzi.registers.leases.queries.leases import LeaseFilter, LeaseView, RentView

CSV_ROWS_MAX = 10_000
STATES = (
    ("", "全部"),
    ("running", "租着"),
    ("ending", "90天内到期"),
    ("holdover", "到期没收回"),
    ("over", "收回了"),
)


def _crumbs(*links: Link) -> list[Link]:
    return asset_crumbs(Link("租约", reverse("office:leases")), *links)


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the leases of the scope, those that end first at the top."""
    if not may(request, queries.SEE):
        raise NotFound
    only = LeaseFilter(
        text=request.GET.get("text", "").strip(),
        division_code=request.GET.get("village", ""),
        state=request.GET.get("state", ""),
    )
    found = queries.leases(by=request.actor, only=only, today=today(request))
    if request.GET.get("as") == "csv":
        return _csv(request, found)
    here, totals = reverse("office:leases"), queries.totals(by=request.actor, today=today(request))
    page = page_of(request, found)
    sign = Link("签租约", reverse("office:lease_new"), "plus", is_primary=True)
    late = reverse("office:rent_arrears")
    return show(
        request,
        "leases",
        {
            "title": f"{totals.late_count}期租金过期，差{words.yuan(totals.late_fen)}元"
            if totals.late_count
            else "租金都按期",
            "sub": "到期要重新公开拍租，不自动续。",
            "links": [sign] if may(request, actions.PERMISSION) else [],
            "counts": [
                Count(str(totals.running_count), "份租着", "正在租的", f"{here}?state=running"),
                Count(words.yuan(totals.rent_fen_year), "元一年", "租金", f"{here}?state=running"),
                Count(str(totals.ending_count), "份快到期", "90天内", f"{here}?state=ending",
                      is_hot=bool(totals.ending_count)),
                Count(words.yuan(totals.late_fen), "元欠租", f"{totals.late_count}期", late,
                      is_hot=bool(totals.late_count)),
            ],
            "tabs": [
                Tab(title, f"{here}?state={code}", is_current=only.state == code)
                for code, title in STATES
            ],
            "only": only,
            "villages": people_queries.villages(by=request.actor, permission=queries.SEE),
            "village": only.division_code,
            "rows": [
                ItemRow(
                    title=f"{one.asset.name}，{one.tenant.name}",
                    url=reverse("office:lease", args=[one.ext_id]),
                    sub=one.organisation.name,
                    amount=f"{words.yuan(one.rent_fen_year)}元一年",
                    due=f"{queries.state_words(one, today(request))} {one.end_date:%Y-%m-%d}止",
                    is_late=one.returned_at is None and one.end_date < today(request),
                    icon="key",
                )
                for one in page
            ],
            "page": page,
            "query": query_without_page(request),
        },
        current="assets",
        crumbs=asset_crumbs(Link("租约", "")),
    )  # fmt: skip


def _csv(request: OfficeRequest, found: Any) -> HttpResponseBase:
    heads = "合同编号 单位 资产 承租人 一年租金（元） 起 止 现在"
    return csv_file(
        "租约",
        heads.split(),
        (
            [
                one.contract_ref, one.organisation.name, one.asset.name, one.tenant.name,
                words.yuan(one.rent_fen_year), one.start_date, one.end_date,
                queries.state_words(one, today(request)),
            ]
            for one in found[:CSV_ROWS_MAX].iterator(500)
        ),
    )  # fmt: skip


@officer
def arrears(request: OfficeRequest) -> HttpResponseBase:
    """List rent that is late, oldest first."""
    if not may(request, queries.SEE):
        raise NotFound
    village = request.GET.get("village", "")
    found = queries.arrears(by=request.actor, today=today(request), division_code=village)
    if request.GET.get("as") == "csv":
        rows = (queries.arrear(one, today(request)) for one in found[:CSV_ROWS_MAX].iterator(500))
        return csv_file(
            "欠租清单",
            ["单位", "资产", "承租人", "应交日", "还差（元）", "过期天数", "催过几次"],
            (
                [one.organisation_name, one.asset_name, one.tenant_name, one.due_date,
                 words.yuan(one.left_fen), one.late_days, one.dunned_count]
                for one in rows
            ),
        )  # fmt: skip
    page = page_of(request, found)
    as_file = Link("导出表格", f"?{query_without_page(request)}&as=csv", "download")
    return show(
        request,
        "rent_arrears",
        {
            "title": f"{page.paginator.count}期租金过期没交" if page else "没有欠租",
            "sub": "30天黄牌、60天报镇、90天红牌。催缴短信和通知到日子自动发。",
            "links": [as_file] if page else [],
            "villages": people_queries.villages(by=request.actor, permission=queries.SEE),
            "village": village,
            "rows": [
                ItemRow(
                    title=f"{one.tenant_name}：{one.asset_name}",
                    url=reverse("office:lease", args=[one.lease]),
                    sub=f"{one.organisation_name} · 催过{one.dunned_count}次",
                    amount=words.yuan(one.left_fen),
                    due=f"过了{one.late_days}天{f'，{one.colour}' if one.colour else ''}",
                    is_late=True,
                    icon="coin",
                )
                for one in (queries.arrear(each, today(request)) for each in page)
            ],
            "page": page,
            "query": query_without_page(request),
        },
        current="assets",
        crumbs=_crumbs(Link("欠租", "")),
    )


@officer
def new(request: OfficeRequest) -> HttpResponseBase:
    """Sign a lease."""
    if not may(request, actions.PERMISSION):
        raise NotFound
    form = LeaseForm(request.POST or None, initial={"asset": request.GET.get("asset", "")})
    form.offer(queries.letting_choices(by=request.actor), queries.tenant_choices())
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.sign_lease(fields=form.lease(), by=request.actor, at=request.at)
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "签好了，每一期租金都排在下面。")
            return redirect("office:lease", made)
    return show(
        request,
        "asset_form",
        {
            "title": "签一份租约",
            "sub": "先有公开拍租，再签租约。租金按期排好，到日子自动开缴款单。",
            "form": form,
            "verb": "签租约",
        },
        current="assets",
        crumbs=_crumbs(Link("签租约", "")),
    )


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show a lease with each period's rent."""
    one = queries.access_lease(by=request.actor, ext_id=ext_id, today=today(request))
    waiting = [each for each in one.rent if each.left_fen > 0 and not each.bill]
    return show(
        request,
        "lease",
        {
            "one": one,
            "title": f"{one.tenant_name}欠租{words.yuan(one.left_fen)}元"
            if one.left_fen
            else f"{one.asset_name}，{one.state}",
            "sub": f"{one.organisation_name}，{one.tenant_name}",
            "facts": _facts(request, one),
            "ledger": _rent(request, one),
            "next_rent": waiting[0] if waiting and one.may_keep else None,
            "may_bill": may(request, "payments.bill"),
            "may_return": one.may_keep and one.returned_at is None,
        },
        current="assets",
        crumbs=_crumbs(Link(one.asset_name, "")),
    )


def _facts(request: OfficeRequest, one: LeaseView) -> list[Fact]:
    months = queries.months(one)
    found = [
        Fact("租什么", one.asset_name, url=reverse("office:asset", args=[one.asset])),
        Fact("谁租", one.tenant_name),
        Fact("实际谁用", one.actual_user_name),
        Fact("租期", f"{one.start_date:%Y-%m-%d}到{one.end_date:%Y-%m-%d}，{months}个月"),
        Fact("租金", f"一年{words.yuan(one.rent_fen_year)}元，{one.pay_cycle_label}交"),
        *(Fact(f"第{year}年起", f"一年{words.yuan(fen)}元") for year, fen in one.rent_steps),
        Fact("预收租金", f"{one.prepaid_years}年" if one.prepaid_years else ""),
        Fact("保证金", f"{words.yuan(one.deposit_fen)}元" if one.deposit_fen else ""),
        Fact("只能用来", one.use_limit),
        Fact("公开拍租", one.auction),
        Fact("决议", one.decision_ref),
        Fact("合同", one.contract_ref),
        Fact("下一次出租", one.next_case, url=_case(one.next_case)),
        Fact(
            "收回",
            f"{day(request, one.returned_at)}，{one.return_note}" if one.returned_at else "",
        ),
    ]
    return [fact for fact in found if fact.text]


def _case(number: str) -> str:
    return reverse("office:case", args=[number]) if number else ""


def _rent(request: OfficeRequest, one: LeaseView) -> Ledger:
    return Ledger(
        caption="每一期租金",
        columns=[
            Column("应交日"),
            Column("应交（元）", "money"),
            Column("已交（元）", "money"),
            Column("现在"),
        ],
        rows=[
            Row(
                [
                    Cell(f"{each.due_date:%Y-%m-%d}", sub=f"第{each.place}期"),
                    Cell(words.yuan(each.amount_fen)),
                    Cell(words.yuan(each.received_fen)),
                    _now(request, each),
                ]
            )
            for each in one.rent
        ],
    )


def _now(request: OfficeRequest, one: RentView) -> Cell:
    url = reverse("office:bill", args=[one.bill]) if one.bill and may(
        request, "payments.see") else ""  # fmt: skip
    if one.is_dropped:
        return Cell("收回了，不用交", tone="quiet")
    if not one.left_fen:
        waived = f"减免{words.yuan(one.waived_fen)}元，{one.waiver_decision_ref}"
        return Cell("清了", url=url, sub=waived if one.waived_fen else "")
    told = one.reminders[-1][1] if one.reminders else ""
    if one.late_days > 0:
        return Cell(f"过了{one.late_days}天", url=url, sub=told, tone="late")
    return Cell("缴款单开了" if one.bill else "没到日子", url=url, sub=told)


@require_POST
@officer
def act(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Bill a period, give up rent by decision, or take the thing back."""
    queries.access_lease(by=request.actor, ext_id=ext_id, today=today(request))
    by, at, said = request.actor, request.at, request.POST
    period = said.get("rent", "")
    if period and queries.access_rent(by=by, ext_id=period) != ext_id:
        raise NotFound
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "bill": (lambda: rent.issue_bill(ext_id=period, by=by, at=at), "缴款单开好了。"),
        "waive": (
            lambda: rent.waive(
                ext_id=period,
                amount_fen=money.parse_yuan(said.get("amount", "")),
                decision_ref=said.get("decision", ""),
                by=by,
                at=at,
            ),
            "减免记上了。",
        ),
        "return": (
            lambda: actions.hand_back(ext_id=ext_id, note=said.get("note", ""), by=by, at=at),
            "收回来了，没到的租金不再收。",
        ),
    }
    step = steps.get(said.get("do", ""))
    if step is None:
        raise NotFound
    return attempt(request, step[0], done=step[1], to=reverse("office:lease", args=[ext_id]))
