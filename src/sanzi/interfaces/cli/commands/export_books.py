"""`sanzi export-books FILE --format …`: one book or all, for another program."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser(
        "export-books", help="write books for another program: journals, GB/T 24589, Excel"
    )
    parser.add_argument("path", type=Path, help="the file to write")
    parser.add_argument(
        "--format",
        required=True,
        dest="form",
        help="hledger, ledger, beancount, gbt24589, excel or package",
    )
    parser.add_argument("--org", default="", help="the body whose book it is; without it, all")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Write the file and say what it holds."""
    from sanzi.kernel import clock
    from sanzi.ledger.actions import exporting
    from sanzi.orgs.actors import SYSTEM

    taken = exporting.export_books(
        form=options.form, target=options.path, by=SYSTEM, at=clock.now(), org_ext_id=options.org
    )
    if options.json:
        print(json.dumps({"books": taken.books, "vouchers": taken.vouchers}))
        return 0
    print(f"已导出到 {options.path}：{taken.books}本账，{taken.vouchers}张凭证")
    return 0
