"""Addresses above the county: counties of a lake, one panel compared, pairs across counties."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import levels, matches

urlpatterns = [
    path("levels/", levels.listing, name="levels"),
    path("levels/<str:code>/<str:panel>/", levels.compare, name="level_compare"),
    path("matches/", matches.listing, name="matches"),
    path("matches/<str:purpose>/<str:period>/<str:pair>/", matches.lead, name="match_lead"),
]
