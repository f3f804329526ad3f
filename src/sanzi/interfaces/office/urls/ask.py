"""Addresses of questions over the record; part of `urls`."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import ask, ask_kept

urlpatterns = [
    path("ask/", ask.listing, name="asks"),
    path("ask/form/", ask.form, name="ask_form"),
    path("ask/bodies/", ask.bodies, name="ask_bodies"),
    path("ask/rows/", ask.rows, name="ask_rows"),
    path("ask/picture.<str:kind>", ask.picture, name="ask_picture"),
    path("ask/save/", ask_kept.save, name="ask_save"),
    path("ask/sql/", ask_kept.statement, name="ask_sql"),
    path("ask/kept/<str:code>/", ask_kept.page, name="ask_kept"),
    path("ask/kept/<str:code>/act/", ask_kept.act, name="ask_act"),
]
