"""`sanzi statements`: `check FILE` a county's own one, or `take` those of a month as a file."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("statements", help="statements of a county's own")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="check a statement file before it is used")
    check.add_argument("file", type=Path, help="a .yaml file, see docs/how-to/add-a-statement.md")
    check.add_argument("--json", action="store_true", help="answer for programs")
    check.set_defaults(run=run, needs_django=False)
    take = actions.add_parser("take", help="write the statements of a body for a month")
    take.add_argument("org", help="the body, by its id")
    take.add_argument("period", help="the month, 2026-11")
    take.add_argument("file", type=Path, help="the file to write")
    take.add_argument(
        "--format", default="pdf", dest="form", help="pdf, xlsx, csv or xbrl (a zip); pdf"
    )
    take.add_argument("--json", action="store_true", help="answer for programs")
    take.set_defaults(run=write, needs_django=True)


def run(options: Namespace) -> int:
    """Check one file; 0 when it is right, 1 with file, line and column of the first mistake."""
    from sanzi.ledger.statements import catalogue
    from sanzi.ledger.statements.source import BadLayout

    if not options.file.is_file():
        print(f"没有这个文件：{options.file}", file=sys.stderr)
        return 2
    try:
        found = catalogue.check(options.file)
    except BadLayout as wrong:
        if options.json:
            place = {"file": wrong.file, "line": wrong.line, "column": wrong.column}
            print(json.dumps(place | {"problem": wrong.problem}, ensure_ascii=False))
        else:
            print(wrong, file=sys.stderr)
        return 1
    for code, layout in found.items():
        if not options.json:
            print(f"{code} {layout.title}：{len(layout.lines)}行，{len(layout.columns)}列")
    if options.json:
        print(json.dumps({"statement": options.file.stem, "standards": list(found)}))
    else:
        print("可以用了，放进 SANZI_STATEMENTS 指的文件夹")
    return 0


def write(options: Namespace) -> int:
    """Write the statements due at the end of a month as one file."""
    from sanzi.kernel import clock
    from sanzi.ledger.actions import papers
    from sanzi.orgs.actors import SYSTEM

    made = papers.take_statements(
        by=SYSTEM, at=clock.now(), org_ext_id=options.org, period=options.period, form=options.form
    )
    options.file.write_bytes(made.data)
    if options.json:
        print(json.dumps({"file": str(options.file), "bytes": len(made.data)}))
    else:
        print(f"已写到 {options.file}：{made.name}")
    return 0
