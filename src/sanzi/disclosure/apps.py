"""App: sanzi.disclosure. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """公开."""

    name = "sanzi.disclosure"
    label = "disclosure"
    verbose_name = "公开"
