"""App: sanzi.disclosure. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig

DAY, HOUR, TEN_MINUTES, MINUTE = 86_400, 3600, 600, 60
HOURS = timedelta(hours=6)


class DisclosureConfig(AppConfig):
    """公开."""

    name = "sanzi.disclosure"
    label = "disclosure"
    verbose_name = "公开"

    def ready(self) -> None:
        """Publish cases and orders as they happen, months when due; take tables."""
        from sanzi.disclosure import (
            applicant_notices,
            disclosure_case,
            inquiry_shelf,
            loading,
            log_queries,
            page_queries,
        )
        from sanzi.disclosure.actions import (
            alert_results,
            case_publishing,
            climbing,
            holding,
            pages,
            periodic,
            publishing,
            searching,
            unjudged,
            withdrawing,
        )
        from sanzi.matters import hooks as case_hooks
        from sanzi.notices import duties, outbox
        from sanzi.payments import hooks
        from sanzi.transparency import sources

        hooks.on_order_done(publishing.publish_done)
        sources.put(
            sources.Source(
                "publication", log_queries.published, "ext_id", log_queries.leaves, is_open=True
            )
        )
        sources.put(
            sources.Source("page", page_queries.pages, "path", page_queries.leaves, is_open=True)
        )
        disclosure_case.register()
        inquiry_shelf.register()
        case_hooks.on_moment(case_publishing.hear)
        case_hooks.on_moment(applicant_notices.hear)
        applicant_notices.register()
        climbing.register()
        unjudged.register()
        withdrawing.register()
        duties.register("disclosure.inquiries", TEN_MINUTES, climbing.climb_overdue)
        duties.register("disclosure.months", HOUR, publishing.publish_due_months)
        duties.register("disclosure.leaving", HOUR, case_publishing.take_down_due)
        duties.register("disclosure.periods", HOUR, periodic.work)
        duties.register("disclosure.held", HOUR, holding.try_again)
        duties.register("disclosure.unjudged", TEN_MINUTES, unjudged.tell)
        duties.register("disclosure.alerts", HOUR, alert_results.publish_due)
        duties.register("disclosure.pages", MINUTE, pages.publish_due)
        duties.register("disclosure.search", MINUTE, searching.published)
        duties.register("disclosure.search_registers", HOUR, searching.registered)
        duties.register("disclosure.pages_check", DAY, pages.check, HOURS)
        loading.register_loaders()
        outbox.register_text(
            "household_code",
            "您查看本户明细的验证码是{code}，十分钟内有效，不要告诉别人。",
            title="查看本户明细的验证码",
            at_any_hour=True,
        )
