"""Fiscal money by hand: funds, their way to town and village, projects, prices, rates of pay.

The lists and the pages of one row are those of the registers; here are the forms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, Row
from sanzi.interfaces.office.forms.funds import (
    DayForm,
    FundForm,
    PassForm,
    PriceForm,
    ProgressForm,
    ProjectForm,
    RateForm,
    TransferForm,
)
from sanzi.interfaces.office.pages import may, refuse, show, today
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.kernel.refusals import Refusal
from sanzi.matters import shelf
from sanzi.orgs import queries as orgs
from sanzi.orgs.errors import NotFound
from sanzi.registers.funds import queries
from sanzi.registers.funds.actions import grants, prices, projects
from sanzi.registers.labour.actions import standards
from sanzi.registers.labour.queries import standards as rate_queries
from sanzi.registers.labour.queries.requests import SEE as SEE_LABOUR

TOWNS, AREAS = ("town",), ("county", "town", "village")
Sure = tuple[str, str]


@dataclass(frozen=True)
class Sheet:
    """What stands around a form: the register it leads back to, its row, the words to confirm."""

    title: str
    sub: str
    verb: str
    register: str
    row: str = ""
    sure: Sure = ("", "")
    shown: dict[str, Any] = field(default_factory=dict)

    def back(self) -> str:
        """Return the address that the form leads back to."""
        if self.row:
            return reverse("office:register_row", args=[self.register, self.row])
        return reverse("office:register", args=[self.register])


def _form_page(
    request: OfficeRequest,
    form: forms.Form,
    sheet: Sheet,
    act: Callable[[], tuple[str, str]],
) -> HttpResponseBase:
    """Show a form; on POST act, and go to where the action leads with its words."""
    if request.method == "POST" and form.is_valid():
        try:
            told, address = act()
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal, str(refusal.data.get("field", "")))
        else:
            messages.success(request, told)
            return redirect(address)
    register = shelf.access_register(by=request.actor, key=sheet.register)
    return show(
        request,
        "fund_form",
        {
            "title": sheet.title,
            "sub": sheet.sub,
            "form": form,
            "verb": sheet.verb,
            "sure": sheet.sure,
            "back": sheet.back(),
            **sheet.shown,
        },
        current="cases",
        crumbs=[
            Link("办事", reverse("office:cases")),
            Link("登记簿", reverse("office:registers")),
            Link(register.title, reverse("office:register", args=[sheet.register])),
            Link(sheet.title, ""),
        ],
    )


def _day_page(
    request: OfficeRequest, sheet: Sheet, note: Callable[[date], None], told: str
) -> HttpResponseBase:
    """Ask only for the day on which something came; `note` writes it down."""
    form = DayForm(_posted(request), initial={"day": today(request)})

    def act() -> tuple[str, str]:
        note(form.cleaned_data["day"])
        return told, sheet.back()

    return _form_page(request, form, sheet, act)


def _posted(request: OfficeRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _row(register: str, ext_id: str) -> str:
    return reverse("office:register_row", args=[register, ext_id])


def _require(request: OfficeRequest, permission: str) -> None:
    if not may(request, permission):
        raise NotFound


@officer
def fund_new(request: OfficeRequest) -> HttpResponseBase:
    """Enter a fund that was granted."""
    _require(request, grants.GRANT)
    form = FundForm(_posted(request))
    form.offer(organisation=queries.body_choices(by=request.actor, permission=grants.GRANT))

    def act() -> tuple[str, str]:
        code = grants.enter_fund(fields=form.fund(), by=request.actor, at=request.at)
        return "登记好了。接下来下达到镇，或等到账。", _row("funds", code)

    sheet = Sheet(
        "登记一笔资金", "照上级文件填，每一步都留在经过里。", "登记", "funds",
        sure=("登记以后不能改，确定登记？", "请再对一遍文件上的代码和金额。"),
    )  # fmt: skip
    return _form_page(request, form, sheet, act)


@officer
def fund_receive(request: OfficeRequest, code: str) -> HttpResponseBase:
    """Note when a fund came that nobody allocates further."""
    fund = queries.access_fund(by=request.actor, code=code, permission=grants.ONWARD)

    def note(day: date) -> None:
        grants.receive_fund(code=code, day=day, by=request.actor, at=request.at)

    told = f"{fund.name}，{words.yuan(fund.amount_fen)}元"
    sheet = Sheet("资金到账", told, "到账了", "funds", code)
    return _day_page(request, sheet, note, "记下了，这笔钱可以用了。")


@officer
def allocate(request: OfficeRequest, code: str) -> HttpResponseBase:
    """Allocate a part of a fund to a town."""
    fund = queries.access_fund(by=request.actor, code=code, permission=grants.GRANT)
    by, form = request.actor, TransferForm(_posted(request))
    form.offer(
        town=queries.places(by=by, permission=grants.GRANT, levels=TOWNS),
        village=[
            ("", "留在镇里用"), *queries.village_choices(by=by, permission=grants.GRANT)
        ],
        project=[
            ("", "不是项目的钱"), *queries.project_choices(by=by, permission=grants.GRANT)
        ],
    )  # fmt: skip

    def act() -> tuple[str, str]:
        made = grants.allocate(fields=form.transfer(code), by=by, at=request.at)
        return "下达了，等镇里收到。", _row("transfers", made)

    sheet = Sheet(
        "下达到镇", f"{fund.name}，一共{words.yuan(fund.amount_fen)}元", "下达", "funds", code,
        sure=("下达以后不能改，确定下达？", "镇里会看到这笔钱，收到以后再拨到村。"),
    )  # fmt: skip
    return _form_page(request, form, sheet, act)


@officer
def transfer_receive(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Note when an allocation came to the town."""
    found = queries.access_transfer(by=request.actor, ext_id=ext_id, permission=grants.ONWARD)

    def note(day: date) -> None:
        grants.receive(transfer=ext_id, day=day, by=request.actor, at=request.at)

    told = f"{found.fund_code}，{words.yuan(found.amount_fen)}元"
    sheet = Sheet("镇里收到了", told, "收到了", "transfers", ext_id)
    return _day_page(request, sheet, note, "记下了。接下来拨到村。")


@officer
def transfer_pass(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Note what was passed on to the village."""
    found = queries.access_transfer(by=request.actor, ext_id=ext_id, permission=grants.ONWARD)
    left = found.amount_fen - found.passed_fen
    initial = {"day": today(request), "amount": words.yuan(left)}
    form = PassForm(_posted(request), initial=initial)

    def act() -> tuple[str, str]:
        given = form.cleaned_data
        grants.pass_on(
            transfer=ext_id,
            amount_fen=given["amount"],
            day=given["day"],
            by=request.actor,
            at=request.at,
        )
        return "记下了，村里可以用这笔钱了。", _row("transfers", ext_id)

    sheet = Sheet(
        "拨到村", f"{found.fund_code}，还有{words.yuan(left)}元没拨", "拨付", "transfers", ext_id,
        sure=("记下拨付就收不回，确定记？", "村里马上能用这笔钱。请先看银行回单。"),
    )  # fmt: skip
    return _form_page(request, form, sheet, act)


@officer
def project_new(request: OfficeRequest) -> HttpResponseBase:
    """Start a township project; its code is given."""
    _require(request, projects.KEEP)
    form = ProjectForm(_posted(request))
    form.offer(town=queries.places(by=request.actor, permission=projects.KEEP, levels=TOWNS))

    def act() -> tuple[str, str]:
        made = projects.start(fields=form.project(), by=request.actor, at=request.at)
        return "立好了，项目码和二维码给了。", _row("town-projects", made)

    sheet = Sheet("立一个项目", "项目码自动给，贴在工地上，谁都能扫。", "立项", "town-projects")
    return _form_page(request, form, sheet, act)


@officer
def project_update(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Tell how a township project stands."""
    one = queries.access_project(by=request.actor, ext_id=ext_id, permission=projects.KEEP)
    initial = {
        "progress_percent": one.progress_percent,
        "paid": words.yuan(one.paid_fen) if one.paid_fen else "",
        "payable": words.yuan(one.payable_fen) if one.payable_fen else "",
        "payable_due_date": one.payable_due_date,
        "end_date": one.end_date,
    }
    form = ProgressForm(_posted(request), initial=initial)

    def act() -> tuple[str, str]:
        projects.update(
            project=ext_id, progress=form.progress(), by=request.actor, at=request.at
        )  # fmt: skip
        return "更新了，扫码的人现在就看得到。", _row("town-projects", ext_id)

    told = f"{one.name}，预算{words.yuan(one.budget_fen)}元"
    return _form_page(
        request, form, Sheet("更新进度", told, "更新", "town-projects", ext_id), act
    )  # fmt: skip


@officer
def price_new(request: OfficeRequest) -> HttpResponseBase:
    """Set a reference price from a day on."""
    _require(request, prices.PRICE)
    form = PriceForm(_posted(request), initial={"valid_from_date": today(request)})
    form.offer(division=queries.places(by=request.actor, permission=prices.PRICE, levels=AREAS[:2]))

    def act() -> tuple[str, str]:
        made = prices.set_price(price=form.typed(), by=request.actor, at=request.at)
        return "定好了，原来的价到前一天为止。", _row("prices", made)

    sheet = Sheet("定一个价", "从写的那天起用新价，原来的价留着。", "定价", "prices")
    return _form_page(request, form, sheet, act)


@officer
def rates(request: OfficeRequest) -> HttpResponseBase:
    """List the rates of pay for labour of these places; set one from a day on."""
    _require(request, SEE_LABOUR)
    sets = may(request, standards.RATE)
    form = RateForm(_posted(request), initial={"valid_from_date": today(request)})
    form.offer(
        division=queries.places(by=request.actor, permission=standards.RATE, levels=AREAS)
    )  # fmt: skip
    if request.method == "POST" and not sets:
        raise NotFound

    def act() -> tuple[str, str]:
        standards.set_rate(rate=form.rate(), by=request.actor, at=request.at)
        return "定好了，原来的标准到前一天为止。", reverse("office:rates")

    sheet = Sheet(
        "用工单价", "劳务用工按它算工钱；从写的那天起用新的，原来的留着。", "定标准", "prices",
        shown={"ledger": _rates(request), "is_form": sets},
    )  # fmt: skip
    return _form_page(request, form, sheet, act)


def _rates(request: OfficeRequest) -> Ledger:
    found = rate_queries.rates_seen(by=request.actor)
    names = orgs.division_names(one.division_code for one in found)
    return Ledger(
        caption="用工单价",
        columns=[
            Column("名称"), Column("哪里"), Column("标准（元）", "money"), Column("从哪天", "mid"),
            Column("到哪天", "mid"),
        ],
        rows=[
            Row(
                [
                    Cell(one.title, sub=f"{one.rate_code}，{one.source_ref}"),
                    Cell(names.get(one.division_code, one.division_code)),
                    Cell(f"{words.yuan(one.value_fen)}"),
                    Cell(one.valid_from_date.isoformat()),
                    Cell(one.valid_until_date.isoformat() if one.valid_until_date else "现在用"),
                ]
            )
            for one in found
        ],
    )  # fmt: skip
