"""`sanzi close-month`: close a month of all books of a place, and list what hindered."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from dataclasses import asdict


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("close-month", help="close a month of all books of a place")
    parser.add_argument("period", metavar="PERIOD", help="the month, 2026-11")
    parser.add_argument("--division", default="", metavar="CODE", help="12 digits; all without it")
    parser.add_argument("--with-plans", action="store_true", help="book recurring entries first")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Close book by book; 1 when one is hindered, the others are closed all the same."""
    from rich.progress import Progress

    from sanzi.kernel import clock, divisions
    from sanzi.ledger import queries
    from sanzi.ledger.actions import closing
    from sanzi.orgs.actors import SYSTEM

    prefix = divisions.prefix(options.division) if options.division else ""
    books = [one for one in queries.books(by=SYSTEM) if one.division_code.startswith(prefix)]
    with Progress(disable=options.json) as progress:
        bar = progress.add_task("结账", total=len(books))
        results = closing.close_many(
            org_ext_ids=[one.org_ext_id for one in books],
            period=options.period,
            by=SYSTEM,
            at=clock.now(),
            with_plans=options.with_plans,
            told=lambda _: progress.advance(bar),
        )
    left = [one for one in results if not one.is_closed]
    if options.json:
        told = {
            "closed": len(results) - len(left),
            "refused": [asdict(one) for one in left],
        }
        print(json.dumps(told, ensure_ascii=False))
    else:
        for one in left:
            print(f"{one.organisation or one.org_ext_id}：{one.sentence}")
        print(f"{options.period}结了{len(results) - len(left)}本，{len(left)}本没有结")
    return 1 if left else 0
