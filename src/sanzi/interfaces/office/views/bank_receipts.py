"""The bank's e-receipts: one tap from a payment, a bank line or a voucher to the page."""

from __future__ import annotations

from collections.abc import Mapping

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.interfaces.look.parts import Cell, Fact, Link, Note
from sanzi.interfaces.office.pages import day, moment, show
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.payments.actions import bank_receipts
from sanzi.payments.queries import bank_receipts as queries
from sanzi.payments.queries.bank_receipts import ReceiptView


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Lead on to the pictures of the e-receipt of a bank line; ask the bank for it on POST.

    While it is not here the page says where it is; who opens it is noted.
    """
    if request.method == "POST":
        return attempt(
            request,
            lambda: bank_receipts.try_again(by=request.actor, at=request.at, line_ext_id=ext_id),
            done="这就去问银行。一两分钟后刷新这一页，取到了就能看。",
            to=reverse("office:bank_receipt", args=[ext_id]),
        )
    found = queries.receipt_of(by=request.actor, line_ext_id=ext_id)
    if not found.is_here:
        return _not_here(request, found)
    paper = bank_receipts.open_receipt(by=request.actor, at=request.at, line_ext_id=ext_id)
    return redirect("office:paper", paper)


def _not_here(request: OfficeRequest, found: ReceiptView) -> HttpResponseBase:
    return show(
        request,
        "bank_receipt",
        {
            "title": f"这张电子回单{found.state_label}",
            "sub": "钱和账不受影响，结账也不用等它。",
            "found": found,
            "facts": [
                Fact("银行流水号", found.bank_ref),
                Fact("哪天的", moment(request, found.booked_at)),
                *([Fact("上一次问", found.said)] if found.said else []),
            ],
        },
        current="payments",
        crumbs=[Link("待办", reverse("office:home")), Link("电子回单", "")],
    )


def cell(found: ReceiptView | None) -> Cell:
    """Return the cell of a list that opens an e-receipt, or says where it is."""
    if found is None:
        return Cell("")
    here = reverse("office:bank_receipt", args=[found.line_ext_id])
    if found.is_here:
        return Cell("看", url=here)
    return Cell(found.state_label, url=here if found.may_ask else "", tone="quiet")


def month_notes(request: OfficeRequest, org: str, period: str) -> list[Note]:
    """Return what a month still lacks in e-receipts; it is in no one's way."""
    missing = queries.missing_receipts(by=request.actor, org_ext_id=org, period=period)
    if not missing:
        return []
    few = "、".join(f"{day(request, one.booked_at)} {one.bank_ref}" for one in missing[:3])
    more = "等" if len(missing) > len(missing[:3]) else ""
    return [Note("warn", f"{len(missing)}张银行电子回单还没取到，不耽误结账", basis=f"{few}{more}")]


def of_lines(request: OfficeRequest, ext_ids: list[str]) -> Mapping[str, ReceiptView]:
    """Return the e-receipts of bank lines that the officer may see."""
    return queries.receipts_of_lines(by=request.actor, line_ext_ids=ext_ids)
