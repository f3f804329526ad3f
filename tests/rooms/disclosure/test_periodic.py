"""Items of a period: written down when it is over, made when due, missing and late ones found."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml

from sanzi.disclosure import due_queries, period_sheets, periods
from sanzi.disclosure.actions import case_publishing, periodic, publishing
from sanzi.disclosure.actions.publishing import Sheet
from sanzi.disclosure.models import DueSheet, Publication
from sanzi.matters import items as catalogue
from sanzi.matters.items import BadItems, items
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.registers.posts.models import Pay
from sanzi.registers.treasury.models import Debt
from sanzi.supervision import catalogue as models
from worlds import deals, village
from worlds.village import AT, STONE, WILLOW

pytestmark = pytest.mark.django_db
SECOND = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)
TENTH = datetime(2026, 12, 10, 1, 0, tzinfo=UTC)
PERIOD = "2026-11"
NIGHT = timedelta(hours=12)


@pytest.fixture(autouse=True)
def world() -> village.World:
    return village.build()


def body() -> Organisation:
    return Organisation.objects.get(ext_id="O-WILLOW")


def pay(**more: Any) -> Pay:
    return Pay.objects.create(
        ext_id="PAY-1", organisation=body(), division_code=WILLOW, kind="basic",
        person=Person.objects.get(name="陈国平"), role_code="village_secretary", period=PERIOD,
        amount_fen=320_000, status="approved", **more,
    )  # fmt: skip


def states(code: str = WILLOW) -> dict[str, str]:
    rows = DueSheet.objects.filter(division_id=code).select_related("publication")
    return {one.item_code: due_queries.state(one, TENTH + NIGHT + NIGHT) for one in rows}


def test_what_is_due_for_the_month_is_written_down_once_with_its_last_day() -> None:
    assert periodic.write_down(SECOND, date(2026, 12, 2)) > 0
    assert periodic.write_down(SECOND, date(2026, 12, 2)) == 0

    monthly = {one.code for one in items().values() if one.every == "M"}
    assert {"F01", "F02", "F07", "V04", "G01", "G03"} <= monthly
    found = DueSheet.objects.filter(division_id=WILLOW)
    assert {one.item_code for one in found} == monthly
    one = found.get(item_code="F02")
    assert one.period == PERIOD
    assert one.due_at == datetime(2026, 12, 10, 16, 0, tzinfo=UTC), "the end of the 10th"
    assert one.title == "2026年11月财务报表和银行余额"


def test_a_quarter_is_due_on_the_20th_and_no_past_period_is_asked_for() -> None:
    day = datetime(2026, 10, 15, 1, 0, tzinfo=UTC)
    periodic.write_down(day, date(2026, 10, 15))

    found = DueSheet.objects.filter(division_id=WILLOW)
    assert {one.item_code for one in found} == {
        one.code for one in items().values() if one.every == "Q"
    }
    assert {(one.period, one.due_at) for one in found} == {
        ("2026-09", datetime(2026, 10, 20, 16, 0, tzinfo=UTC))
    }


def test_it_is_made_on_its_last_day_from_the_register_with_the_official_in_full() -> None:
    pay()
    periodic.work(SECOND)
    assert not Publication.objects.exists(), "not before its day"

    periodic.work(TENTH)

    one = Publication.objects.get(item_code="V04", division_id=WILLOW)
    assert one.body["tables"][0]["rows"] == [["村党组织书记", "陈国平", "基本报酬", "3,200.00"]]
    assert (one.period, one.total_fen, one.is_late) == (PERIOD, 320_000, False)
    assert states()["V04"] == due_queries.MADE
    assert states(STONE)["V04"] == due_queries.EMPTY, "nothing paid there"
    assert states()["F07"] == due_queries.EMPTY
    periodic.work(TENTH)
    assert Publication.objects.filter(item_code="V04").count() == 1


def test_what_only_people_know_is_missing_until_it_is_published_and_late_after() -> None:
    periodic.work(datetime(2026, 10, 2, 1, 0, tzinfo=UTC))
    after = datetime(2026, 10, 22, 1, 0, tzinfo=UTC)
    report = DueSheet.objects.get(division_id=WILLOW, item_code="V06")
    assert due_queries.state(report, after) == due_queries.MISSING

    sheet = Sheet(WILLOW, "O-WILLOW", "V06", "第3季度监督报告", {"facts": []}, period="2026-09")
    publishing.publish(sheet=sheet, by=SYSTEM, at=after)
    periodic.work(after)

    report.refresh_from_db()
    assert due_queries.state(report, after) == due_queries.LATE


def test_debts_name_firms_and_mask_persons(world: village.World) -> None:
    lender = village.villager(world, "王小芳")
    firm = deals.party("C-1")
    common = {"organisation": body(), "division_code": WILLOW, "rate_bp": 400, "state": "standing"}
    for number, kind, whose in (
        ("1", "payable", {"counterparty": firm}), ("2", "private_loan", {"person": lender}),
    ):  # fmt: skip
        Debt.objects.create(
            ext_id=f"D-{number}", kind=kind, principal_fen=900_000, balance_fen=800_000,
            **whose, **common,
        )  # fmt: skip

    made = period_sheets.make("F05", WILLOW, "Q", "2026-09")

    assert made is not None
    assert [row[1] for row in made.tables[0]["rows"]] == [firm.name, "王*芳"]
    assert [row[2] for row in made.tables[0]["rows"]] == ["8,000.00", "8,000.00"]
    assert period_sheets.make("F05", STONE, "Q", "2026-09") is None


@pytest.mark.parametrize("item", sorted(period_sheets.MAKERS.keys() - {"V05"}))
def test_a_maker_says_when_there_is_nothing_and_belongs_to_an_item_the_system_makes(
    item: str,
) -> None:
    assert items()[item].is_made
    every = items()[item].every
    period = periods.last_over(every, date(2026, 10, 1))
    assert period_sheets.make(item, STONE, every, period) is None


def test_an_officer_sees_his_villages_and_no_other(world: village.World) -> None:
    periodic.write_down(SECOND, date(2026, 12, 2))

    town = due_queries.villages(by=world.actor("town_leader"), at=TENTH)
    assert [one.code for one in town] == [WILLOW, STONE]
    assert town[0].counts[due_queries.DUE] == len(states())
    stone = world.actor("stone_cashier")
    assert [one.code for one in due_queries.villages(by=stone, at=TENTH)] == [STONE]
    with pytest.raises(NotFound):
        due_queries.of_village(by=stone, code=WILLOW, at=TENTH)
    rows = due_queries.of_village(by=world.actor("village_clerk"), code=WILLOW, at=TENTH)
    assert {one.item.code for one in rows} == set(states())


def test_missing_and_late_items_are_alerts_of_the_night() -> None:
    pay()
    periodic.work(SECOND)
    DueSheet.objects.filter(item_code="F02").update(due_at=AT)

    rows = {one["due_id"]: one for one in deals.record_rows("disclosure_due")}

    assert rows[f"{WILLOW}-F02-{PERIOD}"]["published_at"] is None
    model = models.models()["disclosure-overdue"]
    assert model.tables == {"disclosure_due", "org"}
    assert model.gates == ("nightly",)


def test_what_was_published_leaves_the_web_after_its_years_and_stays_in_the_table() -> None:
    sheet = Sheet(WILLOW, "O-WILLOW", "F04", "修路", {"facts": []})
    one = publishing.publish(sheet=sheet, by=SYSTEM, at=AT)

    assert case_publishing.take_down_due(AT + timedelta(days=3649)) == 0
    assert case_publishing.take_down_due(AT + timedelta(days=3650)) == 1

    one.refresh_from_db()
    assert one.unpublished_at == AT + timedelta(days=3650)
    assert one.title == "修路"


@pytest.mark.parametrize(
    ("every", "today", "period"),
    [
        ("M", "2026-12-01", "2026-11"), ("M", "2026-01-31", "2025-12"),
        ("Q", "2026-12-31", "2026-09"), ("Q", "2026-01-01", "2025-12"),
        ("Y", "2026-12-31", "2025-12"),
    ],
)  # fmt: skip
def test_the_last_period_that_is_over(every: str, today: str, period: str) -> None:
    assert periods.last_over(every, date.fromisoformat(today)) == period


def test_a_quarter_has_three_months_and_words_of_its_own() -> None:
    start, end = periods.bounds_of("Q", "2026-09")
    assert (start, end) == (
        datetime(2026, 6, 30, 16, 0, tzinfo=UTC), datetime(2026, 9, 30, 16, 0, tzinfo=UTC),
    )  # fmt: skip
    assert periods.words("Q", "2026-09") == "2026年第3季度"
    assert periods.words("Y", "2025-12") == "2025年"


GOOD = {"code": "Z01", "title": "试", "module": "党务", "min_days": 7, "source": "hand",
        "signs": ["village_secretary"], "fields": ["内容"], "every": "M"}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"module": "别的"}, "Z01: module 别的"),
        ({"source": "网上"}, "Z01: source 网上"),
        ({"every": "W"}, "Z01: every W"),
        ({"every": ""}, "Z01: is never due"),
        ({"signs": []}, "Z01: names nobody who signs, or nothing it shows"),
    ],
)
def test_a_wrong_item_is_refused_by_name(change: dict[str, Any], why: str) -> None:
    with pytest.raises(BadItems, match=why):
        catalogue.read({"modules": [{"title": "党务"}], "items": [{**GOOD, **change}]})


def test_the_catalogue_has_eight_modules_and_the_countys_own() -> None:
    found = catalogue.modules()
    assert list(found.values()).count(False) == 8
    assert {one.module for one in items().values()} == set(found)
    with pytest.raises(BadItems, match="Z01: is there twice"):
        catalogue.read({"modules": [{"title": "党务"}], "items": [GOOD, GOOD]})
    roles = yaml.safe_load((catalogue.ITEMS_FILE.parent.parent / "roles.yaml").read_text())
    assert {role for one in items().values() for role in one.signs} <= set(roles["roles"])
