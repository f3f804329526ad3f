"""Addresses of the indices; part of `urls`."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import index_changes, indices

urlpatterns = [
    path("indices/", indices.listing, name="indices"),
    path("indices/settings/<str:code>/", index_changes.settings, name="index_settings"),
    path("indices/settings/<str:code>/propose/", index_changes.propose, name="index_propose"),
    path(
        "indices/settings/<str:code>/changes/<str:change_id>/",
        index_changes.decide,
        name="index_decide",
    ),
    path("indices/<str:ext_id>/", indices.page, name="index_score"),
    path("indices/<str:ext_id>/objection/", indices.objection, name="index_objection"),
    path(
        "indices/<str:ext_id>/objections/<str:objection_id>/answer/",
        indices.answer,
        name="index_answer",
    ),
    path("indices/<str:ext_id>/flags/<str:flag_id>/", indices.follow, name="index_follow"),
    path("indices/<str:ext_id>/rows/<str:indicator>/", indices.rows, name="index_rows"),
]
