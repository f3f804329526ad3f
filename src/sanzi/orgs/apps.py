"""App: sanzi.orgs. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """组织与人员."""

    name = "sanzi.orgs"
    label = "orgs"
    verbose_name = "组织与人员"
