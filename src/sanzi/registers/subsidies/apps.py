"""App: sanzi.registers.subsidies. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    """补贴救助."""

    name = "sanzi.registers.subsidies"
    label = "subsidies"
    verbose_name = "补贴救助"
