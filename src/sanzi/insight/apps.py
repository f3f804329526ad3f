"""App: sanzi.insight. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """分析."""

    name = "sanzi.insight"
    label = "insight"
    verbose_name = "分析"

    def ready(self) -> None:
        """Make indices and cockpit duties of the worker, after the night's scan; lend grades."""
        from sanzi.insight.actions import cockpit, indices, reports
        from sanzi.insight.indices import flags, queries
        from sanzi.inspection import hooks
        from sanzi.notices import duties, outbox

        duties.register("insight.indices", 600, indices.run_when_due)
        duties.register("insight.cockpit", 300, cockpit.run_when_due)
        duties.register("insight.reports", 60, reports.run_when_due)
        hooks.register_grades(queries.grade_of)
        hooks.register_flags(flags.counted)
        outbox.register_text(
            "index_objection",
            "{village}对指数的一项提了异议，请在{due}前答复。",
            title="指数的一项有异议",
        )
        outbox.register_text(
            "flag_given", "{village}{month}评了{flag}，分和每一行都看得到。", title="红黄旗"
        )
        outbox.register_text(
            "flag_talk",
            "{village}连续{running}个月黄旗，请和村书记谈话，谈完记下来。",
            title="黄旗要谈话",
        )
        outbox.register_text(
            "flag_list",
            "{village}连续{running}个月黄旗，请列入县里的名单，办完记下来。",
            title="黄旗上名单",
        )
