"""`sanzi verify`: recompute every chain of the log and every book, and say what does not fit.

`sanzi verify books` exports the books and holds every balance against hledger's and beancount's.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction

LINES_SHOWN = 200


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("verify", help="recompute the chains of the log and of all books")
    parser.add_argument(
        "what",
        nargs="?",
        choices=("chains", "books"),
        default="chains",
        help="books: every balance against hledger and beancount",
    )
    parser.add_argument("--org", default="", help="with books: only this body's")
    parser.add_argument("--period", default="", help="with books: only the end of this month")
    parser.add_argument("--seal", default="", help="hash of a seal kept outside: is it still there")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Verify; 0 when all is whole, 1 with a line for everything that is not."""
    if options.what == "books":
        return _books(options)
    return chains(seal=options.seal, is_json=options.json)


def _books(options: Namespace) -> int:
    from rich.progress import track

    from sanzi.kernel import clock
    from sanzi.kernel.money import format_yuan
    from sanzi.ledger.queries import agreement, exporting
    from sanzi.orgs.actors import SYSTEM

    books = exporting.books_to_export(by=SYSTEM, org_ext_id=options.org)
    told = agreement.Agreement()
    on = clock.local_date(clock.now())
    for part in track(agreement.parts(books), "核对", disable=options.json):
        agreement.compare(part, told, on=on, period=options.period)
    if options.json:
        print(json.dumps({
            "books": told.books, "vouchers": told.vouchers, "cells": told.cells,
            "ran": sorted(told.ran), "missing": told.missing, "complaints": told.complaints,
            "differences": [
                {name: getattr(one, name) for name in one.__slots__} for one in told.differences
            ],
        }, ensure_ascii=False))  # fmt: skip
        return 0 if told.is_whole else 1
    for one in told.differences[:LINES_SHOWN]:
        print(
            f"{one.org_ext_id} {one.account_code} {one.period}月末："
            f"我们{format_yuan(one.ours_fen)}，{one.program}是{format_yuan(one.theirs_fen)}"
        )
    for line in told.complaints[:LINES_SHOWN]:
        print(line)
    for program in told.missing:
        print(f"没有装{program}，没法核对")
    print(
        f"账本{told.books}本，凭证{told.vouchers}张，月末余额{told.cells}个，"
        f"核对的程序：{'、'.join(sorted(told.ran)) or '没有'}；{len(told.differences)}个对不上"
    )
    return 0 if told.is_whole else 1


def chains(*, seal: str = "", is_json: bool = False) -> int:
    """Recompute every chain of the log and every book; 0 when all is whole, else 1.

    Shapes: seal is the hash of a seal kept outside, or '' for none.
    """
    from rich.progress import track

    from sanzi.audit import guards
    from sanzi.audit import queries as audit
    from sanzi.ledger import queries as ledger
    from sanzi.orgs.actors import SYSTEM
    from sanzi.transparency import queries as transparency

    wrong = guards.faults() + audit.verify_seals(seal)
    logs, books = audit.chains(), ledger.books(by=SYSTEM)
    for chain in track(logs, "日志", disable=is_json):
        wrong += audit.verify_chain(chain)
    for book in track(books, "账本", disable=is_json):
        wrong += ledger.verify_book(book.org_ext_id)
    wrong += ledger.loose_lines()
    wrong += list(transparency.verify())
    last = audit.last_seal()
    head = last.hash if last else ""
    if is_json:
        told = {"chains": len(logs), "books": len(books), "wrong": wrong, "seal": head}
        print(json.dumps(told))
    else:
        for line in wrong:
            print(line)
        print(f"日志{len(logs)}条链，账本{len(books)}本，{len(wrong)}处对不上")
        print(f"最后一次封存：{head or '还没有'}")
    return 1 if wrong else 0
