"""The register of invoices: list, one invoice with its checks and uses, asking the tax office."""

from __future__ import annotations

from typing import BinaryIO, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.evidence.actions import checks, files
from sanzi.evidence.queries import register
from sanzi.evidence.verification.port import WORDS, Verdict
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.office.forms.invoices import ReadingForm
from sanzi.interfaces.office.pages import csv_file, may, page_of, query_without_page, show
from sanzi.interfaces.office.parts import invoices as invoice_parts
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.kernel import typed
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound

CSV_ROWS_MAX = 10_000
HEAD = [
    "号码", "代码", "票种", "开票日期", "销售方", "购买方", "价税合计（元）", "本次用（元）",
    "查验", "村", "办件号",
]  # fmt: skip


def _crumbs(*links: Link) -> list[Link]:
    return [
        Link("付款", reverse("office:payments")),
        Link("发票台账", reverse("office:invoices") if links else ""),
        *links,
    ]


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the invoices of the scope: search, by state, village, month or day; as a file."""
    if not may(request, register.SEE):
        raise NotFound
    only = register.InvoiceFilter(
        text=request.GET.get("text", ""),
        state=request.GET.get("state", ""),
        division_code=request.GET.get("village", ""),
        month=request.GET.get("month", ""),
        day=typed.wanted_day(request.GET.get("day", "")),
    )
    rows = register.lines(by=request.actor, only=only)
    if request.GET.get("as") == "csv":
        return csv_file("发票台账", HEAD, map(_csv, register.streamed(rows, CSV_ROWS_MAX)))
    page = page_of(request, rows)
    tally = register.counts(by=request.actor)
    return show(
        request,
        "invoices",
        {
            "title": invoice_parts.sentence(tally),
            "sub": "查验、查重都在这里看。",
            "links": None,
            "tabs": invoice_parts.tabs(reverse("office:invoices"), only.state, tally),
            "only": only,
            "day": only.day.isoformat() if only.day else "",
            "villages": people_queries.villages(by=request.actor, permission=register.SEE),
            "village": only.division_code,
            "ledger": invoice_parts.ledger(request, register.shown(page)),
            "page": page,
            "query": query_without_page(request),
        },
        current="payments",
        crumbs=_crumbs(),
    )


def _csv(one: register.Line) -> list[str]:
    return [
        one.number, one.code, one.type_text, one.issue_date.isoformat() if one.issue_date else "",
        one.seller_name, one.buyer_name, words.yuan(one.amount_fen), words.yuan(one.taken_fen),
        one.status_text, one.village, one.case_number,
    ]  # fmt: skip


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show one invoice: its fields, the answers about it, where it is used."""
    found = register.page(by=request.actor, ext_id=ext_id)
    title, sub = invoice_parts.heading(found)
    waiting = found.waiting
    return show(
        request,
        "invoice",
        {
            "page": found,
            "title": title,
            "sub": sub,
            "facts": invoice_parts.facts(found),
            "events": invoice_parts.course(request, found),
            "uses": invoice_parts.uses(found),
            "form": ReadingForm(),
            "waiting_words": WORDS[Verdict(waiting.result)] if waiting else "",
            "is_mine": bool(waiting and waiting.entered_by_id == request.actor.user_id),
            "is_open": not found.can_ask,
        },
        current="payments",
        crumbs=_crumbs(Link(found.line.number or "没有号码", "")),
    )


@require_POST
@officer
def verify(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Ask the tax office about one invoice now."""
    return attempt(
        request,
        lambda: checks.verify(by=request.actor, at=request.at, ext_id=ext_id),
        done="查过了，结果在下面。",
        to=reverse("office:invoice", args=[ext_id]),
    )


@require_POST
@officer
def read(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Take what one person read on the tax office's page, with its picture."""
    form = ReadingForm(request.POST, request.FILES)
    is_whole = form.is_valid()

    def run() -> None:
        upload = request.FILES.get("picture")
        if upload is not None:
            files.store(
                by=request.actor,
                at=request.at,
                upload=files.Upload(upload.name or "", "tax_page", cast("BinaryIO", upload)),
                subject_kind=checks.SUBJECT,
                subject_id=ext_id,
            )
        checks.enter(
            by=request.actor,
            at=request.at,
            ext_id=ext_id,
            result=form.cleaned_data["result"] if is_whole else "",
            words=form.cleaned_data["words"] if is_whole else "",
        )

    return attempt(
        request,
        run,
        done="填好了。两个人填的一样，才算查过。",
        to=reverse("office:invoice", args=[ext_id]),
    )


@require_POST
@officer
def unread(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Take back one's own reading."""
    return attempt(
        request,
        lambda: checks.take_back(by=request.actor, at=request.at, ext_id=ext_id),
        done="撤回了，可以重填。",
        to=reverse("office:invoice", args=[ext_id]),
    )
