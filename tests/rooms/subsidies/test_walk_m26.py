"""M26: from the household's application to the decision in writing and the month's money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters import registry, shelf
from sanzi.matters.actions import cases
from sanzi.matters.errors import BadField
from sanzi.matters.models import Case
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import OutsideDeath, OutsideStatus, Person
from sanzi.registers.subsidies import aid_effects
from sanzi.registers.subsidies import errors as refusals
from sanzi.registers.subsidies.actions import aid
from sanzi.registers.subsidies.models import AidCase
from sanzi.registers.subsidies.queries import aid as reads
from worlds import deals, paying, spending, subsidies, walks
from worlds.fake_bank import FakeBank
from worlds.publications import published
from worlds.village import AT, World
from worlds.walks import Walk

WEEK = timedelta(days=7)
FORM = {
    "title": "申请低保", "kind": "low_income", "applicant": "V1", "kin_of_staff": "no",
    "members": [{"person": "V5"}],
}  # fmt: skip
VISIT = {
    "visitors": [{"person": "P-agency-4"}, {"person": "P-willow-4"}],
    "visited_at": "2026-11-12T09:00", "income": "860", "agreed": "yes",
}  # fmt: skip
GRANT = {
    "result": "approved", "monthly": "1,035", "start_date": "2026-11-01", "visited": "no",
}  # fmt: skip
DUE = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def world(db: None) -> World:
    made = subsidies.build()
    wife = subsidies.villager(made, "李梅")
    wife.household = made.people["王一"].household
    wife.save(update_fields=["household"])
    return made


def submitted(world: World, **changed: Any) -> Walk:
    walk = walks.start(world, "M26", "village_clerk")
    walk.submit("village_clerk", {**FORM, **changed}, ("consent", "illness"))
    return walk


def visited(world: World, **changed: Any) -> Walk:
    walk = submitted(world, **changed)
    walk.approve("town_civil_office")
    walk.record("town_civil_office", VISIT, ("photo",))
    return walk


def closed(world: World, **changed: Any) -> Walk:
    walk = visited(world, **changed)
    walk.record("committee_member", {"place": "公开栏"}, ("photo",))
    walk.at = AT + WEEK
    walk.record("committee_member", {})
    return walk


def decided(world: World, decision: dict[str, str], **changed: Any) -> Walk:
    walk = closed(world, **changed)
    walk.record("county_civil_affairs", decision)
    return walk


def test_aid_walks_from_the_application_to_the_letter_and_the_card(world: World) -> None:
    walk = visited(world)
    walk.record("committee_member", {"place": "公开栏"}, ("photo",))
    with pytest.raises(refusals.NotShownEnough):
        walk.record("committee_member", {})
    walk.at = AT + WEEK
    walk.record("committee_member", {})
    walk.record("county_civil_affairs", GRANT)
    walk.record("town_civil_office", {"receiver": "王一"})

    assert walk.case.state == "DONE"
    [row] = deals.record_rows("aid_case")
    assert (row["kind"], row["household_id"], row["member_count"]) == ("low_income", "H1", 2)
    assert (row["result"], row["monthly_fen"], row["status"]) == ("approved", 103_500, "approved")
    assert (row["start_date"], row["recheck_due_date"]) == (date(2026, 11, 1), date(2027, 5, 19))
    told = published(walk.number)
    assert told["S04"].tables == {"救助申请公示": [["王*", "2", "最低生活保障", "未定"]]}
    assert told["S03"].tables == {"低保、特困在册名单": [["王*", "2", "最低生活保障", "1,035.00"]]}
    begun = registry.prefill_of("aid", walk.number)
    assert begun is not None
    assert begun.lines[0]["amount"] == "1035.00"
    found = AidCase.objects.get()
    aid.require_due(found, 103_500, "P-1", DUE)
    spending.spend(
        world, "P-1", [(found.applicant, 103_500)], state="paid", at=DUE, source_kind="aid",
        source_id=walk.number,
    )  # fmt: skip
    with pytest.raises(refusals.AidMonthPaid):
        aid.require_due(found, 1, "P-2", DUE)
    aid.require_due(found, 103_500, "P-2", DUE + timedelta(days=20))


def test_a_months_aid_is_paid_to_the_card_and_the_row_says_so(world: World, bank: FakeBank) -> None:
    walk = decided(world, GRANT)
    walk.record("town_civil_office", {"receiver": "王一"})
    till = paying.open_till(world, bank, DUE)

    number = till.pay(walk.number, {1: "AC04"})

    assert Case.objects.get(number=number).state == "BANK_RETURNED"
    [row] = deals.record_rows("aid_case")
    assert row["paid_at"] is None
    till.at = DUE + timedelta(days=10)
    till.pay(walk.number)
    till.pay_again(number, 1, "6228480000000009999")
    assert Case.objects.get(number=number).state == "SETTLED"
    assert paying.booked(number) == {"V1": 103_500}
    [row] = deals.record_rows("aid_case")
    assert str(row["paid_at"])[:16] == "2026-12-05 01:00"
    found = shelf.item(by=world.actor("village_clerk"), key="aid", ext_id=row["case_id"])
    [paid] = [rows for part, rows in found.parts if part.key == "payments"]
    assert [(one[1], one[2], one[3]) for one in paid] == [("王一", 103_500, "已到账")] * 2
    with pytest.raises(refusals.AidMonthPaid):
        till.submit(till.begin(walk.number))


def test_aid_goes_to_nobody_outside_the_household(world: World, bank: FakeBank) -> None:
    walk = decided(world, GRANT)
    walk.record("town_civil_office", {"receiver": "王一"})
    till = paying.open_till(world, bank, DUE)
    number = till.begin(walk.number)
    line = {
        "kind": "person", "payee_id": "V2", "name": "王二", "amount": "1035",
        "account": "6228480000000007777", "bank_code": "402999900017",
    }  # fmt: skip
    by = world.actor("cashier_reporter", DUE)
    cases.save(number=number, by=by, at=DUE, form={}, lines=[line])

    with pytest.raises(refusals.WrongPayee, match="王二"):
        till.submit(number)

    assert Case.objects.get(number=number).state == "DRAFT"


def test_no_word_of_illness_is_published_or_kept_in_the_register(world: World) -> None:
    walk = decided(world, GRANT)
    text = " ".join(one.text for one in published(walk.number).values())

    assert "病" not in text
    assert "王一" not in text
    columns = {field.name for field in AidCase._meta.get_fields()}
    assert columns.isdisjoint({"cause", "illness", "disability"})


def test_a_refusal_is_told_in_writing_with_its_reason(world: World) -> None:
    walk = visited(world)
    walk.record("committee_member", {"place": "公开栏"}, ("photo",))
    walk.at = AT + WEEK
    walk.record("committee_member", {})
    with pytest.raises(refusals.AidReasonNeeded):
        walk.record(
            "county_civil_affairs", {"result": "refused", "reason": "不行", "visited": "no"}
        )
    assert AidCase.objects.get().decided_at is None
    said = {"result": "refused", "reason": "月人均收入超过低保标准", "visited": "no"}
    walk.record("county_civil_affairs", said)

    found = AidCase.objects.get()
    assert (found.status, found.reason) == ("refused", "月人均收入超过低保标准")
    with pytest.raises(refusals.NotPayable):
        aid.require_due(found, 1, "P-1", DUE)
    assert registry.panel_of("M26", walk.number) is not None
    assert reads.letter(
        reads.access_aid(by=world.actor("village_clerk"), ext_id=found.ext_id)
    ).startswith(b"%PDF")
    with pytest.raises(NotFound):
        reads.access_aid(by=world.actor("stone_cashier"), ext_id=found.ext_id)
    walk.record("town_civil_office", {"receiver": "王一"})
    assert published(walk.number)["S03"].tables == {"低保、特困在册名单": []}


def test_nothing_is_printed_before_the_decision(world: World) -> None:
    submitted(world)
    with pytest.raises(NotFound):
        reads.letter(AidCase.objects.get())
    assert aid_effects.prefill(AidCase.objects.get().case_number).lines == ()


def test_kin_of_staff_are_filed_and_the_county_looks_for_itself(world: World) -> None:
    deals.kin(world.people["town_civil_office"], world.people["李梅"])
    with pytest.raises(refusals.AidKinUnfiled, match="李梅"):
        submitted(world)
    assert not AidCase.objects.exists()

    walk = walks.start(world, "M26", "village_clerk")
    walk.submit("village_clerk", {**FORM, "kin_of_staff": "yes"}, ("consent",))
    found = AidCase.objects.get()
    assert (found.is_kin_of_staff, found.kin_filed_at) == (True, AT)
    AidCase.objects.update(status="closed")
    decision = aid.Decision(is_approved=True, monthly_fen=1, start_date=date(2026, 11, 1))
    with pytest.raises(refusals.AidNotVisited):
        aid.decide(
            case_number=walk.number, decision=decision, by=world.actor("county_civil_affairs"),
            at=AT,
        )  # fmt: skip
    assert AidCase.objects.get().decided_at is None


def _dead(person: str) -> None:
    index = Person.objects.get(ext_id=person).id_no_index
    OutsideDeath.objects.create(id_no_index=index, sealed_id_no="x", death_date=date(2026, 9, 1))


def _has_aid(_world: World) -> None:
    home = Person.objects.get(ext_id="V1").household
    AidCase.objects.create(
        ext_id="JZ-OLD", organisation=_world.bodies["willow"], division_code="999901101201",
        kind="destitute", household=home, applicant_id=_world.people["王一"].pk, applied_at=AT,
        status="approved", monthly_fen=90_000, start_date=date(2026, 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("prepare", "changed", "refusal"),
    [
        (lambda _: _dead("V5"), {}, refusals.AidMemberWrong),
        (lambda _: None, {"members": [{"person": "V2"}]}, refusals.AidMemberWrong),
        (lambda _: None, {"applicant": "P-agency-1"}, BadField),
        (lambda _: None, {"applicant": "V-none"}, BadField),
        (_has_aid, {}, refusals.AidTwice),
        (lambda _: None, {"renews": "JZ-none"}, refusals.AidMemberWrong),
    ],
)
def test_an_application_that_cannot_be_right_is_not_handed_in(
    world: World, prepare: Callable[[World], None], changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    prepare(world)
    before = AidCase.objects.count()
    with pytest.raises(refusal):
        submitted(world, **changed)
    assert AidCase.objects.count() == before


def test_a_look_again_takes_the_place_of_the_old_aid(world: World) -> None:
    _has_aid(world)
    decided(world, GRANT, renews="JZ-OLD")

    old, new = AidCase.objects.order_by("pk")
    assert (old.status, old.last_recheck_date, old.end_date) == (
        "stopped", date(2026, 11, 19), date(2026, 11, 19),
    )  # fmt: skip
    assert (new.status, new.renews_id) == ("approved", old.pk)


def test_temporary_aid_is_given_twice_a_year_and_paid_once(world: World) -> None:
    walk = decided(world, {**GRANT, "monthly": "900"}, kind="temporary")
    found = AidCase.objects.get()
    assert found.recheck_due_date is None
    aid.require_due(found, 90_000, "P-1", DUE)
    with pytest.raises(refusals.Overpaid):
        aid.require_due(found, 90_001, "P-1", DUE + timedelta(days=40))
    AidCase.objects.create(
        ext_id="JZ-2", organisation=found.organisation, division_code=found.division_code,
        kind="temporary", household=found.household, applicant=found.applicant,
        applied_at=AT, status="approved", monthly_fen=90_000,
    )  # fmt: skip
    with pytest.raises(refusals.AidTooOften):
        submitted(world, kind="temporary")
    assert AidCase.objects.count() == 2
    assert walk.case.state == "APPROVED"


@pytest.mark.parametrize(
    ("granted_fen", "more", "is_granted"),
    [
        ([90_000], "5,100", True),
        ([90_000], "5,100.01", False),
        ([1], "1", True),
        ([1, 1], "1", False),
    ],
)
def test_what_was_granted_since_the_wish_counts_when_it_is_decided(
    world: World, granted_fen: list[int], more: str, *, is_granted: bool
) -> None:
    wish = closed(world, kind="temporary")
    found = AidCase.objects.get()
    for place, fen in enumerate(granted_fen):
        AidCase.objects.create(
            ext_id=f"JZ-{place}", organisation=found.organisation, status="approved",
            division_code=found.division_code, kind="temporary", household=found.household,
            applicant=found.applicant, applied_at=AT, monthly_fen=fen,
        )  # fmt: skip

    if is_granted:
        wish.record("county_civil_affairs", {**GRANT, "monthly": more})
    else:
        with pytest.raises(refusals.AidTooOften, match=f"已经有{len(granted_fen)}次"):
            wish.record("county_civil_affairs", {**GRANT, "monthly": more})
        found.refresh_from_db()
        assert (found.status, found.decided_at, found.monthly_fen) == ("closed", None, None)
        no = {"result": "refused", "reason": "一年里已经救助过", "visited": "no"}
        wish.record("county_civil_affairs", no)

    found.refresh_from_db()
    assert found.status == ("approved" if is_granted else "refused")


def test_a_home_is_visited_by_two_strangers_and_means_are_explained(world: World) -> None:
    walk = submitted(world)
    walk.approve("town_civil_office")
    one = {**VISIT, "visitors": [{"person": "P-agency-4"}]}
    with pytest.raises(refusals.AidVisitorsWrong):
        walk.record("town_civil_office", one, ("photo",))
    deals.kin(world.people["town_agri_head"], world.people["王一"])
    with pytest.raises(refusals.AidVisitorsWrong, match="近亲属"):
        walk.record("town_civil_office", VISIT)
    own = {**VISIT, "visitors": [{"person": "P-agency-1"}, {"person": "P-agency-2"}]}
    OutsideStatus.objects.create(
        id_no_index=world.people["王一"].id_no_index, sealed_id_no="x", kind="vehicle",
        value_fen=7_000_000, since_date=date(2024, 1, 1),
    )  # fmt: skip
    with pytest.raises(refusals.AidMeans, match="车辆"):
        walk.record("town_civil_office", own)
    assert AidCase.objects.get().status == "accepted"
    walk.record("town_civil_office", {**own, "explained": "车是儿子拉货用的，已经抵押"})
    assert AidCase.objects.get().visitors.count() == 2


def test_nothing_is_paid_for_the_dead(world: World) -> None:
    decided(world, GRANT)
    found = AidCase.objects.get()
    _dead("V1")
    aid.require_due(found, 103_500, "P-1", DUE)
    _dead("V5")
    with pytest.raises(refusals.AidDeceased):
        aid.require_due(found, 103_500, "P-1", DUE)


def test_a_withdrawn_application_bars_nothing(world: World) -> None:
    walk = submitted(world)
    aid.end(case_number=walk.number, by=world.actor("village_clerk"), at=AT)
    submitted(world)
    assert [one.status for one in AidCase.objects.order_by("pk")] == ["stopped", "applied"]
