"""The 36 powers: what each is for, how it goes step by step, and which one begins oneself."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe

from sanzi.disclosure import queries
from sanzi.interfaces.look.parts import Fact, Link
from sanzi.interfaces.portal.pages import public, show
from sanzi.matters import catalogue, flowchart, plain


@public
def listing(request: HttpRequest) -> HttpResponse:
    """List the powers by group; those that can be used here link to their chart."""
    powers = sorted(catalogue.powers(), key=lambda one: one.group)
    groups = [
        (
            group,
            [
                (
                    f"{one.code} {one.title}",
                    reverse("portal:power", args=[one.code]) if catalogue.get(one.code) else "",
                )
                for one in found
            ],
        )
        for group, found in groupby(powers, key=lambda one: one.group)
    ]
    return show(request, "powers", None, {"groups": groups, "count": len(powers)})


@public
def power(request: HttpRequest, code: str) -> HttpResponse:
    """Show one power: what is promised, every step in words, the chart, the law."""
    matter = catalogue.get(code)
    if matter is None:
        raise Http404
    return show(
        request,
        "power",
        None,
        {
            "matter": matter,
            "back": Link("村里能办的36件事", reverse("portal:powers")),
            "steps": flowchart.steps_as_text(matter),
            "chart": mark_safe(flowchart.svg(matter)),  # noqa: S308 - drawn from our own file
            "laws": [Fact(one.text, f"第{one.article}条") for one in matter.basis],
        },
    )


@public
def village_listing(request: HttpRequest, code: str) -> HttpResponse:
    """List the powers of a village in plain words; first what a villager may begin himself."""
    village = queries.village(code)
    matters = catalogue.matters()
    powers = sorted(catalogue.powers(), key=lambda one: one.group)
    rows = [
        (power.group, _row(code, matters[power.code])) for power in powers if power.code in matters
    ]
    return show(
        request,
        "village_powers",
        village,
        {
            "count": len(powers),
            "own": [row for _, row in rows if row["online"]],
            "groups": [
                (group, [row for _, row in found])
                for group, found in groupby(rows, key=lambda one: one[0])
            ],
            "receipt_url": reverse("portal:receipt", args=[code]),
            "back": Link(village.name, reverse("portal:village", args=[code])),
        },
    )


def _row(code: str, matter: catalogue.Matter) -> dict[str, str]:
    return {
        "title": matter.title,
        "what": plain.of(matter).what,
        "url": reverse("portal:village_power", args=[code, matter.code]),
        "online": matter.online.word if matter.online else "",
    }


@public
def village_power(request: HttpRequest, code: str, matter_code: str) -> HttpResponse:
    """Show one power as a villager asks: what for, who decides, how long, what to bring."""
    village = queries.village(code)
    matter = catalogue.get(matter_code)
    if matter is None:
        raise Http404
    told = plain.of(matter)
    needed, maybe = plain.bring(matter)
    facts = [
        Fact("办什么", told.what),
        Fact("谁定", told.decides),
        Fact("多久", plain.how_long(matter)),
        Fact("要带", "、".join(needed)),
        Fact("看情况带", "、".join(maybe)),
    ]
    return show(
        request,
        "village_power",
        village,
        {
            "matter": matter,
            "facts": [fact for fact in facts if fact.text],
            "steps": plain.flow(matter),
            "apply_url": reverse("portal:apply", args=[code, matter.code]) if matter.online else "",
            "laws": [Fact(one.text, f"第{one.article}条") for one in matter.basis],
            "back": Link("村里能办的事", reverse("portal:village_powers", args=[code])),
        },
    )
