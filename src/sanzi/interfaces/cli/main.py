"""The program `sanzi`: one command a module in `commands/`, each with `register` and `run`.

Exit codes: 0 done, 1 found something wrong, 2 refused (the reason is printed, nothing changed).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from sanzi.interfaces.cli import commands
from sanzi.interfaces.cli.commands import manage
from sanzi.kernel.refusals import Refusal


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanzi.config.settings")
    if given[:1] == ["manage"]:
        return manage.hand_over(given[1:])
    options = _parser(given[:1]).parse_args(given)
    if options.needs_django:
        import django

        django.setup()
    try:
        return int(options.run(options))
    except Refusal as refusal:
        _show(refusal, as_json=getattr(options, "json", False))
        return 2


def _parser(wanted: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of the command that is wanted, of all where none has that name."""
    parser = argparse.ArgumentParser(
        prog="sanzi",
        description="Sanzi: the money and the power of villages, in the open.",
    )
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")
    names = sorted(found.name for found in iter_modules(commands.__path__))
    alone = [name for name in names if [name.replace("_", "-")] == list(wanted)]
    for name in alone or names:
        import_module(f"{commands.__name__}.{name}").register(parsers)
    return parser


def _show(refusal: Refusal, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(refusal.as_dict(), ensure_ascii=False, default=str))
        return
    print(refusal.text, file=sys.stderr)
    for error in getattr(refusal, "errors", ())[:200]:
        print("  " + error.text, file=sys.stderr)
    print(refusal.advice, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
