"""`sanzi matters check FILE`: every mistake of a matter file, by line, before anybody uses it."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from dataclasses import asdict
from pathlib import Path


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("matters", help="look at the files of powers")
    what = parser.add_subparsers(required=True, metavar="WHAT")
    check = what.add_parser("check", help="say every mistake of a matter file by its line")
    check.add_argument("file", type=Path, help="the YAML file")
    check.add_argument("--json", action="store_true", help="answer for programs")
    check.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Print every mistake; 1 when there is one, 2 when the file cannot be read."""
    from sanzi.matters import catalogue, registry

    try:
        found = catalogue.check_file(options.file)
        if not found:
            found = registry.unknown_names(catalogue.load(options.file))
    except (OSError, UnicodeDecodeError) as problem:
        print(f"读不了{options.file}：{problem}")
        return 2
    if options.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            print(f"第{one.line}行：{one.message}" if one.line else one.message)
        print(f"{options.file.name}：{f'{len(found)}处要改' if found else '没有问题'}")
    return 1 if found else 0
