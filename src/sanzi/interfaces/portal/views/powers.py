"""The 36 powers of a village, and how one of them goes, step by step."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe

from sanzi.interfaces.look.parts import Fact, Link
from sanzi.interfaces.portal.pages import public, show
from sanzi.matters import catalogue, flowchart


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
