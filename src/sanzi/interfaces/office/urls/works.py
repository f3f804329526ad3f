"""Addresses of projects, of what is found on them, and of units in the office."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import inspections, units, works

urlpatterns = [
    path("works/", works.listing, name="works_list"),
    path("works/codes.pdf", units.codes, name="works_codes"),
    path("works/risks/<str:ext_id>/", inspections.risk, name="works_risk"),
    path("works/<str:ext_id>/", works.page, name="works"),
    path("works/<str:ext_id>/act/", works.act, name="works_act"),
    path("works/<str:ext_id>/inspect/", inspections.inspect, name="works_inspect"),
    path("works/<str:ext_id>/code.pdf", units.works_code, name="works_code"),
    path("units/<str:kind>/<str:ext_id>/", units.page, name="unit"),
    path("units/<str:kind>/<str:ext_id>/code.pdf", units.code, name="unit_code"),
]
