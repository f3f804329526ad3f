"""`sanzi totals`: opening, debit, credit and closing of every account of every book and month."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser(
        "totals", help="every account of every book at every month's end, from the voucher lines"
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line and book; amounts in fen"
    )
    parser.set_defaults(run=run, needs_django=False)


def run(options: Namespace) -> int:
    """Write the cells as they come: nothing is held but one book."""
    from sanzi.interfaces.cli import reading
    from sanzi.ledger.exports import sums

    write = sys.stdout.write
    with reading.connected() as query:
        for book in sums.month_ends(query):
            if options.json:
                told = {code: _named(cells) for code, cells in book.accounts.items()}
                line = {"org": book.org_ext_id, "months": book.months, "accounts": told}
                write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
                continue
            for code, cells in book.accounts.items():
                figures = zip(cells.opening, cells.debit, cells.credit, cells.closing, strict=True)
                for month, four in zip(book.months, figures, strict=True):
                    write(f"{book.org_ext_id},{code},{month},{','.join(map(str, four))}\n")
    return 0


def _named(cells: object) -> dict[str, list[int]]:
    return {name: getattr(cells, name) for name in ("opening", "debit", "credit", "closing")}
