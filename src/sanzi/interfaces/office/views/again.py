"""A repeated application: fill a fresh draft from the last of its power that ended well."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.kernel.refusals import Refusal
from sanzi.matters.actions import cases as actions
from sanzi.orgs.errors import NotFound

LABELS_SAID = 6


@require_POST
@officer
def repeat(request: OfficeRequest, number: str) -> HttpResponse:
    """Fill a draft from the last one, or from the one that is named."""
    return filled(request, number, request.POST.get("like", ""))


def filled(request: OfficeRequest, number: str, source: str = "") -> HttpResponse:
    """Fill a draft and come to its form, where the copied amounts are marked."""
    try:
        found = actions.repeat(number=number, by=request.actor, at=request.at, source=source)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text}{refusal.advice}")
        return redirect("office:form", number)
    messages.success(request, _words(found))
    return redirect(f"{reverse('office:form', args=[number])}?copied=1")


def _words(found: actions.Repeated) -> str:
    """Return what was filled in, what to check and what to fill in anew."""
    said = f"照{found.source}填好了{len(found.fields)}处。"
    if found.amounts:
        said += f"金额是抄来的，请核对：{_listed(found.amounts)}。"
    if found.left_out:
        said += f"这几处没有照抄，请重新填：{_listed(found.left_out)}。"
    return said


def _listed(labels: tuple[str, ...]) -> str:
    more = f"等{len(labels)}处" if len(labels) > LABELS_SAID else ""
    return "、".join(labels[:LABELS_SAID]) + more
