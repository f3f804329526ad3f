"""The discipline office's key while its officer works: in his browser, sealed; in no table.

The key file and its passphrase come with one request. What is kept for a quarter of an hour is a
cookie that only the server can open and only this browser has, bound to the log-in. The server
holds the key in memory while a request lasts, and nowhere else.
"""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpResponse

from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.kernel import cipher, digest
from sanzi.voice import sealing

COOKIE = "letter_key"
PATH = "/office/letters/"
LASTS_SECONDS = 15 * 60


def keep(request: OfficeRequest, response: HttpResponse, opener: sealing.Opener) -> None:
    """Hand the opened key to the browser, sealed, for a quarter of an hour."""
    until = int(request.at.timestamp()) + LASTS_SECONDS
    told = json.dumps([opener.private, opener.public, until])
    response.set_cookie(
        COOKIE,
        cipher.seal(_key(), told, _context(request)),
        max_age=LASTS_SECONDS,
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def held(request: OfficeRequest) -> sealing.Opener | None:
    """Return the key that this browser holds, None when there is none or its time is over."""
    sealed = request.COOKIES.get(COOKIE, "")
    if not sealed:
        return None
    try:
        told = cipher.open_sealed({cipher.KEY_VERSION: _key()}, sealed, _context(request))
    except cipher.SealBroken:
        return None
    private, public, until = json.loads(told)
    return sealing.Opener(private, public) if until > request.at.timestamp() else None


def forget(response: HttpResponse) -> None:
    """Take the key away."""
    response.delete_cookie(COOKIE, path=PATH)


def _key() -> bytes:
    return bytes.fromhex(digest.hmac_sm3(settings.SECRET_KEY.encode(), "letter-key"))[:16]


def _context(request: OfficeRequest) -> str:
    return f"{request.actor.user_id}:{request.session.session_key}"
