"""Who is who in a village, and what anybody may ask them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sanzi.disclosure import people_queries, queries
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Fact, ItemRow, Link
from sanzi.interfaces.portal.pages import public, show, today


@public
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show who holds which post, and where questions go."""
    village = queries.village(code)
    bodies = [
        (
            body.name,
            [
                Fact(one.post, f"{one.name}，{words.local_day(one.since_date, today=today())}起")
                for one in body.holders
            ],
        )
        for body in people_queries.bodies(code, today())
    ]
    asks = [
        ItemRow(
            title="一笔钱",
            url=reverse("portal:items", args=[code]),
            sub="花给谁、谁批的、凭据在哪里",
        ),
        ItemRow(
            title="公布的事",
            url=reverse("portal:bulletin", args=[code]),
            sub="每一份下面都能提问，到期要答",
        ),
        ItemRow(
            title="办事的规矩",
            url=reverse("portal:village_powers", args=[code]),
            sub="谁定、多久、要带什么",
        ),
    ]
    return show(
        request,
        "people",
        village,
        {
            "bodies": bodies,
            "asks": asks,
            "back": Link(village.name, reverse("portal:village", args=[code])),
        },
    )
