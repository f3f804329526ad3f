"""Small spending of an office: a hotel among the stationery, a card that stays in the drawer."""

from __future__ import annotations

import pytest

from fires import nights
from sanzi.matters.models import Case
from sanzi.payments.models import Payment
from worlds import cards, counter
from worlds.cases import AT
from worlds.counter import Bill, Counter
from worlds.fake_bank import FakeBank
from worlds.village import WILLOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {"card-bypass", "ledger-manual-subject-misuse"}
OFFICE = {"subject_code": "5130102"}
PAPER = "*纸制品*复印纸"


def handed_in(made: Counter, bill: Bill) -> str:
    """Hand a payment in and return its id; whatever the gate says, it is let in."""
    made.said(bill)
    newest = Case.objects.latest("pk")
    assert newest.state == "SUBMITTED"
    return Payment.objects.get(order__case_number=newest.number).ext_id


def test_what_others_paid_for_at_a_shop_that_takes_the_card_is_found(bank: FakeBank) -> None:
    made, code = counter.build(["文具", "五金"]), "card-bypass"
    cards.card(made.desk.money, bank, cards.entry(1, 26_000, merchant="清河文具店"))
    for place, firm in enumerate(("C-1", "C-1", "C-2"), start=1):
        handed_in(made, Bill(
            firm, yuan=300 + place, payee=f"V{place}", account=place, bill=place, item=PAPER,
            has_bill=True, form=OFFICE,
        ))  # fmt: skip
    handed_in(made, Bill("C-1", yuan=410, bill=4, item=PAPER, form=OFFICE))
    assert nights.found(AT, code) == set()

    handed_in(made, Bill(
        "C-1", yuan=420, payee="V4", account=4, bill=5, item=PAPER, has_bill=True, form=OFFICE
    ))  # fmt: skip

    assert nights.found(AT, code) == {(code, WILLOW)}


def test_a_hotel_that_is_booked_as_office_goods_is_found(bank: FakeBank) -> None:
    made, code = counter.build(["文具", "大酒"]), "ledger-manual-subject-misuse"
    handed_in(made, Bill("C-1", yuan=310, item=PAPER, form=OFFICE))
    stay = {"subject_code": "5130104"}
    handed_in(made, Bill("C-2", yuan=320, item="*住宿服务*住宿费", form=stay))
    assert nights.found(AT, code) == set()

    wrong = handed_in(made, Bill("C-2", yuan=330, bill=2, item=PAPER, form=OFFICE))

    assert nights.found(AT, code) == {(code, wrong)}
