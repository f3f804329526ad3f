"""`sanzi worker`: do the duties of all rooms until told to stop."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("worker", help="do the duties: bank, notices, supervision")
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between two rounds")
    parser.add_argument("--once", action="store_true", help="one round, then stop")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Run rounds of duties; stops at SIGTERM or Ctrl-C after the round in hand."""
    from sanzi.kernel import clock
    from sanzi.notices import duties

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        duties.run_round(clock.now())
        if options.once:
            break
        stop.wait(options.interval)
    return 0
