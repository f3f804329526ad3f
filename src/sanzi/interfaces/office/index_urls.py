"""Addresses of the indices; part of `urls`."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import indices

urlpatterns = [
    path("indices/", indices.listing, name="indices"),
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
