"""`sanzi matters check FILE|FOLDER`: every mistake of matter files by line, before their use."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanzi.matters.lines import Mistake


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("matters", help="look at the files of powers")
    what = parser.add_subparsers(required=True, metavar="WHAT")
    check = what.add_parser("check", help="say every mistake of matter files by its line")
    check.add_argument("file", type=Path, help="the YAML file, or the county's folder of them")
    check.add_argument("--json", action="store_true", help="answer for programs")
    check.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Print every mistake; 1 when there is one, 2 when a file cannot be read."""
    from sanzi.matters import catalogue

    is_folder = options.file.is_dir()
    files = sorted(options.file.glob("*.yaml")) if is_folder else [options.file]
    if not files:
        print(f"{options.file}里没有事项文件")
        return 2
    told: dict[str, list[dict[str, object]]] = {}
    for file in files:
        try:
            found = _mistakes(file, is_own=file.parent != catalogue.FOLDER)
        except (OSError, UnicodeDecodeError) as problem:
            print(f"读不了{file}：{problem}")
            return 2
        told[file.name] = [asdict(one) for one in found]
        if not options.json:
            for one in found:
                print(f"第{one.line}行：{one.message}" if one.line else one.message)
            print(f"{file.name}：{f'{len(found)}处要改' if found else '没有问题'}")
    if options.json:
        print(json.dumps(told if is_folder else told[files[0].name], ensure_ascii=False))
    return 1 if any(told.values()) else 0


def _mistakes(file: Path, *, is_own: bool) -> list[Mistake]:
    from sanzi.matters import catalogue, registry

    found = catalogue.check_file(file)
    if not found and is_own:
        found = catalogue.check_own(file)
    return found or registry.unknown_names(catalogue.load(file))
