"""App: sanzi.transparency. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class TransparencyConfig(AppConfig):
    """公开日志."""

    name = "sanzi.transparency"
    label = "transparency"
    verbose_name = "公开日志"

    def ready(self) -> None:
        """Let the log tell of every audit event, and the worker add to it once a minute."""
        from sanzi.audit import queries as audit
        from sanzi.notices import duties
        from sanzi.transparency import actions, sources

        duties.register("transparency.log", 60, actions.work)
        sources.put(sources.Source("event", audit.events, "pk", audit.contents))
