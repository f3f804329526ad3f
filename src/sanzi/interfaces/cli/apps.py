"""App: sanzi.interfaces.cli. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class CliConfig(AppConfig):
    """命令."""

    name = "sanzi.interfaces.cli"
    label = "cli"
    verbose_name = "命令"
