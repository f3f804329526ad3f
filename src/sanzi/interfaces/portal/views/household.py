"""My household's money: after proof only, never stored, every look shown to the household."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sanzi.deals.asset_rules import area_words
from sanzi.disclosure import household_queries, queries, rules
from sanzi.disclosure.actions import helping, households
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, ItemRow, Ledger, Link, Row
from sanzi.interfaces.portal import helped, proofs
from sanzi.interfaces.portal.follow_parts import matter_row
from sanzi.interfaces.portal.pages import month_words, public, show, today
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.matters import followed
from sanzi.orgs.errors import NotFound
from sanzi.registers.land.queries import Holding


class CodeForm(forms.Form):
    """The name and the code out of the envelope."""

    name = forms.CharField(label="姓名", max_length=30)
    code = forms.CharField(
        label="家庭码",
        max_length=20,
        help_text="信封里的8位码，不分大小写",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class PhoneForm(forms.Form):
    """The name and the registered phone; then the six figures sent to it."""

    name = forms.CharField(label="姓名", max_length=30)
    phone = forms.CharField(
        label="手机号",
        max_length=20,
        help_text="村里登记过的那个号",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    one_time = forms.CharField(
        label="短信里的6位数",
        required=False,
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


def _knock(request: HttpRequest, code: str, name: str) -> households.Knock:
    return households.Knock(
        division_code=code,
        name=name,
        address=request.META.get("REMOTE_ADDR", ""),
        at=clock.now(),
    )


@never_cache
@public
def knock(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a member's name and the household code."""
    village = queries.village(code)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = households.open_by_code(
                knock=_knock(request, code, form.cleaned_data["name"]),
                code=form.cleaned_data["code"],
            )
        except Refusal as refusal:
            form.add_error(None, f"{refusal.text}{refusal.advice}")
        else:
            return proofs.remember(request, opened.pk, form.cleaned_data["name"], code)
    return _form_page(request, village, form, "household")


@never_cache
@public
def by_phone(request: HttpRequest, code: str) -> HttpResponse:
    """Send a code to the registered phone, or open by it."""
    village = queries.village(code)
    form = PhoneForm(request.POST or None)
    sent = False
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        knocked = _knock(request, code, found["name"])
        try:
            if found["one_time"]:
                opened = households.open_by_one_time_code(
                    knock=knocked,
                    phone=found["phone"],
                    code=found["one_time"],
                )
                return proofs.remember(request, opened.pk, found["name"], code)
            households.send_one_time_code(knock=knocked, phone=found["phone"])
            sent = True
        except Refusal as refusal:
            form.add_error(None, f"{refusal.text}{refusal.advice}")
    return _form_page(request, village, form, "household_phone", sent=sent)


def _form_page(
    request: HttpRequest,
    village: queries.Village,
    form: forms.Form,
    template: str,
    *,
    sent: bool = False,
) -> HttpResponse:
    for name in form.errors:
        if name in form.fields:
            form.fields[name].widget.attrs["aria-invalid"] = "true"
    return show(
        request,
        template,
        village,
        {
            "form": form,
            "sent": sent,
            "is_wanted": proofs.AFTER_KEY in request.session,
            "back": Link(village.name, reverse("portal:village", args=[village.code])),
            "phone_url": reverse("portal:household_phone", args=[village.code]),
            "code_url": reverse("portal:household", args=[village.code]),
        },
    )


@never_cache
@public
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show the household that this session has proved, for a quarter of an hour."""
    held = proofs.held(request)
    if not held:
        return redirect("portal:household", code)
    village = queries.village(code)
    found = household_queries.household_page(held["id"], clock.now())
    if found.village_code != code:
        return redirect("portal:household", found.village_code)
    return show(
        request,
        "household_page",
        village,
        {
            "found": found,
            "rows": [_row(one) for one in found.payments],
            "looks": _looks(found),
            "subsidies": [
                Fact(
                    f"{one.program_name}，{month_words(one.period)}",
                    f"{one.name} {words.portal_yuan(one.amount_fen)}，{_arrived(one.paid_at)}",
                )
                for one in found.subsidies
            ],
            "land": _land(found.land),
            "matters": _matters(request, code),
            "powers_url": reverse("portal:village_powers", args=[code]),
            "back": Link(village.name, reverse("portal:village", args=[code])),
        },
    )


def _arrived(paid_at: datetime | None) -> str:
    return "还没到账" if paid_at is None else f"{words.local_day(paid_at, today=today())}到账"


def _land(held: Holding) -> list[Fact]:
    """Return the household's members, parcels, plots and money for taken land, one line each."""
    day = today()
    parcels = [
        Fact(
            f"{one.use} {one.parcel_id}",
            "，".join(
                part
                for part in (
                    f"{area_words(one.area_mu_centi)}亩" if one.area_mu_centi else "",
                    f"{area_words(one.area_m2_centi)}平方米" if one.area_m2_centi else "",
                    f"到{words.local_day(one.end_date, today=day)}" if one.end_date else "",
                )
                if part
            ),
        )
        for one in held.parcels
    ]
    plots = [
        Fact(
            f"申请的宅基地 {one.place}".strip(),
            f"{area_words(one.area_m2_centi)}平方米，{one.state}",
        )
        for one in held.plots
    ]
    money = [
        Fact(
            f"征地补偿 {one.project}",
            f"{one.name} {words.portal_yuan(one.amount_fen)}，"
            + (f"{words.local_day(one.paid_at, today=day)}到账" if one.paid_at else "还没付"),
        )
        for one in held.compensated
    ]
    members = [Fact("集体的成员", "、".join(held.members))] if held.members else []
    return [*members, *parcels, *plots, *money]


def _matters(request: HttpRequest, code: str) -> list[ItemRow]:
    by = proofs.villager(request, code)
    found = followed.of_household(by=by, at=clock.now()) if by else []
    return [matter_row(code, one) for one in found]


def _row(one: household_queries.HouseholdPayment) -> ItemRow:
    day = words.local_day(one.paid_at, today=today()) if one.paid_at else ""
    return ItemRow(
        title=one.title,
        url=reverse("portal:payment", args=[one.village_code, one.case_number])
        if one.is_arrived
        else "",
        sub=f"{day} {one.status} {one.who} 尾号{one.account_tail}".strip(),
        amount=words.portal_yuan(one.amount_fen),
    )


def _looks(found: household_queries.HouseholdPage) -> Ledger:
    how = {"code": "用家庭码", "phone": "用手机号", "receipt": "用回执", helping.DID: "帮着交了"}
    how |= {f"help_{key}": f"{title}帮着看" for key, title in rules.HELPERS.items()}
    return Ledger(
        caption="谁来看过",
        columns=[Column("什么时候"), Column("怎么看的"), Column("打开没有")],
        rows=[
            Row(
                [
                    Cell(words.local_time(at, today=today())),
                    Cell(how.get(way, way)),
                    Cell("打开了" if was_granted else "没打开"),
                ],
            )
            for at, way, was_granted in found.looks
        ],
    )


@never_cache
@public
def help_with(request: HttpRequest, code: str) -> HttpResponse:
    """Ask who helps; begin or end it on POST."""
    by = proofs.villager(request, code)
    if by is None:
        return proofs.ask(request, code)
    refusal: Refusal | None = None
    if request.method == "POST" and request.POST.get("do") == "end":
        helped.end(request, by)
        return redirect("portal:household_page", code)
    if request.method == "POST":
        try:
            helped.begin(request, request.POST.get("helper", ""), by)
        except NotFound:
            raise
        except Refusal as told:
            refusal = told
        else:
            return redirect("portal:household_page", code)
    village = queries.village(code)
    back = Link("我家的钱", reverse("portal:household_page", args=[code]))
    context = {"helpers": list(rules.HELPERS.items()), "refusal": refusal, "back": back}
    return show(request, "household_help", village, context)


@require_POST
@public
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Close the household's page."""
    proofs.forget(request)
    return redirect("portal:village", code)
