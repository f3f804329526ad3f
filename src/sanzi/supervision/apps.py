"""App: sanzi.supervision. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """监督."""

    name = "sanzi.supervision"
    label = "supervision"
    verbose_name = "监督"
