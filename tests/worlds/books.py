"""Vouchers written as text, for tests that show the books they speak of."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from sanzi.ledger.rules import Draft, Line, Names

_HEAD = re.compile(r"(?P<date>\d{4}-\d\d-\d\d) (?P<summary>[^|]+?)(?: \| (?P<source>\S+))?")
_LINE = re.compile(r"(?P<account>\d+)(?: (?P<kind>\w+):(?P<id>\S+))? +(?P<amount>-?[\d.]+)")


def book_rows(org_ext_id: str, balances: dict[str, int]) -> list[dict[str, object]]:
    """Return rows of `opening_balance` for the book of an organisation: fen, debit positive."""
    from sanzi.ledger.models import Book

    book = Book.objects.get(organisation__ext_id=org_ext_id)
    return [
        {
            "opening_balance_id": f"{book.ext_id}-{code}",
            "book_id": book.ext_id,
            "subject_code": code,
            "debit_fen": max(fen, 0),
            "credit_fen": max(-fen, 0),
        }
        for code, fen in balances.items()
    ]


def read_ledger(text: str) -> list[Draft]:
    """Read vouchers as text: a head line, then one line an account, credits negative.

    2026-11-03 买办公用品 | payment:P1
      5130102            120.00
      102 account:A-1   -120.00
    """
    drafts: list[Draft] = []
    for row in (row.strip() for row in text.strip().splitlines()):
        head, line = _HEAD.fullmatch(row), _LINE.fullmatch(row)
        if head:
            kind, _, source_id = (head["source"] or "manual:").partition(":")
            drafts.append(
                Draft(
                    date=dt.date.fromisoformat(head["date"]),
                    summary=head["summary"],
                    lines=(),
                    source_kind=kind,
                    source_id=source_id,
                    names=Names("制单人", "审核人", "记账人"),
                )
            )
        elif line:
            fen = round(float(line["amount"]) * 100)
            made = Line(
                line["account"],
                debit_fen=max(fen, 0),
                credit_fen=max(-fen, 0),
                aux_kind=line["kind"] or "",
                aux_id=line["id"] or "",
            )
            drafts[-1] = replace(drafts[-1], lines=(*drafts[-1].lines, made))
        elif row:
            message = f"not a ledger line: {row}"
            raise ValueError(message)
    return drafts
