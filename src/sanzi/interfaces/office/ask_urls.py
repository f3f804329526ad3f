"""Addresses of questions over the record; part of `urls`."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import ask

urlpatterns = [
    path("ask/", ask.listing, name="asks"),
    path("ask/form/", ask.form, name="ask_form"),
    path("ask/rows/", ask.rows, name="ask_rows"),
]
