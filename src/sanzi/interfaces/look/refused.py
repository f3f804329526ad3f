"""The last net under every page: a refusal that no view turned into words is a page of its own.

Views tell their refusals where they arose. What slips through came with an address that nobody
was given to click, such as a filter with a division code of three figures; it is no fault of ours
and gets its sentence, not the page of a breakdown. Programs get theirs from the API.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanzi.kernel.refusals import Refusal

STATUS = 422


class RefusalPage:
    """A middleware that answers a refusal with its sentence, its next step and a way back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request pass."""
        return self._next(request)

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        """Return the page of a refusal, None for whatever is not one."""
        if not isinstance(raised, Refusal):
            return None
        told = {"refusal": raised, "back": _back(request)}
        return render(request, "refused.html", told, status=STATUS)


def _back(request: HttpRequest) -> str:
    """Return the page of ours that led here, or the list without its filters."""
    came = urlsplit(request.headers.get("Referer", ""))
    is_ours = came.netloc == request.get_host() and came.path.startswith("/")
    is_here = came.path == request.path
    return came.path if is_ours and not is_here else request.path
