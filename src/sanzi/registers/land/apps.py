"""App: sanzi.registers.land. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class LandConfig(AppConfig):
    """土地和成员."""

    name = "sanzi.registers.land"
    label = "land"
    verbose_name = "土地和成员"

    def ready(self) -> None:
        """Bind the powers of members, homesteads, compensation and land contracts; take tables."""
        from sanzi.registers.land import effects, loading

        effects.register()
        loading.register_loaders()
