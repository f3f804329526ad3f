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
        """Make the nightly scan and the escalation duties of the worker."""
        from sanzi.notices import duties
        from sanzi.supervision.actions import alerts, backtests, nightly, reviews

        def scan_once_a_night(at: datetime) -> int:
            return nightly.run_when_due(at)

        def review_once_a_night(at: datetime) -> int:
            return reviews.run_when_due(at)

        duties.register("supervision.nightly", 600, scan_once_a_night)
        duties.register("supervision.reviews", 600, review_once_a_night)
        duties.register("supervision.backtests", 5, backtests.run_waiting, backtests.GIVEN_UP_AFTER)
        duties.register("supervision.escalate", 600, alerts.escalate_overdue)
