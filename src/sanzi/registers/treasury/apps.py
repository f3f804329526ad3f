"""App: sanzi.registers.treasury. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    """资金."""

    name = "sanzi.registers.treasury"
    label = "treasury"
    verbose_name = "资金"

    def ready(self) -> None:
        """Bind the powers of money, take tables, fill the shelf, remind of days."""
        from sanzi.notices import duties, outbox
        from sanzi.registers.treasury import effects, loading, shelves
        from sanzi.registers.treasury.actions import telling

        effects.register()
        loading.register_loaders()
        shelves.put_registers()
        duties.register("treasury.reminders", 3600, telling.work)
        for template, text in telling.TEXTS.items():
            outbox.register_text(template, text, title=telling.TITLES[template])
