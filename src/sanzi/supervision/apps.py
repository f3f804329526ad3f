"""App: sanzi.supervision. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from datetime import datetime

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """监督."""

    name = "sanzi.supervision"
    label = "supervision"
    verbose_name = "监督"

    def ready(self) -> None:
        """Make the scan and the limits duties of the worker; let files hang on alerts."""
        from sanzi.notices import duties
        from sanzi.supervision import loading
        from sanzi.supervision.actions import (
            backtests,
            limits,
            nightly,
            own_tests,
            papers,
            reviews,
        )

        def scan_once_a_night(at: datetime) -> int:
            return nightly.run_when_due(at)

        def review_once_a_night(at: datetime) -> int:
            return reviews.run_when_due(at)

        duties.register("supervision.nightly", 600, scan_once_a_night)
        duties.register("supervision.reviews", 600, review_once_a_night)
        duties.register("supervision.backtests", 5, backtests.run_waiting, backtests.GIVEN_UP_AFTER)
        duties.register("supervision.own_tests", 5, own_tests.run_waiting, backtests.GIVEN_UP_AFTER)
        duties.register("supervision.remind", 600, limits.remind)
        duties.register("supervision.escalate", 600, limits.escalate_overdue)
        duties.register("supervision.resume", 600, limits.resume_due)
        duties.register("supervision.settle_limits", 3600, limits.settle_provisional)
        papers.hang_papers()
        loading.register_loaders()
