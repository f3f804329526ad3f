"""Who has proved himself in this session: his household and himself, for a quarter of an hour.

A page with a form keeps the proof for an hour, so that slow typing is not lost.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from sanzi.disclosure import household_queries
from sanzi.disclosure.rules import SESSION_LASTS
from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

SESSION_KEY = "household"
AFTER_KEY = "after_proof"
HELPER_KEY = "helper"
"""Who helps on this phone and until when (see `helped`); when it is over, so is the proof."""
FORM_LASTS = timedelta(hours=1)


def remember(request: HttpRequest, household_id: int, name: str, code: str) -> HttpResponse:
    """Keep the proof, and go on to what was wanted before it."""
    after = request.session.get(AFTER_KEY, "")
    request.session.cycle_key()
    request.session.pop(AFTER_KEY, None)
    request.session.pop(HELPER_KEY, None)
    request.session[SESSION_KEY] = {
        "id": household_id,
        "person": household_queries.member(household_id, name),
        "village": code,
    }
    _keep(request, SESSION_LASTS)
    is_ours = after.startswith(f"/village/{code}/") and url_has_allowed_host_and_scheme(after, None)
    return redirect(after if is_ours else reverse("portal:household_page", args=[code]))


def held(request: HttpRequest) -> dict[str, Any]:
    """Return what the session holds, empty without a proof or after its time."""
    found: dict[str, Any] = request.session.get(SESSION_KEY) or {}
    ends = [one["until"] for one in (found, request.session.get(HELPER_KEY)) if one]
    if found and min(ends) < clock.now().timestamp():
        forget(request)
        return {}
    return found


def villager(request: HttpRequest, code: str) -> Actor | None:
    """Return who has proved himself in this village, None when nobody has."""
    found = held(request)
    if not found or found["village"] != code:
        return None
    try:
        return orgs.villager(found["person"])
    except NotFound:
        return None


def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the household's proof, and remember what was wanted."""
    request.session[AFTER_KEY] = request.get_full_path()
    return redirect("portal:household", code)


def keep_for_form(request: HttpRequest) -> None:
    """Keep the proof while a form is filled."""
    _keep(request, FORM_LASTS)


def _keep(request: HttpRequest, lasts: timedelta) -> None:
    kept = {**request.session[SESSION_KEY], "until": (clock.now() + lasts).timestamp()}
    request.session[SESSION_KEY] = kept


def forget(request: HttpRequest) -> None:
    """Drop the proof, and the receipt that was shown with it."""
    for key in (SESSION_KEY, AFTER_KEY, HELPER_KEY, "receipt"):
        request.session.pop(key, None)
