"""App: sanzi.registers.works. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class WorksConfig(AppConfig):
    """工程."""

    name = "sanzi.registers.works"
    label = "works"
    verbose_name = "工程"

    def ready(self) -> None:
        """Bind the powers of works, take tables, hang photos, put the registers on the shelf."""
        from sanzi.registers.works import effects, loading, shelves
        from sanzi.registers.works.actions import inspections

        effects.register()
        loading.register_loaders()
        inspections.hang_photos()
        shelves.put_registers()
