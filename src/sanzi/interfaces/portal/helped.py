"""Somebody helps on this phone: kept in the session with its end, said on every page.

It begins after the household's proof and ends on one tap, or by itself; then the proof ends, too:
whoever helped holds the phone. What binds is asked again, and recorded as done with help.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from sanzi.disclosure import rules
from sanzi.disclosure.actions import helping
from sanzi.disclosure.errors import HelpUnsure
from sanzi.interfaces.portal import proofs
from sanzi.kernel import clock
from sanzi.orgs.actors import Actor


def begin(request: HttpRequest, helper: str, by: Actor) -> None:
    """Mark this session as helped. Raises: NoSuchHelper."""
    until = helping.begin(helper=helper, by=by, at=clock.now())
    request.session[proofs.HELPER_KEY] = {"as": helper, "until": until.timestamp()}


def end(request: HttpRequest, by: Actor) -> None:
    """End the help on one tap."""
    helper = held(request)
    if helper:
        helping.end(helper=helper, by=by, at=clock.now())
        del request.session[proofs.HELPER_KEY]


def held(request: HttpRequest) -> str:
    """Return who helps in this session, empty when nobody does."""
    # Without the cookie there is no session to read: pages for all stay without one.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not proofs.held(request):
        return ""
    return str(request.session.get(proofs.HELPER_KEY, {}).get("as", ""))


def title(request: HttpRequest) -> str:
    """Return who helps in words, empty when nobody does."""
    return rules.HELPERS.get(held(request), "")


def require_sure(request: HttpRequest) -> None:
    """Refuse what binds until the villager himself has said yes. Raises: HelpUnsure."""
    if held(request) and request.POST.get("sure") != "yes":
        raise HelpUnsure(field="sure")


def note(request: HttpRequest, what: str, by: Actor) -> None:
    """Record that something which binds was done with help, if it was."""
    helper = held(request)
    if helper:
        helping.did(helper=helper, what=what, by=by, at=clock.now())


def banner(request: HttpRequest) -> dict[str, Any]:
    """Context processor: who helps, and in which village one tap ends it."""
    helper = title(request)
    if not helper:
        return {}
    return {"helper": helper, "helped_village": request.session[proofs.SESSION_KEY]["village"]}
