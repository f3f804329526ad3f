"""App: sanzi.registers.labour. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class LabourConfig(AppConfig):
    """用工."""

    name = "sanzi.registers.labour"
    label = "labour"
    verbose_name = "用工"

    def ready(self) -> None:
        """Register the requests with evidence, the loaders of the tables, what cases do here."""
        from sanzi.registers.labour import effects, shelves
        from sanzi.registers.labour.actions import loading, photos

        photos.register()
        loading.register()
        effects.register()
        shelves.put_registers()
