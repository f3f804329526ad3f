"""Every everyday transaction of a village has a template under each standard that knows it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sanzi.ledger import standards
from sanzi.ledger.standards import booking

TABLE: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "transactions.yaml").read_text(encoding="utf-8")
)
STEPS = [
    pytest.param(code, step, id=f"{title}-{code}-{step.split()[0]}")
    for title, by_standard in TABLE.items()
    for code, steps in by_standard.items()
    for step in steps
]
GENERAL = {"payment.returned", "receipt.issued"}
"""What any payment or receipt comes to when nothing more is known of it."""


def test_every_transaction_says_what_each_standard_makes_of_it() -> None:
    for title, by_standard in TABLE.items():
        assert sorted(by_standard) == sorted(standards.codes()), title
        assert any(by_standard.values()), title


@pytest.mark.parametrize(("code", "step"), STEPS)
def test_the_template_books_these_accounts(code: str, step: str) -> None:
    rule_code, accounts = step.split()
    debited, credited = (side.split("+") for side in accounts.split("/"))
    entry = standards.get(code).entries[rule_code]
    event = dict(entry.sample)
    if rule_code == "payment.settled":
        event["subject_code"] = debited[0]

    lines = booking.booked(entry, event)

    for side, expected in (("debit", debited), ("credit", credited)):
        codes = dict.fromkeys(line.account_code for line in lines if line.side == side)
        assert list(codes) == expected


@pytest.mark.parametrize("code", standards.codes())
def test_no_template_is_without_a_transaction(code: str) -> None:
    listed = {step.split()[0] for row in TABLE.values() for step in row[code]}

    assert set(standards.get(code).entries) - listed - GENERAL <= {
        "land_rent.collected_by_household"
    }
