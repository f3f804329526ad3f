"""App: sanzi.bank. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class BankConfig(AppConfig):
    """银行."""

    name = "sanzi.bank"
    label = "bank"
    verbose_name = "银行"
