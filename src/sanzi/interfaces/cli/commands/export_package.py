"""`sanzi export`: the data package back, masked into a folder or sealed into a file."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser(
        "export", help="write the data package: masked, or sealed for an approved request"
    )
    parser.add_argument("path", type=Path, help="a new folder; with --request a new file")
    parser.add_argument("--request", metavar="ID", help="an approved request for plain columns")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Write and print the rows of each table."""
    from sanzi.kernel import clock
    from sanzi.orgs.actions import exports
    from sanzi.orgs.actors import SYSTEM

    at = clock.now()
    if options.request:
        written = exports.write_sealed(ext_id=options.request, file=options.path, by=SYSTEM, at=at)
    else:
        written = exports.write_masked(folder=options.path, by=SYSTEM, at=at)
    if options.json:
        print(json.dumps({"rows": written.rows, "digest": written.digest}))
        return 0
    for table, count in written.rows.items():
        print(f"{table:20} {count:>8} 行")
    kind = "个人信息已加密，只有接收方能打开" if options.request else "个人信息已遮盖"
    print(f"已导出到 {options.path}，共 {written.total} 行，{kind}")
    return 0
