"""Whether a payment arrived: the page behind the short link of a text. One question, one answer.

The code stands in the address, so the page is never kept and never indexed; a wrong code counts
among the tries of its network. Opening the page answers nothing: phones open links on their own.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from sanzi.disclosure import queries as disclosure
from sanzi.disclosure.actions import households
from sanzi.disclosure.errors import TooManyTries
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.portal.pages import public, show, today
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.voice import confirmation_queries as queries
from sanzi.voice.actions import confirming
from sanzi.voice.errors import AnswerMissing, ConfirmationNotOpened, SumUnclear

THANKS = {
    "received": ("记下了，谢谢您", "这一笔不用再管了。"),
    "not_received": ("记下了，您没收到", "纪委会来核对。村里看不到您的回答。"),
    "wrong_sum": ("记下了，数不对", "纪委会来核对。村里看不到您的回答。"),
    "declined": ("记下了，以后不问了", "钱没收到，还可以写信反映。"),
}


@never_cache
@public
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Ask whether the money arrived; take the answer on POST, once."""
    knock = households.Knock(
        division_code="", name=code, address=request.META.get("REMOTE_ADDR", ""), at=clock.now()
    )
    error = ""
    if request.method == "POST":
        try:
            given = confirming.answer(
                knock=knock,
                said=request.POST.get("said", ""),
                received=request.POST.get("received", ""),
            )
        except (AnswerMissing, SumUnclear) as refusal:
            error = f"{refusal.text}{refusal.advice}"
        except Refusal as refusal:
            return _refused(request, refusal)
        else:
            return _done(request, given.round.division_code, given.answer)
    try:
        asked = queries.question(knock)
    except Refusal as refusal:
        return _refused(request, refusal)
    village = disclosure.village(asked.village_code)
    return _unlisted(
        show(
            request,
            "confirm",
            village,
            {
                "asked": asked,
                "sum": words.portal_yuan(asked.amount_fen),
                "paid": words.local_day(asked.paid_at, today=today()),
                "until": words.local_day(asked.expires_at, today=today()),
                "error": error,
                "typed": request.POST.get("received", "")[:20],
                "back": Link(village.name, reverse("portal:village", args=[village.code])),
            },
        )
    )


def _done(request: HttpRequest, code: str, said: str) -> HttpResponse:
    village = disclosure.village(code)
    title, text = THANKS[said]
    letter = Link("写信反映", reverse("portal:voice", args=[code]))
    context = {
        "title": title,
        "text": text,
        "letter": letter if said == "declined" else None,
        "back": Link(village.name, reverse("portal:village", args=[code])),
    }
    return _unlisted(show(request, "confirm_done", village, context))


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Show a refusal: not found for a code of nothing, too many for a network that guesses."""
    context = {"refusal": refusal, "back": Link("首页", reverse("portal:home"))}
    response = show(request, "refused", None, context)
    response.status_code = 409
    if isinstance(refusal, ConfirmationNotOpened):
        response.status_code = 404
    elif isinstance(refusal, TooManyTries):
        response.status_code = 429
    return _unlisted(response)


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    # Not "no-referrer": a browser then sends the form from nowhere, and it is refused.
    response["Referrer-Policy"] = "same-origin"
    return response
