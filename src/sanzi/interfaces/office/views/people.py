"""People: one person with masked numbers, the full number for a reason, a household's code."""

from __future__ import annotations

from typing import Literal, cast

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sanzi.disclosure.actions import households
from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, Row
from sanzi.interfaces.office.pages import day, show
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import people_queries
from sanzi.orgs.actions import unmasking
from sanzi.orgs.errors import NotFound

FIELDS = ("id_no", "phone")


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a person: posts, household, numbers masked."""
    return _page(request, ext_id)


def _page(
    request: OfficeRequest,
    ext_id: str,
    *,
    shown: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    found = people_queries.person_page(by=request.actor, ext_id=ext_id)
    full = shown or {}
    response = show(
        request,
        "person",
        {
            "person": found,
            "title": found.name,
            "sub": f"{found.village}，{found.status}",
            "facts": [
                Fact("身份证号", full.get("id_no") or found.id_no_masked),
                Fact("手机号", full.get("phone") or found.phone_masked),
                Fact("户", found.household_ext_id or "没有登记"),
            ],
            "is_full": bool(full),
            "refusal": {"text": refusal.text, "next_step": refusal.advice} if refusal else None,
            "posts": Ledger(
                caption="任职",
                columns=[Column("职务"), Column("单位"), Column("从哪天"), Column("到哪天")],
                rows=[
                    Row(
                        [
                            Cell(one.role),
                            Cell(one.organisation, sub=one.document_ref),
                            Cell(day(request, one.start_date)),
                            Cell(day(request, one.end_date) or "现在"),
                        ],
                    )
                    for one in found.posts
                ],
            )
            if found.posts
            else None,
            "household_url": reverse("office:household", args=[found.household_ext_id])
            if found.may_issue_code and found.household_ext_id
            else "",
        },
        current="find",
        crumbs=[
            Link("待办", reverse("office:home")),
            Link("查询", reverse("office:find")),
            Link(found.name, ""),
        ],
        status=409 if refusal else 200,
    )
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@officer
def unmask(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a number in full, once, after a reason; the look is written down."""
    field = request.POST.get("field", "")
    if field not in FIELDS:
        raise NotFound
    try:
        plain = unmasking.unmask(
            ext_id=ext_id,
            field=cast("Literal['id_no', 'phone']", field),
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=request.at,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, ext_id, refusal=refusal)
    return _page(request, ext_id, shown={field: plain or "没有登记"})


@never_cache
@officer
def household(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a household and issue its code."""
    found = people_queries.household_page(by=request.actor, ext_id=ext_id)
    return show(
        request,
        "household",
        {
            "household": found,
            "title": f"{found.head}户的家庭码",
            "members": [
                Fact(name, "看本人", reverse("office:person", args=[member]))
                for member, name in found.members
            ],
        },
        current="find",
        crumbs=[
            Link("待办", reverse("office:home")),
            Link("查询", reverse("office:find")),
            Link(f"{found.head}户", ""),
        ],
    )


@never_cache
@require_POST
@officer
def issue_code(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Issue a household's code and show it once, on a page to print into an envelope."""
    found = people_queries.household_page(by=request.actor, ext_id=ext_id)
    code = households.issue_code(household_ext_id=ext_id, by=request.actor, at=request.at)
    return show(
        request,
        "envelope",
        {
            "household": found,
            "title": f"{found.village}{found.head}户",
            "code": code,
            "address": request.build_absolute_uri(
                reverse("portal:household", args=[found.division_code]),
            ),
        },
        current="find",
        crumbs=[
            Link(f"{found.head}户", reverse("office:household", args=[ext_id])),
            Link("装信封", ""),
        ],
    )


@require_POST
@officer
def revoke_code(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """End every code of a household."""
    return attempt(
        request,
        lambda: households.revoke_codes(household_ext_id=ext_id, by=request.actor, at=request.at),
        done="这户的家庭码都作废了。要用再发一个新的。",
        to=reverse("office:household", args=[ext_id]),
    )
