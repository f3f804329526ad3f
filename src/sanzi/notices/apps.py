"""App: sanzi.notices. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """通知."""

    name = "sanzi.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        """Register the duty that sends texts; it waits until a provider is put in."""
        from sanzi.notices import duties, outbox

        duties.register("notices.texts", 10, outbox.send_due)
