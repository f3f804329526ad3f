"""Village cards: lines kept once, one settlement per matter with evidence, repaid by the system."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.bank.port import LineState
from sanzi.ledger.models import Voucher, VoucherLine
from sanzi.orgs.errors import NotFound
from sanzi.payments import card_errors as errors
from sanzi.payments.actions import card_settlements, card_terms, cards, dispatch
from sanzi.payments.errors import WrongField
from sanzi.payments.models import (
    CardLine,
    CardSettlement,
    Payment,
    PaymentOrder,
    VillageCard,
)
from worlds import cards as world
from worlds.cards import DAY, NUMBER, entry
from worlds.fake_bank import FakeBank
from worlds.money import AT, Money

pytestmark = pytest.mark.django_db


def state(settlement: str) -> str:
    return CardSettlement.objects.get(ext_id=settlement).state


def test_a_line_is_kept_once_however_often_the_bank_tells_it(money: Money, bank: FakeBank) -> None:
    world.card(money, bank, entry(1, 26_000), entry(2, 14_000))
    bank.on_cards[NUMBER] += (entry(3, 900),)

    came = [cards.work(AT), cards.work(AT)]

    assert came == [1, 0]
    assert list(CardLine.objects.order_by("pk").values_list("amount_fen", flat=True)) == [
        26_000, 14_000, 900,
    ]  # fmt: skip
    assert VillageCard.objects.get().last_line_seq == 3


def test_the_number_of_a_card_is_sealed_and_found_by_its_index(money, bank) -> None:
    world.card(money, bank)

    made = VillageCard.objects.get()

    assert (made.tail, NUMBER in made.sealed_number, NUMBER in str(made.__dict__)) == (
        "8888", False, False,
    )  # fmt: skip
    assert NUMBER not in "".join(Event.objects.values_list("change", flat=True))


def test_a_settlement_goes_from_lines_to_the_books_without_cash(money, bank) -> None:
    settlement = world.asked(money, bank)
    world.approve(money, settlement)
    world.pay(money, settlement)
    assert state(settlement) == "APPROVED"

    dispatch.work(AT)

    assert state(settlement) == "REPAID"
    order = PaymentOrder.objects.get(case_number=settlement)
    assert (order.state, order.amount_fen, order.source_kind) == ("SETTLED", 40_000, "card")
    payment = Payment.objects.get()
    assert (payment.account_tail, payment.payee_person_id) == ("8888", world.holder_of(money).pk)
    voucher = Voucher.objects.get()
    assert voucher.total_fen == 40_000
    debit = VoucherLine.objects.get(voucher=voucher, account_code="51401")
    assert (debit.aux_kind, debit.aux_id) == ("person", world.holder_of(money).ext_id)


def test_a_refund_is_set_off_against_the_purchase(money, bank) -> None:
    card = world.card(money, bank, entry(1, 26_000), entry(2, 6_000, kind="REFUND"))
    settlement = world.start(money, card)
    world.prove(money, settlement, 20_000)

    card_settlements.ask(ext_id=settlement, by=money.actor("cashier_reporter"), at=AT)

    assert CardSettlement.objects.get().net_fen == 20_000
    assert PaymentOrder.objects.get().amount_fen == 20_000


def test_what_was_given_back_whole_is_closed_without_a_payment(money, bank) -> None:
    card = world.card(money, bank, entry(1, 26_000), entry(2, 26_000, kind="REFUND"))
    settlement = world.start(money, card)
    world.prove(money, settlement, 0, kind="photo")
    card_settlements.ask(ext_id=settlement, by=money.actor("cashier_reporter"), at=AT)

    world.approve(money, settlement)

    assert (state(settlement), PaymentOrder.objects.count()) == ("REPAID", 0)


def test_a_refused_settlement_lets_go_of_its_lines(money, bank) -> None:
    settlement = world.asked(money, bank)

    card_settlements.refuse(
        ext_id=settlement, by=money.actor("town_agri_head"), at=AT, opinion="发票抬头不对"
    )

    assert state(settlement) == "REFUSED"
    assert CardLine.objects.filter(settlement__isnull=True).count() == 2
    assert PaymentOrder.objects.get().state == "CANCELLED"
    again = world.start(money, VillageCard.objects.get().ext_id)
    assert state(again) == "DRAFT"


def test_a_repayment_that_the_bank_refuses_goes_round_again(money, bank) -> None:
    settlement = world.asked(money, bank)
    world.approve(money, settlement)
    world.pay(money, settlement)
    bank.on_send = lambda msg_id: bank.answer(msg_id, LineState.REJECTED, {1: "AC04"})
    dispatch.work(AT)
    assert state(settlement) == "APPROVED"
    bank.on_send = None

    card_settlements.repay_again(ext_id=settlement, by=money.actor("town_agri_head"), at=AT)
    world.pay(money, settlement)
    dispatch.work(AT + DAY)

    assert state(settlement) == "REPAID"
    assert Voucher.objects.count() == 1


def test_a_card_that_owes_is_not_closed_and_one_that_does_not_is(money, bank) -> None:
    card = world.card(money, bank)
    by = money.actor("town_agri_head")
    with pytest.raises(errors.CardOwes):
        card_terms.close_card(ext_id=card, by=by, at=AT)
    CardLine.objects.all().delete()

    card_terms.close_card(ext_id=card, by=by, at=AT)

    with pytest.raises(errors.CardClosed):
        card_terms.close_card(ext_id=card, by=by, at=AT)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"limit_fen": 2_000_001}, errors.CardTermsWrong),
        ({"limit_fen": 0}, errors.CardTermsWrong),
        ({"limit_fen": 1_000_001}, errors.CardTermsWrong),
        ({"due_day": 31}, errors.CardTermsWrong),
        ({"due_day": 24}, errors.CardTermsWrong),
        ({"number": "6228480000000009999"}, errors.CardTermsWrong),
        ({"holder": "V1"}, errors.CardHolderWrong),
        ({"organisation": "O-NOWHERE"}, NotFound),
    ],
)
def test_a_card_that_does_not_fit_is_not_registered(
    money: Money, bank: FakeBank, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    bank.known_cards = (world.known(money),)
    events = Event.objects.count()

    with pytest.raises(refusal):
        cards.register_card(
            fields=world.fields(money, **changed), by=money.actor("town_agri_head"), at=AT
        )

    assert (VillageCard.objects.count(), Event.objects.count()) == (0, events)


def test_one_holder_one_card_and_one_number_once(money, bank) -> None:
    world.card(money, bank)
    other = "6228480000000007777"
    bank.known_cards += (replace(world.known(money), card=other),)
    for number in (NUMBER, other):
        with pytest.raises(errors.CardTaken):
            cards.register_card(
                fields=world.fields(money, number=number), by=money.actor("town_agri_head"), at=AT
            )
    assert VillageCard.objects.count() == 1


def test_only_the_township_registers_a_card(money, bank) -> None:
    bank.known_cards = (world.known(money),)
    for role in ("cashier_reporter", "village_secretary", "agency_accountant"):
        with pytest.raises(NotFound):
            cards.register_card(fields=world.fields(money), by=money.actor(role), at=AT)
    assert not VillageCard.objects.exists()


def nothing_started(events: int, settlements: int = 0) -> None:
    assert CardSettlement.objects.count() == settlements
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"lines": []}, errors.CardLinesWrong),
        ({"lines": ["VL-NOWHERE"]}, errors.CardLinesWrong),
        ({"purpose": "纸"}, WrongField),
        ({"subject_code": "999"}, WrongField),
        ({"card": "VK-NOWHERE"}, NotFound),
    ],
)
def test_a_settlement_that_does_not_fit_is_not_begun(
    money: Money, bank: FakeBank, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    card = world.card(money, bank)
    events = Event.objects.count()

    with pytest.raises(refusal):
        world.start(money, card, **changed)

    nothing_started(events)
    assert not CardLine.objects.filter(settlement__isnull=False).exists()


def test_lines_of_another_card_or_settled_before_are_not_taken(money, bank) -> None:
    card = world.card(money, bank)
    world.start(money, card, 1)
    events = Event.objects.count()
    with pytest.raises(errors.CardLinesWrong):
        world.start(money, card, 1, 2)
    other = VillageCard.objects.get()
    other.pk, other.ext_id, other.number_index = None, "VK-2", "another"
    other.holder = money.payees[0]
    other.save()
    lines = list(CardLine.objects.filter(settlement=None).values_list("ext_id", flat=True))

    with pytest.raises(errors.CardLinesWrong):
        world.start(money, card, card="VK-2", lines=lines)

    nothing_started(events, settlements=1)


@pytest.mark.parametrize("kind", ["CASH", "FEE"])
def test_cash_and_fees_are_the_holders_own(money: Money, bank: FakeBank, kind: str) -> None:
    card = world.card(money, bank, entry(1, 20_000, kind=kind))
    events = Event.objects.count()

    with pytest.raises(errors.CardLineNotOurs):
        world.start(money, card)

    nothing_started(events)


def test_without_proof_or_below_the_sum_nothing_is_handed_in(money, bank) -> None:
    settlement = world.start(money, world.card(money, bank))

    def refused(refusal: type[Exception], slip_fen: int = 0) -> None:
        events = Event.objects.count()
        with pytest.raises(refusal):
            card_settlements.ask(
                ext_id=settlement, by=money.actor("cashier_reporter"), at=AT, slip_fen=slip_fen
            )
        assert (state(settlement), PaymentOrder.objects.count()) == ("DRAFT", 0)
        assert Event.objects.count() == events

    refused(errors.CardProofMissing)
    world.prove(money, settlement, 39_999)
    refused(errors.CardProofShort)
    refused(errors.CardProofMissing, slip_fen=1)
    refused(errors.SlipTooLarge, slip_fen=50_001)
    world.prove(money, settlement, 0, kind="white_slip")
    card_settlements.ask(ext_id=settlement, by=money.actor("cashier_reporter"), at=AT, slip_fen=1)
    assert state(settlement) == "ASKED"


def test_neither_the_holder_nor_who_asked_approves(money, bank) -> None:
    settlement = world.asked(money, bank)
    head = money.actor("town_agri_head")
    events = Event.objects.count()
    VillageCard.objects.update(holder_id=head.person_id)
    with pytest.raises(errors.HolderDecides):
        world.approve(money, settlement)
    VillageCard.objects.update(holder_id=world.holder_of(money).pk)
    CardSettlement.objects.update(started_by_id=head.user_id)
    with pytest.raises(errors.HolderDecides):
        world.approve(money, settlement)
    for role in ("cashier_reporter", "village_secretary", "committee_member"):
        with pytest.raises(NotFound):
            world.approve(money, settlement, role)

    assert (state(settlement), PaymentOrder.objects.get().state) == ("ASKED", "SUBMITTED")
    assert Event.objects.count() == events


def test_what_is_decided_is_not_decided_again(money, bank) -> None:
    settlement = world.asked(money, bank)
    world.approve(money, settlement)
    events = Event.objects.count()

    with pytest.raises(errors.SettlementStands):
        world.approve(money, settlement)
    with pytest.raises(errors.SettlementStands):
        card_settlements.ask(ext_id=settlement, by=money.actor("cashier_reporter"), at=AT)
    with pytest.raises(errors.SettlementStands):
        card_settlements.drop(ext_id=settlement, by=money.actor("cashier_reporter"), at=AT)

    assert (state(settlement), Event.objects.count()) == ("APPROVED", events)


def test_a_settlement_that_was_not_handed_in_can_be_given_up(money, bank) -> None:
    settlement = world.start(money, world.card(money, bank))

    card_settlements.drop(ext_id=settlement, by=money.actor("cashier_reporter"), at=AT)

    assert CardLine.objects.filter(settlement__isnull=True).count() == 2
