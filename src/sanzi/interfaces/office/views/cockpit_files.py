"""Pictures of the cockpit to take away: SVG as it is drawn, PNG made from it."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse
from django.template.loader import render_to_string

from sanzi.insight.cockpit import panels
from sanzi.interfaces.office.pages import moment
from sanzi.interfaces.office.parts import cockpit as cockpit_parts
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.kernel import papers
from sanzi.orgs.errors import NotFound

TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@officer
def picture(request: OfficeRequest, code: str, panel: str, kind: str) -> HttpResponse:
    """Give the picture of a panel as a file, with its title and the time of its figures."""
    if kind not in TYPES:
        raise NotFound
    found = panels.panel(by=request.actor, division_code=code, code=panel, at=request.at)
    drawn = cockpit_parts.paper(found)
    if drawn is None:
        raise NotFound
    text = render_to_string(
        "office/cockpit/file.svg",
        {
            "picture": drawn,
            "title": f"{found.place.name}：{found.panel.title}",
            "sub": f"{found.panel.means} 数到{moment(request, found.computed_at)}。",
        },
    )
    body = text.encode() if kind == "svg" else papers.picture(text)
    response = HttpResponse(body, content_type=TYPES[kind])
    name = quote(f"{found.place.name}{found.panel.title}.{kind}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
