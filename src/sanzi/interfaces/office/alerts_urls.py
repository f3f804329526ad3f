"""Addresses of alerts: the list, one whole, its steps, its dossier."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import alert_steps, alerts

urlpatterns = [
    path("alerts/", alerts.listing, name="alerts"),
    path("alerts/<str:ext_id>/", alerts.page, name="alert"),
    path("alerts/<str:ext_id>/recheck/", alert_steps.recheck, name="alert_recheck"),
    path("alerts/<str:ext_id>/dossier/", alert_steps.dossier, name="alert_dossier"),
    path("alerts/<str:ext_id>/<str:name>/", alert_steps.step, name="alert_step"),
]
