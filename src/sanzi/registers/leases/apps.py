"""App: sanzi.registers.leases. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class LeasesConfig(AppConfig):
    """租赁."""

    name = "sanzi.registers.leases"
    label = "leases"
    verbose_name = "租赁"

    def ready(self) -> None:
        """Bind the power, the duties of the worker, the wording of reminders, the ear for money."""
        from sanzi.notices import duties, outbox
        from sanzi.payments import hooks
        from sanzi.registers.leases import effects, loading, shelves
        from sanzi.registers.leases.actions import rent, telling

        effects.register()
        loading.register_loaders()
        shelves.put_registers()
        hooks.on_bill_credited(rent.credited)
        duties.register("leases.bills", 3600, rent.work)
        duties.register("leases.reminders", 3600, telling.work)
        for template, text in telling.TEXTS.items():
            outbox.register_text(template, text, title=telling.TITLES[template])
