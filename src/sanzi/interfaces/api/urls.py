"""Addresses of the interface."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sanzi.interfaces.api.app import api

urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]
