"""`sanzi doctor`: is everything that must be there there; what to do when it is not."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from dataclasses import asdict


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("doctor", help="look at settings, database, files, bank, worker")
    parser.add_argument("--quick", action="store_true", help="do not recompute the chains")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Print every finding; 1 when one is not fine."""
    from sanzi.interfaces.cli import health
    from sanzi.kernel import clock

    found = []
    for one in health.look(clock.now(), is_thorough=not options.quick):
        found.append(one)
        if not options.json:
            print(f"{'好' if one.is_fine else '不对'}  {one.name}：{one.said}")
            if not one.is_fine:
                print(f"      {one.advice}")
    if options.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    return 0 if all(one.is_fine for one in found) else 1
