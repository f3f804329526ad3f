"""Periods over the wire: a month is closed once, a hindered one tells the whole list."""

from __future__ import annotations

from typing import Any

import pytest

from sanzi.ledger.actions import books
from sanzi.ledger.models import Period, RecurringPlan
from sanzi.orgs.actors import SYSTEM
from worlds import cases as worlds_cases

pytestmark = pytest.mark.django_db
AT = worlds_cases.AT


@pytest.fixture
def call(desk: Any, program: Any) -> Any:
    """Call the interface as the holder of a role; the neighbour's book begins in September."""
    books.ensure_book(org_ext_id="O-STONE", first_period="2026-09", by=SYSTEM, at=AT)

    def do(role: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
        said = program(role)(method.upper(), path, body)
        return said.status, said.body

    return do


def test_a_month_is_closed_once_and_a_hindered_one_tells_why(call: Any) -> None:
    status, said = call("agency_accountant", "post", "/books/O-STONE/month-ends/2026-10", {})
    assert (status, said["code"]) == (409, "ledger.close_hindered")
    assert said["data"]["hindrances"][0]["ids"] == ["2026-09"]
    assert not Period.objects.filter(closed_at__isnull=False).exists()

    status, said = call("agency_accountant", "post", "/books/O-STONE/month-ends/2026-09", {})
    assert (status, said["period"]) == (201, "2026-09")
    assert call("agency_accountant", "post", "/books/O-STONE/month-ends/2026-09", {})[0] == 409
    assert Period.objects.filter(closed_at__isnull=False).count() == 1


def test_many_books_tell_what_became_of_each(call: Any) -> None:
    status, said = call(
        "agency_accountant", "post", "/month-ends/2026-09", {"orgs": ["O-STONE", "O-NONE"]}
    )

    assert status == 200
    assert [(one["org_ext_id"], one["is_closed"]) for one in said] == [
        ("O-STONE", True),
        ("O-NONE", False),
    ]


def test_the_desk_lists_the_books_of_the_scope(call: Any) -> None:
    status, said = call("agency_reviewer", "get", "/desk?period=2026-09&text=石桥")

    assert status == 200
    (row,) = said["items"]
    assert (row["book"]["org_ext_id"], row["state"], row["hindrances"]) == ("O-STONE", "ready", [])


def test_a_plan_goes_through_two_people(call: Any) -> None:
    plan = {
        "kind": "DEPRECIATION",
        "title": "复印机折旧",
        "cost_fen": 360_000,
        "months": 36,
        "added_date": "2026-09-20",
        "use": "office",
        "credit": "152",
    }
    status, made = call("agency_accountant", "post", "/books/O-STONE/plans", plan)
    assert status == 201

    assert call("agency_accountant", "post", f"/plans/{made['ext_id']}/approve")[0] == 404
    assert call("agency_reviewer", "post", f"/plans/{made['ext_id']}/approve")[0] == 200
    assert RecurringPlan.objects.get().approved_at == AT
