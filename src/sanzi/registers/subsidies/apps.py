"""App: sanzi.registers.subsidies. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    """补贴救助."""

    name = "sanzi.registers.subsidies"
    label = "subsidies"
    verbose_name = "补贴救助"

    def ready(self) -> None:
        """Bind the powers of subsidies, take tables, put the registers on the shelf."""
        from sanzi.registers.subsidies import (
            aid_effects,
            effects,
            levy_effects,
            loading,
            relief_effects,
            shelves,
        )

        effects.register()
        aid_effects.register()
        relief_effects.register()
        levy_effects.register()
        loading.register_loaders()
        shelves.put_registers()
