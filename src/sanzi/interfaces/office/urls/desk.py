"""Addresses of the desk: what waits, search, the log, notices, programs that listen."""

from __future__ import annotations

from django.urls import path

from sanzi.interfaces.office.views import bindings, desk, find, log, notices

urlpatterns = [
    path("", desk.home, name="home"),
    path("find/", find.page, name="find"),
    path("log/", log.page, name="log"),
    path("notices/", notices.listing, name="notices"),
    path("notices/<int:notice_id>/again/", notices.again, name="notice_again"),
    path("bindings/", bindings.page, name="bindings"),
    path("bindings/<str:ext_id>/", bindings.step, name="binding"),
    path("programs/", notices.programs, name="programs"),
    path("programs/<str:ext_id>/", notices.program, name="program"),
]
