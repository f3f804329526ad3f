"""What holds for every request: no body beyond the limit is read; pages load only our own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from sanzi.kernel import clock

BODY_BYTES_MAX = 25 * 1024 * 1024
"""Above the largest single upload (20 MB) and the rest of its form."""

TOO_LARGE = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><title>文件太大</title>'
    "<h1>文件太大了，没有收下</h1><p>一个文件不超过20 MB，不收录像。照片请拍小一点。</p>"
    "<p>按返回，写好的字还在。</p></html>"
)
"""What somebody with a browser reads: no template runs before the body is let in."""

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
OPEN_DOORS = ("/api/v1/villages", "/open/")
SEARCH = "/search/"
"""Every page of the portal that looks through many texts ends so."""
OPEN_REQUESTS_A_MINUTE = 120
"""From one address, in one process."""
Answer = Callable[[HttpRequest], HttpResponse]


class BodyLimit:
    """Refuse a body that says it is too large before one byte of it is read."""

    def __init__(self, get_response: Answer) -> None:
        """Stand before `get_response`."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413 to what is too large, with the sentence every face can show."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > BODY_BYTES_MAX:
            if "text/html" in request.headers.get("Accept", ""):
                return HttpResponse(TOO_LARGE, status=413)
            return JsonResponse(
                {
                    "code": "request.too_large",
                    "sentence": "文件太大了，没有收下。一个文件不超过20 MB。",
                    "next_step": "照片请拍小一点，名单请分成几份再传。",
                    "data": {},
                },
                status=413,
                json_dumps_params={"ensure_ascii": False},
            )
        return self.get_response(request)


class ContentPolicy:
    """Say what a page may load: our own files only; a view that says it stricter keeps its own."""

    def __init__(self, get_response: Answer) -> None:
        """Stand before `get_response`."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the policy."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class ProxyAddress:
    """Take the caller's address from the proxy in front: without it all callers are the proxy.

    Only where the settings say that there is one; it must write the header itself (`deploy/`).
    """

    def __init__(self, get_response: Answer) -> None:
        """Stand before `get_response`."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the address of who asked."""
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if told and settings.SANZI.is_production:
            request.META["REMOTE_ADDR"] = told
        return self.get_response(request)


class OpenDoorLimit:
    """Refuse an address that asks the open doors for programs, or the search, too often.

    Counted in the process for the running minute and never kept: no list of who read what.
    """

    def __init__(self, get_response: Answer) -> None:
        """Stand before `get_response`; nobody has asked yet."""
        self.get_response = get_response
        self._minute = -1
        self._asked: Counter[str] = Counter()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or 429 with the seconds to wait."""
        if not (request.path.startswith(OPEN_DOORS) or request.path.endswith(SEARCH)):
            return self.get_response(request)
        minute, second = divmod(int(clock.now().timestamp()), 60)
        if minute != self._minute:
            self._minute, self._asked = minute, Counter()
        address = request.META.get("REMOTE_ADDR", "")
        self._asked[address] += 1
        if self._asked[address] > OPEN_REQUESTS_A_MINUTE:
            return _too_often(request, 60 - second)
        return self.get_response(request)


def _too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """Return 429: to programs in the form of the interface, to people as a page."""
    if request.path.startswith("/api/"):
        told = {
            "code": "request.too_often",
            "sentence": f"一分钟里问了超过{OPEN_REQUESTS_A_MINUTE}次，先停一停。",
            "next_step": f"请过{seconds}秒再问；要整个村的数据，请拿数据包。",
            "data": {"retry_after_seconds": seconds},
        }
        response: HttpResponse = JsonResponse(
            told, status=429, json_dumps_params={"ensure_ascii": False}
        )
    else:
        response = render(request, "429_open.html", status=429)
    response["Retry-After"] = str(seconds)
    return response
