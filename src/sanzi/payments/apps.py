"""App: sanzi.payments. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """支付."""

    name = "sanzi.payments"
    label = "payments"
    verbose_name = "支付"
