"""What holds for every request: no body beyond the limit is read; pages load only our own."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

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
