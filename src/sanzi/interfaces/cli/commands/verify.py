"""`sanzi verify`: recompute every chain of the log and every book, and say what does not fit."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("verify", help="recompute the chains of the log and of all books")
    parser.add_argument("--seal", default="", help="hash of a seal kept outside: is it still there")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Verify everything; 0 when it is whole, 1 with a line for every break."""
    from rich.progress import track

    from sanzi.audit import guards
    from sanzi.audit import queries as audit
    from sanzi.ledger import queries as ledger
    from sanzi.orgs.actors import SYSTEM

    wrong = guards.faults() + audit.verify_seals(options.seal)
    chains, books = audit.chains(), ledger.books(by=SYSTEM)
    for chain in track(chains, "日志", disable=options.json):
        wrong += audit.verify_chain(chain)
    for book in track(books, "账本", disable=options.json):
        wrong += ledger.verify_book(book.org_ext_id)
    wrong += ledger.loose_lines()
    last = audit.last_seal()
    seal = last.hash if last else ""
    if options.json:
        told = {"chains": len(chains), "books": len(books), "wrong": wrong, "seal": seal}
        print(json.dumps(told))
    else:
        for line in wrong:
            print(line)
        print(f"日志{len(chains)}条链，账本{len(books)}本，{len(wrong)}处对不上")
        print(f"最后一次封存：{seal or '还没有'}")
    return 1 if wrong else 0
