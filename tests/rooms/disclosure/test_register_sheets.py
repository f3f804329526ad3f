"""Sheets of budgets, party, aid, powers and supervision, made from rows that are known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from sanzi.disclosure import due_queries, page_parts, period_sheets
from sanzi.disclosure.actions import periodic
from sanzi.disclosure.models import DueSheet, Publication
from sanzi.disclosure.sheet_parts import Made
from sanzi.matters import catalogue
from sanzi.matters.items import items
from sanzi.orgs.models import Organisation, Person
from sanzi.payments.models import BudgetLine
from sanzi.registers.party.models import PartyDues, PartyFund
from sanzi.registers.subsidies.models.aid import AidCase, AidMember
from sanzi.registers.yearly.models import Budget, BudgetItem
from sanzi.supervision.models import Alert
from worlds import village
from worlds.village import STONE, WILLOW

pytestmark = pytest.mark.django_db
QUARTER = "2026-09"
IN_AUGUST = datetime(2026, 8, 3, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def world() -> village.World:
    found = village.build()
    village.villager(found, "王小芳")
    return found


def body() -> Organisation:
    return Organisation.objects.get(ext_id="O-WILLOW")


def here() -> dict[str, Any]:
    return {"organisation": body(), "division_code": WILLOW}


def made(item: str, period: str = QUARTER) -> Made:
    found = period_sheets.make(item, WILLOW, items()[item].every, period)
    assert found is not None
    return found


def budget(kind: str, number: str, **more: Any) -> Budget:
    one = Budget.objects.create(
        ext_id=number, year=more.pop("year", 2026), kind=kind, total_fen=0, nonproductive_fen=0,
        status="approved", **here(), **more,
    )  # fmt: skip
    BudgetItem.objects.create(
        ext_id=f"{number}-1", budget=one, place=1, subject_code="5130101", name="招待",
        amount_fen=500_000, spent_fen=480_000, is_nonproductive=True,
    )  # fmt: skip
    return one


def test_a_quarters_budget_tells_what_is_used_and_what_earns_nothing() -> None:
    budget("budget", "B-1")
    budget("final", "B-2", year=2025, approved_at=IN_AUGUST)
    budget("final", "B-3", year=2024, approved_at=datetime(2026, 3, 1, tzinfo=UTC))
    for name, fen in (("招待", 500_000), ("修路", 900_000)):
        BudgetLine.objects.create(
            ext_id=f"L-{name}",
            organisation=body(),
            year=2026,
            subject_code="5130101",
            name=name,
            amount_fen=fen,
        )

    found = made("F03")

    assert [one for one in found.facts if one[0] == "预算一共（元）"] == [
        ["预算一共（元）", "14,000.00"]
    ]
    assert ["非生产性预算（元）", "5,000.00"] in found.facts
    now, closed = found.tables
    assert sorted(row[1:4] for row in now["rows"]) == [
        ["修路", "", "9,000.00"], ["招待", "是", "5,000.00"],
    ]  # fmt: skip
    assert closed["rows"] == [["2025年", "招待", "5,000.00", "4,800.00"]], "of this quarter only"


def dues(number: int, period: str, paid: int, status: str = "approved") -> None:
    PartyDues.objects.create(
        ext_id=f"D-{number}", person=Person.objects.get(name="王小芳"), period=period,
        due_fen=1_000, paid_fen=paid, reason="病了", status=status, **here(),
    )  # fmt: skip


def test_party_dues_are_sums_of_months_that_name_nobody() -> None:
    for number, (period, paid) in enumerate(
        (("2026-07", 1_000), ("2026-07", 0), ("2026-09", 1_000), ("2026-06", 9_000))
    ):
        dues(number, period, paid)
    dues(9, "2026-08", 1_000, status="submitted")
    PartyFund.objects.create(
        ext_id="P-1", use="help", reason="慰问困难党员", amount_fen=30_000,
        submitted_at=IN_AUGUST, status="approved", **here(),
    )  # fmt: skip

    found = made("P03")

    assert found.tables[0]["rows"] == [
        ["2026-07", "2", "20.00", "10.00"], ["2026-09", "1", "10.00", "10.00"],
    ]  # fmt: skip
    assert found.tables[1]["rows"] == [["慰问困难党员", "300.00"]]
    assert ["收了党费（元）", "20.00"] in found.facts
    assert "王" not in str(found)
    assert "病" not in str(found)


def aid(number: int, name: str, **more: Any) -> AidCase:
    person = Person.objects.get(name=name)
    said = {"kind": "low_income", "monthly_fen": 64_000, "start_date": date(2026, 1, 1),
            "status": "approved", "end_date": None} | more  # fmt: skip
    one = AidCase.objects.create(
        ext_id=f"A-{number}", household=person.household, applicant=person,
        applied_at=IN_AUGUST, **here(), **said,
    )  # fmt: skip
    AidMember.objects.create(aid_case=one, person=person)
    return one


def test_who_is_on_the_register_is_masked_a_child_unnamed_and_all_of_it_leaves() -> None:
    old = aid(1, "王小芳")
    aid(2, "王小芳", renews=old, monthly_fen=70_000)
    aid(3, "王小芳", kind="temporary")
    aid(4, "王小芳", status="stopped")
    aid(5, "王小芳", end_date=date(2026, 9, 30))
    aid(6, "王小芳", start_date=date(2026, 10, 1))
    Person.objects.filter(name="陈国平").update(birth_date=date(2008, 10, 1))
    child = Person.objects.get(name="陈国平")
    child.household = Person.objects.get(name="王小芳").household
    child.save()
    aid(7, "陈国平", kind="destitute")

    found = made("S03")

    assert found.tables[0]["rows"] == [
        ["一个孩子", "1", "特困供养", "640.00"], ["王*芳", "1", "最低生活保障", "700.00"],
    ]  # fmt: skip
    item = items()["S03"]
    assert item.leaves
    shown = page_parts.split("在册", item.title, {"facts": found.facts, "tables": found.tables},
                             leaves=item.leaves)  # fmt: skip
    assert shown.open.tables == ()
    assert shown.people is not None


def test_the_party_is_told_by_the_posts_that_are_held() -> None:
    branch = Organisation.objects.filter(kind="party_branch", division_id=WILLOW).first()
    if branch is None:
        branch = Organisation.objects.create(
            ext_id="O-PARTY", division_id=WILLOW, kind="party_branch", name="柳湾村党支部"
        )
    secretary = Person.objects.get(name="陈国平")
    for number, start, end in (
        ("1", date(2024, 1, 1), None),
        ("2", date(2020, 1, 1), date(2023, 1, 1)),
    ):
        branch.appointment_set.create(
            ext_id=f"AP-{number}", person=secretary, role_code="party_committee",
            start_date=start, end_date=end,
        )  # fmt: skip

    rows = made("P01", "2025-12").tables[0]["rows"]

    assert [branch.name, "陈国平", "2024-01-01"] in [[row[0], *row[2:]] for row in rows]
    assert "2020-01-01" not in str(rows)
    assert items()["P01"].by_hand == ("年度目标",)


def test_the_list_of_powers_has_every_power_its_way_and_what_is_done_for_villagers() -> None:
    found = made("V05", "2025-12")

    ways, done = found.tables
    assert len(ways["rows"]) == len(catalogue.matters())
    dues_way = next(row for row in ways["rows"] if row[0] == "党费与党建经费")
    assert " → 支部审核（村党组织书记） → " in dues_way[2]
    online = [one for one in catalogue.matters().values() if one.online]
    assert [row[0] for row in done["rows"]] == [one.online.word for one in online if one.online]
    assert all(all(row) for one in found.tables for row in one["rows"])


def test_the_supervisors_report_counts_what_was_seen_to() -> None:
    said = {
        "model_code": "m", "model_version": "1", "finding_kind": "payment",
        "org_ext_id": "O-WILLOW",
        "severity": "warn", "sentence": "同一人收两次", "figures": [], "parameters": {},
        "rows": [],
        "rows_digest": "", "route": "r", "route_role": "supervision_head",
        "route_division": WILLOW, "due_at": IN_AUGUST,
    }  # fmt: skip
    Alert.objects.create(
        ext_id="AL-1", finding_id="1", division_code=WILLOW, opened_at=IN_AUGUST,
        disposed_at=IN_AUGUST, **said,
    )  # fmt: skip
    Alert.objects.create(
        ext_id="AL-2", finding_id="2", division_code=STONE, opened_at=IN_AUGUST, **said
    )

    facts = dict(made("V06").facts)

    assert (facts["来了几条预警"], facts["处置了几条预警"], facts["查出几个问题"]) == (
        "1",
        "1",
        "0",
    )
    assert period_sheets.make("V06", WILLOW, "Q", "2026-06") is None


def test_what_people_must_add_to_stays_due_where_the_system_finds_nothing() -> None:
    periodic.work(datetime(2026, 10, 2, 1, 0, tzinfo=UTC))
    last = datetime(2026, 10, 20, 1, 0, tzinfo=UTC)
    periodic.work(last)

    rows = {one.item_code: one for one in DueSheet.objects.filter(division_id=WILLOW)}
    assert due_queries.state(rows["P03"], last) == due_queries.EMPTY
    assert due_queries.state(rows["V06"], last) == due_queries.DUE
    assert not Publication.objects.filter(item_code="V06").exists()
