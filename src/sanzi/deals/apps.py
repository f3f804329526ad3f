"""App: sanzi.deals. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class DealsConfig(AppConfig):
    """交易与合同."""

    name = "sanzi.deals"
    label = "deals"
    verbose_name = "交易与合同"

    def ready(self) -> None:
        """Register who speaks for the photos of assets."""
        from sanzi.deals.actions import stocktaking
        from sanzi.evidence import hooks

        hooks.register("asset", hooks.Subject(stocktaking.may_see, stocktaking.may_change))
