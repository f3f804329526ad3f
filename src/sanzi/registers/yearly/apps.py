"""App: sanzi.registers.yearly. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class YearlyConfig(AppConfig):
    """年度事项."""

    name = "sanzi.registers.yearly"
    label = "yearly"
    verbose_name = "年度事项"

    def ready(self) -> None:
        """Bind budgets and distributions, take tables, put the registers on the shelf."""
        from sanzi.registers.yearly import effects, loading, shelves

        effects.register()
        loading.register_loaders()
        shelves.put_registers()
