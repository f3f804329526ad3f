"""Books shown as text: `books` opens them, `post` reads vouchers written like a ledger."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from flushing import let_tests_flush

from sanzi.ledger import queries
from sanzi.ledger.actions import books as book_actions
from sanzi.ledger.actions import posting
from sanzi.ledger.rules import Draft, Line, Names
from sanzi.orgs.actors import SYSTEM
from worlds import village

_HEAD = re.compile(r"(?P<date>\d{4}-\d\d-\d\d) (?P<summary>[^|]+?)(?: \| (?P<source>\S+))?")
_LINE = re.compile(r"(?P<account>\d+)(?: (?P<kind>\w+):(?P<id>\S+))? +(?P<amount>-?[\d.]+)")

let_tests_flush()


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
            last = drafts.pop()
            drafts.append(
                Draft(
                    date=last.date,
                    summary=last.summary,
                    lines=(*last.lines, made),
                    source_kind=last.source_kind,
                    source_id=last.source_id,
                    names=last.names,
                )
            )
        elif row:
            message = f"not a ledger line: {row}"
            raise ValueError(message)
    return drafts


@pytest.fixture
def world(db: None) -> village.World:
    """The small world, with a book for Liuwan's collective and its committee."""
    built = village.build()
    for body in ("O-WILLOW", "O-WILLOW-VC"):
        book_actions.ensure_book(
            org_ext_id=body, first_period="2026-01", by=SYSTEM, at=village.AT
        )
    return built


@pytest.fixture
def post(world: village.World) -> Callable[..., list[posting.PostedVoucher]]:
    """Post a text ledger to the book of Liuwan's collective."""

    def do(text: str, org: str = "O-WILLOW") -> list[posting.PostedVoucher]:
        return posting.post_many(
            book_org_ext_id=org, drafts=read_ledger(text), at=village.AT, by=SYSTEM
        )

    return do


@pytest.fixture
def balances(world: village.World) -> Callable[[str], str]:
    """Show a month's trial balance as text: code, opening, debit, credit, closing in yuan."""

    def do(period: str, org: str = "O-WILLOW") -> str:
        sheet = queries.trial_balance(
            by=world.actor("agency_accountant"), org_ext_id=org, period=period
        )
        assert sheet.is_balanced
        return "\n".join(
            f"{row.account.code} {row.opening_fen / 100:.2f} {row.debit_fen / 100:.2f} "
            f"{row.credit_fen / 100:.2f} {row.closing_fen / 100:.2f}"
            for row in sheet.rows
        )

    return do
