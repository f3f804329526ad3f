"""App: sanzi.interfaces.portal. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """村民门户."""

    name = "sanzi.interfaces.portal"
    label = "portal"
    verbose_name = "村民门户"

    def ready(self) -> None:
        """Draw published pages."""
        from sanzi.interfaces.portal import page_files

        page_files.register()
