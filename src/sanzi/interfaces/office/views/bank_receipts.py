"""The bank's e-receipts: one tap from a payment, a bank line or a voucher to the page."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.interfaces.look.parts import Cell, Note
from sanzi.interfaces.office.pages import day
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.payments.actions import bank_receipts
from sanzi.payments.queries import bank_receipts as queries
from sanzi.payments.queries.bank_receipts import ReceiptView


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Note who looks, and lead on to the pictures of the e-receipt of a bank line."""
    paper = bank_receipts.open_receipt(by=request.actor, at=request.at, line_ext_id=ext_id)
    return redirect("office:paper", paper)


def cell(found: ReceiptView | None) -> Cell:
    """Return the cell of a list that opens an e-receipt, or says where it is."""
    if found is None:
        return Cell("")
    if found.is_here:
        return Cell("看", url=reverse("office:bank_receipt", args=[found.line_ext_id]))
    return Cell(found.state_label, tone="quiet")


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
