"""A signed cookie by which offers, bids and approvals of one device are known as such; no more."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from sanzi.kernel import ids

DEVICE = "device"
SECONDS = 400 * 86400


def known(request: HttpRequest) -> str:
    """Return the mark of the device, empty for a new or a forged one."""
    try:
        return str(request.get_signed_cookie(DEVICE, default=""))
    except signing.BadSignature:
        return ""


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give a new device its mark."""
    if DEVICE not in request.COOKIES:
        response.set_signed_cookie(
            DEVICE, ids.new_token(100), max_age=SECONDS, httponly=True, samesite="Lax"
        )
