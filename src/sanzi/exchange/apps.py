"""App: sanzi.exchange. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig

EVERY_SECONDS = 5
LEASE = timedelta(minutes=30)


class ExchangeConfig(AppConfig):
    """数据交换."""

    name = "sanzi.exchange"
    label = "exchange"
    verbose_name = "数据交换"

    def ready(self) -> None:
        """Let the worker load long files."""
        from sanzi.exchange.actions import loading
        from sanzi.notices import duties

        duties.register("exchange.load", EVERY_SECONDS, loading.load_waiting, LEASE)
