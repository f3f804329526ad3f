"""`sanzi import DIR`: take a data package (or a filled-in workbook), all or nothing."""

from __future__ import annotations

import json
import tempfile
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("import", help="import a data package or a filled-in workbook")
    parser.add_argument("path", type=Path, help="folder with datapackage.json, or an .xlsx file")
    parser.add_argument("--check", action="store_true", help="only check; change nothing")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Import and print what became of each table. Raises PackageRefused (exit 2)."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.path
        if folder.suffix.lower() == ".xlsx":
            from sanzi.record import excel
            from sanzi.record.errors import PackageRefused

            excel.excel_to_package(folder, Path(scratch))
            try:
                return _import(Path(scratch), options)
            except PackageRefused as refused:
                raise excel.in_words(refused, folder.name) from refused
        return _import(folder, options)


def _import(folder: Path, options: Namespace) -> int:
    from rich.console import Console

    from sanzi.kernel import clock
    from sanzi.orgs.actions import packages
    from sanzi.orgs.actors import SYSTEM

    console = Console(stderr=True)
    with console.status("正在核对") as status:
        result = packages.import_folder(
            folder=folder,
            by=SYSTEM,
            at=clock.now(),
            is_check_only=options.check,
            progress=lambda table, rows: status.update(f"正在导入 {table}，{rows} 行"),
        )
    if options.json:
        print(json.dumps({name: count.__dict__ for name, count in result.counts.items()}))
        return 0
    for name, count in result.counts.items():
        if count.total:
            print(
                f"{name:20} 新增 {count.added:>8}  更新 {count.changed:>7}"
                f"  不变 {count.unchanged:>8}",
            )
    print("核对通过，没有导入" if options.check else "已导入")
    return 0
