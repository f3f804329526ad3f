"""App: sanzi.notices. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class NoticesConfig(AppConfig):
    """通知."""

    name = "sanzi.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        """Register the duty that sends texts; it waits until a provider is put in."""
        from sanzi.notices import duties, outbox

        quiet = settings.SANZI.quiet_hours
        duties.register("notices.texts", 10, lambda at: outbox.send_due(at, quiet=quiet))
