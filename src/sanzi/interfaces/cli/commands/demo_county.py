"""`sanzi demo-county DIR`: write the data package of a fictional county."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction

from sanzi_county import main as county


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command; its options are the writer's own."""
    parser = parsers.add_parser("demo-county", help="write the package of a fictional county")
    county.add_arguments(parser)
    parser.set_defaults(run=run, needs_django=False)


def run(options: Namespace) -> int:
    """Write the package and say what is in it; 2 when the sizes are impossible."""
    try:
        print(county.run(options))
    except ValueError as error:
        print(error)
        return 2
    return 0
