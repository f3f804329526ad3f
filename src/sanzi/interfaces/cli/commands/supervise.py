"""`sanzi supervise`: run the models now, as the worker does every night.

Like the night it asks again only where something may be different since the last run, and of
everything when a whole run is due (`SANZI_FULL_NIGHT_DAYS`) or `--full` says so. With `--lake` it
runs them over what counties published, and touches no database.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("supervise", help="run all models now, as every night")
    parser.add_argument(
        "--full",
        action="store_true",
        help="ask every model of everything, not only where something changed since the last run",
    )
    lake = parser.add_argument_group("many counties (a city, a province)")
    lake.add_argument("--lake", default="", metavar="PLACE", help="a folder, or s3://bucket/…")
    lake.add_argument("--counties", type=Path, metavar="FILE", help="the counties and their keys")
    lake.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb")
    lake.add_argument("--master", default="local[2]", help="with spark: or spark://host:port")
    lake.add_argument("--spark-conf", action="append", default=[], metavar="NAME=VALUE")
    lake.add_argument("--cache", type=Path, metavar="FOLDER", help="what was taken; in SANZI_VAR")
    lake.add_argument("--out", type=Path, metavar="FILE", help="write the findings, one a line")
    lake.add_argument("--max-age-days", type=int, default=35, help="refuse what is older")
    lake.add_argument("--model", action="append", default=[], metavar="CODE", help="only these")
    lake.add_argument("--closed", action="store_true", help="also models for discipline offices")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Run the scan; 1 when a model could not be run, the others are done all the same."""
    if options.lake:
        from sanzi.interfaces.cli import lake_run

        return lake_run.run(options)
    from rich.console import Console
    from rich.progress import Progress

    from sanzi.kernel import clock
    from sanzi.orgs.actors import SYSTEM
    from sanzi.supervision import catalogue
    from sanzi.supervision.actions import nightly

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("预警模型", total=len(catalogue.at_gate("nightly")))
        done = nightly.run(
            as_of=clock.now(),
            by=SYSTEM,
            tell=lambda _: progress.advance(bar),
            may_be_short=not options.full,
            leaves_trace=True,
        )
    if options.json:
        counts = (
            "finding_count", "opened_count", "kept_count", "vanished_count", "is_full", "errors",
        )  # fmt: skip
        print(json.dumps({name: getattr(done, name) for name in counts}, ensure_ascii=False))
    else:
        print(
            f"查到{done.finding_count}处：新开{done.opened_count}条预警，"
            f"还在的{done.kept_count}条，已改正的{done.vanished_count}条",
        )
        if not done.is_full:
            told = done.asked
            print(
                f"只查有变动的：{told['whole']}个模型全部查，{told['part']}个只查"
                f"{told['villages']}个村，{told['spared']}个不用再查"
            )
        for line in done.errors:
            print(line)
    return 1 if done.errors else 0
