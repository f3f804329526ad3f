"""The year's end under each standard: what it books is open, and all results end in one place."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from sanzi.ledger import rules, standards, year_rules
from sanzi.ledger.rules import Draft, Line, Names
from sanzi.ledger.standards import Standard

DAY = dt.date(2026, 12, 31)
NAMES = Names("制单人", "审核人", "记账人")
Key = tuple[str, str, str]


def year(standard: Standard) -> Counter[Key]:
    """Return the balances of a year in which every template was used once, debit positive."""
    balances: Counter[Key] = Counter()
    for entry in standard.entries.values():
        draft = rules.from_event(
            entry, entry.sample, date=DAY, source=("manual", ""), posted_by="系统"
        )
        take(balances, draft.lines)
    return balances


def take(balances: Counter[Key], lines: tuple[Line, ...]) -> None:
    for line in lines:
        key = line.account_code, line.aux_kind, line.aux_id
        balances[key] += line.debit_fen - line.credit_fen


@pytest.mark.parametrize("code", standards.codes())
def test_closing_leaves_only_what_is_undistributed(code: str) -> None:
    standard = standards.get(code)
    closing = standard.closing
    assert closing is not None
    balances = year(standard)
    classes = {key: standard.accounts[key[0]].account_class for key in balances}
    earned = -sum(balances[key] for key in balances if classes[key] in {"income", "expense"})
    before = sum(fen for key, fen in balances.items() if key[0] == closing.undistributed)

    for step in year_rules.steps(balances, standard, closing):
        if step.lines:
            draft = Draft(DAY, step.title, step.lines, "closing", step.key, NAMES)
            rules.check(draft, standard)
        take(balances, step.lines)

    emptied = {closing.result, *(share.account for share in closing.shares)}
    for key, fen in balances.items():
        if key[0] in emptied or standard.accounts[key[0]].account_class in {"income", "expense"}:
            assert fen == 0, key
    left = sum(fen for key, fen in balances.items() if key[0] == closing.undistributed)
    assert left == before - earned


@pytest.mark.parametrize("code", standards.codes())
def test_a_share_goes_from_equity_to_open_accounts(code: str) -> None:
    standard = standards.get(code)
    closing = standard.closing
    assert closing is not None

    for share in closing.shares:
        heads = tuple(share.against)
        taking = [
            a
            for a in standard.accounts.values()
            if a.code.startswith(heads) and a.is_leaf and not a.blocked
        ]
        assert taking, share
        assert {a.account_class for a in taking} <= {"asset", "liability", "equity"}
