"""大字: the larger type of the portal, asked for by `?size=xl` and kept for the visit.

A session cookie holds one word and nothing about the reader. Needs no JavaScript.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

COOKIE = "size"
LARGE = "xl"
NORMAL = "m"


def is_large(request: HttpRequest) -> bool:
    """Whether this reader asked for the larger type, now or earlier in the visit."""
    return request.GET.get("size", request.COOKIES.get(COOKIE, NORMAL)) == LARGE


def big_type(request: HttpRequest) -> dict[str, bool]:
    """Context processor: `big_type` for the portal's base page."""
    return {"big_type": is_large(request)}


class BigTypeMiddleware:
    """Keep the answer to `?size=` in a cookie that ends with the browser session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand before `get_response`."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and set or clear the cookie when the size was asked for."""
        response = self.get_response(request)
        asked = request.GET.get("size")
        if asked == LARGE:
            response.set_cookie(COOKIE, LARGE, samesite="Lax", httponly=True)
        elif asked == NORMAL:
            response.delete_cookie(COOKIE)
        return response
