"""App: sanzi.deals. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class DealsConfig(AppConfig):
    """交易与合同."""

    name = "sanzi.deals"
    label = "deals"
    verbose_name = "交易与合同"

    def ready(self) -> None:
        """Take tables, hold contracts for payments, let files hang on contracts and assets."""
        from sanzi.deals import count_effects, effects, shelves
        from sanzi.deals.actions import (
            asset_loading,
            auction_loading,
            contracts,
            disposals,
            loading,
            stocktaking,
        )
        from sanzi.deals.queries import contracts as contract_queries
        from sanzi.deals.queries import tenders
        from sanzi.evidence import hooks
        from sanzi.matters import registry
        from sanzi.payments import hooks as payment_hooks

        hooks.register("asset", hooks.Subject(stocktaking.may_see, stocktaking.may_change))
        loading.register_loaders()
        asset_loading.register_loaders()
        auction_loading.register_loaders()
        shelves.put_registers()
        effects.register()
        count_effects.register()
        payment_hooks.on_bill_credited(disposals.credited)
        contracts.hang_papers()
        registry.payable("contract", contracts.require_room)
        registry.choices("contracts", lambda body, _place: contract_queries.offered(body))
        registry.choices("tenders", lambda body, _place: tenders.settled(body))
