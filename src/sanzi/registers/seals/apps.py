"""App: sanzi.registers.seals. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class SealsConfig(AppConfig):
    """印章."""

    name = "sanzi.registers.seals"
    label = "seals"
    verbose_name = "印章"
