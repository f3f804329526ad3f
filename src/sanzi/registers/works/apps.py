"""App: sanzi.registers.works. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class WorksConfig(AppConfig):
    """工程."""

    name = "sanzi.registers.works"
    label = "works"
    verbose_name = "工程"
