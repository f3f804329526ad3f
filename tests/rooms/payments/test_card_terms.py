"""What the township changes on a village card, and which lines the holder bears himself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.bank.port import KnownCard
from sanzi.orgs.errors import NotFound
from sanzi.payments import card_errors as errors
from sanzi.payments.actions import card_terms, cards
from sanzi.payments.actions.card_terms import CardTerms
from sanzi.payments.errors import ReasonNeeded
from sanzi.payments.models import BankAccount, CardLine, VillageCard
from sanzi.payments.queries import cards as queries
from worlds import cards as world
from worlds.cards import DAY, NUMBER, entry
from worlds.fake_bank import FakeBank
from worlds.money import AT, Money

pytestmark = pytest.mark.django_db

TERMS = CardTerms(limit_fen=800_000, bill_day=5, due_day=25, repaid_from="A-WILLOW")


def change(money: Money, card: str, role: str = "town_agri_head", **changed: Any) -> None:
    card_terms.change_terms(
        ext_id=card, terms=replace(TERMS, **changed), by=money.actor(role), at=AT
    )


def suspend(money: Money, card: str, reason: str = "两次没按期报结") -> None:
    card_terms.suspend(ext_id=card, reason=reason, by=money.actor("town_agri_head"), at=AT)


def told(kind: str) -> int:
    return Event.objects.filter(kind=f"payments.card.{kind}").count()


def test_the_township_changes_the_limit_of_a_card(money: Money, bank: FakeBank) -> None:
    card = world.card(money, bank)

    change(money, card)

    assert (VillageCard.objects.get().limit_fen, told("terms_changed")) == (800_000, 1)


def test_new_days_hold_for_new_lines_only(money: Money, bank: FakeBank) -> None:
    card = world.card(money, bank, entry(1, 26_000, due_date=None))
    before = CardLine.objects.get().due_date
    bank.known_cards = (KnownCard(NUMBER, world.holder_of(money).name, 1_000_000, 0, 5, 20),)

    change(money, card, due_day=20)

    assert CardLine.objects.get().due_date == before
    bank.on_cards[NUMBER] += (entry(2, 900, due_date=None),)
    cards.work(AT)
    assert CardLine.objects.get(bank_ref="CD000000000002").due_date.day == 20


@pytest.mark.parametrize(
    ("changed", "role", "refusal"),
    [
        ({"limit_fen": 0}, "town_agri_head", errors.CardTermsWrong),
        ({"limit_fen": 2_000_001}, "town_agri_head", errors.CardTermsWrong),
        ({"limit_fen": 1_000_001}, "town_agri_head", errors.CardTermsWrong),
        ({"limit_fen": 500_000}, "town_agri_head", errors.CardTermsWrong),
        ({"due_day": 29}, "town_agri_head", errors.CardTermsWrong),
        ({"due_day": 24}, "town_agri_head", errors.CardTermsWrong),
        ({"repaid_from": "A-V1"}, "town_agri_head", errors.CardTermsWrong),
        ({}, "cashier_reporter", NotFound),
        ({}, "agency_accountant", NotFound),
    ],
)
def test_terms_that_do_not_fit_change_nothing(
    money: Money, bank: FakeBank, changed: dict[str, Any], role: str, refusal: type[Exception]
) -> None:
    card = world.card(money, bank)
    events = Event.objects.count()

    with pytest.raises(refusal):
        change(money, card, role, **changed)

    assert (VillageCard.objects.get().limit_fen, Event.objects.count()) == (500_000, events)


def test_a_closed_card_is_not_changed_any_more(money: Money, bank: FakeBank) -> None:
    card = world.card(money, bank)
    VillageCard.objects.update(closed_date=AT.date())
    for act in (
        lambda: change(money, card),
        lambda: suspend(money, card),
        lambda: card_terms.resume(ext_id=card, by=money.actor("town_agri_head"), at=AT),
    ):
        with pytest.raises(errors.CardClosed):
            act()
    assert VillageCard.objects.get().suspended_at is None


def test_what_is_spent_while_a_card_is_suspended_is_not_settled(money, bank) -> None:
    card = world.card(money, bank)
    suspend(money, card)
    bank.on_cards[NUMBER] += (entry(3, 900, AT + DAY),)
    cards.work(AT + DAY)
    card_terms.resume(ext_id=card, by=money.actor("town_agri_head", AT + 2 * DAY), at=AT + 2 * DAY)
    bank.on_cards[NUMBER] += (entry(4, 700, AT + 3 * DAY),)
    cards.work(AT + 3 * DAY)
    spent = dict(CardLine.objects.values_list("amount_fen", "is_suspended"))
    assert spent == {26_000: False, 14_000: False, 900: True, 700: False}

    with pytest.raises(errors.CardLineSuspended):
        world.start(money, card, 3)

    assert not CardLine.objects.filter(settlement__isnull=False).exists()
    assert world.start(money, card, 1, 2, 4)


def test_a_card_is_suspended_once_and_with_a_reason(money: Money, bank: FakeBank) -> None:
    card = world.card(money, bank)
    head = money.actor("town_agri_head")
    events = Event.objects.count()
    with pytest.raises(ReasonNeeded):
        suspend(money, card, "停")
    with pytest.raises(errors.CardStands):
        card_terms.resume(ext_id=card, by=head, at=AT)
    for role in ("cashier_reporter", "village_secretary"):
        with pytest.raises(NotFound):
            card_terms.suspend(ext_id=card, reason="要停用它", by=money.actor(role), at=AT)
    assert Event.objects.count() == events
    suspend(money, card)

    with pytest.raises(errors.CardStands):
        suspend(money, card)

    assert told("suspended") == 1
    assert VillageCard.objects.get().is_suspended


def test_a_private_line_is_left_to_the_holder_and_the_card_can_be_closed(money, bank) -> None:
    card = world.card(money, bank, entry(1, 50_000, kind="CASH", mcc="6011"))
    line = CardLine.objects.get()
    head = money.actor("town_agri_head")
    card_terms.bear_line(ext_id=line.ext_id, reason="本人认了，已经还到卡上", by=head, at=AT)

    shown = queries.views([VillageCard.objects.get()], AT.date())[0]
    assert (shown.owed_fen, shown.late_count, shown.open_count) == (0, 0, 0)
    card_terms.close_card(ext_id=card, by=head, at=AT)

    assert VillageCard.objects.get().closed_date == AT.date()


def test_a_line_is_not_left_to_the_holder_twice_nor_by_himself_nor_once_settled(
    money, bank
) -> None:
    card = world.card(money, bank)
    first, second = CardLine.objects.order_by("pk")
    world.start(money, card, 2)
    head = money.actor("town_agri_head")
    events = Event.objects.count()

    def refused(
        refusal: type[Exception], line: CardLine, reason: str = "本人认了", by=head
    ) -> None:
        with pytest.raises(refusal):
            card_terms.bear_line(ext_id=line.ext_id, reason=reason, by=by, at=AT)
        assert Event.objects.count() == events

    refused(errors.CardLineTaken, second)
    refused(ReasonNeeded, first, "认")
    refused(NotFound, first, by=money.actor("cashier_reporter"))
    VillageCard.objects.update(holder_id=head.person_id)
    refused(errors.HolderDecides, first)
    VillageCard.objects.update(holder_id=world.holder_of(money).pk)
    card_terms.bear_line(ext_id=first.ext_id, reason="本人认了，已还", by=head, at=AT)
    events = Event.objects.count()
    refused(errors.CardLineTaken, first)
    with pytest.raises(errors.CardLinesWrong):
        world.start(money, card, 1)


def test_cards_are_found_by_holder_body_tail_and_standing(money: Money, bank: FakeBank) -> None:
    card = world.card(money, bank)
    by = money.actor("town_agri_head")

    def found(**only: str) -> int:
        return queries.access_cards(by=by, only=queries.CardFilter(**only)).count()

    assert found(text="8888") == found(text=world.holder_of(money).name[:1]) == 1
    assert found(text="柳湾") == found(state="open") == found(state="nothing") == 1
    assert found(text="888") == found(state="suspended") == found(state="closed") == 0
    suspend(money, card)
    assert (found(state="open"), found(state="suspended"), found()) == (0, 1, 1)


def test_accounts_of_others_are_not_offered(money: Money, bank: FakeBank) -> None:
    by = money.actor("town_agri_head")

    offered = queries.accounts(by=by, organisation="O-WILLOW")

    assert [one for one, _ in offered] == ["A-WILLOW"]
    assert BankAccount.objects.count() > 1
    for role in ("cashier_reporter", "county_agri"):
        with pytest.raises(NotFound):
            queries.accounts(by=money.actor(role), organisation="O-WILLOW")
        with pytest.raises(NotFound):
            queries.holders(by=money.actor(role), organisation="O-WILLOW", today=AT.date())
