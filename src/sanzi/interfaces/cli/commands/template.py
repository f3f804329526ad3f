"""`sanzi template FILE.xlsx`: the workbook that a county fills in."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("template", help="write the workbook that a county fills in")
    parser.add_argument("--excel", type=Path, required=True, metavar="FILE", help="an .xlsx file")
    parser.set_defaults(run=run, needs_django=False)


def run(options: Namespace) -> int:
    """Write the workbook."""
    from sanzi.record import excel

    excel.write_template(options.excel)
    print(f"已写好 {options.excel}")
    return 0
