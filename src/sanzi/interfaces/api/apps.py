"""App: sanzi.interfaces.api. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """接口."""

    name = "sanzi.interfaces.api"
    label = "api"
    verbose_name = "接口"
