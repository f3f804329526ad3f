"""One box over everything public: of a village, or of the whole county."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from sanzi.disclosure import queries, search_queries, search_rules
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import ItemRow, Link
from sanzi.interfaces.portal.pages import page_url, public, show, today

KINDS = dict(search_queries.Kind.choices)


@require_safe
@public
def county(request: HttpRequest) -> HttpResponse:
    """Look through all villages; villages themselves are found by name."""
    return _page(request, None)


@require_safe
@public
def village(request: HttpRequest, code: str) -> HttpResponse:
    """Look through what is public of one village."""
    return _page(request, queries.village(code))


def _page(request: HttpRequest, where: queries.Village | None) -> HttpResponse:
    asked = search_rules.asked(request.GET.get("q", ""))
    code = where.code if where else ""
    found = search_queries.lines(asked, code)
    page = Paginator(found, search_queries.PAGE_ROWS).get_page(request.GET.get("page"))
    is_first = page.number == 1
    beside = _beside(asked, where) if is_first else []
    context: dict[str, Any] = {
        "asked": asked,
        "length_max": search_rules.LENGTH_MAX,
        "where": where.name if where else "全县",
        "rows": [_row(one, where) for one in page],
        "page": page,
        "query": urlencode({"q": asked.text}),
        "beside": beside,
        "has_found": bool(beside or page.paginator.count),
        "wider": Link("在全县找", f"{reverse('portal:search')}?{urlencode({'q': asked.text})}")
        if where
        else None,
        "back": Link(where.name, reverse("portal:village", args=[code]))
        if where
        else Link("各村", reverse("portal:home")),
    }
    return show(request, "search", where, context)


def _row(one: search_queries.Found, where: queries.Village | None) -> ItemRow:
    day = words.local_day(one.at, today=today())
    place = "" if where else f"{one.division.name}，"
    return ItemRow(
        title=one.title,
        url=page_url(one.division_id, one.kind, one.ref),
        sub=f"{place}{KINDS[one.kind]}，{day}",
    )


def _beside(
    asked: search_rules.Asked, where: queries.Village | None
) -> list[tuple[str, list[ItemRow]]]:
    """Return headed lists of what is no text of its own: villages, people, powers."""
    code = where.code if where else ""
    places = [] if where else search_queries.villages(asked)
    people = search_queries.in_office(asked, today(), code)
    lists = [
        ("村", [
            ItemRow(name, reverse("portal:village", args=[key]), sub=town)
            for key, name, town in places
        ]),
        ("在任的干部", [
            ItemRow(one.name, reverse("portal:people", args=[one.village_code]),
                    sub=f"{one.body}，{one.post}")
            for one in people
        ]),
        ("能办的事", [
            ItemRow(one.title, _power_url(one.code, code), sub=f"{one.code}，怎么办、谁定、多久")
            for one in search_queries.powers(asked)
        ]),
    ]  # fmt: skip
    return [(title, rows) for title, rows in lists if rows]


def _power_url(matter: str, code: str) -> str:
    if code:
        return reverse("portal:village_power", args=[code, matter])
    return reverse("portal:power", args=[matter])
