"""App: template tags and icons shared by the faces; not a face itself."""

from __future__ import annotations

from django.apps import AppConfig


class LookConfig(AppConfig):
    """The look of all faces."""

    name = "sanzi.interfaces.look"
    label = "look"
    verbose_name = "样式"
