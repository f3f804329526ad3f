"""What a county decided about its books comes in once, with its two persons, or is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from sanzi.ledger.actions import books
from sanzi.ledger.models import CashPolicy, ChartAddition, RecurringPlan, Reopening
from sanzi.orgs.actors import SYSTEM
from sanzi.record import loaders
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import LoadContext, LoadCount
from worlds import village

AT = village.AT
CONTEXT = LoadContext(by=SYSTEM, at=AT)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> tuple[str, str]:
    world = village.build()
    books.ensure_book(org_ext_id="O-WILLOW", first_period="2026-01", by=SYSTEM, at=AT, ext_id="B-W")
    maker, checker = (world.actor(role) for role in ("agency_accountant", "agency_reviewer"))
    return str(maker.person_ext_id), str(checker.person_ext_id)


def load(table: str, *rows: dict[str, Any]) -> LoadCount:
    loader = next(one for one in loaders.registered() if one.table == table)
    return loader.load(rows, CONTEXT)


def decided(people: tuple[str, str]) -> dict[str, Any]:
    return {
        "made_by_person_id": people[0],
        "made_at": AT,
        "approved_by_person_id": people[1],
        "approved_at": AT,
        "refused_reason": None,
        "valid_from_date": dt.date(2026, 1, 1),
        "valid_until_date": None,
    }


def plan(people: tuple[str, str]) -> dict[str, Any]:
    return decided(people) | {
        "plan_id": "RP1",
        "book_id": "B-W",
        "org_id": "O-WILLOW",
        "kind": "depreciation",
        "title": "厂房",
        "cost_fen": 38_000_000,
        "salvage_fen": 1_900_000,
        "months": 240,
        "debit_account": "51103",
        "credit_account": "152",
    }


def test_a_plan_comes_in_once(people) -> None:
    assert load("recurring_plan", plan(people)) == LoadCount(added=1)
    assert load("recurring_plan", plan(people)) == LoadCount(unchanged=1)

    one = RecurringPlan.objects.get()
    assert (one.kind, one.cost_fen, one.months) == ("DEPRECIATION", 38_000_000, 240)
    assert one.made_by_id != one.approved_by_id


def test_an_added_account_keeps_what_it_requires(people) -> None:
    load(
        "chart_addition",
        decided(people)
        | {"addition_id": "CA1", "standard_code": "rce2023", "code": "50105", "name": "光伏收入"}
        | {"requires": '["counterparty", "org"]'},
    )

    assert ChartAddition.objects.get().requires == ["counterparty", "org"]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"book_id": "B-NONE"}, "book_id"),
        ({"made_by_person_id": "P-NONE"}, "made_by_person_id"),
        ({"cost_fen": 1}, "plan_id"),
    ],
)
def test_a_plan_that_does_not_fit_is_named_and_nothing_comes_in(people, change, column) -> None:
    load("recurring_plan", plan(people))
    before = list(RecurringPlan.objects.values())

    with pytest.raises(RowProblem) as caught:
        load("recurring_plan", plan(people) | change)

    assert caught.value.column == column
    assert list(RecurringPlan.objects.values()) == before


def test_nobody_approves_his_own_cash_policy_by_way_of_a_package(people) -> None:
    row = decided((people[0], people[0])) | {
        "cash_policy_id": "CP1",
        "division_code": "330782000000",
        "policy": "FREE",
        "limit_fen": 0,
        "reason": "试点",
    }

    with pytest.raises(RowProblem, match="同一个人"):
        load("cash_policy", row)

    assert not CashPolicy.objects.exists()


def test_a_reopening_comes_in_with_its_decision(people) -> None:
    row = {
        "reopening_id": "RO1",
        "book_id": "B-W",
        "org_id": "O-WILLOW",
        "period": "2026-03",
        "reason": "补一张发票",
        "asked_by_person_id": people[0],
        "asked_at": AT,
        "decided_by_person_id": people[1],
        "decided_at": AT,
        "is_granted": True,
    }

    assert load("reopening", row) == LoadCount(added=1)
    assert Reopening.objects.get().is_granted is True
