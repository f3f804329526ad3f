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
        """Open the county's channels and register the duties that send."""
        from sanzi.notices import duties, outbox, sending, webhooks
        from sanzi.notices.channels import settings as channels

        found = settings.SANZI
        if found.notice_channels is not None:
            opened = channels.read(found.notice_channels)
            outbox.wire.notifiers.update(opened.notifiers)
            outbox.wire.instead.update(opened.instead)
            outbox.wire.dingtalk_events = opened.dingtalk_events
        webhooks.locks.allows_private = not found.is_production
        quiet = found.quiet_hours
        duties.register("notices.send", 10, lambda at: sending.send_due(at, quiet=quiet))
        duties.register("notices.receipts", 60, sending.ask_fates)
        duties.register("notices.watch", 600, sending.watch)
        duties.register("notices.webhooks", 10, webhooks.deliver)
