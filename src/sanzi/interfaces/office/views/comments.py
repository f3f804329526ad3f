"""What villagers say to consultations: read without a name, answered in public."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.disclosure import comment_queries
from sanzi.disclosure.actions import comments
from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.office.pages import moment, show
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List the comments that wait for an answer."""
    found = comment_queries.waiting(by=request.actor)
    return show(
        request,
        "comments",
        {
            "title": f"{len(found)}条意见等答复" if found else "意见都答复了",
            "sub": "答复和意见一起公布。看不到是谁家写的。",
            "rows": [(one, moment(request, one.said.said_at)) for one in found],
        },
        current="cases",
        crumbs=[Link("办事", reverse("office:cases")), Link("村民的意见", "")],
    )


@officer
@require_POST
def answer(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Answer one comment."""
    comment_queries.access_comment(by=request.actor, ext_id=ext_id)
    text = request.POST.get("answer", "")
    return attempt(
        request,
        lambda: comments.answer(ext_id=ext_id, text=text, by=request.actor, at=request.at),
        done="答复公布了，排在那条意见下面。",
        to=reverse("office:comments"),
    )
