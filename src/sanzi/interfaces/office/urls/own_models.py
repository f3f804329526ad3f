"""Addresses of the models that officers write themselves."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import own_models

urlpatterns = [
    path("own-models/", own_models.listing, name="own_models"),
    path("own-models/new/", own_models.new, name="own_model_new"),
    path("own-models/tables/<str:table>/", own_models.table, name="own_model_table"),
    path("own-models/<str:code>/", own_models.page, name="own_model"),
    path("own-models/<str:code>/edit/", own_models.edit, name="own_model_edit"),
    path("own-models/<str:code>/act/", own_models.act, name="own_model_act"),
]
