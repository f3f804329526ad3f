"""Addresses of alerts: the list, one whole, its steps, its dossier."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import (
    alert_counts,
    alert_list,
    alert_matters,
    alert_steps,
    alerts,
)

urlpatterns = [
    path("alerts/", alert_list.listing, name="alerts"),
    path("alerts/statistics/", alert_counts.statistics, name="alert_statistics"),
    path("alerts/silences/", alert_counts.silences, name="alert_silences"),
    path("alerts/silences/<str:ext_id>/revoke/", alert_counts.revoke, name="alert_silence_revoke"),
    path("alerts/about/<str:ext_id>/", alert_matters.page, name="alert_matter"),
    path(
        "alerts/about/<str:ext_id>/conclude/",
        alert_matters.conclude,
        name="alert_matter_conclude",
    ),
    path("alerts/<str:ext_id>/", alerts.page, name="alert"),
    path("alerts/<str:ext_id>/recheck/", alert_steps.recheck, name="alert_recheck"),
    path("alerts/<str:ext_id>/dossier/", alert_steps.dossier, name="alert_dossier"),
    path("alerts/<str:ext_id>/<str:name>/", alert_steps.step, name="alert_step"),
]
