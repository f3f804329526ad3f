"""App: sanzi.disclosure. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig

HOUR = 3600


class DisclosureConfig(AppConfig):
    """公开."""

    name = "sanzi.disclosure"
    label = "disclosure"
    verbose_name = "公开"

    def ready(self) -> None:
        """Publish every order when it is done, and every month when it is due."""
        from sanzi.disclosure.actions import publishing
        from sanzi.notices import duties, outbox
        from sanzi.payments import hooks

        hooks.on_order_done(publishing.publish_done)
        duties.register("disclosure.months", HOUR, publishing.publish_due_months)
        outbox.register_text(
            "household_code",
            "您查看本户明细的验证码是{code}，十分钟内有效，不要告诉别人。",
            title="查看本户明细的验证码",
            at_any_hour=True,
        )
