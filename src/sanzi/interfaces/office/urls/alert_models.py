"""Addresses of the alert models and of their parameters; part of `urls`."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import alert_models, parameters

urlpatterns = [
    path("models/", alert_models.listing, name="alert_models"),
    path("models/<str:code>/", alert_models.page, name="alert_model"),
    path("models/<str:code>/figures/<str:name>/", parameters.form, name="parameter"),
    path("parameter-changes/", parameters.listing, name="parameter_changes"),
    path("parameter-changes/<str:ext_id>/", parameters.page, name="parameter_change"),
    path("parameter-changes/<str:ext_id>/step/", parameters.step, name="parameter_step"),
]
