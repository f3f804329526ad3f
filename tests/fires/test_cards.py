"""Village cards: cash, a shop where the village does not buy, what nobody hands in or repays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fires import nights
from sanzi.matters import errors
from sanzi.payments.actions import card_settlements, dispatch
from sanzi.payments.models import CardLine
from sanzi.supervision.models import Verdict
from worlds import cards, money
from worlds.cards import entry
from worlds.fake_bank import FakeBank
from worlds.money import AT

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = ("card-cash-or-private", "card-settle-overdue")
DAY = timedelta(days=1)
JEWELLER = {"mcc": "5944", "merchant": "金福珠宝"}
DUE = datetime(2026, 12, 25, 2, tzinfo=UTC)


def lines() -> dict[str, str]:
    """Return the ids of the lines of the card, by the bank's number."""
    return dict(CardLine.objects.values_list("bank_ref", "ext_id"))


def test_what_a_card_paid_is_judged_at_the_gate_and_at_night(bank: FakeBank) -> None:
    village = money.build()
    card = cards.card(
        village, bank, entry(1, 40_000), entry(2, 128_000, **JEWELLER),
        entry(3, 50_000, kind="CASH", mcc="6011", merchant="自助柜员机"), entry(4, 9_000),
    )  # fmt: skip
    paper = handed_in(village, card, 1, 40_000)
    cards.approve(village, paper)
    cards.pay(village, paper)
    dispatch.work(AT)

    rings = handed_in(village, card, 2, 128_000)
    with pytest.raises(errors.Held):
        cards.approve(village, rings)

    _, jewels, cash, forgotten = (one for _, one in sorted(lines().items()))
    said = Verdict.objects.values_list("gate_check__subject_id", "model_code", "finding_id")
    assert set(said) == {(rings, "card-cash-or-private", jewels)}
    assert night(AT + DAY, "card-cash-or-private") == {jewels, cash}
    assert night(AT + 3 * DAY, "card-cash-or-private") == {jewels, cash, forgotten}
    assert night(DUE - 3 * DAY, "card-settle-overdue") == set()
    assert night(DUE - 2 * DAY, "card-settle-overdue") == {jewels, forgotten}


def handed_in(village: money.Money, card: str, line: int, fen: int) -> str:
    """Hand a line of the card in with its bill; return the settlement."""
    settlement = cards.start(village, card, line)
    cards.prove(village, settlement, fen, mark=60 * line)
    card_settlements.ask(ext_id=settlement, by=village.actor("cashier_reporter"), at=AT)
    return settlement


def night(at: datetime, code: str) -> set[str]:
    """Return the lines that a model finds at a moment."""
    return {row for _, row in nights.found(at, code)}
