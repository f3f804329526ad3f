"""A case that a household began: where it is, what came of it; put it right, take it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sanzi.disclosure import inquiry_queries, queries
from sanzi.disclosure.actions import applications, households
from sanzi.disclosure.rules import SESSION_LASTS
from sanzi.evidence import queries as evidence
from sanzi.interfaces.look.parts import Fact, Link
from sanzi.interfaces.portal import asked, follow_parts, proofs
from sanzi.interfaces.portal.pages import public, show
from sanzi.interfaces.portal.views.online import Sheet, form_page
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.matters import followed
from sanzi.matters.actions import cases, online
from sanzi.matters.form_queries import SaidField
from sanzi.orgs.errors import NotFound
from sanzi.registers.seals import queries as seals

RECEIPTS_KEY = "receipts"


class ReceiptForm(forms.Form):
    """The number and the code of a receipt."""

    number = forms.CharField(
        label="回执号",
        max_length=40,
        help_text="回执上的长号，横线也要写",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    code = forms.CharField(
        label="查询码",
        max_length=20,
        help_text="8位，不分大小写",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


@never_cache
@public
def matter(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Show a case to the household that began it."""
    village = queries.village(code)
    by = proofs.villager(request, code)
    if by is None:
        return proofs.ask(request, code)
    found = followed.follow(by=by, number=number, at=clock.now())
    receipt = request.session.get("receipt") or {}
    return show(
        request,
        "matter",
        village,
        {
            "found": found,
            "facts": follow_parts.facts(found, promised(found)),
            "steps": follow_parts.course(found),
            "said": [Fact(one.label, _words(one)) for one in found.said],
            "decisions": [
                (one.word, [Fact(each.label, each.words) for each in one.said])
                for one in found.decisions
            ],
            "receipt_code": receipt.get("code") if receipt.get("number") == number else "",
            "photos": [
                reverse("portal:paper", args=[code, number, place])
                for place, _ in enumerate(seals.stamped_photos(number), start=1)
            ],
            "answer": inquiry_queries.answer_of(number),
            "code": code,
            "back": Link("我家的事", reverse("portal:household_page", args=[code])),
        },
    )


def promised(found: followed.Followed) -> datetime | None:
    """Return until when there is a result: as its register promised, else by all its limits."""
    number = found.line.number
    return seals.service_due(number) or inquiry_queries.due_of(number) or found.promised_at


def _words(one: SaidField) -> str:
    return "、".join("，".join(row) for row in one.rows) if one.rows else one.words


@never_cache
@public
def again(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Put right what was given back, and hand it in again."""
    by = proofs.villager(request, code)
    if by is None:
        return proofs.ask(request, code)
    found = followed.follow(by=by, number=number, at=clock.now())
    if not found.may_put_right:
        return redirect("portal:matter", code, number)
    proofs.keep_for_form(request)
    said: Mapping[str, Any] = found.form
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        said = asked.said_in(found.matter, request.POST)
        try:
            wish = online.Wish(said, asked.uploads_in(found.matter, request.FILES))
            online.put_right(number=number, wish=wish, by=by, at=clock.now())
        except NotFound:
            raise
        except Refusal as refusal:
            errors = asked.error_places(refusal)
        else:
            return redirect("portal:matter", code, number)
    return form_page(request, Sheet(code, found.matter, by, said, errors, number=number))


@require_POST
@never_cache
@public
def withdraw(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Take a case back."""
    by = proofs.villager(request, code)
    if by is None:
        return proofs.ask(request, code)
    try:
        cases.withdraw(number=number, by=by, at=clock.now())
    except NotFound:
        raise
    except Refusal as refusal:
        village = queries.village(code)
        back = Link("回到这一件", reverse("portal:matter", args=[code, number]))
        return show(request, "refused", village, {"refusal": refusal, "back": back})
    return redirect("portal:matter", code, number)


@never_cache
@public
def paper(request: HttpRequest, code: str, number: str, place: int) -> HttpResponse:
    """Send the picture of the sealed paper to the household whose case it is."""
    by = proofs.villager(request, code)
    if by is None:
        return proofs.ask(request, code)
    followed.follow(by=by, number=number, at=clock.now())
    photos = seals.stamped_photos(number)
    if not 1 <= place <= len(photos):
        raise Http404
    drawn = evidence.picture_as_jpeg(photos[place - 1])
    if drawn is None:
        raise Http404
    answer = HttpResponse(drawn, content_type="image/jpeg")
    answer["Content-Disposition"] = f'attachment; filename="{number}-{place}.jpg"'
    return answer


@never_cache
@public
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """Open a case by the number and the code of its receipt."""
    village = queries.village(code)
    form = ReceiptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        knock = households.Knock(
            code, given["number"].strip(), request.META.get("REMOTE_ADDR", ""), clock.now()
        )
        try:
            applications.open_receipt(knock=knock, code=given["code"])
        except Refusal as refusal:
            form.add_error(None, f"{refusal.text}{refusal.advice}")
        else:
            until = (clock.now() + SESSION_LASTS).timestamp()
            request.session[RECEIPTS_KEY] = {"number": knock.name, "until": until}
            return redirect("portal:receipt_page", code)
    back = Link("村里能办的事", reverse("portal:village_powers", args=[code]))
    return show(request, "receipt", village, {"form": form, "back": back})


@never_cache
@public
def receipt_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show where a case is to who opened its receipt: its course, nothing of what it says."""
    held = request.session.get(RECEIPTS_KEY) or {}
    if not held or held["until"] < clock.now().timestamp():
        return redirect("portal:receipt", code)
    village = queries.village(code)
    number = held["number"]
    found = followed.follow(by=followed.applicant(number), number=number, at=clock.now())
    return show(
        request,
        "receipt_page",
        village,
        {
            "found": found,
            "facts": follow_parts.facts(found, promised(found)),
            "steps": follow_parts.course(found),
            "matter_url": reverse("portal:matter", args=[code, number]),
            "back": Link(village.name, reverse("portal:village", args=[code])),
        },
    )
