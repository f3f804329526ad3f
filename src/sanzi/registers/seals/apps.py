"""App: sanzi.registers.seals. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class SealsConfig(AppConfig):
    """印章."""

    name = "sanzi.registers.seals"
    label = "seals"
    verbose_name = "印章"

    def ready(self) -> None:
        """Bind both powers, take tables, put registers out, connect the machines."""
        from sanzi.notices import duties
        from sanzi.registers.seals import effects, loading, photos, shelves
        from sanzi.registers.seals.actions import machines, telling
        from sanzi.registers.seals.devices import connecting

        effects.register()
        photos.register()
        loading.register_loaders()
        shelves.put_registers()
        telling.register_texts()
        duties.register("seals.machines", 5, machines.work)
        duties.register("seals.counters", 3600, machines.compare)
        connecting.connect()
