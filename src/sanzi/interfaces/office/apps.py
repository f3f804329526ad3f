"""App: sanzi.interfaces.office. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """办公."""

    name = "sanzi.interfaces.office"
    label = "office"
    verbose_name = "办公"

    def ready(self) -> None:
        """Give the words and the pages of inbox notices to the channels that send them too."""
        from sanzi.interfaces.office import told

        told.register()
