"""Published pages as they lie in the folder; in production nginx serves them."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve

from sanzi.disclosure import page_queries

POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
TYPES = {".note": "text/plain; charset=utf-8", ".json": "application/json"}


def file(request: HttpRequest, where: str) -> HttpResponseBase:
    """Return one file of the folder; a folder is its list. What names people is not to be kept."""
    path = f"{where}index.html" if not where or where.endswith("/") else where
    if ".." in path.split("/"):
        raise Http404
    response = serve(request, path, document_root=str(page_queries.folder()))
    response.headers["Content-Security-Policy"] = POLICY
    for ending, kind in TYPES.items():
        if path.endswith(ending):
            response.headers["Content-Type"] = kind
    if path.startswith(f"{page_queries.PEOPLE}/"):
        response.headers["X-Robots-Tag"] = "noindex, noarchive"
        response.headers["Cache-Control"] = "no-store"
    return response
