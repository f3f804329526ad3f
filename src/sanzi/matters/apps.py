"""App: sanzi.matters. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """事项与办件."""

    name = "sanzi.matters"
    label = "matters"
    verbose_name = "事项与办件"
