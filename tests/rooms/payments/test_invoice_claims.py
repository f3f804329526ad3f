"""What a payment took of an invoice is free again when the bank has paid not, for good."""

from __future__ import annotations

import pytest
from django.db import transaction

from sanzi.audit.models import Event
from sanzi.bank.port import LineState
from sanzi.evidence import errors
from sanzi.evidence.actions import release as proofs
from sanzi.evidence.models import Invoice
from sanzi.evidence.queries import register
from sanzi.payments.actions import dispatch
from sanzi.payments.models import Payment, VillageCard
from worlds import cards as world
from worlds.cards import NUMBER, entry
from worlds.fake_bank import FakeBank
from worlds.money import AT, Money

pytestmark = pytest.mark.django_db


def sent(money: Money, bank: FakeBank, state: LineState) -> str:
    """Bring a settlement of 400 yuan, one invoice, to the bank, which answers so."""
    settlement = world.asked(money, bank)
    world.approve(money, settlement)
    world.pay(money, settlement)
    said = {1: "AC04"} if state is LineState.REJECTED else None
    bank.on_send = lambda msg_id: bank.answer(msg_id, state, said)
    dispatch.work(AT)
    bank.on_send = None
    return settlement


def second(money: Money, bank: FakeBank) -> str:
    """Begin a settlement of another line with the same invoice."""
    bank.on_cards[NUMBER] += (entry(3, 39_000),)
    world.cards.work(AT)
    settlement = world.start(money, VillageCard.objects.get().ext_id, 3)
    world.prove(money, settlement, 40_000)
    return settlement


def claim(money: Money, settlement: str) -> None:
    with transaction.atomic():
        proofs.claim(case_number=settlement, by=money.actor("agency_reviewer"), at=AT)


def used_fen(money: Money, settlement: str) -> int:
    one = Invoice.objects.get(case_number=settlement)
    return register.page(by=money.actor("agency_reviewer"), ext_id=one.ext_id).used_fen


def test_the_invoice_of_a_payment_refused_for_good_can_be_used_again(money, bank) -> None:
    first = sent(money, bank, LineState.REJECTED)
    assert Payment.objects.get().status == "REJECTED"
    assert used_fen(money, first) == 0
    other = second(money, bank)

    claim(money, other)

    taken = dict(Invoice.objects.values_list("case_number", "claimed_at"))
    assert taken == {first: None, other: AT}
    assert Event.objects.filter(kind="evidence.invoices.freed", subject_id=first).count() == 1


@pytest.mark.parametrize("state", [LineState.ACCEPTED, LineState.SETTLED])
def test_while_it_may_be_paid_or_was_the_invoice_is_taken(
    money: Money, bank: FakeBank, state: LineState
) -> None:
    first = sent(money, bank, state)
    other = second(money, bank)
    events = Event.objects.count()

    with pytest.raises(errors.InvoiceOverused):
        claim(money, other)

    assert Invoice.objects.get(case_number=first).claimed_at is not None
    assert Invoice.objects.get(case_number=other).claimed_at is None
    assert (used_fen(money, other), Event.objects.count()) == (40_000, events)


def test_while_the_fate_is_unknown_the_invoice_is_taken(money, bank) -> None:
    first = sent(money, bank, LineState.ACCEPTED)
    Payment.objects.update(status="UNKNOWN")
    other = second(money, bank)

    with pytest.raises(errors.InvoiceOverused):
        claim(money, other)

    assert Invoice.objects.get(case_number=first).claimed_at is not None


def test_what_was_freed_is_not_taken_twice_when_the_first_goes_round_again(money, bank) -> None:
    first = sent(money, bank, LineState.REJECTED)
    claim(money, second(money, bank))

    with pytest.raises(errors.InvoiceOverused):
        claim(money, first)
