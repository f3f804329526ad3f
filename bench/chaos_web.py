"""The web process of the chaos harness: the platform's own door for what the bank pushes.

The platform's clock is the virtual one here, so that what the bank signs at its time is fresh.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django

from chaos_worker import Place, forget_higher_rooms, read_clock

WATCH_SECONDS = 0.5


class Server(ThreadingMixIn, WSGIServer):
    """One thread a request, as production has several workers."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def serve(place: Place, port: int) -> None:
    """Take what the bank pushes, until the driver is gone."""
    from django.core.wsgi import get_wsgi_application

    from sanzi.bank.actions import EventsSeen
    from sanzi.kernel import clock
    from sanzi.payments.actions import gateways

    forget_higher_rooms()
    clock.now = lambda: read_clock(place.folder)
    gateways.use(place.gateway(EventsSeen()))
    server = make_server(
        "127.0.0.1", port, get_wsgi_application(), server_class=Server, handler_class=Quiet
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"web ready {server.server_port}", flush=True)
    driver = os.getppid()
    while os.getppid() == driver:
        time.sleep(WATCH_SECONDS)


def main() -> None:
    """Run until killed."""
    place = Place.from_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanzi.config.settings")
    django.setup()
    serve(place, int(sys.argv[1]))


if __name__ == "__main__":
    main()
