"""M25: a roster from the last one to the money, and everything that keeps somebody off it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters import registry, shelf
from sanzi.matters.actions import cases
from sanzi.matters.errors import BadField
from sanzi.matters.models import Case, SourceMatter
from sanzi.orgs.models import OutsideDeath, OutsideStatus
from sanzi.payments.models import BankAccount, Payment
from sanzi.registers.subsidies import effects, rules
from sanzi.registers.subsidies import errors as refusals
from sanzi.registers.subsidies.actions import awards
from sanzi.registers.subsidies.models import Award, Program, Roster
from worlds import deals, paying, spending, subsidies, village, walks
from worlds.fake_bank import FakeBank
from worlds.publications import published
from worlds.village import AT, STONE, WILLOW, World
from worlds.walks import Walk

WEEK = timedelta(days=7)
FORM = {
    "title": "2026年耕地地力补贴", "program": "SP-LAND", "period": "2026", "like_last": "no",
    "people": [{"person": "V1", "quantity": "4.2"}, {"person": "V2", "quantity": "5"}],
}  # fmt: skip
AGE = {
    **FORM, "title": "高龄津贴", "program": "SP-AGE", "period": "2026-11",
    "people": [{"person": "V1", "quantity": "1"}, {"person": "V2", "quantity": "1"}],
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return subsidies.build()


def award(person: str, **changed: Any) -> Award:
    said = {
        "ext_id": f"AW-{Award.objects.count()}", "organisation": world_body(),
        "division_code": WILLOW, "program": Program.objects.get(ext_id="SP-LAND"),
        "period": "2025", "person": village.Person.objects.get(ext_id=person),
        "quantity_milli": 3_000, "amount_fen": 28_380, "payee_name": "王", "status": "approved",
        **changed,
    }  # fmt: skip
    said["household"] = said["person"].household
    return Award.objects.create(**said)


def world_body() -> Any:
    return village.Organisation.objects.get(ext_id="O-WILLOW")


def submitted(world: World, form: dict[str, Any] | None = None) -> Walk:
    walk = walks.start(world, "M25", "village_clerk")
    walk.submit("village_clerk", form or FORM)
    return walk


def shown(world: World, form: dict[str, Any] | None = None, **entry: Any) -> Walk:
    walk = submitted(world, form)
    walk.approve("village_secretary")
    walk.record("committee_member", {"sampled": [{"person": "V1"}], **entry}, ("photo",))
    walk.record("supervision_head", {"place": "村委会公开栏"}, ("photo",))
    return walk


def test_a_roster_walks_from_the_last_list_to_the_cards(world: World) -> None:
    for person in ("V1", "V2", "V3", "V4"):
        award(person)
    gone = village.Person.objects.get(ext_id="V4")
    gone.death_date = date(2025, 12, 20)
    gone.save(update_fields=["death_date"])

    walk = shown(world, {
        **FORM, "like_last": "yes", "people": [{"person": "V1", "quantity": "4.2"}],
        "gone": [{"person": "V3"}],
    })  # fmt: skip
    with pytest.raises(refusals.NotShownEnough):
        walk.record("supervision_head", {})
    with pytest.raises(refusals.NotPayable):
        registry.require_payable("subsidy", walk.number, 1, "P-1")
    walk.at = AT + WEEK
    fixed = [{"person": "V2", "quantity": "2.5", "reason": "有人说多报了，量下来是2.5亩"}]
    walk.record("supervision_head", {"objection": "王二家多报", "corrections": fixed})
    walk.approve("town_agri_head", "town_finance_office", "county_agri")

    assert (walk.case.state, Roster.objects.get().status) == ("DONE", "approved")
    rows = [one for one in deals.record_rows("award", "person_id") if one["period"] == "2026"]
    assert [(r["person_id"], r["quantity_milli"], r["amount_fen"]) for r in rows] == [
        ("V1", 4_200, 39_732), ("V2", 2_500, 23_650),
    ]  # fmt: skip
    assert {(r["status"], r["case_id"]) for r in rows} == {("approved", walk.number)}
    assert all(r["publicity_end_at"] and r["payee_account_hash"] for r in rows)
    assert all(r["publicity_disclosure_id"] for r in rows)
    told = published(walk.number)
    assert told["S01"].facts["贴在哪里"] == "村委会公开栏"
    assert told["S01"].stage == "公示满了"
    assert told["S02"].tables == {
        "补贴发给了谁": [["王*", "4.2亩", "397.32"], ["王*", "2.5亩", "236.50"]]
    }
    source = SourceMatter.objects.get(ext_id=walk.number)
    assert (source.kind, source.amount_fen) == ("subsidy", 63_382)
    begun = registry.prefill_of("subsidy", walk.number)
    assert begun is not None
    assert [(one["payee_id"], one["amount"]) for one in begun.lines] == [
        ("V1", "397.32"), ("V2", "236.50"),
    ]  # fmt: skip
    registry.require_payable("subsidy", walk.number, 63_382, "P-1")
    with pytest.raises(refusals.Overpaid):
        registry.require_payable("subsidy", walk.number, 63_383, "P-1")


def approved(world: World) -> Walk:
    walk = shown(world, AGE)
    walk.at = AT + WEEK
    walk.record("supervision_head", {})
    walk.approve("town_agri_head", "town_finance_office", "county_agri")
    return walk


def test_the_cards_are_paid_and_the_row_and_the_books_know(world: World, bank: FakeBank) -> None:
    walk = approved(world)
    till = paying.open_till(world, bank, walk.at)

    number = till.pay(walk.number, {2: "AC04"})

    assert Case.objects.get(number=number).state == "PART_SETTLED"
    assert [bool(row["paid_at"]) for row in deals.record_rows("award", "person_id")] == [
        True,
        False,
    ]
    till.pay_again(number, 2, "6228480000000009999")
    assert Case.objects.get(number=number).state == "SETTLED"
    [first, second] = Payment.objects.order_by("line_no")
    assert walk.at <= first.paid_at < second.paid_at
    assert [str(row["paid_at"])[:16] for row in deals.record_rows("award", "person_id")] == [
        "2026-11-19 02:00", "2026-11-19 03:00",
    ]  # fmt: skip
    assert [len(bank.batches[one].lines) for one in bank.batches] == [2, 1]
    assert paying.booked(number) == {"V1": 10_000, "V2": 10_000}
    [one, other] = Award.objects.order_by("pk")
    by = world.actor("village_clerk")
    for row, payment in ((one, first), (other, second)):
        found = shelf.item(by=by, key="subsidy-awards", ext_id=row.ext_id)
        told = {column.key: value for column, value in found.values}
        assert told["paid"] == payment.paid_at
    with pytest.raises(refusals.Overpaid):
        till.submit(till.begin(walk.number))


def test_money_that_came_back_is_paid_once_by_whichever_way(world: World, bank: FakeBank) -> None:
    walk = approved(world)
    till = paying.open_till(world, bank, walk.at)
    first = till.pay(walk.number, {2: "AC04"})
    other = till.begin(walk.number)
    by = world.actor("cashier_reporter", till.at)
    line = drafts_of(other)[1]
    cases.save(number=other, by=by, at=till.at, form={}, lines=[{**line, "amount": "100.00"}])
    till.submit(other)

    with pytest.raises(refusals.Overpaid):
        till.pay_again(first, 2, "6228480000000009999")

    till.approve(other)
    till.send()
    assert Payment.objects.get(order__case_number=first, line_no=2).status == "REJECTED"
    assert Payment.objects.filter(status="SETTLED").count() == 2
    assert all(row["paid_at"] for row in deals.record_rows("award"))


def drafts_of(number: str) -> list[dict[str, str]]:
    return [
        {key: str(one.get(key, "")) for key in ("kind", "payee_id", "name", "bank_code")}
        | {"account": f"*{one['account_tail']}", "was": str(place)}
        for place, one in enumerate(Case.objects.get(number=number).form["lines"], start=1)
    ]


def test_only_those_on_the_list_are_paid_and_no_more_than_theirs(
    world: World, bank: FakeBank
) -> None:
    walk = approved(world)
    till = paying.open_till(world, bank, walk.at)
    number = till.begin(walk.number)
    by = world.actor("cashier_reporter", till.at)
    stranger = village.Person.objects.get(ext_id="V3")
    lines = drafts_of(number)
    wrong = (
        [{**lines[0], "amount": "150.00"}, {**lines[1], "amount": "50.00"}],
        [{**lines[0], "amount": "100.00"}, {
            "kind": "person", "payee_id": "V3", "name": stranger.name, "amount": "100.00",
            "account": "6228480000000007777", "bank_code": "402999900017",
        }],
    )  # fmt: skip
    for said in wrong:
        cases.save(number=number, by=by, at=till.at, form={}, lines=said)
        with pytest.raises(refusals.WrongPayee):
            till.submit(number)

    assert Case.objects.get(number=number).state == "DRAFT"


def test_money_that_came_back_may_be_paid_again(world: World) -> None:
    walk = approved(world)
    people = [one.person for one in Award.objects.order_by("pk")]
    for number, person in enumerate(people):
        spending.spend(
            world, f"P-{number}", [(person, 10_000)], state="paid", source_kind="subsidy",
            source_id=walk.number,
        )  # fmt: skip
    Payment.objects.update(paid_at=AT)
    Payment.objects.filter(payee_person=people[1]).update(status="RETURNED")

    registry.require_payable("subsidy", walk.number, 10_000, "P-3")
    with pytest.raises(refusals.Overpaid):
        registry.require_payable("subsidy", walk.number, 10_001, "P-3")
    paid_days = [bool(row["paid_at"]) for row in deals.record_rows("award", "person_id")]
    assert paid_days == [True, False]


def _dead(_world: World) -> None:
    index = village.Person.objects.get(ext_id="V1").id_no_index
    OutsideDeath.objects.create(id_no_index=index, sealed_id_no="x", death_date=date(2025, 12, 12))


def _elsewhere(_world: World) -> None:
    award("V1", period="2026", division_code=STONE)


def _family(world: World) -> None:
    wife = subsidies.villager(world, "李梅")
    wife.household = village.Person.objects.get(ext_id="V1").household
    wife.save(update_fields=["household"])
    award(wife.ext_id, period="2026")


def _small_plot(_world: World) -> None:
    home = village.Person.objects.get(ext_id="V1").household
    assert home is not None
    home.landright_set.update(area_mu_centi=400)


def _no_card(_world: World) -> None:
    BankAccount.objects.filter(person__ext_id="V2").delete()


def _shared_card(_world: World) -> None:
    one, other = BankAccount.objects.filter(person__ext_id__in=("V1", "V2")).order_by("pk")
    other.number_index = one.number_index
    other.save(update_fields=["number_index"])


def _name_differs(_world: World) -> None:
    BankAccount.objects.filter(person__ext_id="V2").update(holder_name="周文书")


@pytest.mark.parametrize(
    ("prepare", "refusal"),
    [
        (_dead, refusals.BeneficiaryDead),
        (_elsewhere, refusals.AwardTwice),
        (_family, refusals.AwardTwice),
        (_small_plot, refusals.OverArea),
        (_no_card, refusals.NoCard),
        (_shared_card, refusals.NoCard),
        (_name_differs, refusals.NoCard),
    ],
)
def test_whoever_may_not_be_on_the_list_stops_it(
    world: World, prepare: Callable[[World], None], refusal: type[Refusal]
) -> None:
    prepare(world)
    before = Award.objects.count()

    with pytest.raises(refusal):
        submitted(world)

    assert (Award.objects.count(), Roster.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"people": []}, refusals.RosterEmpty),
        ({"period": "2026-13"}, refusals.SubsidyWrong),
        ({"program": "SP-NONE"}, refusals.SubsidyWrong),
        ({"people": [{"person": "V1", "quantity": "0"}]}, refusals.SubsidyWrong),
        ({"people": [{"person": "V1", "quantity": "1"}] * 2}, refusals.SubsidyWrong),
        ({"people": [{"person": "P-agency-1", "quantity": "1"}]}, BadField),
        ({"program": "SP-AGE", "people": [{"person": "V1", "quantity": "2"}]}, refusals.OverRate),
    ],
)
def test_a_roster_that_cannot_be_right_is_not_handed_in(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        submitted(world, {**FORM, **changed})
    assert not Award.objects.exists()


def test_a_roster_comes_once_a_period(world: World) -> None:
    first = submitted(world)
    with pytest.raises(refusals.RosterTwice, match=first.number):
        submitted(world, {**FORM, "people": [{"person": "V3", "quantity": "1"}]})
    assert Roster.objects.count() == 1


def test_payroll_and_rival_programmes_bar_where_the_programme_says_so(world: World) -> None:
    one = village.Person.objects.get(ext_id="V1")
    OutsideStatus.objects.create(
        id_no_index=one.id_no_index, sealed_id_no="x", kind="payroll", since_date=date(2020, 1, 1)
    )
    with pytest.raises(refusals.BeneficiaryBarred, match="财政供养"):
        submitted(world, AGE)
    Program.objects.update(exclusive_group="care", excludes_payroll=False)
    award("V1", period="2026")
    with pytest.raises(refusals.AwardExclusive, match="耕地地力补贴"):
        submitted(world, AGE)
    assert not Roster.objects.exists()


def test_cadres_and_their_kin_are_declared_before_the_list_is_shown(world: World) -> None:
    deals.kin(world.people["village_secretary"], world.people["王一"])
    walk = submitted(world, AGE)
    walk.approve("village_secretary")
    with pytest.raises(refusals.KinNotDeclared, match="王一"):
        walk.record("committee_member", {"sampled": [{"person": "V1"}]}, ("photo",))
    assert Roster.objects.get().status == "collected"

    words = [{"person": "V1", "words": "书记的弟弟，82岁"}]
    walk.record("committee_member", {"sampled": [{"person": "V1"}], "kin": words}, ("photo",))

    [kin, other] = Award.objects.order_by("pk")
    assert (kin.is_kin_of_cadre, kin.kin_declared_at, kin.remark) == (True, AT, "书记的弟弟，82岁")
    assert (other.is_kin_of_cadre, other.kin_declared_at) == (False, None)


def test_a_list_is_sampled_and_corrected_only_downwards(world: World) -> None:
    walk = submitted(world)
    by = world.actor("committee_member")
    with pytest.raises(refusals.TooFewSampled):
        awards.check(case_number=walk.number, sampled=[], declared={}, by=by, at=AT)
    with pytest.raises(refusals.NotOnRoster, match="王四"):
        awards.check(case_number=walk.number, sampled=["V4"], declared={}, by=by, at=AT)
    with pytest.raises(refusals.NotNow):
        awards.show(case_number=walk.number, by=by, at=AT)
    awards.check(case_number=walk.number, sampled=["V1"], declared={}, by=by, at=AT)
    awards.show(case_number=walk.number, by=by, at=AT)
    more = [awards.Correction("V1", "他说少算了", 5_000)]
    with pytest.raises(refusals.SubsidyWrong, match="只能改少"):
        awards.close(case_number=walk.number, objection="", corrections=more, by=by, at=AT + WEEK)
    assert Award.objects.get(person__ext_id="V1").quantity_milli == 4_200
    off = [awards.Correction("V1", "地流转给别人了")]
    awards.close(case_number=walk.number, objection="", corrections=off, by=by, at=AT + WEEK)
    assert awards.approve(case_number=walk.number, by=by, at=AT + WEEK) == 47_300


def test_a_rejected_roster_bars_nobody(world: World) -> None:
    walk = submitted(world)
    awards.end(case_number=walk.number, by=world.actor("village_secretary"), at=AT)
    submitted(world)
    assert Award.objects.filter(status="proposed").count() == 2
    assert effects.prefill(walk.number).lines == ()


def test_sums_areas_and_samples_are_whole_numbers() -> None:
    assert [rules.due_fen(8_000, 9_460), rules.due_fen(333, 10)] == [75_680, 3]
    assert [rules.sample_min(one, 10) for one in (1, 10, 11, 352)] == [1, 1, 2, 36]
    assert not rules.is_over_area(5_150, 500, 3)
    assert rules.is_over_area(5_151, 500, 3)
    assert rules.overlap("2026", "2026-03")
    assert not rules.overlap("2025", "2026-03")
    assert rules.span("2026-3") is None
    assert rules.shown_until(datetime(2026, 3, 1, tzinfo=UTC), 7) == datetime(
        2026, 3, 8, tzinfo=UTC
    )
