"""`sanzi template --excel FILE [--group NAME]`: the workbooks that a county fills in."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path

from sanzi.record.templates import COUNTY, GROUPS


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("template", help="write a workbook that a county fills in")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--excel", type=Path, metavar="FILE", help="an .xlsx file")
    where.add_argument("--all", type=Path, metavar="DIR", help="a folder: every group's workbook")
    parser.add_argument(
        "--group", choices=sorted(GROUPS), default=COUNTY, help="which registers (default county)"
    )
    parser.set_defaults(run=run, needs_django=False)


def run(options: Namespace) -> int:
    """Write one workbook, or all of them."""
    from sanzi.record import excel

    if options.excel:
        excel.write_template(options.excel, options.group)
        print(f"已写好 {options.excel}，{GROUPS[options.group][0]}")
        return 0
    options.all.mkdir(parents=True, exist_ok=True)
    for group, (title, _) in GROUPS.items():
        path = options.all / f"{group}.xlsx"
        excel.write_template(path, group)
        print(f"已写好 {path}，{title}")
    return 0
