"""Reconciliation over the interface: open lines, a match, a statement, its signature."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sanzi.ledger.actions import posting
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.models import BankTransaction, DayBalance
from worlds import cases as worlds_cases
from worlds.books import read_ledger

pytestmark = pytest.mark.django_db
Make = Callable[[str], Any]
ACCOUNT = "/bank-accounts/A-WILLOW"
BOOK = """
2026-10-12 付广告费
  51401                   860.00
  102 account:A-WILLOW   -860.00
"""


def test_a_month_is_matched_prepared_and_signed(desk: worlds_cases.Desk, program: Make) -> None:
    posting.post_many(
        book_org_ext_id="O-WILLOW",
        drafts=read_ledger(BOOK),
        at=datetime(2026, 10, 12, tzinfo=UTC),
        by=SYSTEM,
    )
    BankTransaction.objects.create(
        ext_id="B-1", account=desk.money.account, booked_at=datetime(2026, 10, 13, tzinfo=UTC),
        direction="out", amount_fen=86_000, peer_name="清河广告", bank_ref="B-1",
    )  # fmt: skip
    DayBalance.objects.create(
        account=desk.money.account, balance_date=date(2026, 10, 31), balance_fen=-86_000
    )
    ask, another = program("agency_accountant"), program("agency_reviewer")

    found = ask("GET", f"{ACCOUNT}/months/2026-10").body
    assert (found["difference_fen"], found["bank_count"]) == (0, 1)
    (near,) = found["suggestions"]
    assert near["reason"] == "金额一样，差1天"

    assert ask("POST", f"{ACCOUNT}/match").body["open_bank"] == 1
    wanted = {"book": [near["book"]], "bank": [near["bank"]]}
    made = ask("POST", f"{ACCOUNT}/matches", wanted)
    assert made.status == 201
    again = ask("POST", f"{ACCOUNT}/matches", wanted)
    assert (again.status, again.body["code"]) == (409, "payments.lines_taken")
    (group,) = ask("GET", f"{ACCOUNT}/months/2026-10/matches").body["items"]
    assert (group["rule"], group["amount_fen"]) == ("HAND", -86_000)

    (result,) = ask("POST", "/reconciliations/2026-10", {"accounts": ["A-WILLOW"]}).body
    assert result["is_prepared"]
    (row,) = [
        one
        for one in ask("GET", "/reconciliations?period=2026-10").body["items"]
        if one["account_ext_id"] == "A-WILLOW"
    ]
    address = f"/balance-statements/{row['reconciliation']}"
    assert ask("POST", f"{address}/sign", {"digest": row["digest"]}).status == 404
    assert another("POST", f"{address}/sign", {"digest": "0" * 64}).status == 409
    assert another("POST", f"{address}/sign", {"digest": row["digest"]}).status == 200
    said = another("GET", address).body
    assert (said["state"], said["adjusted_fen"], said["items"]) == ("SIGNED", -86_000, [])
    undo = ask("POST", f"/matches/{group['ext_id']}/undo", {"reason": "勾错了一笔"})
    assert (undo.status, undo.body["code"]) == (409, "payments.signed_already")


def test_checks_and_outside_payments_are_lists(desk: worlds_cases.Desk, program: Make) -> None:
    ask = program("town_discipline_office")

    assert ask("GET", "/statement-checks").body["items"] == []
    assert ask("GET", "/outside-payments").body["total"] == 0
    assert program("village_clerk")("GET", "/outside-payments").status == 404
