"""App: sanzi.registers.leases. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class LeasesConfig(AppConfig):
    """租赁."""

    name = "sanzi.registers.leases"
    label = "leases"
    verbose_name = "租赁"
