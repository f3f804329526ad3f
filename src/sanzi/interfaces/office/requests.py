"""From a request to an actor: log-in, the second factor, refusals shown where they arose.

Views of the office are plain functions under `@officer`: one query per panel, one action per
write, refusals turned into a flash message at the page that asked.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from sanzi.interfaces.look import devices
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import queries
from sanzi.orgs.actions import second_factor
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

SECOND_FACTOR_KEY = "second_factor_at"
TYPED_KEY = "typed_before"
NOT_TYPED = ("csrfmiddlewaretoken",)


class OfficeRequest(HttpRequest):
    """A request that `officer` has let through: it knows who acts and when."""

    actor: Actor
    at: datetime


View = Callable[..., HttpResponseBase]


def officer(view: View) -> View:
    """Let officers through: logged in, with a second factor; absent and forbidden give 404."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not second_factor.has_device(cast("int", request.user.pk)):
            return redirect("mfa_activate_totp")
        known = cast("OfficeRequest", request)
        known.at = clock.now()
        known.actor = actor_of(request, known.at)
        try:
            shown = view(known, *args, **kwargs)
        except NotFound as refusal:
            raise Http404(refusal.text) from refusal
        devices.remember(request, shown)
        return shown

    return login_required(wrapped)


def actor_of(request: HttpRequest, at: datetime) -> Actor:
    """Return the actor behind a request."""
    return queries.actor_for(
        cast("Any", request.user),
        at,
        origin="office",
        second_factor_at=second_factor_at(request),
        device=devices.known(request),
    )


def second_factor_at(request: HttpRequest) -> datetime | None:
    """Return when this session last showed its second factor."""
    shown = [
        float(record["at"])
        for record in get_authentication_records(request, cast("Any", request.user))
        if record.get("method") == "mfa"
    ]
    asked = request.session.get(SECOND_FACTOR_KEY)
    times = [*shown, *([float(asked)] if asked else [])]
    return datetime.fromtimestamp(max(times), tz=UTC) if times else None


def take_second_factor(request: OfficeRequest) -> None:
    """Check the six digits of a form, if it brings any, and renew the actor.

    Raises: SecondFactorNeeded, when the digits are wrong or tried too often.
    """
    code = request.POST.get("code", "").strip()
    if not code:
        return
    second_factor.prove(user_id=cast("int", request.user.pk), code=code)
    request.session[SECOND_FACTOR_KEY] = request.at.timestamp()
    request.actor = actor_of(request, request.at)


def keep_typed(request: HttpRequest, path: str, form: str) -> None:
    """Keep what was typed into a form until the page at `path` is shown again."""
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in NOT_TYPED}
    request.session[TYPED_KEY] = {"path": path, "form": form, "typed": typed}


def typed_before(request: HttpRequest) -> dict[str, Any]:
    """Return what was typed into a form of this page and refused, once: its form and its fields."""
    if request.session.get(TYPED_KEY, {}).get("path") != request.path:
        return {}
    found: dict[str, Any] = request.session.pop(TYPED_KEY)
    return {"form": found["form"], **found["typed"]}


def attempt(
    request: OfficeRequest,
    action: Callable[[], object],
    *,
    done: str,
    to: str,
    back: str = "",
    keep: str = "",
) -> HttpResponseRedirect:
    """Run one action; tell its result in a flash message and go to a page, refused to `back`.

    With `keep`, the name of the form, what was typed into a refused one is kept for that page.

    A NotFound stays one; every other refusal is shown with what to do next.
    """
    try:
        action()
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        if keep:
            keep_typed(request, back or to, keep)
        return redirect(back or to)
    messages.success(request, done)
    return redirect(to)
