"""App: sanzi.registers.land. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class LandConfig(AppConfig):
    """土地和成员."""

    name = "sanzi.registers.land"
    label = "land"
    verbose_name = "土地和成员"

    def ready(self) -> None:
        """Bind the four powers, take tables, put the registers on the shelf."""
        from sanzi.registers.land import effects, loading, shelves

        effects.register()
        loading.register_loaders()
        shelves.put_registers()
