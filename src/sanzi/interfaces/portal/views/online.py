"""Beginning a matter oneself: the form after the household's proof, then its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from sanzi.disclosure import bulletin_queries, queries
from sanzi.disclosure.actions import applications
from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.portal import asked, helped, proofs
from sanzi.interfaces.portal.pages import public, show
from sanzi.kernel import clock, ids
from sanzi.kernel.refusals import Refusal
from sanzi.matters import catalogue
from sanzi.matters.actions import online
from sanzi.matters.catalogue import Matter
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

TOKEN_BITS = 100


@never_cache
@public
def apply(request: HttpRequest, code: str, matter_code: str) -> HttpResponse:
    """Ask what the villager wants; take it on POST and show its receipt."""
    matter = catalogue.get(matter_code)
    if matter is None or matter.online is None:
        raise Http404
    queries.village(code)
    by = proofs.villager(request, code)
    if by is None:
        return proofs.ask(request, code)
    proofs.keep_for_form(request)
    said: Mapping[str, Any] = {}
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        said = asked.said_in(matter, request.POST)
        try:
            helped.require_sure(request)
            receipt = _hand_in(request, matter, said, by)
            helped.note(request, f"matter.{matter.code}", by)
        except NotFound:
            raise
        except Refusal as refusal:
            errors = asked.error_places(refusal)
        else:
            if receipt.code:
                request.session["receipt"] = {"number": receipt.number, "code": receipt.code}
            return redirect("portal:matter", code, receipt.number)
    return form_page(request, Sheet(code, matter, by, said, errors))


def _hand_in(
    request: HttpRequest, matter: Matter, said: Mapping[str, Any], by: Actor
) -> applications.Receipt:
    wish = online.Wish(said, asked.uploads_in(matter, request.FILES), request.POST.get("about", ""))
    sheet = applications.Sheet(
        matter.code, request.POST.get("token", ""), request.META.get("REMOTE_ADDR", ""), wish
    )
    return applications.hand_in(sheet=sheet, by=by, at=clock.now())


@dataclass(frozen=True)
class Sheet:
    """A form to be drawn: which village and power, who fills it, what he said, what is wrong.

    `number` is the case that is put right, empty for a new one.
    """

    code: str
    matter: Matter
    by: Actor
    said: Mapping[str, Any]
    errors: Mapping[str, str]
    number: str = ""


def form_page(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Draw a form, empty or with what was said and what is wrong with it."""
    village = queries.village(sheet.code)
    place = online.place_of(online.body_of(sheet.matter, sheet.code), sheet.by)
    fields = asked.questions(sheet.matter, place, sheet.said, sheet.errors, sheet.by.person_ext_id)
    shown = {one.key for one in fields}
    about = request.POST.get("about", "") or request.GET.get("about", "")
    named = bulletin_queries.sheet(sheet.code, about) if about else None
    back = (
        Link("回到这一件", reverse("portal:matter", args=[sheet.code, sheet.number]))
        if sheet.number
        else Link(
            sheet.matter.title,
            reverse("portal:village_power", args=[sheet.code, sheet.matter.code]),
        )
    )
    return show(
        request,
        "apply",
        village,
        {
            "matter": sheet.matter,
            "fields": fields,
            "papers": asked.papers(sheet.matter),
            "errors": [one for one in fields if one.error],
            "whole_errors": [words for key, words in sheet.errors.items() if key not in shown],
            "had_files": bool(request.FILES),
            "token": request.POST.get("token", "") or ids.new_token(TOKEN_BITS),
            "about": named.publication if named else None,
            "again": sheet.number,
            "back": back,
        },
    )
