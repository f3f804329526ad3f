"""App: sanzi.evidence. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """凭据."""

    name = "sanzi.evidence"
    label = "evidence"
    verbose_name = "凭据"

    def ready(self) -> None:
        """Register the loaders of the room's tables."""
        from sanzi.evidence.actions import loading

        loading.register_loaders()
