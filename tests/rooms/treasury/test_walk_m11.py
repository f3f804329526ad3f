"""M11 from the wish to the end of the card: the case, the bank's card, the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.orgs.models import Appointment
from sanzi.payments.actions import cards as village_cards
from sanzi.payments.models import VillageCard
from sanzi.registers.treasury import errors
from sanzi.registers.treasury.actions import cards as village_issues
from sanzi.registers.treasury.models import CardIssue
from worlds import cards, deals, treasury, walks
from worlds.fake_bank import FakeBank
from worlds.publications import published
from worlds.treasury import AT, Treasury
from worlds.walks import Walk

pytestmark = pytest.mark.django_db

CLOSE = {"what": "close", "reason": "离任了要销卡"}


@pytest.fixture
def made(bank: FakeBank) -> Treasury:
    found = treasury.build()
    bank.known_cards = (cards.known(found.money),)
    return found


def start(made: Treasury, **changed: str) -> Walk:
    holder = made.world.people["committee_member"].ext_id
    form = {
        "holder": holder, "kind": "credit", "limit": "8000", "bill_day": "5", "due_day": "25",
        "use": "办公用品、邮寄", **changed,
    }  # fmt: skip
    walk = walks.start(made.world, "M11", "village_secretary")
    walk.submit("village_secretary", form, ("pledge",))
    return walk


def approved(made: Treasury, **changed: str) -> Walk:
    walk = start(made, **changed)
    walk.approve("supervision_head", "town_agri_head")
    return walk


def issued(made: Treasury) -> Walk:
    walk = approved(made)
    walk.record("town_agri_head", {"tail": "8888"})
    return walk


def change(walk: Walk, *, is_last: bool = False, **entry: str) -> None:
    walk.record("town_agri_head", entry, is_last=is_last)


def test_a_card_is_asked_for_taken_over_from_the_bank_used_and_closed(
    made: Treasury, bank: FakeBank
) -> None:
    walk = issued(made)
    card = VillageCard.objects.get()
    assert (card.limit_fen, card.bill_day, card.tail) == (800_000, 5, "8888")
    assert cards.NUMBER not in str(walk.case.form)
    bank.on_cards[cards.NUMBER] = (cards.entry(1, 26_000, AT),)
    village_cards.work(AT)

    change(walk, what="limit", limit="5000", reason="用不到这么多")
    shown = published(walk.number)["F07"]
    assert shown.tables["村务卡和刷卡清单"] == [["2026-11-12", "青石文具店", "还没报", "260.00"]]
    assert shown.facts["谁持卡"] == made.world.people["committee_member"].name
    [row] = deals.record_rows("card")
    assert (row["limit_fen"], row["bill_day"], row["due_day"], row["closed_date"]) == (
        500_000, 5, 25, None,
    )  # fmt: skip

    with pytest.raises(Refusal, match="8888"):
        change(walk, **CLOSE, is_last=True)
    assert VillageCard.objects.get().closed_date is None


def test_a_card_without_open_lines_is_closed_and_the_matter_ends(made: Treasury) -> None:
    walk = issued(made)
    change(walk, what="suspend", reason="晚还了两次")
    with pytest.raises(errors.CardStillOpen, match="尾号8888的卡还在用"):
        change(walk, what="resume", reason="说明了原因", is_last=True)
    assert VillageCard.objects.get().is_suspended

    change(walk, **CLOSE, is_last=True)

    assert walk.case.state == "DONE"
    assert VillageCard.objects.get().closed_date == date(2026, 11, 12)
    assert CardIssue.objects.get().state == "closed"


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"holder": "V1"}, errors.HolderNotFit, "不是本村在任、能持卡的人"),
        ({"limit": "4999.99"}, errors.TreasuryWrong, r"要在5,000\.00到20,000\.00元之间"),
        ({"limit": "20000.01"}, errors.TreasuryWrong, r"要在5,000\.00到20,000\.00元之间"),
        (
            {"kind": "reserve", "limit": "5000.01"},
            errors.TreasuryWrong, r"要在0\.01到5,000\.00元之间",
        ),
        ({"bill_day": "29"}, errors.TreasuryWrong, "要在1到28日之间"),
        ({"due_day": "0"}, errors.TreasuryWrong, "要在1到28日之间"),
    ],
)  # fmt: skip
def test_who_may_not_hold_a_card_or_asks_too_much_is_not_heard(
    made: Treasury, changed: dict[str, str], refusal: type[Refusal], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        start(made, **changed)

    assert not CardIssue.objects.exists()


def test_one_holder_has_one_card(made: Treasury) -> None:
    start(made)

    with pytest.raises(errors.HolderNotFit, match="手上有一张，或者正在办"):
        start(made)

    assert CardIssue.objects.count() == 1


def test_only_who_may_hold_a_card_and_has_none_is_offered(made: Treasury) -> None:
    people = made.world.people
    body = made.world.bodies["willow"]

    def offered() -> set[str]:
        return {one for one, _ in village_issues.holder_choices(body.ext_id, body.division_id)}

    before = offered()
    start(made)

    assert people["committee_member"].ext_id in before
    assert people["village_clerk"].ext_id not in before
    assert before - offered() == {people["committee_member"].ext_id}


def test_who_left_his_post_asks_for_no_card(made: Treasury) -> None:
    posts = Appointment.objects.filter(person=made.world.people["committee_member"])
    posts.update(end_date=date(2026, 11, 11))

    with pytest.raises(errors.HolderNotFit, match="不是本村在任"):
        start(made)

    assert not CardIssue.objects.exists()


def test_only_the_card_that_was_approved_is_taken_over(made: Treasury, bank: FakeBank) -> None:
    walk = approved(made, bill_day="6")

    with pytest.raises(errors.CardNotFound, match="尾号1234"):
        walk.record("town_agri_head", {"tail": "1234"})
    with pytest.raises(errors.CardDiffers, match="批准的是6日出账"):
        walk.record("town_agri_head", {"tail": "8888"})
    bank.known_cards = (replace(cards.known(made.money), holder="别人"),)
    with pytest.raises(errors.CardNotFound):
        walk.record("town_agri_head", {"tail": "8888"})

    assert not VillageCard.objects.exists()
    assert CardIssue.objects.get().state == "approved"


def test_a_limit_is_only_lowered_here(made: Treasury) -> None:
    walk = issued(made)

    with pytest.raises(errors.TreasuryWrong, match=r"超过批准的8,000\.00元"):
        change(walk, what="limit", limit="8000.01", reason="不够用了")

    assert VillageCard.objects.get().limit_fen == 800_000
