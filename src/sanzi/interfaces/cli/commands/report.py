"""`sanzi report make CODE --place … --period … --out …`: a draft in the archive and its file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("report", help="make a report and write it as a file")
    verbs = parser.add_subparsers(dest="verb", required=True)
    make = verbs.add_parser("make", help="make a report of a place and a period")
    make.add_argument("code", help="which report, such as monthly")
    make.add_argument("--place", required=True, help="division code of 12 figures")
    make.add_argument("--period", required=True, help="2026-10, 2026-Q3, 2026 or 2026-11-22")
    make.add_argument("--out", required=True, type=Path, help="a file: .pdf, .docx or .xlsx")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Make it as a draft in the archive, and write its file."""
    from sanzi.insight.actions import reports
    from sanzi.insight.reports import queries
    from sanzi.interfaces.look import report_files
    from sanzi.kernel import clock
    from sanzi.orgs.actors import SYSTEM

    kind = options.out.suffix.removeprefix(".")
    if kind not in report_files.TYPES:
        print("文件名要以 .pdf、.docx 或 .xlsx 结尾。", file=sys.stderr)
        return 2
    at = clock.now()
    made = reports.ask(
        code=options.code, division_code=options.place, period=options.period, by=SYSTEM, at=at
    )
    if not reports.make(ext_id=made, at=at):
        print(queries.access_report(by=SYSTEM, ext_id=made).error, file=sys.stderr)
        return 1
    found = queries.page_with_body(by=SYSTEM, ext_id=made)
    options.out.write_bytes(report_files.made(found, kind, by=SYSTEM).data)
    print(f"{options.out}（草稿{made}，在报告里可以看、签发）")
    return 0
