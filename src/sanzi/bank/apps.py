"""App: sanzi.bank. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class BankConfig(AppConfig):
    """银行."""

    name = "sanzi.bank"
    label = "bank"
    verbose_name = "银行"

    def ready(self) -> None:
        """Make forgetting old events a duty of the worker."""
        from sanzi.bank import actions
        from sanzi.notices import duties

        duties.register("bank.forget_events", 24 * 3600, actions.forget)
