"""The paper twin of a village's page: a notice with its QR, for the board and for every door."""

from __future__ import annotations

import segno
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from sanzi.disclosure import door_queries
from sanzi.interfaces.look.parts import ItemRow
from sanzi.interfaces.office.pages import show
from sanzi.interfaces.office.requests import OfficeRequest, officer


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
    return show(
        request,
        "door",
        {
            "title": f"{door.village_name}的钱，扫一扫就看到",
            "door": door,
            "address": address,
            "groups": [door.token[start : start + 4] for start in range(0, len(door.token), 4)],
            "qr": qr(address),
        },
    )


def qr(text: str, *, error: str = "q", scale: int = 6) -> SafeString:
    """Return a QR as inline SVG, a quarter of it recoverable when the paper suffers.

    A longer text for a screen takes level m and a smaller scale, so that it fits a narrow phone.
    """
    drawn = segno.make(text, error=error, micro=False).svg_inline(scale=scale, border=4)
    return mark_safe(drawn)  # noqa: S308 - drawn here from an address of ours
