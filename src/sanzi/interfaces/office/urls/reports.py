"""Addresses of reports; part of `urls`."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import reports

urlpatterns = [
    path("reports/", reports.listing, name="reports"),
    path("reports/ask/", reports.ask, name="report_ask"),
    path("reports/<str:ext_id>/", reports.page, name="report"),
    path("reports/<str:ext_id>/file.<str:kind>", reports.file, name="report_file"),
    path("reports/<str:ext_id>/<str:step>/", reports.step, name="report_step"),
]
