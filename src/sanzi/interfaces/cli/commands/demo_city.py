"""`sanzi demo-city`: the city of the demo; `sanzi demo` starts it, and nobody else."""

from __future__ import annotations

import os
import subprocess
from argparse import ArgumentParser, Namespace, _SubParsersAction

SLOWLY = ("--interval", "20")


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("demo-city", help="the city of the demo: take, count, show")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--alone", action="store_true", help="of one county only")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Take what the county published, start the city's worker, become its web server."""
    from django.conf import settings

    from sanzi.interfaces.cli import city, neighbour, processes
    from sanzi.interfaces.cli.commands import migrate

    is_city = settings.SANZI.name == "demo" and settings.SANZI.lake_counties is not None
    if is_city:
        migrate.run(options)
        city.take()
        # Of the same group: they end with the pages.
        subprocess.Popen(processes.python("sanzi.interfaces.cli.main", "worker", *SLOWLY))
        if not options.alone and not neighbour.told(settings.SANZI.var.parent):
            subprocess.Popen(processes.python("sanzi.interfaces.cli.main", "demo-neighbour"))
        command = processes.python(
            "gunicorn", "sanzi.config.wsgi:application", "--preload",
            "--bind", f"127.0.0.1:{options.port}", "--worker-class", "gthread",
            "--workers", "1", "--threads", "4", "--no-control-socket",
        )  # fmt: skip
        os.execv(command[0], command)  # noqa: S606 - this interpreter
    print("sanzi demo-city 由 sanzi demo 启动。")
    return 2
