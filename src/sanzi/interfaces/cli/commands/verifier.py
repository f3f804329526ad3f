"""`sanzi verifier --out FILE`: the page that verifies papers offline, with the county's keys."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("verifier", help="write the page that verifies papers offline")
    parser.add_argument("--out", required=True, help="the file to write")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Write the page; print its digest, which posters carry."""
    from sanzi.disclosure import verifier_page

    made = verifier_page.page()
    Path(options.out).write_text(made.content, encoding="utf-8", newline="\n")
    print(f"{options.out}\nSHA-256 {made.digest}")
    return 0
