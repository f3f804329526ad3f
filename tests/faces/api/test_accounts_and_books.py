"""Accounts and books of receipts over the wire: proposed, approved, used, written off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sanzi.audit.models import Event
from sanzi.payments.models import (
    AccountProposal,
    BankAccount,
    BankTransaction,
    Receipt,
    ReceiptBook,
    SpoiltReceipt,
)
from worlds import cases as worlds_cases
from worlds.money import AT, DEBIT, DEBIT_NAME

if TYPE_CHECKING:
    from conftest import Program

    Make = Callable[[str], Program]

pytestmark = pytest.mark.django_db
NUMBER = "201000099990777"
VOTED = {
    "number": "柳村决〔2026〕12号", "date": "2026-11-10", "eligible_count": 41, "agree_count": 30,
}  # fmt: skip
OPENING = {
    "organisation": "O-WILLOW",
    "kind": "general",
    "holder_name": DEBIT_NAME,
    "number": NUMBER,
    "bank_code": "102100099996",
    "reason": "县里要求项目资金专户管理",
    "decision": VOTED,
}
CLOSING = {"account": "A-WILLOW", "reason": "并到一个户里管", "decision": VOTED}


def proposed(program: Make, **changed: Any) -> str:
    """A proposal to open an account, with the paper of its decision."""
    ask = program("agency_accountant")
    made = ask("POST", "/account-openings", {**OPENING, **changed})
    assert made.status == 201, made.body
    ext_id: str = made.body["ext_id"]
    paper = SimpleUploadedFile("决议.jpg", worlds_cases.photo(7), "image/jpeg")
    hung = ask("POST", f"/account-proposals/{ext_id}/evidence", files={"file": paper})
    assert hung.status == 201, hung.body
    return ext_id


def test_an_account_is_proposed_shown_approved_and_listed(desk, program, code) -> None:
    ext_id = proposed(program)
    head = program("town_agri_head")

    shown = head("GET", f"/account-proposals/{ext_id}").body
    without = head("POST", f"/account-proposals/{ext_id}/approve", {})
    done = head("POST", f"/account-proposals/{ext_id}/approve", {}, headers=code("town_agri_head"))

    assert (shown["state"], shown["may_decide"], shown["account_masked"]) == (
        "PROPOSED", True, "****0777",
    )  # fmt: skip
    assert NUMBER not in str(shown)
    assert (without.status, without.body["code"]) == (409, "orgs.second_factor_needed")
    assert done.status == 200, done.body
    opened = head("GET", f"/accounts/{done.body['account_ext_id']}").body
    assert (opened["kind"], opened["is_registered"], opened["balance_fen"]) == (
        "general", True, None,
    )  # fmt: skip
    listed = head("GET", "/accounts").body
    assert [one["account_masked"] for one in listed["items"]] == [f"****{DEBIT[-4:]}", "****0777"]
    assert head("GET", "/accounts?kind=general").body["total"] == 1
    assert head("GET", "/account-proposals?state=APPROVED").body["total"] == 1
    again = head("POST", f"/account-proposals/{ext_id}/approve", {})
    assert (again.status, again.body["code"]) == (409, "payments.proposal_done")


def test_a_proposal_is_sent_back_with_a_reason_by_another_hand(desk, program) -> None:
    ext_id = proposed(program)
    address = f"/account-proposals/{ext_id}/reject"
    roles = ("agency_accountant", "town_agri_head", "stone_cashier")
    proposer, head, stranger = (program(role) for role in roles)
    before = Event.objects.count()

    by_proposer = proposer("POST", address, {"opinion": "不要了，材料不全"})
    without = head("POST", address, {"opinion": "不"})
    outside = stranger("POST", address, {"opinion": "材料不全，退回"})

    assert [one.status for one in (by_proposer, without, outside)] == [404, 422, 404]
    assert (AccountProposal.objects.get().state, Event.objects.count()) == ("PROPOSED", before)
    sent_back = head("POST", address, {"opinion": "表决票数没有写清楚"})
    assert sent_back.status == 200
    assert AccountProposal.objects.get().state == "REJECTED"
    assert BankAccount.objects.filter(organisation__isnull=False).count() == 1


def test_a_proposal_repeated_under_one_key_is_one(desk, program) -> None:
    ask, key = program("agency_accountant"), {"Idempotency-Key": "opening-0001"}

    first = ask("POST", "/account-openings", OPENING, headers=key)
    again = ask("POST", "/account-openings", OPENING, headers=key)
    twice = ask("POST", "/account-openings", OPENING)

    assert (first.status, again.body) == (201, first.body)
    assert (twice.status, twice.body["code"]) == (409, "payments.account_taken")
    assert AccountProposal.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"organisation": "O-NONE"}, 404),
        ({"kind": "personal"}, 422),
        ({"holder_name": "吴小芬"}, 409),
        ({"number": "1"}, 400),
        ({"number": "2010000999x0777"}, 400),
        ({"bank_code": "102100099990"}, 422),
        ({"bank_code": ""}, 400),
        ({"reason": "开"}, 422),
        ({"decision": {**VOTED, "number": ""}}, 409),
        ({"decision": {**VOTED, "agree_count": -1}}, 400),
        ({"decision": {**VOTED, "agree_count": 20}}, 409),
        ({"decision": {**VOTED, "date": "2099-01-01"}}, 422),
        ({"due_date": "2027-01-01"}, 422),
    ],
)
def test_what_cannot_be_opened_is_refused_and_nothing_is_there(
    desk, program, changed: dict[str, Any], status: int
) -> None:
    ask = program("agency_accountant")
    before = Event.objects.count()

    said = ask("POST", "/account-openings", {**OPENING, **changed})

    assert said.status == status, said.body
    assert said.body["next_step"]
    assert (AccountProposal.objects.count(), Event.objects.count()) == (0, before)


def test_an_account_with_money_on_it_is_not_closed(desk, program) -> None:
    BankTransaction.objects.create(
        ext_id="B-1", account=desk.money.account, booked_at=AT, direction="in",
        amount_fen=1_200_000, peer_name="青石果业", bank_ref="R1",
    )  # fmt: skip
    ask = program("agency_accountant")

    refused = ask("POST", "/account-closings", CLOSING)
    lines = ask("GET", "/accounts/A-WILLOW/lines?open=true&amount_min_fen=1").body

    assert (refused.status, refused.body["code"]) == (409, "payments.account_not_empty")
    assert "12,000.00元" in refused.body["sentence"]
    assert AccountProposal.objects.count() == 0
    assert [(one["ext_id"], one["is_credit"]) for one in lines["items"]] == [("B-1", True)]
    assert ask("GET", "/accounts/A-WILLOW/lines?last=2026-11-17").body["total"] == 0


def test_an_empty_account_is_closed_and_leaves_the_list_of_open_ones(desk, program, code) -> None:
    ask = program("agency_accountant")
    made = ask("POST", "/account-closings", CLOSING)
    ext_id = made.body["ext_id"]
    paper = SimpleUploadedFile("决议.jpg", worlds_cases.photo(7), "image/jpeg")
    ask("POST", f"/account-proposals/{ext_id}/evidence", files={"file": paper})

    done = program("town_agri_head")(
        "POST", f"/account-proposals/{ext_id}/approve", {}, headers=code("town_agri_head")
    )

    assert (done.status, done.body) == (200, {"account_ext_id": "A-WILLOW"})
    assert ask("GET", "/accounts").body["total"] == 0
    assert ask("GET", "/accounts?state=closed").body["items"][0]["closed_date"] == "2026-11-18"


BOOK = {"organisation": "O-WILLOW", "number": "农收0001", "first_serial": 231, "last_serial": 235}
FEES = {
    "serial": 231, "payer_name": "青石市场", "kind": "rent", "purpose": "摊位费",
    "amount_fen": 60_000, "received_date": "2026-11-18",
}  # fmt: skip


def issued(program: Make, **changed: Any) -> str:
    made = program("agency_accountant")("POST", "/receipt-books", {**BOOK, **changed})
    assert made.status == 201, made.body
    return str(made.body["ext_id"])


def test_a_book_is_issued_used_and_taken_back(desk, program) -> None:
    ext_id = issued(program)
    clerk, township = program("cashier_reporter"), program("agency_reviewer")

    written = clerk("POST", f"/receipt-books/{ext_id}/receipts", FEES)
    twice = clerk("POST", f"/receipt-books/{ext_id}/receipts", FEES)
    spoilt = clerk(
        "POST",
        f"/receipt-books/{ext_id}/spoilt",
        {"serial": 232, "reason": "写坏了一张", "has_all_copies": True},
    )

    assert (written.status, spoilt.status) == (201, 200)
    assert (twice.status, twice.body["code"]) == (409, "payments.receipt_number_taken")
    shown = clerk("GET", f"/receipt-books/{ext_id}").body
    assert (shown["used_count"], shown["spoilt_count"], shown["blank_count"]) == (1, 1, 3)
    assert shown["unbanked_fen"] == 60_000
    numbers = clerk("GET", f"/receipt-books/{ext_id}/numbers").body["items"]
    assert [(one["serial"], one["state"]) for one in numbers] == [
        (231, "现金还没存"), (232, "号码作废"),
    ]  # fmt: skip
    early = township("POST", f"/receipt-books/{ext_id}/write-off", {"hand_in_blank": True})
    assert (early.status, early.body["code"]) == (409, "payments.receipt_book_open")
    Receipt.objects.update(banked_at=AT)
    full = township("POST", f"/receipt-books/{ext_id}/write-off", {})
    assert (full.status, SpoiltReceipt.objects.count()) == (409, 1)
    done = township("POST", f"/receipt-books/{ext_id}/write-off", {"hand_in_blank": True})
    assert (done.status, SpoiltReceipt.objects.count()) == (200, 4)
    assert clerk("GET", "/receipt-books?open=true").body["total"] == 0
    assert clerk("GET", "/receipt-books?open=false").body["total"] == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"number": ""}, 409),
        ({"first_serial": 240}, 409),
        ({"last_serial": 9999}, 409),
        ({"first_serial": -1}, 400),
        ({"last_serial": 10**12}, 400),
        ({"organisation": "O-NONE"}, 404),
        ({"organisation": "O'; --"}, 400),
    ],
)
def test_a_book_that_cannot_be_is_not_issued(desk, program, changed, status: int) -> None:
    ask = program("agency_accountant")
    before = Event.objects.count()

    said = ask("POST", "/receipt-books", {**BOOK, **changed})

    assert said.status == status, said.body
    assert (ReceiptBook.objects.count(), Event.objects.count()) == (0, before)


def test_a_book_of_another_village_is_not_there(desk, program) -> None:
    ext_id = issued(program)
    stranger, clerk = program("stone_cashier"), program("cashier_reporter")
    before = Event.objects.count()

    answers = [
        stranger("GET", f"/receipt-books/{ext_id}"),
        stranger("GET", f"/receipt-books/{ext_id}/numbers"),
        stranger("POST", f"/receipt-books/{ext_id}/receipts", FEES),
        stranger("POST", f"/receipt-books/{ext_id}/write-off", {}),
        clerk("POST", f"/receipt-books/{ext_id}/write-off", {}),
    ]

    assert {(one.status, one.body["code"]) for one in answers} == {(404, "orgs.not_found")}
    assert (Receipt.objects.count(), Event.objects.count()) == (0, before)
