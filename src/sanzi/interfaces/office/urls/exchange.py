"""Addresses of outside data in the office; part of `urls`."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import exchange, exchange_contacts

urlpatterns = [
    path("exchange/", exchange.listing, name="exchange"),
    path("exchange/files/<str:ext_id>/", exchange.page, name="exchange_file"),
    path("exchange/posts/", exchange_contacts.listing, name="exchange_contacts"),
    path("exchange/<str:code>/", exchange.source, name="exchange_source"),
]
