"""Recurring plans: straight line to the fen, approved by another, booked once a month."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from sanzi.ledger import rules, schedules, standards
from sanzi.ledger.actions import closing, plans
from sanzi.ledger.actions.plans import PlanFields
from sanzi.ledger.errors import (
    AccountNotOpen,
    BeforeFirstPeriod,
    CloseHindered,
    PeriodClosed,
    ReasonMissing,
)
from sanzi.ledger.models import RecurringPlan, Voucher
from sanzi.ledger.period_errors import (
    BadPlan,
    NominalAsset,
    PlanAccount,
    PlanDecided,
    PlanMakerApproves,
    PlanNotRunning,
)
from sanzi.ledger.queries import plans as found
from sanzi.ledger.rules import Line
from sanzi.ledger.schedules import Schedule
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment

COPIER = PlanFields(
    kind="DEPRECIATION",
    title="复印机折旧",
    cost_fen=360_000,
    salvage_fen=18_001,
    months=36,
    added_date=dt.date(2026, 1, 20),
    credit=Line("152"),
    use="office",
)


def propose(world, fields: PlanFields = COPIER, role="agency_accountant", org="O-WILLOW") -> str:
    return plans.propose_plan(org_ext_id=org, fields=fields, by=world.actor(role), at=world.at)


def approve(world, ext_id: str, role: str = "agency_reviewer") -> None:
    plans.approve_plan(ext_id=ext_id, by=world.actor(role), at=world.at)


def run(world, period: str, org: str = "O-WILLOW"):
    return plans.run_plans(
        org_ext_id=org, period=period, by=world.actor("agency_accountant"), at=world.at
    )


def close(world, period: str, **more: bool):
    return closing.close_month(
        org_ext_id="O-WILLOW",
        period=period,
        by=world.actor("agency_accountant"),
        at=world.at,
        **more,
    )


@pytest.fixture
def running(world) -> str:
    ext_id = propose(world)
    approve(world, ext_id)
    return ext_id


def test_the_last_month_takes_the_rest_to_the_fen() -> None:
    schedule = Schedule("DEPRECIATION", 100_000, 0, 3, "2026-02")

    assert [schedule.amount_fen(period) for period in schedule.periods()] == [
        33_333,
        33_333,
        33_334,
    ]
    assert schedule.amount_fen("2026-01") == schedule.amount_fen("2026-05") == 0


def test_a_fixed_entry_books_the_same_each_month() -> None:
    schedule = Schedule("OTHER", 5_000, 0, 12, "2026-01", last_period="2026-03")

    assert [schedule.amount_fen(f"2026-0{month}") for month in (1, 3, 4)] == [5_000, 5_000, 0]


def test_a_thing_added_this_month_is_depreciated_from_the_next() -> None:
    day = dt.date(2026, 12, 31)

    assert schedules.first_month("DEPRECIATION", day) == "2027-01"
    assert schedules.first_month("AMORTISATION", day) == "2026-12"


def test_an_approved_plan_books_each_month_once(world, running) -> None:
    assert run(world, "2026-01") == []
    (posted,) = run(world, "2026-02")
    assert run(world, "2026-02") == []

    row = Voucher.objects.get(ext_id=posted.ext_id)
    assert (row.origin, row.source_kind, row.source_id) == (
        "periodic",
        "plan",
        f"{running}:2026-02",
    )
    assert (row.date, row.summary) == (dt.date(2026, 2, 28), "复印机折旧（2026-02）")
    assert (row.maker_name, row.reviewer_name, row.posted_by_name) == ("沈月琴", "许复核", "沈月琴")
    amounts = row.lines.order_by("line_no").values_list("account_code", "debit_fen", "credit_fen")
    assert list(amounts) == [("5130202", 9_499, 0), ("152", 0, 9_499)]


def test_a_plan_books_nothing_before_another_approves_it(world) -> None:
    ext_id = propose(world)

    assert run(world, "2026-02") == []
    Appointment.objects.create(
        ext_id="A-BOTH",
        person=world.people["agency_accountant"],
        organisation=world.bodies["agency"],
        role_code="agency_reviewer",
        start_date=dt.date(2026, 1, 1),
    )
    with pytest.raises(PlanMakerApproves):
        approve(world, ext_id, "agency_accountant")

    assert RecurringPlan.objects.get().approved_at is None
    assert Voucher.objects.count() == 0


def test_a_plan_is_decided_once(world, running) -> None:
    with pytest.raises(PlanDecided):
        approve(world, running)
    with pytest.raises(PlanDecided):
        plans.refuse_plan(
            ext_id=running, reason="不对", by=world.actor("agency_reviewer"), at=world.at
        )

    assert RecurringPlan.objects.get().refused_reason == ""


def test_a_refused_plan_never_runs(world) -> None:
    ext_id = propose(world)
    by = world.actor("agency_reviewer")
    with pytest.raises(ReasonMissing):
        plans.refuse_plan(ext_id=ext_id, reason=" ", by=by, at=world.at)

    plans.refuse_plan(ext_id=ext_id, reason="残值率不对", by=by, at=world.at)

    assert run(world, "2026-02") == []
    (view,) = found.plans(by=by, org_ext_id="O-WILLOW")
    assert (view.state, view.refused_reason) == ("refused", "残值率不对")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"cost_fen": 100, "salvage_fen": 0, "months": 12}, NominalAsset),
        ({"title": " "}, BadPlan),
        ({"months": 0}, BadPlan),
        ({"months": 1201}, BadPlan),
        ({"cost_fen": 0}, BadPlan),
        ({"salvage_fen": 360_000}, BadPlan),
        ({"salvage_fen": -1}, BadPlan),
        ({"cost_fen": 135, "salvage_fen": 100}, BadPlan),
        ({"kind": "RENT"}, BadPlan),
        ({"use": "unknown"}, BadPlan),
        ({"kind": "OTHER", "use": "", "debit": Line("5130102")}, BadPlan),
        ({"credit": Line("102", aux_kind="account", aux_id="A-1")}, PlanAccount),
        ({"debit": Line("50103")}, PlanAccount),
        ({"debit": Line("513")}, AccountNotOpen),
        ({"added_date": dt.date(2025, 11, 1)}, BeforeFirstPeriod),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused(world, changes, refusal) -> None:
    with pytest.raises(refusal):
        propose(world, replace(COPIER, **changes))

    assert RecurringPlan.objects.count() == 0


def test_only_the_accountant_proposes(world) -> None:
    with pytest.raises(NotFound):
        propose(world, role="agency_reviewer")

    assert RecurringPlan.objects.count() == 0


def test_a_plan_does_not_begin_in_a_closed_month(world) -> None:
    ext_id = propose(world)
    close(world, "2026-01")
    close(world, "2026-02")

    with pytest.raises(PeriodClosed):
        approve(world, ext_id)
    with pytest.raises(PeriodClosed):
        propose(world)

    assert RecurringPlan.objects.get().approved_at is None


def test_a_month_is_not_closed_before_its_plans_have_run(world, running) -> None:
    close(world, "2026-01")

    with pytest.raises(CloseHindered, match="定期分录还没记：1"):
        close(world, "2026-02")
    assert Voucher.objects.count() == 0
    close(world, "2026-02", with_plans=True)

    assert Voucher.objects.get().period == "2026-02"


def test_a_hindered_close_takes_the_plans_back(world, running) -> None:
    with pytest.raises(CloseHindered, match="前面的月份还没结账"):
        close(world, "2026-02", with_plans=True)

    assert Voucher.objects.count() == 0


def test_the_worker_books_all_months_that_are_over(world, running) -> None:
    at = dt.datetime(2026, 4, 30, 1, 0, tzinfo=dt.UTC)

    assert plans.work(at) == 3
    assert plans.work(at) == 0

    periods = Voucher.objects.order_by("period").values_list("period", flat=True)
    assert list(periods) == ["2026-02", "2026-03", "2026-04"]


def test_a_plan_stops_after_the_month_in_which_the_thing_went(world, running) -> None:
    run(world, "2026-02")
    by = world.actor("agency_reviewer")
    with pytest.raises(PlanNotRunning):
        plans.stop_plan(ext_id=running, last_period="2026-01", reason="x", by=by, at=world.at)

    plans.stop_plan(ext_id=running, last_period="2026-03", reason="已报废", by=by, at=world.at)

    assert len(run(world, "2026-03")) == 1
    assert run(world, "2026-04") == []
    (view,) = found.plans(by=by, org_ext_id="O-WILLOW")
    assert (view.state, view.booked_months, view.booked_fen) == ("ended", 2, 18_998)
    with pytest.raises(PlanNotRunning):
        plans.stop_plan(ext_id=running, last_period="2026-05", reason="x", by=by, at=world.at)


@pytest.mark.parametrize(
    "one", schedules.plan_accounts(), ids=lambda one: f"{one.standard}-{one.kind}"
)
def test_the_accounts_of_plans_are_open_in_their_standard(one) -> None:
    standard = standards.get(one.standard)

    for use in one.uses:
        rules.require_open(Line(use.account), standard)
        assert standard.accounts[use.account].account_class in ("expense", "cost")
    assert all(code in standard.accounts for code in one.credit)
