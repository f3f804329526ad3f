"""App: sanzi.matters. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class MattersConfig(AppConfig):
    """事项与办件."""

    name = "sanzi.matters"
    label = "matters"
    verbose_name = "事项与办件"

    def ready(self) -> None:
        """Speak for cases to evidence, listen to payments, take tables, remind."""
        from sanzi.matters import catalogue, decision_case, items
        from sanzi.matters.actions import guards, keys, lines, loading, meeting_files, reminders

        decision_case.register()
        catalogue.own_folder(lambda: settings.SANZI.matters)
        items.own_file(lambda: settings.SANZI.items)
        items.items()  # a wrong file of the county stops the program here, and says where
        guards.register()
        keys.register()
        lines.listen()
        meeting_files.register()
        loading.register_loaders()
        reminders.register()
