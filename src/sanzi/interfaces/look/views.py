"""The two galleries: every component once, with invented content, for engineers and tests."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sanzi.interfaces.look import gallery as samples
from sanzi.interfaces.look import sizes


def gallery(request: HttpRequest) -> HttpResponse:
    """Show the components of the office."""
    return render(request, "look/gallery.html", samples.office())


def gallery_portal(request: HttpRequest) -> HttpResponse:
    """Show the components of the portal."""
    return render(request, "look/gallery_portal.html", samples.portal() | sizes.big_type(request))
