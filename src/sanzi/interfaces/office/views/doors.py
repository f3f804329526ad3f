"""The paper twin of a village's page: a notice with its QR, for the board and for every door."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from sanzi.disclosure import door_queries, posters
from sanzi.disclosure.errors import MonthNotPublished
from sanzi.interfaces.look.parts import ItemRow
from sanzi.interfaces.office.pages import show
from sanzi.interfaces.office.parts.sheets import sent
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.ledger.actions.papers import PaperFile
from sanzi.transparency.errors import NotInLog

PDF = "application/pdf"


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List the villages whose notice this actor may print."""
    rows = [
        ItemRow(title=one.village_name, url=reverse("office:door", args=[one.village_code]))
        for one in door_queries.doors(by=request.actor)
    ]
    return show(request, "doors", {"title": "公示二维码", "rows": rows})


@officer
def notice(request: OfficeRequest, code: str) -> HttpResponse:
    """Show one village's notice, made for a black printer."""
    door = door_queries.access_door(by=request.actor, village_code=code)
    address = f"{settings.SANZI.public_url}/v/{door.token}/"
    period = posters.newest_period(code)
    return show(
        request,
        "door",
        {
            "title": f"{door.village_name}的钱，扫一扫就看到",
            "door": door,
            "address": address,
            "groups": [door.token[start : start + 4] for start in range(0, len(door.token), 4)],
            "qr": qr(address),
            "month": f"{int(period[5:])}月" if period else "",
        },
    )


@officer
def poster(request: OfficeRequest, code: str, size: str) -> HttpResponseBase:
    """Hand out the poster of the last published month as PDF."""
    door = door_queries.access_door(by=request.actor, village_code=code)
    try:
        made = posters.month(
            village_code=code, period=posters.newest_period(door.village_code), size=size
        )
    except (MonthNotPublished, NotInLog) as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        return redirect("office:door", code)
    return sent(PaperFile(made.name, PDF, made.pdf))


@officer
def door_sheet(request: OfficeRequest, code: str, size: str) -> HttpResponse:
    """Hand out the sheet for doors as PDF."""
    door = door_queries.access_door(by=request.actor, village_code=code)
    made = posters.door_sheet(village_code=door.village_code, size=size)
    return sent(PaperFile(made.name, PDF, made.pdf))


def qr(text: str, *, error: str = "q", scale: int = 6) -> SafeString:
    """Return a QR as inline SVG, a quarter of it recoverable when the paper suffers.

    A longer text for a screen takes level m and a smaller scale, so that it fits a narrow phone.
    """
    drawn = segno.make(text, error=error, micro=False).svg_inline(scale=scale, border=4)
    return mark_safe(drawn)  # noqa: S308 - drawn here from an address of ours
