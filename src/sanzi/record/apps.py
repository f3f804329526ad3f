"""App: sanzi.record. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class RecordConfig(AppConfig):
    """记录."""

    name = "sanzi.record"
    label = "record"
    verbose_name = "记录"
