"""App: sanzi.registers.works. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class WorksConfig(AppConfig):
    """工程."""

    name = "sanzi.registers.works"
    label = "works"
    verbose_name = "工程"

    def ready(self) -> None:
        """Bind the powers of works, take tables, put the register on the shelf."""
        from sanzi.registers.works import effects, loading, shelves

        effects.register()
        loading.register_loaders()
        shelves.put_registers()
