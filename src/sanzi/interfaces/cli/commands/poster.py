"""`sanzi poster VILLAGE --out FILE`: the poster of a month as PDF, or the sheet for doors."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("poster", help="the poster of a month, or the sheet for doors")
    parser.add_argument("village", help="the 12 digits of the village")
    parser.add_argument("--month", default="", help="2026-10; the last one that was published")
    parser.add_argument("--size", choices=("a4", "a3"), default="a4")
    parser.add_argument("--door", action="store_true", help="the sheet for doors")
    parser.add_argument("--out", required=True, help="the file to write")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Write the PDF."""
    from sanzi.disclosure import posters

    if options.door:
        made = posters.door_sheet(village_code=options.village, size=options.size)
    else:
        period = options.month or posters.newest_period(options.village)
        made = posters.month(village_code=options.village, period=period, size=options.size)
    Path(options.out).write_bytes(made.pdf)
    print(options.out)
    return 0
