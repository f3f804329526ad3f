"""大字 and 黑白分明: larger type and stronger contrast, asked for by a link, kept for the visit.

A session cookie holds one word and nothing about the reader. Needs no JavaScript.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

COOKIE = "size"
LARGE = "xl"
NORMAL = "m"
CONTRAST_COOKIE = "contrast"
MORE = "more"
PLAIN = "plain"
CHOICES = ((COOKIE, LARGE, NORMAL), (CONTRAST_COOKIE, MORE, PLAIN))
"""The name of a choice in the address and of its cookie, the word that is kept, its opposite."""


def is_large(request: HttpRequest) -> bool:
    """Whether this reader asked for the larger type, now or earlier in the visit."""
    return request.GET.get(COOKIE, request.COOKIES.get(COOKIE, NORMAL)) == LARGE


def is_strong(request: HttpRequest) -> bool:
    """Whether this reader asked for more contrast, now or earlier in the visit."""
    return request.GET.get(CONTRAST_COOKIE, request.COOKIES.get(CONTRAST_COOKIE)) == MORE


def big_type(request: HttpRequest) -> dict[str, bool]:
    """Context processor: `big_type` and `strong_contrast` for the portal's base page."""
    return {"big_type": is_large(request), "strong_contrast": is_strong(request)}


class BigTypeMiddleware:
    """Keep the answers to `?size=` and `?contrast=` in cookies that end with the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand before `get_response`."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and set or clear the cookies of what was asked for."""
        response = self.get_response(request)
        for name, kept, opposite in CHOICES:
            asked = request.GET.get(name)
            if asked == kept:
                response.set_cookie(name, kept, samesite="Lax", httponly=True)
            elif asked == opposite:
                response.delete_cookie(name)
        return response
