"""`sanzi demo-neighbour`: the second county of the demo; the demo's city starts it, nobody else."""

from __future__ import annotations

import os
import subprocess
from argparse import ArgumentParser, Namespace, _SubParsersAction

POLITE = 10


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("demo-neighbour", help="the second county of the demo")
    parser.add_argument("--make", action="store_true", help="in the county: make and publish it")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """In the city: let the second county be made, and take it. In the county: make it."""
    from django.conf import settings

    from sanzi.interfaces.cli import city, neighbour, processes
    from sanzi.interfaces.cli.commands import migrate

    is_city = settings.SANZI.lake_counties is not None
    if settings.SANZI.name != "demo" or is_city is options.make:
        print("sanzi demo-neighbour 由 sanzi demo 启动。")
        return 2
    if options.make:
        os.nice(POLITE)  # the pages come first
        migrate.run(options)
        neighbour.make()
        return 0
    var = settings.SANZI.var.parent
    command = processes.python("sanzi.interfaces.cli.main", "demo-neighbour", "--make")
    neighbour.clear_half_made(var)
    own = neighbour.around(var, var / city.LAKE)
    subprocess.run(command, env={**os.environ, **own}, check=True)
    city.join_list(var)
    city.take()
    return 0
