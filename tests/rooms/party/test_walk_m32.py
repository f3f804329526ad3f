"""M32: a month's dues made from the members, and a fund that is asked for before it is spent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters.models import Case, SourceMatter
from sanzi.orgs.models import Appointment
from sanzi.record import extraction
from sanzi.registers.party import effects, errors
from sanzi.registers.party.actions import dues
from sanzi.registers.party.models import PartyDues, PartyFund
from worlds import deals, spending, walks
from worlds import posts as worlds_posts
from worlds.money import Money
from worlds.publications import published
from worlds.village import World
from worlds.walks import Walk

DUES = {
    "what": "dues", "period": "2026-11", "paid_date": "2026-11-09", "handed_date": "2026-11-11",
}  # fmt: skip
FUND = {"what": "fund", "use": "training", "amount": "2,000", "reason": "主题党日到红色基地"}
REASON = "两名党员在外打工，过了十日才转来"


@pytest.fixture
def world(money: Money) -> World:
    for number, name in enumerate(("方小雨", "秦大山", "吕小河")):
        person = worlds_posts.villager(money.world, name)
        Appointment.objects.create(
            ext_id=f"A-PM{number}", person=person, organisation=money.world.bodies["willow"],
            role_code="party_member", start_date=date(2020, 1, 1),
        )  # fmt: skip
    return money.world


def _submit(world: World, form: dict[str, Any], papers: tuple[str, ...] = ("receipt",)) -> Walk:
    walk = walks.start(world, "M32", "party_committee")
    walk.submit("party_committee", form, papers)
    return walk


def _row(world: World, name: str, **more: str) -> dict[str, str]:
    return {"person": world.people[name].ext_id, **more}


def test_dues_walk_from_the_members_to_the_town(world: World) -> None:
    changes = [_row(world, "方小雨", amount="5")]
    unpaid = [_row(world, "秦大山", why="住院")]
    walk = _submit(world, {**DUES, "changes": changes, "unpaid": unpaid})
    walk.approve("village_secretary", "town_party_office")

    assert (walk.case.state, walk.case.title) == ("DONE", "每月党费")
    rows = deals.record_rows("party_dues")
    names = {world.people[name].ext_id: name for name in ("方小雨", "秦大山", "吕小河")}
    found = {names[row["person_id"]]: (row["due_fen"], row["paid_fen"]) for row in rows}
    assert found == {"方小雨": (500, 500), "秦大山": (100, 0), "吕小河": (100, 100)}
    assert {row["status"] for row in rows} == {"approved"}
    shown = published(walk.number)["P03"]
    assert shown.tables["党费收缴和党建经费"] == [["2026-11", "3", "2", "6.00"]]
    assert "秦" not in shown.text
    assert "住院" not in shown.text
    with pytest.raises(errors.FundNotPayable, match="党费"):
        dues.require_payable(walk.number, 100, "K-1")


def test_a_member_owes_what_he_owed_the_month_before(world: World) -> None:
    before = {**DUES, "period": "2026-10", "paid_date": "2026-10-09", "handed_date": "2026-10-12"}
    first = _submit(world, {**before, "changes": [_row(world, "方小雨", amount="5")]})
    first.approve("village_secretary", "town_party_office")

    _submit(world, DUES)

    now = PartyDues.objects.get(period="2026-11", person__name="方小雨")
    assert (now.due_fen, now.paid_fen) == (500, 500)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"period": "2026-12"}, errors.DuesWrong),
        ({"period": "2026年"}, errors.DuesWrong),
        ({"handed_date": "2026-11-08"}, errors.DuesWrong),
        ({"handed_date": "2026-11-13"}, errors.DuesWrong),
        ({"paid_date": "2026-11-11"}, errors.DuesLate),
    ],
)
def test_dues_that_cannot_be_right_are_not_handed_in(
    world: World, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        _submit(world, {**DUES, **changed})

    assert Case.objects.get().state == "DRAFT"
    assert not PartyDues.objects.exists()


def test_late_dues_come_with_a_reason_strangers_and_too_little_not_at_all(world: World) -> None:
    world.people["外人"] = world.people["village_clerk"]
    for changes in (
        [_row(world, "外人", amount="5")],
        [_row(world, "方小雨", amount="0.19")],
    ):
        with pytest.raises(errors.DuesWrong):
            _submit(world, {**DUES, "changes": changes})

    _submit(world, {**DUES, "paid_date": "2026-11-11", "late_reason": REASON})
    with pytest.raises(errors.DuesWrong, match="已经报过"):
        _submit(world, DUES)

    assert PartyDues.objects.count() == 3


def test_a_fund_is_paid_within_what_was_approved(world: World, money: Money) -> None:
    walk = _submit(world, FUND, ())
    with pytest.raises(errors.FundNotPayable, match="在审核"):
        dues.require_payable(walk.number, 1, "K-1")
    walk.approve("village_secretary", "town_party_office")

    assert SourceMatter.objects.get(ext_id=walk.number).amount_fen == 200_000
    assert [row[6] for row in extraction.fetch("party_fund")] == [200_000]
    assert effects.prefill(walk.number).form["purpose"] == "主题党日到红色基地"
    spending.spend(
        money.world, "K-1", [(money.payees[0], 150_000)], state="submitted",
        source_kind="other", source_id=walk.number,
    )  # fmt: skip
    dues.require_payable(walk.number, 50_000, "K-2")
    with pytest.raises(errors.FundNotPayable, match=r"只剩500\.00元"):
        dues.require_payable(walk.number, 50_001, "K-2")
    assert published(walk.number)["P03"].facts["要多少元"] == "2,000.00元"


def test_a_fund_of_nothing_is_not_handed_in(world: World) -> None:
    with pytest.raises(errors.DuesWrong):
        _submit(world, {**FUND, "amount": "0"}, ())

    assert not PartyFund.objects.exists()
