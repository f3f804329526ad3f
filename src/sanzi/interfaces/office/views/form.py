"""The form of a case: start it, save as typed, payees by hand or by sheet, papers, submit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO, cast
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.evidence.actions import files, invoices
from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.office.forms import matters as matter_forms
from sanzi.interfaces.office.forms.invoices import InvoiceForm
from sanzi.interfaces.office.forms.payees import typed_lines
from sanzi.interfaces.office.pages import may, refuse, show
from sanzi.interfaces.office.parts import case_form as form_parts
from sanzi.interfaces.office.parts import invoices as invoice_parts
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.again import filled
from sanzi.interfaces.office.views.cases import order_of
from sanzi.kernel import money
from sanzi.kernel.refusals import Refusal
from sanzi.matters import queries, repeats
from sanzi.matters.actions import cases as actions
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import payee_check, payee_file
from sanzi.payments.actions.payees import PayeeLine
from sanzi.payments.errors import PayeeFileRefused

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@officer
def start(request: OfficeRequest) -> HttpResponse:
    """Find a power, choose the body, begin a draft."""
    if request.method == "POST":
        return _begin(request)
    text = request.GET.get("text", "").strip()
    found = queries.startable(by=request.actor, text=text)
    again = repeats.repeatable(request.actor)
    return show(
        request,
        "start",
        {
            "title": "要办哪件事" if may(request, "matters.start") else "您的职务不发起事项",
            "text": text,
            "ready": [
                (one, any((one.code, body) in again for body, _ in one.bodies))
                for one in found
                if one.is_active
            ],
            "coming": [one for one in found if not one.is_active],
        },
        current="cases",
        crumbs=[
            Link("待办", reverse("office:home")),
            Link("办事", reverse("office:cases")),
            Link("办一件事", ""),
        ],
    )


def _begin(request: OfficeRequest) -> HttpResponse:
    try:
        number = actions.start(
            matter_code=request.POST.get("matter", ""),
            organisation_ext_id=request.POST.get("body", ""),
            by=request.actor,
            at=request.at,
            source=request.POST.get("source", ""),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        return redirect("office:start")
    if request.POST.get("again"):
        return filled(request, number)
    return redirect("office:form", number)


def draft_of(request: OfficeRequest, number: str) -> queries.CasePage:
    """Return a draft that the actor may still change. Raises: NotFound."""
    case = queries.case_page(by=request.actor, number=number, at=request.at)
    if not (case.is_editable and case.is_starter):
        raise NotFound
    return case


@officer
def form(request: OfficeRequest, number: str) -> HttpResponse:
    """Show the form, keep what was typed, or hand it in."""
    if request.method != "POST":
        case = queries.case_page(by=request.actor, number=number, at=request.at)
        if not (case.is_editable and case.is_starter):
            return redirect("office:case", number)
        return _page(request, case)
    case = draft_of(request, number)
    refusal = _save(request, case)
    if refusal is None and request.POST.get("do") == "submit":
        return _submit(request, number)
    case = draft_of(request, number)
    if request.headers.get("HX-Request"):
        return _parts(request, case, refusal)
    if refusal is None and request.POST.get("do") == "later":
        messages.success(request, "存好了，在“我发起的”里接着填。")
        return redirect("office:home")
    return _page(request, case, refusal=refusal)


def _save(request: OfficeRequest, case: queries.CasePage) -> Refusal | None:
    """Save what was typed; return the refusal when something of it can't stand."""
    try:
        actions.save(
            number=case.case.number,
            by=request.actor,
            at=request.at,
            form=matter_forms.typed_fields(case.matter.fields, request.POST.dict()),
            lines=typed_lines(request.POST.dict()),
            as_of=_as_of(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return refusal
    return None


def _as_of(request: OfficeRequest) -> datetime | None:
    """Return the draft a save as typed began with; None when somebody pressed a button."""
    told = request.POST.get("as-of", "")
    if not (told and request.headers.get("HX-Request")):
        return None
    try:
        return datetime.fromisoformat(told)
    except ValueError:
        return None


def _page(
    request: OfficeRequest,
    case: queries.CasePage,
    *,
    refusal: Refusal | None = None,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    context = _context(request, case, refusal)
    line = request.GET.get("line", "")
    chosen = int(line) if line.isdecimal() and len(line) < 6 else 0
    if 0 < chosen <= len(case.lines):
        context["one"] = {"no": chosen, **case.lines[chosen - 1]}
    if request.GET.get("read") and request.method == "GET":
        context |= invoice_parts.read_context(request, case)
    status = 409 if refusal or (more and "refusal" in more) else 200
    return show(
        request,
        "form",
        context | dict(more or {}),
        current="cases",
        crumbs=[
            Link("待办", reverse("office:home")),
            Link("办事", reverse("office:cases")),
            Link(f"{case.matter.code} {case.matter.title}", ""),
        ],
        status=status,
    )


def _context(
    request: OfficeRequest,
    case: queries.CasePage,
    refusal: Refusal | None,
) -> dict[str, Any]:
    order, _ = order_of(request, case.case.number)
    found = form_parts.problems_of(request, case, order)
    if refusal is not None:
        case = _as_typed(request, case)
        found = [*form_parts.said(refusal), *found]
    if request.method == "GET" and request.GET.get("copied"):
        found = [*found, *form_parts.copied(case)]
    matter_form = form_parts.matter_form(request, case)
    context = form_parts.context(request, case, order, matter_form, found)
    context["like"] = repeats.last_number(by=request.actor, number=case.case.number)
    if refusal is not None:
        context["refusal"] = {"text": refusal.text, "next_step": refusal.advice}
        context["saved"] = ""
        context["wrong_keys"] = refusal.data.get("keys", [])
    return context


def _as_typed(request: OfficeRequest, case: queries.CasePage) -> queries.CasePage:
    """Return a draft with what a refused save brought: what was typed stays on the page."""
    if request.resolver_match is None or request.resolver_match.url_name != "form":
        return case
    posted = request.POST.dict()
    typed = matter_forms.typed_fields(case.matter.fields, posted)
    lines = typed_lines(posted)
    kept = case.lines if lines is None else tuple(lines)
    return replace(case, form={**case.form, **typed}, lines=kept)


def _parts(
    request: OfficeRequest,
    case: queries.CasePage,
    refusal: Refusal | None,
) -> HttpResponse:
    """Return what changes while typing: notes, amount, tiers, chain, the bar."""
    context = _context(request, case, refusal)
    if refusal is not None:
        context["saved"] = f"没存上：{refusal.text}{refusal.advice}"
    return render(request, "office/_form_live.html", context)


def _submit(request: OfficeRequest, number: str) -> HttpResponse:
    try:
        done = actions.submit(number=number, by=request.actor, at=request.at)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, draft_of(request, number), refusal=refusal)
    messages.success(request, f"已交给{done.next_role}。走到哪了，在这一页看。")
    return redirect("office:case", number)


def _then_form(
    request: OfficeRequest,
    number: str,
    action: Callable[[], str],
) -> HttpResponse:
    """Run an action on a draft and come back to its form; a refusal stands on top of it."""
    try:
        done = action()
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, draft_of(request, number), refusal=refusal)
    messages.success(request, done)
    return redirect("office:form", number)


@require_POST
@officer
def check(request: OfficeRequest, number: str) -> HttpResponse:
    """Ask the bank about every payee of a draft."""
    draft_of(request, number)

    def run() -> str:
        found = payee_check.check_payees(case_number=number, by=request.actor, at=request.at)
        return f"银行核对了{len(found)}户，结果在名单旁边。"

    return _then_form(request, number, run)


@require_POST
@officer
def line(request: OfficeRequest, number: str) -> HttpResponse:
    """Correct one line of a long list."""
    case = draft_of(request, number)
    text = request.POST.get("line", "")
    place = int(text) if text.isdecimal() and len(text) < 6 else 0
    if not 0 < place <= len(case.lines):
        raise NotFound

    def run() -> str:
        lines = _kept_lines(case)
        lines[place - 1] |= {
            key: request.POST[key].strip()
            for key in ("name", "account", "bank_code", "amount")
            if request.POST.get(key, "").strip()
        }
        if request.POST.get("do") == "drop":
            del lines[place - 1]
        actions.save(number=number, by=request.actor, at=request.at, form={}, lines=lines)
        return f"第{place}行改好了，请再向银行核一次户名。"

    return _then_form(request, number, run)


def _kept_lines(case: queries.CasePage) -> list[dict[str, str]]:
    """Return the lines as they are kept, each with the place it has now."""
    return [
        {**{key: str(value) for key, value in one.items()}, "was": str(place)}
        for place, one in enumerate(case.lines, start=1)
    ]


@officer
def payee(request: OfficeRequest, number: str) -> HttpResponse:
    """Find a payee by name in the village and among the county's counterparties, and add him."""
    case = draft_of(request, number)
    code = number.split("-", 1)[0]
    words = request.GET.get("q", "").strip()
    if request.method == "POST":

        def run() -> str:
            added = {key: request.POST.get(key, "") for key in ("kind", "payee_id", "name")}
            lines = _kept_lines(case)
            lines.append({**added, "amount": request.POST.get("amount", "")})
            actions.save(number=number, by=request.actor, at=request.at, form={}, lines=lines)
            return f"加上了{added['name']}，账户用登记的那一个。"

        return _then_form(request, number, run)
    return show(
        request,
        "payee",
        {
            "number": number,
            "words": words,
            "found": people_queries.payee_choices(
                by=request.actor,
                division_code=code,
                words=words,
            ),
        },
        current="cases",
        crumbs=[
            Link("办事", reverse("office:cases")),
            Link(case.case.title, reverse("office:form", args=[number])),
            Link("找收款人", ""),
        ],
    )


@require_POST
@officer
def sheet(request: OfficeRequest, number: str) -> HttpResponse:
    """Take a list of payees as an Excel sheet, whole or not at all."""
    case = draft_of(request, number)
    upload = request.FILES.get("sheet")
    try:
        data = upload.read(payee_file.BYTES_MAX + 1) if upload else b""
        found = payee_file.read_payee_file(data)
        actions.save(
            number=number,
            by=request.actor,
            at=request.at,
            form={},
            lines=[_typed(one) for one in found.lines],
        )
    except PayeeFileRefused as refusal:
        return _page(
            request,
            case,
            refusal=refusal,
            more={"sheet_problems": refusal.data.get("problems", [])},
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, case, refusal=refusal)
    messages.success(
        request,
        f"名单收下了，{len(found.lines)}户，共{money.format_yuan(found.amount_fen)}元。"
        "接着向银行核户名。",
    )
    return redirect("office:form", number)


def _typed(one: PayeeLine) -> dict[str, str]:
    """Return a line of a sheet as it would have been typed."""
    return {
        "kind": one.kind,
        "payee_id": one.ext_id,
        "name": one.payee_name,
        "account": one.account,
        "id_no": one.id_no,
        "bank_code": one.bank_code,
        "amount": money.format_yuan(one.amount_fen),
        "note": one.note,
    }


@officer
def template(request: OfficeRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """Return the empty sheet for a list of payees."""
    response = HttpResponse(payee_file.write_payee_template(), content_type=SHEET_TYPE)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote('收款名单')}.xlsx"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@officer
def add_paper(request: OfficeRequest, number: str) -> HttpResponse:
    """Hang files on a draft; an e-invoice brings its own fields."""
    case = draft_of(request, number)
    kind = request.POST.get("kind", "")
    if kind not in {one.kind for one in case.matter.evidence}:
        raise NotFound

    def run() -> str:
        count = 0
        for upload in request.FILES.getlist("file"):
            stored = files.store(
                by=request.actor,
                at=request.at,
                upload=files.Upload(upload.name or "", kind, cast("BinaryIO", upload)),
                subject_kind="case",
                subject_id=number,
            )
            count += 1
            told.append(_take_invoices(request, number, stored))
        if not count:
            return "没有选文件。"
        return f"收下{count}份凭据。{''.join(told)}"

    told: list[str] = []
    return _then_form(request, number, run)


def _take_invoices(request: OfficeRequest, number: str, stored: files.Stored) -> str:
    """Write down what a structured file says for sure; say what a clerk must look at."""
    unsure = 0
    for fields in stored.invoices:
        if not fields.is_sure:
            unsure += 1
            continue
        invoices.record_invoice(
            by=request.actor,
            at=request.at,
            case_number=number,
            fields=fields,
            file_digest=stored.digest,
        )
    if unsure:
        return f"读出{unsure}张发票，请点“核对”看一遍再记下。"
    return f"读出{len(stored.invoices)}张发票，记下了。" if stored.invoices else ""


@require_POST
@officer
def remove_paper(request: OfficeRequest, number: str) -> HttpResponse:
    """Take a file off a draft."""
    draft_of(request, number)
    return attempt(
        request,
        lambda: files.remove(
            by=request.actor,
            at=request.at,
            ext_id=request.POST.get("paper", ""),
        ),
        done="这份凭据拿下来了。",
        to=reverse("office:form", args=[number]),
    )


@require_POST
@officer
def add_invoice(request: OfficeRequest, number: str) -> HttpResponse:
    """Write down an invoice that was typed from the paper."""
    case = draft_of(request, number)
    typed = InvoiceForm(request.POST, auto_id="inv_%s")
    if typed.is_valid():
        try:
            invoices.record_invoice(
                by=request.actor,
                at=request.at,
                case_number=number,
                fields=typed.fields_told(),
                file_digest=typed.cleaned_data["digest"],
                part_fen=typed.part_fen(),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(typed, refusal, str(refusal.data.get("field", "")))
        else:
            messages.success(request, "发票记下了。")
            return redirect("office:form", number)
    return _page(request, case, more={"invoice_form": typed, "invoice_open": True})


@require_POST
@officer
def remove_invoice(request: OfficeRequest, number: str) -> HttpResponse:
    """Strike an invoice from a draft."""
    draft_of(request, number)
    return attempt(
        request,
        lambda: invoices.remove_invoice(
            by=request.actor,
            at=request.at,
            ext_id=request.POST.get("invoice", ""),
        ),
        done="这张发票拿掉了。",
        to=reverse("office:form", args=[number]),
    )
