"""What every page of the portal has: the village, its footer, absent answers as 404."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from sanzi.disclosure import queries
from sanzi.interfaces.look.parts import Link
from sanzi.kernel import clock
from sanzi.orgs.errors import NotFound

View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """Turn what is absent into a 404, for every view of the portal."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (NotFound, ValueError) as refusal:
            raise Http404(str(refusal)) from refusal

    return wrapped


def show(
    request: HttpRequest,
    template: str,
    village: queries.Village | None,
    context: dict[str, Any],
) -> HttpResponse:
    """Render a page of a village with the frame of the portal."""
    frame: dict[str, Any] = {"village": village}
    if village is not None:
        here = reverse("portal:village", args=[village.code])
        frame |= {
            "home_url": here,
            "footer_links": [
                Link("找一找", reverse("portal:village_search", args=[village.code]), "search"),
                Link("看每一笔收支", reverse("portal:items", args=[village.code]), "list-check"),
                Link("公开栏", reverse("portal:bulletin", args=[village.code]), "speakerphone"),
                Link("谁管什么", reverse("portal:people", args=[village.code]), "users"),
                Link("我家的钱", reverse("portal:household", args=[village.code]), "home"),
                Link("办一件事", reverse("portal:village_powers", args=[village.code]), "checks"),
                Link("反映问题", reverse("portal:voice", args=[village.code]), "mail"),
                Link("能领哪些补贴", reverse("portal:subsidies"), "file-text"),
                Link("换一个村看", reverse("portal:home"), "building-store"),
            ],
        }
    else:
        frame |= {
            "footer_links": [
                Link("找一找", reverse("portal:search"), "search"),
                Link("村里能办的36件事", reverse("portal:powers"), "checks"),
                Link("能领哪些补贴", reverse("portal:subsidies"), "file-text"),
                Link("公开数据", reverse("portal:open_data"), "file-spreadsheet"),
                Link("换一个村看", reverse("portal:home"), "building-store"),
            ]
        }
    return render(request, f"portal/{template}.html", frame | context)


def page_url(code: str, kind: str, ref: str) -> str:
    """Return the address of a page of a village by its kind, as the search names them."""
    if kind == "month":
        return f"{reverse('portal:items', args=[code])}?month={ref}"
    of_village = {"payment": "portal:payment", "sheet": "portal:publication"}
    if kind in of_village:
        return reverse(of_village[kind], args=[code, ref])
    return reverse(f"portal:{kind}", args=[ref])


def asked_period(request: HttpRequest, village_code: str) -> str:
    """Return the month that was asked for, or the last one with money."""
    return request.GET.get("month") or queries.latest_period(village_code, today())


def today() -> date:
    """Return the present day in China."""
    return clock.today()


def month_words(period: str) -> str:
    """Return `10月`, with the year when it is not this one; `2026年` for a whole year."""
    if "-" not in period:
        return f"{period}年"
    year, month = int(period[:4]), int(period[5:7])
    return f"{month}月" if year == today().year else f"{year}年{month}月"
