"""Opening balances over the interface: tried, confirmed by digest, refused cell by cell."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sanzi.ledger.models import OpeningBalance
from worlds import office as worlds_office
from worlds.opening_sheets import OLD, OWN, sheet

pytestmark = pytest.mark.django_db

PATH = "/books/O-WILLOW/opening"


def form(rows, **more: str) -> dict[str, object]:
    return {"file": SimpleUploadedFile("期初.xlsx", sheet(rows)), **more}


def test_a_sheet_is_tried_and_its_digest_brings_it_in(desk, program) -> None:
    ask = program("agency_accountant")

    tried = ask("POST", f"{PATH}/preview", files=form(OWN))
    assert (tried.status, tried.body["is_balanced"], tried.body["debit_fen"]) == (
        200, True, 38_500_000,
    )  # fmt: skip
    assert not OpeningBalance.objects.exists()
    other = ask("POST", PATH, files=form(OLD, digest=tried.body["digest"]))
    assert other.status == 422 or other.body["code"] == "ledger.opening_not_previewed"
    unseen = ask("POST", PATH, files=form(OWN, digest="ab" * 32))
    assert (unseen.status, unseen.body["code"]) == (409, "ledger.opening_not_previewed")
    assert not OpeningBalance.objects.exists()

    done = ask("POST", PATH, files=form(OWN, digest=tried.body["digest"]))
    assert done.status == 201, done.body
    told = ask("GET", PATH).body
    assert [(one["account_code"], one["balance_fen"]) for one in told["rows"]] == [
        ("102", 500_000), ("1510101", 38_000_000), ("31102", -38_000_000), ("32202", -500_000),
    ]  # fmt: skip
    assert told["is_fixed"] is False


def test_the_old_standard_asks_and_takes_the_answers(desk, program) -> None:
    ask = program("agency_accountant")
    asked = ask("POST", f"{PATH}/preview", files=form(OLD, standard_code="vce2004")).body
    assert [one["from_code"] for one in asked["questions"]] == ["131"]
    assert asked["digest"] == ""
    early = ask("POST", PATH, files=form(OLD, standard_code="vce2004", digest=""))
    assert early.body["code"] == "ledger.map_choice_missing"

    choices = json.dumps({"131": {"131": 100_000, "132": 200_000}})
    terms = {"standard_code": "vce2004", "choices": choices}
    seen = ask("POST", f"{PATH}/preview", files=form(OLD, **terms)).body
    done = ask("POST", PATH, files=form(OLD, **terms, digest=seen["digest"]))

    assert [(one["from_code"], one["code"]) for one in seen["moves"]] == [
        ("102", "102"), ("131", "131"), ("131", "132"), ("311", "31199"),
    ]  # fmt: skip
    assert done.status == 201, done.body
    assert sum(one["balance_fen"] for one in done.body["rows"]) == 0


def test_wrong_sheets_answers_and_standards_write_nothing(desk, program) -> None:
    ask = program("agency_accountant")
    bad_cell = ask("POST", f"{PATH}/preview", files=form((("109", "", 5, None, None),)))
    uneven = ask("POST", f"{PATH}/preview", files=form(OWN[:-2])).body
    codes = [
        ask("POST", PATH, files=form(OWN[:-2], digest=uneven["digest"])).body["code"],
        ask("POST", PATH, files=form(OLD, standard_code="sbe2011", digest="")).body["code"],
        ask("POST", PATH, files=form(OLD, standard_code="no-such", digest="")).body["code"],
        ask("POST", PATH, files=form(OLD, choices="[1]", digest="")).body["code"],
    ]

    assert (bad_cell.status, bad_cell.body["code"]) == (422, "record.package_refused")
    [cell] = bad_cell.body["data"]["errors"]
    assert (cell["row"], cell["column"]) == (2, "科目编号")
    assert uneven["is_balanced"] is False
    assert codes == [
        "ledger.opening_unbalanced", "ledger.map_missing", "ledger.map_missing",
        "ledger.map_choice_unreadable",
    ]  # fmt: skip
    assert not OpeningBalance.objects.exists()


def test_after_a_voucher_and_out_of_scope_nothing_comes_in(desk, program) -> None:
    ask = program("agency_accountant")
    digest = ask("POST", f"{PATH}/preview", files=form(OWN)).body["digest"]
    worlds_office.voucher("E-1")

    late = ask("POST", PATH, files=form(OWN, digest=digest))

    assert (late.status, late.body["code"]) == (409, "ledger.opening_fixed")
    assert program("town_leader")("POST", f"{PATH}/preview", files=form(OWN)).status == 404
    assert program("stone_cashier")("GET", PATH).status == 404
    assert ask("GET", f"{PATH}/template").status == 200
    assert ask("GET", PATH).body["is_fixed"] is True
    assert not OpeningBalance.objects.exists()
