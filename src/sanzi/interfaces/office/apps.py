"""App: sanzi.interfaces.office. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """办公."""

    name = "sanzi.interfaces.office"
    label = "office"
    verbose_name = "办公"
