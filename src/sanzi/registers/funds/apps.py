"""App: sanzi.registers.funds. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class FundsConfig(AppConfig):
    """乡镇财政资金."""

    name = "sanzi.registers.funds"
    label = "funds"
    verbose_name = "乡镇财政资金"

    def ready(self) -> None:
        """Ask payments to stay within their fund, take tables, put the registers on the shelf."""
        from sanzi.registers.funds import effects, loading, shelves

        effects.register()
        loading.register_loaders()
        shelves.put_registers()
