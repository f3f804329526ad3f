"""The tax office beside the bank: what it says of an invoice, by number or as it was put in."""

import json
from http.client import RemoteDisconnected
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

NUMBER = "263300000000000000"
ASKED = {"kind": "32", "number": f"{NUMBER}01", "date": "2026-11-02", "amount": "1286.50"}


def verify(sandbox, **fields):
    body = json.dumps({**ASKED, **fields}).encode()
    headers = {"Content-Type": "application/json"}
    request = Request(f"{sandbox.url}/tax/verify", body, headers, method="POST")
    with urlopen(request, timeout=10) as response:
        return json.load(response)


def refusal(sandbox, **fields):
    with pytest.raises(HTTPError) as caught:
        verify(sandbox, **fields)
    return caught.value.code, json.load(caught.value)


@pytest.mark.parametrize(
    ("suffix", "result"),
    [
        ("01", "VALID"), ("90", "NOT_FOUND"), ("91", "MISMATCH"), ("92", "VOID"), ("93", "RED"),
        ("94", "TOO_MANY"), ("95", "CAPTCHA"), ("96", "UNAVAILABLE"), ("97", "TOO_OLD"),
        ("98", "TOO_NEW"),
    ],
)  # fmt: skip
def test_the_last_two_figures_of_an_unknown_number_decide_the_answer(sandbox, suffix, result):
    found = verify(sandbox, number=NUMBER + suffix)

    assert found["result"] == result
    assert found["text"].endswith("。")
    assert found["verified_at"] == "2026-11-18T10:00:00+08:00"


def test_an_invoice_that_was_put_in_is_compared_field_by_field(sandbox):
    number = f"{NUMBER}93"
    known = {**ASKED, "number": number, "seller_name": "青石建材店", "gross": "1286.50"}
    sandbox.control("invoices", invoices=[known])

    found = verify(sandbox, number=number)

    assert (found["result"], found["status"]) == ("VALID", "0")
    assert found["invoice"] == {
        "seller_name": "青石建材店", "amount": "1286.50", "gross": "1286.50",
    }  # fmt: skip
    for wrong in ({"amount": "1286.51"}, {"date": "2026-11-03"}, {"kind": "31"}):
        told = verify(sandbox, number=number, **wrong)
        assert (told["result"], told["invoice"]) == ("MISMATCH", None)


def test_a_paper_invoice_is_compared_by_the_end_of_its_check_code(sandbox):
    paper = {"kind": "04", "code": "033002600111", "number": "00012301", "date": "2026-10-08",
             "check_code": "12345678901234567890"}  # fmt: skip
    sandbox.control("invoices", **paper)

    assert verify(sandbox, **{**paper, "check_code": "567890"})["result"] == "VALID"
    assert verify(sandbox, **{**paper, "check_code": "567891"})["result"] == "MISMATCH"
    assert verify(sandbox, **{**paper, "code": "033002600112"})["invoice"] is None


@pytest.mark.parametrize(("state", "status"), [("VOID", "10"), ("RED", "30")])
def test_an_invoice_may_turn_void_or_red_after_it_was_valid(sandbox, state, status):
    sandbox.control("invoices", **ASKED)
    assert verify(sandbox)["result"] == "VALID"

    sandbox.control("invoices", number=ASKED["number"], state=state)

    later = verify(sandbox)
    assert (later["result"], later["status"], later["verify_count"]) == (state, status, 2)


def test_the_sixth_check_of_a_day_is_too_many_and_the_next_day_is_free(sandbox):
    results = [verify(sandbox)["result"] for _ in range(6)]

    assert results == ["VALID"] * 5 + ["TOO_MANY"]
    assert verify(sandbox, number=f"{NUMBER}02")["result"] == "VALID"
    sandbox.advance(days=1)
    tomorrow = verify(sandbox)
    assert (tomorrow["result"], tomorrow["verify_count"]) == ("VALID", 7)
    assert tomorrow["verified_today"] == 1


@pytest.mark.parametrize(
    ("day", "result"),
    [
        ("2026-11-18", "VALID"), ("2026-11-19", "TOO_NEW"),
        ("2021-11-18", "VALID"), ("2021-11-17", "TOO_OLD"), ("20261102", "VALID"),
    ],
)  # fmt: skip
def test_dates_are_held_against_the_clock_of_the_bank(sandbox, day, result):
    assert verify(sandbox, date=day)["result"] == result


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "77"}, {"number": "123"}, {"date": "gestern"}, {"amount": ""},
        {"amount": "1.005"}, {"amount": "NaN"}, {"kind": "01"},
        {"kind": "04", "code": "033002600111", "number": "00012301", "check_code": "12"},
    ],
)  # fmt: skip
def test_a_question_that_lacks_what_its_kind_needs_is_refused(sandbox, wrong):
    status, told = refusal(sandbox, **wrong)

    assert (status, told["result"]) == (400, "BAD_REQUEST")


def test_the_office_may_be_out_ask_for_a_captcha_or_say_nothing(sandbox):
    sandbox.fault("tax_outage")
    assert refusal(sandbox)[1]["result"] == "UNAVAILABLE"
    sandbox.fault("tax_captcha")
    assert verify(sandbox)["result"] == "CAPTCHA"
    sandbox.fault("tax_no_reply")
    with pytest.raises(RemoteDisconnected):
        verify(sandbox)

    assert verify(sandbox)["verify_count"] == 1


def test_numbers_that_nobody_put_in_can_be_unknown_instead_of_valid(sandbox):
    sandbox.control("setting", name="tax_default", value="NOT_FOUND")

    assert verify(sandbox)["result"] == "NOT_FOUND"
