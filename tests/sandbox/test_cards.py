"""Village cards at the sandbox bank: spending, limits, due days, and repayment by an order."""

from datetime import date
from urllib.error import HTTPError

import httpx
import pytest

from fixtures_bank import BANK_CODE, OPENING_FEN, SCHEMAS, VILLAGE, make_batch, make_line
from sanzi.bank.iso20022 import camt
from sanzi.bank.iso20022.xml import Schemas
from sanzi.bank.port import BatchLine, BatchState
from sanzi.bank.sign import Sm2KeyFile
from sanzi_bank.cards import due_date

CARD = "6228489990000000007"
HOLDER = "高建林"


@pytest.fixture
def card(sandbox):
    sandbox.control("card", card=CARD, holder=HOLDER, limit_fen=2_000_000, bill_day=5, due_day=25)
    return CARD


def ask(sandbox, what, **asked):
    target = f"/iso20022/{what}?{'&'.join(f'{name}={value}' for name, value in asked.items())}"
    key = Sm2KeyFile(sandbox.customer_key)
    headers = {
        "X-Sanzi-Customer": "sanzi",
        "X-Sanzi-Signature": key.sign(b"GET " + target.encode()),
    }
    return httpx.get(sandbox.url + target, headers=headers, trust_env=False)


def spend(sandbox, amount_fen, **fields):
    told = {"merchant": "青石文具店", "mcc": "5943", **fields}
    return sandbox.control("card-spend", card=CARD, amount_fen=amount_fen, **told)


def test_a_purchase_stands_in_the_lines_with_merchant_kind_and_due_day(sandbox, card):
    told = spend(sandbox, 26_000, text="打印纸")
    spend(sandbox, 200_000, kind="CASH", merchant="ATM", mcc="6011")

    answer = ask(sandbox, "card-lines", card=card, since=0)
    named, entries = camt.read_notices(answer.content, Schemas(SCHEMAS))

    assert named == card
    seq = told["seq"]
    assert [(e.seq, e.signed_fen, e.party_name) for e in entries] == [
        (seq, -26_000, "青石文具店"), (seq + 1, -200_000, "ATM"),
    ]  # fmt: skip
    assert entries[0].bank_ref == told["bank_ref"]
    for note in ("KIND=PURCHASE", "MCC=5943", "DUE=2026-12-25", "TEXT=打印纸"):
        assert f"<Ustrd>{note}</Ustrd>" in answer.text
    later = ask(sandbox, "card-lines", card=card, since=seq)
    assert [e.seq for e in camt.read_notices(later.content, Schemas(SCHEMAS))[1]] == [seq + 1]


def test_nobody_spends_above_the_limit_or_with_a_closed_card(sandbox, card):
    spend(sandbox, 1_990_000)
    with pytest.raises(HTTPError, match="400"):
        spend(sandbox, 10_001)
    spend(sandbox, 10_000)
    sandbox.control("card", action="close", card=card)
    with pytest.raises(HTTPError, match="400"):
        spend(sandbox, 1)

    assert ask(sandbox, "card", card=card).json()["owed_fen"] == 2_000_000


def test_an_order_to_the_card_repays_the_oldest_bill_first(sandbox, gateway, card):
    spend(sandbox, 26_000)
    sandbox.advance(days=20)
    spend(sandbox, 5_000)
    before = ask(sandbox, "card", card=card).json()
    line = BatchLine("PI20261208000001", "KD20261208-0001", HOLDER, card, BANK_CODE, 27_000, "还款")
    batch = make_batch(line)

    done = gateway.send(batch.msg_id, gateway.build_batch(batch))
    after = ask(sandbox, "card", card=card).json()

    assert done.state is BatchState.SETTLED
    assert before["bills"] == [
        {"due": "2026-12-25", "amount_fen": 26_000}, {"due": "2027-01-25", "amount_fen": 5_000},
    ]  # fmt: skip
    assert after["bills"] == [{"due": "2027-01-25", "amount_fen": 4_000}]
    assert (after["owed_fen"], after["available_fen"]) == (4_000, 1_996_000)
    assert sandbox.balance_fen(VILLAGE) == OPENING_FEN - 27_000


def test_a_refund_lowers_what_is_owed(sandbox, card):
    spend(sandbox, 26_000)
    spend(sandbox, 6_000, kind="REFUND")

    answer = ask(sandbox, "card-lines", card=card, since=0)
    _, entries = camt.read_notices(answer.content, Schemas(SCHEMAS))

    assert ask(sandbox, "card", card=card).json()["owed_fen"] == 20_000
    assert [entry.signed_fen for entry in entries] == [-26_000, 6_000]


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 5), date(2026, 11, 25)), (date(2026, 11, 6), date(2026, 12, 25)),
        (date(2026, 12, 6), date(2027, 1, 25)),
    ],
)  # fmt: skip
def test_a_line_is_due_after_the_bill_of_its_day(day, due):
    assert due_date(day, 5, 25) == due


def test_a_due_day_before_the_bill_day_lies_in_the_next_month():
    assert due_date(date(2026, 12, 20), 25, 15) == date(2027, 1, 15)


def test_an_unknown_card_and_a_wrong_signature_are_turned_away(sandbox, gateway):
    gateway.send("SZ-20261118-000001", gateway.build_batch(make_batch(make_line(1))))
    unsigned = httpx.get(f"{sandbox.url}/iso20022/card-lines?card={CARD}", trust_env=False)

    assert ask(sandbox, "card", card="6228489990000000999").status_code == 404
    assert unsigned.status_code == 403
