"""App: sanzi.levels. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig
from django.conf import settings

LONG = timedelta(hours=3)
OF_A_CITY = ("insight.cockpit", "notices.", "audit.", "orgs.", "transparency.")
"""Duties of an installation that reads a lake: it has no villages, no bank and no models to run."""


class LevelsConfig(AppConfig):
    """市与省."""

    name = "sanzi.levels"
    label = "levels"
    verbose_name = "市与省"

    def ready(self) -> None:
        """Publish each night; where counties are read, count their cockpit instead of one's own."""
        from sanzi.levels import publishing, taking
        from sanzi.notices import duties

        duties.register("levels.publish", 600, publishing.publish_when_due, LONG)
        if settings.SANZI.lake_counties is not None:
            duties.register("insight.cockpit", 300, taking.take_when_due, LONG)
            for one in duties.registered():
                if not one.name.startswith(OF_A_CITY):
                    duties.unregister(one.name)
