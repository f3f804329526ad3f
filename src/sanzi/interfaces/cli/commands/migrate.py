"""`sanzi migrate`: bring the database to the tables of this version."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("migrate", help="create or bring up to date the database")
    parser.set_defaults(run=run, needs_django=True)


def run(_options: Namespace) -> int:
    """Make the folder of the database, migrate, and make the cache table."""
    from django.conf import settings
    from django.core.management import call_command

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    print("数据库已就绪")
    return 0
