"""M16: standards first, then the month's sheet that the system makes, then its payment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string

from sanzi.kernel.refusals import Refusal
from sanzi.matters import errors as matter_errors
from sanzi.matters import shelf
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, SourceMatter
from sanzi.record import extraction
from sanzi.registers.labour.models import LabourDay
from sanzi.registers.posts import effects, errors
from sanzi.registers.posts.actions import pay
from sanzi.registers.posts.models import Pay, PayStandard
from sanzi.registers.posts.queries.pay import standard_on
from worlds import deals, paying, spending, subsidies, walks
from worlds import labour as worlds_labour
from worlds import money as worlds_money
from worlds import posts as worlds_posts
from worlds.fake_bank import FakeBank
from worlds.money import Money
from worlds.publications import published
from worlds.village import AT, WILLOW
from worlds.walks import Walk

TOWN = ("town_party_office", "town_agri_head")
STANDARDS = [
    {"post": "village_secretary", "kind": "basic", "value": "5000"},
    {"post": "committee_member", "kind": "lost_work", "value": "120"},
]


def _standards(money: Money, rows: list[dict[str, str]] | None = None, **changed: str) -> Walk:
    walk = walks.start(money.world, "M16", "village_clerk")
    form: dict[str, Any] = {
        "what": "standard", "period": "2026-11", "decision_id": "D-PAY",
        "standards": STANDARDS if rows is None else rows, **changed,
    }  # fmt: skip
    walk.submit("village_clerk", form)
    return walk


def _day(money: Money, day: str = "2026-11-05", role: str = "committee_member") -> dict[str, str]:
    person = money.world.people[role].ext_id
    return {"person": person, "kind": "lost_work", "work_date": day, "reason": "去镇里报材料"}


def _sheet(money: Money, *days: dict[str, str], period: str = "2026-11") -> Walk:
    walk = walks.start(money.world, "M16", "village_clerk")
    walk.submit("village_clerk", {"what": "sheet", "period": period, "days": list(days)})
    return walk


def test_pay_walks_from_its_standards_to_the_payment(money: Money) -> None:
    standards = _standards(money)
    standards.approve("supervision_head", *TOWN)
    assert standards.case.state == "DONE"
    assert standards.case.title == "定标准"
    assert {row[4:7] for row in extraction.fetch("pay_standard")} == {
        ("village_secretary", "basic", 500_000), ("committee_member", "lost_work", 12_000),
    }  # fmt: skip

    sheet = _sheet(money, _day(money))
    shown = effects.panel(sheet.number)
    assert shown is not None
    assert [(one.name, one.kind, one.amount_fen) for one in shown.context["sheet"].rows] == [
        ("陈国平", "基本报酬", 500_000), ("高大林", "误工补贴", 12_000),
    ]  # fmt: skip
    drawn = render_to_string(shown.template, {"panel": shown.context})
    assert "5,120.00" in drawn
    with pytest.raises(errors.PayNotReady):
        pay.require_payable(sheet.number, 512_000, "K-1")
    sheet.approve("supervision_head", *TOWN)

    source = SourceMatter.objects.get(ext_id=sheet.number)
    assert (source.kind, source.amount_fen, source.title) == (
        "pay", 512_000, "2026-11报酬误工补贴",
    )  # fmt: skip
    begun = effects.prefill(sheet.number)
    assert begun.form["source_id"] == sheet.number
    assert [(one["name"], one["amount"]) for one in begun.lines] == [
        ("陈国平", "5000.00"), ("高大林", "120.00"),
    ]  # fmt: skip
    pay.require_payable(sheet.number, 512_000, "K-1")
    with pytest.raises(errors.PayDiffers):
        pay.require_payable(sheet.number, 512_001, "K-1")
    spending.spend(
        money.world, "K-1", [(money.payees[0], 512_000)], state="submitted",
        source_kind="pay", source_id=sheet.number,
    )  # fmt: skip
    with pytest.raises(errors.PayNotReady):
        pay.require_payable(sheet.number, 512_000, "K-2")
    kinds = [row[6] for row in extraction.fetch("pay")]
    assert sorted(kinds) == ["basic", "lost_work"]
    shown_rows = published(sheet.number)["V04"].tables["报酬和误工补贴"]
    assert [(row[0], row[3]) for row in shown_rows] == [("陈*平", "5,000.00"), ("高*林", "120.00")]
    assert published(standards.number)["V04"].facts["报什么"] == "定标准"


def test_pay_comes_to_its_people_and_they_do_not_approve_it(money: Money, bank: FakeBank) -> None:
    _with_standards(money)
    sheet = _sheet(money, _day(money))
    sheet.approve("supervision_head", *TOWN)
    for place, role in enumerate(("village_secretary", "committee_member")):
        subsidies.card(money.world.people[role], worlds_money.card(900 + place))
    till = paying.open_till(money.world, bank, AT)
    number = till.begin(sheet.number)
    till.submit(number)

    roles = till.approve(number)
    till.send({1: "AC04"})

    assert roles == [
        "town_agri_head", "supervision_head", "agency_cashier", "agency_accountant", "town_leader",
        "agency_cashier", "agency_reviewer",
    ]  # fmt: skip
    assert {row["role_code"]: bool(row["paid_at"]) for row in deals.record_rows("pay")} == {
        "village_secretary": False, "committee_member": True,
    }  # fmt: skip
    till.pay_again(number, 1, worlds_money.card(950))
    assert Case.objects.get(number=number).state == "SETTLED"
    assert all(row["paid_at"] for row in deals.record_rows("pay"))
    assert sorted(paying.booked(number).values()) == [12_000, 500_000]
    rows = shelf.rows(by=money.actor("village_clerk"), key="pay")
    register = shelf.access_register(by=money.actor("village_clerk"), key="pay")
    assert all(shelf.read(one, register.column("paid").read) for one in rows)


def test_a_sheet_is_paid_to_those_on_it(money: Money, bank: FakeBank) -> None:
    _with_standards(money)
    sheet = _sheet(money, _day(money))
    sheet.approve("supervision_head", *TOWN)
    till = paying.open_till(money.world, bank, AT)
    number = till.begin(sheet.number)
    line = {
        "kind": "person", "payee_id": "V1", "name": money.payees[0].name, "amount": "5120",
        "account": worlds_money.card(1), "bank_code": worlds_money.BANK_CODE,
    }  # fmt: skip
    by = money.actor("cashier_reporter", AT)
    cases.save(number=number, by=by, at=AT, form={}, lines=[line])

    with pytest.raises(errors.WrongPayee):
        till.submit(number)

    assert Case.objects.get(number=number).state == "DRAFT"


def test_who_holds_two_posts_is_paid_for_one_and_by_the_days_he_held_it(money: Money) -> None:
    world = money.world
    worlds_posts.standard(world, "village_secretary", "basic", 5000)
    worlds_posts.standard(world, "coop_director", "basic", 3000)
    post = worlds_posts.post_of(world.people["coop_director"], "coop_director")
    post.person, post.end_date = world.people["village_secretary"], date(2026, 11, 30)
    post.save()
    held = worlds_posts.post_of(world.people["village_secretary"], "village_secretary")
    held.start_date = date(2026, 11, 4)
    held.save()

    _sheet(money)

    assert [(one.role_code, one.amount_fen) for one in Pay.objects.all()] == [
        ("village_secretary", 450_000)
    ]


def test_new_standards_end_those_before_them(money: Money) -> None:
    old = worlds_posts.standard(money.world, "village_secretary", "basic", 4800)

    _standards(money).approve("supervision_head", *TOWN)

    old.refresh_from_db()
    assert old.valid_until_date == date(2026, 10, 31)
    new = PayStandard.objects.get(role_code="village_secretary", valid_until_date=None)
    assert (new.value_fen, new.valid_from_date) == (500_000, date(2026, 11, 1))


def test_of_two_standards_from_the_same_month_the_later_decision_holds(money: Money) -> None:
    _standards(money).approve("supervision_head", *TOWN)
    lower = [{**STANDARDS[0], "value": "4500"}]
    _standards(money, lower).approve("supervision_head", *TOWN)
    earlier = [{**STANDARDS[0], "value": "4000"}]
    _standards(money, earlier, period="2026-09").approve("supervision_head", *TOWN)

    held = PayStandard.objects.filter(role_code="village_secretary", kind="basic")
    days = ("value_fen", "valid_from_date", "valid_until_date")
    assert list(held.order_by("pk").values_list(*days)) == [
        (500_000, date(2026, 11, 1), date(2026, 10, 31)),
        (450_000, date(2026, 11, 1), None),
        (400_000, date(2026, 9, 1), date(2026, 10, 31)),
    ]
    for month, fen in ((8, None), (9, 400_000), (10, 400_000), (11, 450_000), (12, 450_000)):
        found = standard_on("village_secretary", "basic", WILLOW, date(2026, month, 1))
        assert (found.value_fen if found else None) == fen


@pytest.mark.parametrize(
    ("rows", "changed", "refusal"),
    [
        (None, {"decision_id": ""}, matter_errors.FormIncomplete),
        (None, {"period": "2026-13"}, errors.PayWrong),
        ([{**STANDARDS[1], "value": "150.01"}], {}, errors.StandardTooHigh),
        ([{**STANDARDS[1], "value": "0"}], {}, errors.PayWrong),
        ([{**STANDARDS[0], "post": "town_head"}], {}, errors.PayWrong),
        ([STANDARDS[0], STANDARDS[0]], {}, errors.PayWrong),
    ],
)
def test_a_standard_that_cannot_be_right_is_not_handed_in(
    money: Money, rows: Any, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        _standards(money, rows, **changed)

    assert Case.objects.get().state == "DRAFT"
    assert not PayStandard.objects.exists()


def _with_standards(money: Money) -> None:
    for role in ("committee_member", "supervision_head"):
        worlds_posts.standard(money.world, role, "lost_work", 120)
    worlds_posts.standard(money.world, "village_secretary", "basic", 5000)


@pytest.mark.parametrize(
    ("day", "role", "refusal"),
    [
        ("2026-11-05", "village_secretary", errors.OnFullPay),
        ("2026-11-05", "village_clerk", errors.NoStandard),
        ("2026-10-31", "committee_member", errors.PayWrong),
        ("2026-11-13", "committee_member", errors.PayWrong),
    ],
)
def test_a_day_that_nobody_owes_is_refused_and_nothing_is_kept(
    money: Money, day: str, role: str, refusal: type[Refusal]
) -> None:
    _with_standards(money)

    with pytest.raises(refusal):
        _sheet(money, _day(money, day, role))

    assert not Pay.objects.exists()


def _on_the_roll(money: Money, role: str) -> None:
    """Put somebody on the labour roll of 5 November."""
    labour = worlds_labour.around(money)
    at = datetime(2026, 11, 5, 1, 0, tzinfo=UTC)
    LabourDay.objects.create(
        ext_id="LD-1", request=worlds_labour.found(worlds_labour.approved(labour)),
        division_code="999901101201", person=money.world.people[role], work_date=at.date(),
        start_at=at, end_at=at + timedelta(hours=8), minutes=480, rate_fen_day=15_000,
        amount_fen=15_000, entered_at=at,
    )  # fmt: skip


@pytest.mark.parametrize("role", ["committee_member", "village_secretary"])
def test_nobody_is_paid_on_the_sheet_and_on_the_labour_roll(money: Money, role: str) -> None:
    _with_standards(money)
    _on_the_roll(money, role)

    with pytest.raises(errors.OnLabourRoll, match="11月5日"):
        _sheet(money, _day(money))

    assert not Pay.objects.exists()


def test_a_month_and_a_day_are_paid_once(money: Money) -> None:
    _with_standards(money)
    twice = [_day(money), _day(money)]
    with pytest.raises(errors.PayWrong):
        _sheet(money, *twice)
    first = _sheet(money, _day(money))
    with pytest.raises(errors.SheetExists):
        _sheet(money, _day(money, "2026-11-06"))

    cases.withdraw(number=first.number, by=money.world.actor("village_clerk"), at=AT)
    again = _sheet(money, _day(money))
    assert {one.status for one in Pay.objects.filter(case_number=first.number)} == {"ended"}
    assert Pay.objects.filter(case_number=again.number).count() == 2


def test_a_month_is_not_paid_in_two_villages(money: Money) -> None:
    _with_standards(money)
    secretary = money.world.people["village_secretary"]
    Pay.objects.create(
        ext_id="BC-1", organisation=money.world.bodies["stone"], division_code="999901101202",
        person=secretary, kind="basic", period="2026-11", amount_fen=400_000, status="approved",
    )  # fmt: skip

    with pytest.raises(errors.PaidAlready, match="石桥村"):
        _sheet(money, _day(money))

    assert Pay.objects.count() == 1


def test_a_month_without_anybody_is_refused_and_who_is_on_the_sheet_stands_aside(
    money: Money,
) -> None:
    with pytest.raises(errors.NothingToPay):
        _sheet(money)
    _with_standards(money)

    walk = _sheet(money, _day(money, role="supervision_head"))

    assert walk.open_step.role_code == "supervision_member"
