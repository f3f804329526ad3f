"""Village cards over the wire: the bank's list of cards, and the lines of one of them."""

from __future__ import annotations

from datetime import date

import pytest

from sanzi.bank.direct.gateway import DirectGateway
from sanzi.bank.errors import GatewayError, NotOffered, ProtocolError
from sanzi.bank.iso20022 import camt054_card
from sanzi.bank.iso20022.xml import NotXml
from worlds.counterparties import direct_gateway

CARD, HOLDER = "6228480000000008888", "高林"


@pytest.fixture
def card(sandbox) -> str:
    sandbox.control("card", card=CARD, holder=HOLDER, limit_fen=500_000, bill_day=5, due_day=25)
    return CARD


def spend(sandbox, fen: int, **told: object) -> None:
    sandbox.control("card-spend", card=CARD, amount_fen=fen, **{"mcc": "5943", **told})


def test_the_bank_lists_its_cards_with_limit_and_debt(sandbox, gateway, card) -> None:
    spend(sandbox, 26_000, merchant="青石文具店")

    found = gateway.cards()

    assert [(one.card, one.holder, one.limit_fen, one.owed_fen) for one in found] == [
        (CARD, HOLDER, 500_000, 26_000)
    ]
    assert (found[0].bill_day, found[0].due_day, found[0].is_open) == (5, 25, True)


def test_lines_come_in_order_with_merchant_category_and_due_day(sandbox, gateway, card) -> None:
    spend(sandbox, 26_000, merchant="青石文具店", text="复印纸")
    spend(sandbox, 6_000, kind="REFUND", merchant="青石文具店")

    bought, back = gateway.card_lines(card)

    assert (bought.kind, bought.amount_fen, bought.mcc) == ("PURCHASE", 26_000, "5943")
    assert (bought.merchant, bought.memo) == ("青石文具店", "复印纸")
    assert bought.due_date == date(2026, 12, 25)
    assert (back.kind, back.amount_fen) == ("REFUND", 6_000)
    assert [one.bank_ref for one in gateway.card_lines(card, bought.seq)] == [back.bank_ref]


def test_a_card_that_the_bank_does_not_know_is_no_empty_list(gateway, sandbox) -> None:
    with pytest.raises(ProtocolError):
        gateway.card_lines("6228480000000000000")


def test_a_bank_that_is_out_gives_no_lines_and_the_next_question_does(
    sandbox, gateway, card
) -> None:
    spend(sandbox, 26_000)
    sandbox.control("fault", kind="report_outage", scope="next")
    with pytest.raises(GatewayError):
        gateway.card_lines(card)
    assert len(gateway.card_lines(card)) == 1


def test_a_line_that_does_not_hold_together_is_refused(sandbox, gateway, card) -> None:
    spend(sandbox, 26_000)
    schemas = gateway._schemas
    raw = sandbox_bytes(gateway, card)
    assert camt054_card.read(raw, schemas)[0] == card
    for old, new in ((b"KIND=PURCHASE", b"KIND=REFUND"), (b"KIND=PURCHASE", b"KIND=GIFT"),
                     (b"MCC=5943", b"MCC=59"), (b"DUE=2026", b"DUE=20x6")):  # fmt: skip
        with pytest.raises((NotXml, ValueError)):
            camt054_card.read(raw.replace(old, new), schemas)


def sandbox_bytes(gateway, card: str) -> bytes:
    answer = gateway._link.ask("/iso20022/card-lines", "t", {"card": card, "since": 0})
    return answer.expect_ok().body


def test_the_direct_dialect_says_that_it_has_no_cards(sandbox) -> None:
    bank: DirectGateway = direct_gateway(sandbox)
    with pytest.raises(NotOffered):
        bank.cards()
    with pytest.raises(NotOffered):
        bank.card_lines(CARD)
    assert not bank.capabilities().can_tell_cards
