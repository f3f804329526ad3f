"""`sanzi manage …`: hand the rest of the line to Django's own commands."""

from __future__ import annotations

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Sequence


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """List the command; `main` hands over before the line is parsed."""
    parsers.add_parser("manage", help="hand over to Django's own commands", add_help=False)


def hand_over(arguments: Sequence[str]) -> int:
    """Run a Django command."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["sanzi manage", *arguments])
    return 0
