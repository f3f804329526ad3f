"""App: sanzi.ledger. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """账簿."""

    name = "sanzi.ledger"
    label = "ledger"
    verbose_name = "账簿"

    def ready(self) -> None:
        """Register the loaders of the room's tables and the guards of December."""
        from sanzi.ledger.actions import draft_files, loading, loading_rules
        from sanzi.ledger.actions import plans as plan_actions
        from sanzi.ledger.queries import chains, plans, statement_guard, year_end
        from sanzi.notices import duties
        from sanzi.transparency import sources

        loading.register_loaders()
        loading_rules.register_loaders()
        draft_files.register()
        plans.register()
        year_end.register()
        statement_guard.register()
        duties.register("ledger.plans", 3600, plan_actions.work)
        sources.put(sources.Source("voucher", chains.posted, "ext_id", chains.bytes_of))
