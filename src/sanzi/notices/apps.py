"""App: sanzi.notices. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """通知."""

    name = "sanzi.notices"
    label = "notices"
    verbose_name = "通知"
