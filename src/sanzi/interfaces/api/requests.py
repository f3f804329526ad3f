"""Who asks: a program with a token, or an officer's browser of the same site.

A token is a user with his posts of the day. Money asks for the second factor again: the header
`X-Second-Factor` with six digits, good for five minutes for that token.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer, SessionAuth

from sanzi.interfaces.look import devices
from sanzi.kernel import clock
from sanzi.orgs import queries
from sanzi.orgs.actions import second_factor, tokens
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import BadToken

SECOND_FACTOR_HEADER = "X-Second-Factor"


class ApiRequest(HttpRequest):
    """A request that was let through: it knows who acts and when."""

    auth: Actor
    at: datetime


class TokenAuth(HttpBearer):
    """A token in the header `Authorization: Bearer`."""

    openapi_description = "令牌由平台管理员用 sanzi token 发放；动钱的请求另带 X-Second-Factor。"

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return who acts, or None."""
        at = clock.now()
        try:
            user, token_id = tokens.take(text=token, at=at)
        except BadToken:
            return None
        door = f"token:{token_id}"
        return _actor(request, user, at, door, second_factor.shown_at(door))


class BrowserAuth(SessionAuth):
    """The session of the office; writes need the CSRF token as everywhere."""

    def __call__(self, request: HttpRequest) -> Actor | None:
        """Return who acts, or None, also when the CSRF token is missing."""
        try:
            return cast("Actor | None", super().__call__(request))
        except HttpError:
            return None

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Return who acts, or None; an officer without a second factor is nobody here."""
        user = request.user
        if key is None or not user.is_authenticated or not second_factor.has_device(user.pk):
            return None
        at = clock.now()
        return _actor(request, user, at, f"session:{key}", _shown_in_session(request))


def _actor(
    request: HttpRequest, user: Any, at: datetime, door: str, shown: datetime | None
) -> Actor:
    """Return the actor; a right code in the header renews the second factor.

    Raises: SecondFactorNeeded for a wrong code.
    """
    cast("ApiRequest", request).at = at
    code = request.headers.get(SECOND_FACTOR_HEADER, "").strip()
    if code and request.method not in ("GET", "HEAD"):
        shown = second_factor.show(user_id=user.pk, code=code, door=door, at=at)
    shown = max(
        (one for one in (shown, second_factor.shown_at(door)) if one is not None), default=None
    )
    device = devices.known(request) if door.startswith("session:") else ""
    return queries.actor_for(user, at, origin="api", second_factor_at=shown, device=device)


def _shown_in_session(request: HttpRequest) -> datetime | None:
    shown = [
        float(record["at"])
        for record in get_authentication_records(request)
        if record.get("method") == "mfa"
    ]
    return datetime.fromtimestamp(max(shown), tz=UTC) if shown else None


OFFICER = [TokenAuth(), BrowserAuth(csrf=True)]
"""The two ways in, the token first."""
