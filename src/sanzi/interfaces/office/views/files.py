"""Files of a subject: re-encoded previews as pictures, originals only as attachments."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.evidence import queries
from sanzi.interfaces.look.parts import Fact, Link
from sanzi.interfaces.office.pages import show
from sanzi.interfaces.office.requests import OfficeRequest, officer


@officer
def paper(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show every page of a file as pictures, or an e-invoice as its fields."""
    found = queries.access_hung(by=request.actor, ext_id=ext_id)
    return show(
        request,
        "paper",
        {
            "title": found.title,
            "paper": found,
            "pages": range(1, found.preview_count + 1),
            "facts": [
                Fact(label, text)
                for label, text in queries.access_fields(by=request.actor, ext_id=ext_id)
            ],
        },
        current="cases",
        crumbs=[Link("办事", reverse("office:cases")), Link("凭据", "")],
    )


@officer
def preview(request: OfficeRequest, ext_id: str, page: int) -> HttpResponseBase:
    """Send one re-encoded page; it carries no metadata and can't be executed."""
    path = queries.access_preview(by=request.actor, ext_id=ext_id, page=page)
    response = FileResponse(
        path.open("rb"),
        content_type="image/webp",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400"
    return response


@officer
def original(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Send an original, never inline: an attachment in a sandbox."""
    found = queries.access_original(by=request.actor, ext_id=ext_id)
    response = FileResponse(
        found.path.open("rb"),
        as_attachment=True,
        filename=found.file_name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response
