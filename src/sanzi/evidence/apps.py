"""App: sanzi.evidence. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """凭据."""

    name = "sanzi.evidence"
    label = "evidence"
    verbose_name = "凭据"

    def ready(self) -> None:
        """Register the loaders of the room's tables, its own subject, the worker's duty."""
        from sanzi.evidence.actions import checks, guards, loading
        from sanzi.notices import duties

        loading.register_loaders()
        guards.register()
        duties.register("evidence.verify", 60, checks.work)
