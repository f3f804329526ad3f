"""App: sanzi.registers.party. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class PartyConfig(AppConfig):
    """发展党员、党费、评优."""

    name = "sanzi.registers.party"
    label = "party"
    verbose_name = "党务"

    def ready(self) -> None:
        """Bind the powers of party work, take tables, put the registers on the shelf."""
        from sanzi.registers.party import effects, loading, shelves

        effects.register()
        loading.register_loaders()
        shelves.put_registers()
