"""The page that the demo prints: every role with its code, one click to be it, and a tour.

Its addresses exist only where SANZI_ENV is `demo`; each view refuses again for itself.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sanzi.interfaces.office.requests import SECOND_FACTOR_KEY
from sanzi.kernel import clock
from sanzi.orgs import accounts

View = Callable[..., HttpResponseBase]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def demo_only(view: View) -> View:
    """Answer 404 outside the demo."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.SANZI.name != "demo":
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


def _told() -> dict[str, Any]:
    file = Path(settings.SANZI.var) / "demo.json"
    if not file.exists():
        raise Http404
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return told


@demo_only
@never_cache
def tour(request: HttpRequest) -> HttpResponse:
    """List every role of the first village and above, with its present code."""
    told, now = _told(), clock.now()
    if "city_code" in told:
        places = accounts.demo_places(told["city_code"], now)
        return render(request, "office/demo_city.html", {"told": told, "places": places})
    village = told["village_code"]
    places = accounts.demo_places(village, now)
    for other in ("neighbour_code", "farm_code"):
        if other in told:
            known = {place for place, _ in places}
            found = accounts.demo_places(told[other], now)
            places += [one for one in found if one[0] not in known]
    return render(
        request,
        "office/demo.html",
        {
            "told": told,
            "places": places,
            "bank_url": settings.SANZI.bank_url,
            "village_url": reverse("portal:village", args=[village]),
            "household_url": reverse("portal:household", args=[village]),
            "begin_url": reverse("portal:village_powers", args=[village]),
        },
    )


@demo_only
@require_POST
def enter(request: HttpRequest, username: str) -> HttpResponse:
    """Log in as one role, as if password and second factor had just been shown."""
    user = accounts.user_named(username)
    login(request, user, backend=BACKEND)
    request.session[SECOND_FACTOR_KEY] = clock.now().timestamp()
    return redirect("/office/")


@demo_only
def payee_file(_request: HttpRequest) -> FileResponse:
    """Give the sheet of the 352 households that the tour pays, two accounts in it wrong."""
    return _sheet("payees-352.xlsx", "土地租金352户.xlsx")


@demo_only
def corrected_file(_request: HttpRequest) -> FileResponse:
    """Give the same sheet with the right accounts."""
    return _sheet("payees-352-corrected.xlsx", "土地租金352户（改好的）.xlsx")


def _sheet(name: str, shown: str) -> FileResponse:
    file = Path(settings.SANZI.var) / name
    if not file.exists():
        raise Http404
    return FileResponse(file.open("rb"), as_attachment=True, filename=shown)


urlpatterns = [
    path("", tour, name="demo"),
    path("enter/<str:username>/", enter, name="demo_enter"),
    path("payees-352.xlsx", payee_file, name="demo_payees"),
    path("payees-352-corrected.xlsx", corrected_file, name="demo_payees_corrected"),
]
