"""App: sanzi.deals. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class DealsConfig(AppConfig):
    """交易与合同."""

    name = "sanzi.deals"
    label = "deals"
    verbose_name = "交易与合同"
