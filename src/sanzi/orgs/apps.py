"""App: sanzi.orgs. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """组织与人员."""

    name = "sanzi.orgs"
    label = "orgs"
    verbose_name = "组织与人员"

    def ready(self) -> None:
        """Register the loaders of the room's tables, the seal over the log, what is forgotten."""
        from sanzi.audit import actions as audit
        from sanzi.notices import duties, outbox, webhooks
        from sanzi.orgs import binding_queries, secrets
        from sanzi.orgs.actions import answers, events, loading

        loading.register_loaders()
        duties.register("audit.seal", 60, lambda at: int(audit.seal_heads(at) is not None))
        duties.register("orgs.forget_answers", 24 * 3600, answers.forget)
        audit.listeners.append(events.hear)
        webhooks.locks.seal = lambda plain: secrets.seal("token", plain)
        webhooks.locks.reveal = lambda sealed: secrets.reveal("token", sealed)
        outbox.wire.open_value = lambda sealed: secrets.reveal("notice", sealed)
        outbox.wire.address_of = lambda notice: binding_queries.address_of(notice, _staff)


def _staff(union_id: str) -> str:
    """Ask DingTalk who an outside account is in the organisation, empty where nobody can tell."""
    from sanzi.notices import outbox
    from sanzi.notices.channels.dingtalk import DingTalk

    app = outbox.wire.notifiers.get("DINGTALK")
    return app.user_of_union(union_id) if isinstance(app, DingTalk) else ""
