"""App: sanzi.registers.treasury. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    """资金."""

    name = "sanzi.registers.treasury"
    label = "treasury"
    verbose_name = "资金"

    def ready(self) -> None:
        """Bind the powers of money, take tables."""
        from sanzi.registers.treasury import effects, loading

        effects.register()
        loading.register_loaders()
