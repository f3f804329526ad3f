"""`sanzi supervise`: run the models now, as the worker does every night.

Like the night it asks again only where something may be different since the last run, and of
everything when a whole run is due (`SANZI_FULL_NIGHT_DAYS`) or `--full` says so.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("supervise", help="run all models now, as every night")
    parser.add_argument(
        "--full",
        action="store_true",
        help="ask every model of everything, not only where something changed since the last run",
    )
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Run the scan; 1 when a model could not be run, the others are done all the same."""
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
