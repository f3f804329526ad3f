"""Addresses of the office. What is absent and what is forbidden answer alike."""

from __future__ import annotations

from sanzi.interfaces.office.urls import (
    alert_models,
    alerts,
    ask,
    assets,
    books,
    cases,
    cockpit,
    deals,
    desk,
    exchange,
    indices,
    inspections,
    letters,
    levels,
    money,
    own_models,
    registers,
    reports,
    villagers,
    works,
)

app_name = "office"
urlpatterns = [
    *desk.urlpatterns,
    *cases.urlpatterns,
    *money.urlpatterns,
    *registers.urlpatterns,
    *deals.urlpatterns,
    *books.urlpatterns,
    *villagers.urlpatterns,
    *alerts.urlpatterns,
    *ask.urlpatterns,
    *assets.urlpatterns,
    *cockpit.urlpatterns,
    *exchange.urlpatterns,
    *indices.urlpatterns,
    *reports.urlpatterns,
    *inspections.urlpatterns,
    *letters.urlpatterns,
    *levels.urlpatterns,
    *own_models.urlpatterns,
    *alert_models.urlpatterns,
    *works.urlpatterns,
]
