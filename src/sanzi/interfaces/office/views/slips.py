"""White slips on the form of a case: fill one in for a payee line, take it off."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.evidence.actions import slips
from sanzi.evidence.slips import SlipFields
from sanzi.interfaces.office.forms.invoices import SlipForm
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.form import draft_of
from sanzi.kernel import money


@require_POST
@officer
def add_slip(request: OfficeRequest, number: str) -> HttpResponse:
    """Write down the slip of one payee."""
    draft_of(request, number)
    form = SlipForm(request.POST)
    form.is_valid()
    said = {name: str(form.cleaned_data.get(name) or "").strip() for name in form.fields}

    def run() -> None:
        slips.record_slip(
            by=request.actor,
            at=request.at,
            case_number=number,
            fields=SlipFields(
                kind=said["kind"],
                line_no=int(said["line_no"]) if said["line_no"].isdecimal() else 0,
                payee_name=said["payee_name"],
                id_no=said["id_no"],
                quantity_text=said["quantity"],
                unit=said["unit"],
                unit_price_fen=money.parse_yuan(said["unit_price"]),
                amount_fen=money.parse_yuan(said["amount"]),
                reason=said["reason"],
                handler_name=said["handler_name"],
                witness_name=said["witness_name"],
                slip_date=form.cleaned_data.get("slip_date"),
            ),
        )

    there = f"{reverse('office:form', args=[number])}#slips"
    return attempt(request, run, done="收条记下了。", to=there)


@require_POST
@officer
def remove_slip(request: OfficeRequest, number: str) -> HttpResponse:
    """Take a slip off a draft."""
    draft_of(request, number)
    return attempt(
        request,
        lambda: slips.remove_slip(
            by=request.actor, at=request.at, ext_id=request.POST.get("slip", "")
        ),
        done="这张收条拿掉了。",
        to=f"{reverse('office:form', args=[number])}#slips",
    )
