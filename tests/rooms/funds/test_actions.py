"""Fiscal money by hand: every step in its order, never more than came, nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division, Organisation
from sanzi.payments.actions.funds import FundFields
from sanzi.payments.models import Fund
from sanzi.registers.funds import errors, queries
from sanzi.registers.funds.actions import grants, prices, projects
from sanzi.registers.funds.models import PriceItem, TownProject, Transfer
from worlds import village
from worlds.village import AT, COUNTY, STONE, TOWN, WILLOW, World

HILLS, HILL_VILLAGE = "999901102000", "999901102201"
GRANT = FundFields(
    code="XC-2026-8", organisation="O-WILLOW", name="公厕改造补助", source_level="county",
    amount_fen=10_000_000, granted_date=date(2026, 10, 8), subjects="51402",
    use_by_date=date(2027, 6, 30),
)  # fmt: skip
PART = grants.TransferFields(
    fund="XC-2026-8", town=TOWN, village=WILLOW, amount_fen=6_000_000,
    issued_date=date(2026, 10, 12),
)  # fmt: skip
PROJECT = projects.ProjectFields(
    town=TOWN, name="农村公厕改造", budget_fen=30_000_000, start_date=date(2026, 11, 1),
    end_date=date(2027, 3, 31),
)  # fmt: skip
PRICE = prices.Price(
    item_code="camphor-8", name="香樟，胸径8厘米", unit="株", price_fen=12_000,
    division_code=COUNTY, valid_from_date=date(2026, 1, 1), density_max_per_mu=160,
)  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    made = village.build()
    made.bodies["new-town_finance_office"] = made.bodies["agency"]
    village.post(made, "town_finance_office", "王财政", TOWN)
    Division.objects.create(code=HILLS, name="山下镇", level="town", parent_code=COUNTY)
    Division.objects.create(code=HILL_VILLAGE, name="坡头村", level="village", parent_code=HILLS)
    Organisation.objects.create(
        ext_id="O-HILLS", division_id=HILLS, kind="town_agency", name="山下镇三资代理中心"
    )
    return made


@pytest.fixture
def office(world: World) -> Any:
    return world.actor("town_finance_office")


def granted(world: World) -> str:
    by = world.actor("county_finance")
    grants.enter_fund(fields=GRANT, by=by, at=AT)
    return grants.allocate(fields=PART, by=by, at=AT)


def held() -> tuple[Any, ...]:
    """Everything that a refusal must leave as it was."""
    models = (Fund, Transfer, TownProject, PriceItem)
    rows = [list(model.objects.order_by("pk").values()) for model in models]
    return rows, Event.objects.count()


def refused(kind: type[Refusal], act: Callable[[], object]) -> Refusal:
    before = held()
    with pytest.raises(kind) as found:
        act()
    assert held() == before
    return found.value


def test_money_goes_from_the_grant_to_the_village_and_every_step_is_told(
    world: World, office: Any
) -> None:
    part = granted(world)
    grants.receive(transfer=part, day=date(2026, 10, 20), by=office, at=AT)
    grants.pass_on(transfer=part, amount_fen=2_500_000, day=date(2026, 10, 28), by=office, at=AT)
    grants.pass_on(transfer=part, amount_fen=3_500_000, day=date(2026, 11, 12), by=office, at=AT)

    found = Transfer.objects.get(ext_id=part)
    assert (found.passed_fen, found.passed_on_at) == (6_000_000, AT)
    assert found.town_received_at is not None
    assert clock.local_date(found.town_received_at) == date(2026, 10, 20)
    fund = Fund.objects.get(code="XC-2026-8")
    assert fund.received_at is not None
    assert clock.local_date(fund.received_at) == date(2026, 10, 28)
    assert queries.come_fen(fund, WILLOW) == 6_000_000
    assert [(one.title, one.who, one.said) for one in queries.course("transfer", part)] == [
        ("资金下达到镇", "财政局", "60,000.00元，2026-10-12"),
        ("镇里收到资金", "王财政", "60,000.00元，2026-10-20"),
        ("资金拨到村", "王财政", "25,000.00元，2026-10-28"),
        ("资金拨到村", "王财政", "35,000.00元，2026-11-12"),
    ]


def test_a_fund_that_nobody_allocates_comes_as_a_whole_once(world: World, office: Any) -> None:
    grants.enter_fund(fields=GRANT, by=world.actor("county_agri"), at=AT)

    def come(day: date) -> None:
        grants.receive_fund(code="XC-2026-8", day=day, by=office, at=AT)

    refused(errors.DayOutOfOrder, lambda: come(date(2026, 10, 7)))
    come(date(2026, 10, 8))
    assert queries.come_fen(Fund.objects.get(), WILLOW) == 10_000_000
    refused(errors.TransferNotNow, lambda: come(date(2026, 10, 9)))


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"code": "专项 1"}, errors.MoneyWrong),
        ({"name": " "}, errors.MoneyWrong),
        ({"source_level": "planet"}, errors.MoneyWrong),
        ({"amount_fen": 0}, errors.MoneyWrong),
        ({"use_by_date": date(2026, 10, 7)}, errors.MoneyWrong),
        ({"granted_date": date(2026, 11, 13)}, errors.DayOutOfOrder),
        ({"organisation": "O-NONE"}, NotFound),
    ],
)
def test_a_fund_that_cannot_be_is_refused(
    world: World, changed: dict[str, Any], kind: type[Refusal]
) -> None:
    by, fields = world.actor("county_finance"), replace(GRANT, **changed)
    refused(kind, lambda: grants.enter_fund(fields=fields, by=by, at=AT))


def test_a_code_is_entered_once(world: World) -> None:
    by = world.actor("county_finance")
    grants.enter_fund(fields=GRANT, by=by, at=AT)
    refused(errors.MoneyWrong, lambda: grants.enter_fund(fields=GRANT, by=by, at=AT))


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"amount_fen": 4_000_001}, errors.AllocatedTooMuch),
        ({"amount_fen": 0}, errors.MoneyWrong),
        ({"issued_date": date(2026, 10, 7)}, errors.DayOutOfOrder),
        ({"issued_date": date(2026, 11, 13)}, errors.DayOutOfOrder),
        ({"village": HILL_VILLAGE}, errors.MoneyWrong),
        ({"project": "TP-NONE"}, NotFound),
        ({"fund": "XC-NONE"}, NotFound),
    ],
)
def test_an_allocation_that_cannot_be_is_refused(
    world: World, changed: dict[str, Any], kind: type[Refusal]
) -> None:
    granted(world)
    by, fields = world.actor("county_finance"), replace(PART, amount_fen=4_000_000)
    fields = replace(fields, **changed)
    refused(kind, lambda: grants.allocate(fields=fields, by=by, at=AT))


def test_a_project_of_another_town_takes_no_money_of_this_one(world: World) -> None:
    granted(world)
    own = projects.start(fields=PROJECT, by=world.actor("town_head"), at=AT)
    TownProject.objects.filter(ext_id=own).update(division_code=HILLS)
    fields = replace(PART, amount_fen=1, project=own)

    by = world.actor("county_finance")
    said = refused(errors.ProjectElsewhere, lambda: grants.allocate(fields=fields, by=by, at=AT))
    assert "山下镇" in said.text


def test_the_town_passes_on_only_what_it_received_and_in_order(world: World, office: Any) -> None:
    part = granted(world)

    def send(fen: int, day: date) -> None:
        grants.pass_on(transfer=part, amount_fen=fen, day=day, by=office, at=AT)

    refused(errors.TransferNotNow, lambda: send(1, date(2026, 10, 20)))
    early = date(2026, 10, 11)
    refused(
        errors.DayOutOfOrder, lambda: grants.receive(transfer=part, day=early, by=office, at=AT)
    )
    grants.receive(transfer=part, day=date(2026, 10, 20), by=office, at=AT)
    again = AT + timedelta(days=1)
    refused(
        errors.TransferNotNow,
        lambda: grants.receive(transfer=part, day=date(2026, 10, 21), by=office, at=again),
    )
    said = refused(errors.PassedTooMuch, lambda: send(6_000_001, date(2026, 10, 21)))
    assert "60,000.00" in said.text
    refused(errors.DayOutOfOrder, lambda: send(1, date(2026, 10, 19)))
    refused(errors.DayOutOfOrder, lambda: send(1, date(2026, 11, 13)))
    refused(errors.MoneyWrong, lambda: send(0, date(2026, 10, 21)))
    send(6_000_000, date(2026, 10, 20))
    refused(errors.PassedTooMuch, lambda: send(1, date(2026, 11, 1)))


def test_money_that_stays_in_the_town_is_not_passed_on(world: World, office: Any) -> None:
    grants.enter_fund(fields=GRANT, by=world.actor("county_finance"), at=AT)
    own = replace(PART, village="")
    part = grants.allocate(fields=own, by=world.actor("county_finance"), at=AT)
    grants.receive(transfer=part, day=date(2026, 10, 20), by=office, at=AT)
    refused(
        errors.TransferNotNow,
        lambda: grants.pass_on(
            transfer=part, amount_fen=1, day=date(2026, 10, 21), by=office, at=AT
        ),
    )


@pytest.mark.parametrize("role", ["cashier_reporter", "agency_accountant", "town_head"])
def test_others_find_money_and_prices_absent(world: World, role: str) -> None:
    part, by = granted(world), world.actor(role)
    for act in (
        lambda: grants.enter_fund(fields=replace(GRANT, code="XC-9"), by=by, at=AT),
        lambda: grants.allocate(fields=replace(PART, amount_fen=1), by=by, at=AT),
        lambda: grants.receive(transfer=part, day=AT.date(), by=by, at=AT),
        lambda: prices.set_price(price=PRICE, by=by, at=AT),
    ):
        refused(NotFound, act)


def test_a_project_has_a_code_of_its_own_and_goes_on(world: World, office: Any) -> None:
    first = projects.start(fields=PROJECT, by=world.actor("town_head"), at=AT)
    second = projects.start(fields=replace(PROJECT, name="道路硬化"), by=office, at=AT)
    codes = [TownProject.objects.get(ext_id=one).qr_code for one in (first, second)]
    assert codes == ["XM9999011012026001", "XM9999011012026002"]
    told = projects.Progress(40, 9_000_000, 500_000, date(2027, 4, 30), date(2026, 12, 31))
    projects.update(project=first, progress=told, by=office, at=AT)
    found = queries.public_project(codes[0])
    assert (found.progress_percent, found.paid_fen, found.end_date) == (
        40, 9_000_000, date(2027, 4, 30),
    )  # fmt: skip
    for changed, kind in (
        ({"progress_percent": 39}, errors.MoneyWrong),
        ({"progress_percent": 101}, errors.MoneyWrong),
        ({"paid_fen": 8_999_999}, errors.MoneyWrong),
        ({"paid_fen": 30_000_001}, errors.ProjectOverBudget),
        ({"payable_fen": -1}, errors.MoneyWrong),
        ({"payable_due_date": None}, errors.MoneyWrong),
        ({"end_date": date(2026, 10, 31)}, errors.MoneyWrong),
    ):
        wrong = replace(told, **changed)
        refused(kind, lambda: projects.update(project=first, progress=wrong, by=office, at=AT))  # noqa: B023 - called at once


@pytest.mark.parametrize(
    "changed",
    [{"name": ""}, {"budget_fen": 0}, {"end_date": date(2026, 10, 31)}],
)
def test_a_project_that_cannot_be_is_refused(
    world: World, office: Any, changed: dict[str, Any]
) -> None:
    fields = replace(PROJECT, **changed)
    refused(errors.MoneyWrong, lambda: projects.start(fields=fields, by=office, at=AT))


def test_a_project_of_another_town_is_absent(world: World, office: Any) -> None:
    other = replace(PROJECT, town=HILLS)
    refused(NotFound, lambda: projects.start(fields=other, by=office, at=AT))
    made = projects.start(fields=PROJECT, by=office, at=AT)
    TownProject.objects.filter(ext_id=made).update(division_code=HILLS)
    told = projects.Progress(10, 0, 0, date(2027, 4, 30))
    refused(NotFound, lambda: projects.update(project=made, progress=told, by=office, at=AT))


def test_a_new_price_ends_the_old_one_the_day_before_and_overwrites_nothing(world: World) -> None:
    by = world.actor("county_agri")
    prices.set_price(price=PRICE, by=by, at=AT)
    dearer = replace(PRICE, price_fen=13_500, valid_from_date=date(2026, 12, 1))
    prices.set_price(price=dearer, by=by, at=AT)

    rows = PriceItem.objects.order_by("valid_from_date")
    assert [(one.price_fen, one.valid_until_date) for one in rows] == [
        (12_000, date(2026, 11, 30)), (13_500, None),
    ]  # fmt: skip
    for day in (date(2026, 12, 1), date(2026, 6, 1)):
        late = replace(PRICE, price_fen=1, valid_from_date=day)
        refused(errors.PriceStands, lambda: prices.set_price(price=late, by=by, at=AT))  # noqa: B023 - called at once


@pytest.mark.parametrize(
    "changed",
    [
        {"item_code": "香樟"}, {"name": ""}, {"unit": " "}, {"price_fen": 0},
        {"density_max_per_mu": 0},
    ],
)  # fmt: skip
def test_a_price_that_cannot_be_is_refused(world: World, changed: dict[str, Any]) -> None:
    by, price = world.actor("county_agri"), replace(PRICE, **changed)
    refused(errors.MoneyWrong, lambda: prices.set_price(price=price, by=by, at=AT))


def test_a_village_of_the_other_place_stays_out_of_reach(world: World, office: Any) -> None:
    fields = replace(PART, village=STONE)
    granted(world)
    by = world.actor("county_finance")
    part = grants.allocate(fields=replace(fields, amount_fen=1_000_000), by=by, at=AT)
    grants.receive(transfer=part, day=date(2026, 10, 20), by=office, at=AT)
    grants.pass_on(transfer=part, amount_fen=1_000_000, day=AT.date(), by=office, at=AT)

    fund = Fund.objects.get()
    assert fund.received_at is None  # the fund is Willow's; what Stone got does not make it come
    assert (queries.come_fen(fund, WILLOW), queries.come_fen(fund, STONE)) == (0, 1_000_000)
