"""App: sanzi.matching. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig

TWICE_A_DAY = 12 * 3600
LONG = timedelta(hours=2)


class MatchingConfig(AppConfig):
    """跨县比对."""

    name = "sanzi.matching"
    label = "matching"
    verbose_name = "跨县比对"

    def ready(self) -> None:
        """Make the matching of open periods a duty of the worker."""
        from sanzi.matching import actions
        from sanzi.notices import duties

        duties.register("matching.run", TWICE_A_DAY, actions.run_due, LONG)
