"""App: sanzi.audit. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """审计."""

    name = "sanzi.audit"
    label = "audit"
    verbose_name = "审计"
