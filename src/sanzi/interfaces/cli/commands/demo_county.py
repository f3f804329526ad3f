"""`sanzi demo-county DIR`: write the data package of a fictional county."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from datetime import date, timedelta
from pathlib import Path

from sanzi.kernel import clock


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("demo-county", help="write the package of a fictional county")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--villages", type=int, default=24)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--until", type=date.fromisoformat, default=None, help="default: yesterday")
    parser.add_argument("--seed", type=int, default=1)
    parser.set_defaults(run=run, needs_django=False)


def run(options: Namespace) -> int:
    """Write the package."""
    from sanzi_county import write_county

    until = options.until or clock.today() - timedelta(days=1)
    write_county(
        options.folder,
        villages=options.villages,
        months=options.months,
        until=until,
        seed=options.seed,
    )
    print(f"已写好 {options.folder}")
    return 0
