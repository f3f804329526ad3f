"""The last net under every page: a refusal that no view turned into words is a page of its own.

Views tell their refusals where they arose. What slips through came with an address that nobody
was given to click, such as a filter with a division code of three figures; it is no fault of ours
and gets its sentence, not the page of a breakdown. Programs get theirs from the API.

A NUL is no character that anybody types, and PostgreSQL holds none: it goes no further than here.
An address with one names nothing (404); words with one are a bad request (400).
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from sanzi.kernel.refusals import Refusal

STATUS = 422
API = "/api/"
NUL = "\0"


class RefusalPage:
    """A middleware that answers a refusal with its sentence, its next step and a way back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request pass."""
        return self._next(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Return the page of a bad request for words with a NUL in them; the API has its own.

        Raises:
            Http404: the address itself holds one.
        """
        if request.path.startswith(API):
            return None
        if NUL in request.path:
            raise Http404
        if not any(_has_nul(one) for one in _read(request)):
            return None
        return render(request, "400.html", status=400)

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        """Return the page of a refusal, None for whatever is not one."""
        if not isinstance(raised, Refusal):
            return None
        told = {"refusal": raised, "back": _back(request)}
        return render(request, "refused.html", told, status=STATUS)


def _read(request: HttpRequest) -> list[QueryDict]:
    """Return what was typed, of a body only what is read by now: some views read it their way."""
    return [request.GET, request.POST] if hasattr(request, "_post") else [request.GET]


def _has_nul(typed: QueryDict) -> bool:
    return any(NUL in one for values in typed.lists() for one in (values[0], *values[1]))


def _back(request: HttpRequest) -> str:
    """Return the page of ours that led here, or the list without its filters."""
    came = urlsplit(request.headers.get("Referer", ""))
    is_ours = came.netloc == request.get_host() and came.path.startswith("/")
    is_here = came.path == request.path
    return came.path if is_ours and not is_here else request.path
