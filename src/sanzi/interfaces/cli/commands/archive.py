"""`sanzi archive make|find|verify`: file a year of a book, find what lies in it, check it."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("archive", help="the yearly archives of books")
    parser.add_argument("what", choices=("make", "find", "verify"))
    parser.add_argument("text", nargs="?", default="", help="with find: words or a number")
    parser.add_argument("--org", default="", help="the body; with make it must be named")
    parser.add_argument("--year", type=int, help="the year; with make it must be named")
    parser.add_argument("--class", dest="class_name", default="", help="凭证, 账簿, 报告 or 其他")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Do it: 0 done or whole, 1 something does not fit, 2 refused."""
    return {"make": _make, "find": _find, "verify": _verify}[options.what](options)


def _make(options: Namespace) -> int:
    from sanzi.kernel import clock
    from sanzi.ledger.actions import archives
    from sanzi.orgs.actors import SYSTEM

    if not options.org or not options.year:
        print("要写明：sanzi archive make --org 组织编号 --year 年份")
        return 2
    made = archives.archive_year(
        org_ext_id=options.org, year=options.year, by=SYSTEM, at=clock.now()
    )
    print(json.dumps({"archive": made}) if options.json else f"已归档，编号 {made}")
    return 0


def _find(options: Namespace) -> int:
    from sanzi.ledger.queries import archives
    from sanzi.orgs.actors import SYSTEM

    found = archives.find_pieces(
        by=SYSTEM, text=options.text, class_name=options.class_name, org_ext_id=options.org,
        year=options.year,
    )  # fmt: skip
    for one in found:
        piece = one.piece
        print(
            json.dumps({"number": piece.number, "title": piece.title}, ensure_ascii=False)
            if options.json
            else f"{piece.number} {piece.title} {piece.summary} {piece.amount}".rstrip()
        )
    return 0


def _verify(options: Namespace) -> int:
    from sanzi.ledger.queries import archives
    from sanzi.orgs.actors import SYSTEM

    checked, wrong = 0, []
    for row, faults in archives.faults(by=SYSTEM, org_ext_id=options.org, year=options.year):
        checked += 1
        wrong += [f"{row.organisation}{row.year}年：{one}" for one in faults]
    if options.json:
        print(json.dumps({"archives": checked, "wrong": wrong}, ensure_ascii=False))
    else:
        for line in wrong:
            print(line)
        print(f"档案{checked}份，{len(wrong)}处对不上")
    return 1 if wrong else 0
