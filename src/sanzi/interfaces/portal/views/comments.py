"""Saying something to a consultation: after the household's proof, once for each household."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from sanzi.disclosure import bulletin_queries, comment_queries, queries
from sanzi.disclosure.actions import comments
from sanzi.interfaces.look.parts import Choice, Link
from sanzi.interfaces.portal import helped, proofs
from sanzi.interfaces.portal.pages import public, show
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound


@never_cache
@public
def say(request: HttpRequest, code: str, ext_id: str) -> HttpResponse:
    """Ask what the household thinks; take it on POST and go back to the publication."""
    village = queries.village(code)
    one = bulletin_queries.sheet(code, ext_id).publication
    if comment_queries.of(one, clock.now()) is None:
        raise NotFound
    by = proofs.villager(request, code)
    if by is None:
        return proofs.ask(request, code)
    proofs.keep_for_form(request)
    here = reverse("portal:publication", args=[code, ext_id])
    said = comments.Words(request.POST.get("stance", ""), request.POST.get("words", ""))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            helped.require_sure(request)
            comments.say(village_code=code, ext_id=ext_id, words=said, by=by, at=clock.now())
            helped.note(request, "disclosure.comment", by)
        except NotFound:
            raise
        except Refusal as told:
            refusal = told
        else:
            return redirect(f"{here}#said")
    return show(
        request,
        "comment",
        village,
        {
            "one": one,
            "said": said,
            "refusal": refusal,
            "choices": [
                Choice(str(each.value), str(each.label), is_chosen=each.value == said.stance)
                for each in comment_queries.Stance
            ],
            "back": Link("回到这一份", here),
        },
    )
