"""What the lines of a template make of an event: amounts of their own, lines left out, items."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from sanzi.ledger import rules, standards
from sanzi.ledger.errors import AccountNotOpen, EventIncomplete, SubjectNotAllowed, Unbalanced

RCE = standards.get("rce2023")


def books(rule_code: str, event: dict[str, Any]) -> str:
    """Return the voucher as text, one line each: side account fen auxiliary."""
    draft = rules.from_event(
        RCE.entries[rule_code],
        {"purpose": "样本", "account_id": "A-1", **event},
        date=dt.date(2026, 11, 12),
        source=("manual", ""),
        posted_by="系统",
    )
    rules.check(draft, RCE)
    return "\n".join(
        " ".join(
            part
            for part in (
                "借" if line.debit_fen else "贷",
                line.account_code,
                str(line.debit_fen or line.credit_fen),
                line.aux_id,
            )
            if part
        )
        for line in draft.lines
    )


def test_wages_with_tax_withheld_take_three_lines() -> None:
    people = [
        {"amount_fen": 5000, "net_fen": 4900, "tax_fen": 100, "aux_kind": "person", "aux_id": "甲"},
        {"amount_fen": 3000, "net_fen": 3000, "aux_kind": "person", "aux_id": "乙"},
    ]

    assert books("labour.paid", {"items": people}) == (
        "借 213 5000 甲\n借 213 3000 乙\n贷 102 7900 A-1\n贷 21409 100"
    )


def test_a_line_without_amount_is_left_out_when_it_is_optional() -> None:
    people = [{"amount_fen": 3000, "net_fen": 3000, "aux_kind": "person", "aux_id": "乙"}]

    assert books("labour.paid", {"items": people}) == "借 213 3000 乙\n贷 102 3000 A-1"


def test_a_retired_asset_leaves_at_cost() -> None:
    worn = {"asset_code": "1510202", "cost_fen": 900, "depreciation_fen": 900}

    assert books("asset.retired", worn) == "借 152 900\n贷 1510202 900"


def test_each_item_may_name_its_own_account() -> None:
    spent = [
        {"amount_fen": 700, "subject_code": "5130104"},
        {"amount_fen": 200, "subject_code": "5130102"},
    ]
    event = {
        "receivable_code": "11399",
        "person_id": "甲",
        "advance_fen": 1000,
        "returned_fen": 100,
        "items": spent,
    }

    assert books("advance.settled", event) == (
        "借 5130104 700\n借 5130102 200\n借 102 100 A-1\n贷 11399 1000 甲"
    )


def test_an_account_that_only_an_empty_line_wants_is_not_asked_for() -> None:
    """Nobody has to pay for the loss, so nobody says on which account."""
    lost = {"pending_code": "18102", "net_fen": 400, "loss_fen": 400, "items": []}

    assert books("stock.loss_approved", lost) == "借 51502 400\n贷 18102 400"


def test_land_compensation_is_kept_in_part_and_shared_out() -> None:
    homes = [
        {"amount_fen": 300, "aux_kind": "household", "aux_id": "一户"},
        {"amount_fen": 500, "aux_kind": "household", "aux_id": "二户"},
    ]
    event = {"total_fen": 1000, "kept_fen": 200, "items": homes}

    assert books("land_compensation.resolved", event) == (
        "借 21105 1000\n贷 31104 200\n贷 11304 300 一户\n贷 11304 500 二户"
    )


def test_amounts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(Unbalanced, match=r"借方10\.00元，贷方9\.00元"):
        books("land_compensation.resolved", {"total_fen": 1000, "kept_fen": 900, "items": []})


@pytest.mark.parametrize(
    ("rule_code", "event", "field"),
    [
        ("labour.paid", {"items": []}, "金额"),
        ("labour.paid", {"items": [{"amount_fen": 5}]}, "net_fen"),
        ("fee.charged", {"items": [{"amount_fen": 5}, {}]}, "金额"),
        ("fee.charged", {}, "金额"),
        ("asset.retired", {"asset_code": "1510202", "net_fen": 5}, "cost_fen"),
        ("asset.retired", {"cost_fen": 5, "net_fen": 5}, "asset_code"),
    ],
)
def test_what_the_event_lacks_is_named(rule_code: str, event: dict[str, Any], field: str) -> None:
    with pytest.raises(EventIncomplete, match=f"按规则{rule_code}记账，少了{field}。"):
        books(rule_code, event)


def test_an_account_outside_what_the_line_takes_is_refused() -> None:
    with pytest.raises(SubjectNotAllowed, match="这类业务不能记到科目51401"):
        books("asset.retired", {"asset_code": "51401", "cost_fen": 5, "net_fen": 5})


def test_a_closed_account_says_why() -> None:
    committee = standards.get("vc_profile")
    line = rules.Line("50201", credit_fen=1)

    with pytest.raises(AccountNotOpen, match="对外投资由集体经济组织做"):
        rules.require_open(line, committee)
