"""App: sanzi.orgs. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """组织与人员."""

    name = "sanzi.orgs"
    label = "orgs"
    verbose_name = "组织与人员"

    def ready(self) -> None:
        """Register the loaders of the room's tables."""
        from sanzi.orgs.actions import loading

        loading.register_loaders()
