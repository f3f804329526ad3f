"""Addresses of the cockpit; part of `urls`."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import cockpit, cockpit_files

urlpatterns = [
    path("cockpit/", cockpit.start, name="cockpit_start"),
    path("cockpit/again/", cockpit.again, name="cockpit_again"),
    path("cockpit/<str:code>/", cockpit.page, name="cockpit"),
    path("cockpit/<str:code>/wall/", cockpit.wall, name="cockpit_wall"),
    path("cockpit/<str:code>/<str:panel>/", cockpit.panel, name="cockpit_panel"),
    path("cockpit/<str:code>/<str:panel>/rows/", cockpit.rows, name="cockpit_rows"),
    path(
        "cockpit/<str:code>/<str:panel>/picture.<str:kind>",
        cockpit_files.picture,
        name="cockpit_picture",
    ),
]
