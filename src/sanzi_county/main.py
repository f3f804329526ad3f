"""The command: `sanzi demo-county --villages N --months M --until DATE --seed S DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sanzi_county.county import write_county


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options on a parser."""
    parser.add_argument("--villages", type=int, default=24, help="几个村（默认 24）")
    parser.add_argument("--months", type=int, default=12, help="几个月的历史（默认 12）")
    parser.add_argument(
        "--until", type=date.fromisoformat, default=None, help="历史到哪一天（默认昨天）"
    )
    parser.add_argument("--seed", type=int, default=1, help="随机种子；相同种子写出相同内容")
    parser.add_argument(
        "--schemes", type=int, default=None, metavar="SEED",
        help="再编进作弊的手法和像它又合法的事，答案在 extras/schemes.csv",
    )  # fmt: skip
    parser.add_argument("directory", type=Path, metavar="DIR", help="写到哪个文件夹")


def run(options: argparse.Namespace) -> str:
    """Write the county; returns the sentence to print. Raises ValueError for odd sizes."""
    counts = write_county(
        options.directory,
        villages=options.villages,
        months=options.months,
        until=options.until,
        seed=options.seed,
        schemes=options.schemes,
    )
    return (
        f"{options.directory}：{counts['org']} 个组织，{counts['person']} 人，"
        f"{counts['payment']} 笔付款，{counts['receipt']} 笔收款。"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; 0 when written, 2 when the sizes are impossible."""
    parser = argparse.ArgumentParser(prog="sanzi demo-county", description="写一个虚构的县")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    try:
        sys.stdout.write(run(options) + "\n")
    except ValueError as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
