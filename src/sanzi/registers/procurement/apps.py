"""App: sanzi.registers.procurement. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    """采购."""

    name = "sanzi.registers.procurement"
    label = "procurement"
    verbose_name = "采购"

    def ready(self) -> None:
        """Bind the power of purchases, take tables, put the register on the shelf."""
        from sanzi.registers.procurement import effects, loading, shelves

        effects.register()
        loading.register_loaders()
        shelves.put_registers()
