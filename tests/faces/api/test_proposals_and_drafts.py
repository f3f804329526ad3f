"""What a county changes, and vouchers by hand, over the interface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sanzi.ledger.models import ChartAddition, Voucher, VoucherDraft
from worlds import cases as worlds_cases
from worlds import village

pytestmark = pytest.mark.django_db
Make = Callable[[str], Any]
LINES = [
    {"account_code": "5130102", "debit_fen": 12000},
    {
        "account_code": "102",
        "credit_fen": 12000,
        "aux_kind": "account",
        "aux_id": "A-WILLOW",
    },
]
DAY = worlds_cases.AT.date().isoformat()


def _hand(**changed: Any) -> dict[str, Any]:
    return {"summary": "补记办公费", "date": DAY, "lines": LINES, **changed}


def test_an_account_is_proposed_and_approved_by_another(
    desk: worlds_cases.Desk, program: Make
) -> None:
    agri, finance = program("county_agri"), program("county_finance")
    new = {"code": "5130190", "name": "党报党刊", "valid_from_date": DAY}

    made = agri("POST", "/charts/rce2023/additions", new)
    official = agri("POST", "/charts/rce2023/additions", new | {"code": "513"})
    own = agri("POST", f"/proposals/account/{made.body['ext_id']}", {"is_approved": True})
    done = finance("POST", f"/proposals/account/{made.body['ext_id']}", {"is_approved": True})
    nothing = finance("POST", f"/proposals/moon/{made.body['ext_id']}", {"is_approved": True})

    assert (made.status, done.status, own.status, nothing.status) == (201, 200, 404, 404)
    assert (official.status, official.body["code"]) == (409, "ledger.official_account")
    assert ChartAddition.objects.count() == 1
    chart = program("agency_accountant")("GET", "/charts/rce2023").body
    assert "5130190" in [one["code"] for one in chart["accounts"]]
    assert chart["additions"][0]["approved_by"] == "财政局"


def test_a_version_and_a_cash_policy_are_proposed_and_refused(
    desk: worlds_cases.Desk, program: Make
) -> None:
    agri, finance = program("county_agri"), program("county_finance")
    bad = {"content": {"rule": "payment.settled"}, "reason": "x", "valid_from_date": DAY}
    wish = {
        "division_code": village.TOWN,
        "policy": "LIMITED",
        "limit_fen": 100,
        "reason": "集市",
        "valid_from_date": DAY,
    }

    version = agri("POST", "/charts/rce2023/rules", bad)
    policy = agri("POST", "/cash-policies", wish)
    refused = finance(
        "POST", f"/proposals/cash/{policy.body['ext_id']}", {"is_approved": False, "reason": "不用"}
    )

    assert (version.status, version.body["code"]) == (409, "ledger.bad_entry_version")
    assert (policy.status, refused.status) == (201, 200)
    assert agri("GET", "/cash-policies").body[0]["state"] == "refused"
    listed = agri("GET", "/charts/rce2023/rules").body
    assert "payment.settled" in [one["rule_code"] for one in listed]
    shown = agri("GET", "/charts/rce2023/rules/payment.settled").body
    assert [one["state"] for one in shown["versions"]] == ["shipped"]


def test_a_voucher_by_hand_is_drawn_up_reviewed_and_adjusted(
    desk: worlds_cases.Desk, program: Make
) -> None:
    maker, reviewer = program("agency_accountant"), program("agency_reviewer")

    made = maker("POST", "/books/O-WILLOW/drafts", _hand()).body["ext_id"]
    waiting = reviewer("GET", "/drafts").body["items"]
    posted = reviewer("POST", f"/drafts/{made}/review", {"is_posted": True})
    (voucher,) = posted.body["ext_ids"]
    again = maker(
        "POST",
        f"/vouchers/{voucher}/corrections",
        {"how": "amounts", "date": DAY, "amounts_fen": [10000, 10000]},
    )
    back = reviewer(
        "POST", f"/drafts/{again.body['ext_id']}/review", {"is_posted": False, "reason": "再核"}
    )

    assert [one["ext_id"] for one in waiting] == [made]
    assert (again.status, back.status, back.body["ext_ids"]) == (201, 200, [])
    assert Voucher.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"lines": LINES[:1]}, "ledger.bad_line"),
        ({"lines": [LINES[0] | {"debit_fen": 1}, LINES[1]]}, "ledger.unbalanced"),
        ({"lines": [LINES[0] | {"account_code": "999"}, LINES[1]]}, "ledger.account_not_open"),
        ({"lines": [LINES[0], LINES[1] | {"aux_id": ""}]}, "ledger.auxiliary_missing"),
        ({"lines": [LINES[0] | {"account_code": "50103"}, LINES[1]]}, "ledger.wrong_side"),
        ({"date": "2019-01-01"}, "ledger.before_first_period"),
    ],
)
def test_bad_vouchers_are_refused_and_nothing_is_kept(
    changed: dict[str, Any], code: str, desk: worlds_cases.Desk, program: Make
) -> None:
    answer = program("agency_accountant")("POST", "/books/O-WILLOW/drafts", _hand(**changed))

    assert (answer.status, answer.body["code"]) == (409, code)
    assert VoucherDraft.objects.count() == 0


def test_who_may_not_finds_nothing(desk: worlds_cases.Desk, program: Make) -> None:
    reporter = program("cashier_reporter")

    asked = [
        reporter("POST", "/books/O-WILLOW/drafts", _hand()).status,
        reporter("POST", "/drafts/D-1/review", {"is_posted": True}).status,
        program("committee_member")("GET", "/charts/rce2023").status,
    ]

    assert asked == [404, 404, 404]
