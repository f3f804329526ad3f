"""The WSGI entry for gunicorn and its like."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanzi.config.settings")
application = get_wsgi_application()


def _read_ahead() -> None:
    """Read what every page needs before the server forks: no worker's first visitor waits."""
    from django.urls import get_resolver

    from sanzi.matters import catalogue

    catalogue.matters()
    get_resolver().url_patterns  # noqa: B018 - reading it imports every view


_read_ahead()
