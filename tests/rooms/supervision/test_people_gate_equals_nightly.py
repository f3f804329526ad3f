"""Invariant: what a gate says of a list, of aid and of pay is what the night says of it.

Over random small histories of subsidies, aid, pay and advances among kin of the village's officers.
"""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sanzi.orgs.models import OutsideDeath, OutsideStatus
from sanzi.record import neighbourhood
from sanzi.registers.posts.models import Pay
from sanzi.registers.subsidies.models import AidCase, Award, Program, Roster
from sanzi.registers.treasury.models import Advance
from sanzi.supervision import catalogue
from sanzi.supervision.actions import nightly, precheck
from worlds import deals, subsidies, village
from worlds.village import AT, STONE, WILLOW

PEOPLE = ("王一", "王二", "王三", "committee_member")
PERIODS = ("2026", "2026-10", "2026-11")

AWARD = st.fixed_dictionaries(
    {
        "case": st.integers(1, 3),
        "person": st.sampled_from(PEOPLE),
        "card": st.sampled_from(PEOPLE),
        "program": st.sampled_from(["SP-LAND", "SP-AGE", "SP-CARE"]),
        "period": st.sampled_from(PERIODS),
        "milli": st.sampled_from([1_000, 6_000]),
        "place": st.sampled_from([WILLOW, WILLOW, STONE]),
        "is_approved": st.booleans(),
        "is_shown": st.booleans(),
    }
)
AID = st.fixed_dictionaries(
    {
        "person": st.sampled_from(PEOPLE),
        "kind": st.sampled_from(["low_income", "destitute", "temporary"]),
        "days": st.sampled_from([1, 30, 200]),
        "shown": st.sampled_from([None, 3, 7]),
        "status": st.sampled_from(["applied", "approved"]),
        "fen": st.sampled_from([190_000, 500_000]),
    }
)
PAY = st.fixed_dictionaries(
    {
        "case": st.integers(1, 3),
        "person": st.sampled_from(PEOPLE),
        "kind": st.sampled_from(["basic", "lost_work"]),
        "fen": st.sampled_from([10_000, 20_000]),
        "place": st.sampled_from(["willow", "stone"]),
        "is_voted": st.booleans(),
    }
)
ADVANCE = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["borrow", "reserve"]))


@pytest.fixture
def world(db):
    built = subsidies.build()
    subsidies.program(built, ext_id="SP-CARE", code="condolence", name="慰问金", unit="份",
                      rate_fen=10_000, needs_land=False, exclusive_group="care")  # fmt: skip
    Program.objects.filter(ext_id="SP-AGE").update(exclusive_group="care")
    people = built.people
    deals.kin(people["committee_member"], people["王一"])
    OutsideDeath.objects.create(
        id_no_index=people["王二"].id_no_index, sealed_id_no="x", death_date=date(2025, 12, 12)
    )
    OutsideStatus.objects.create(
        id_no_index=people["王三"].id_no_index, sealed_id_no="x", kind="payroll",
        since_date=date(2020, 1, 1),
    )  # fmt: skip
    OutsideStatus.objects.create(
        id_no_index=people["王三"].id_no_index, sealed_id_no="x", kind="company",
        since_date=date(2020, 1, 1),
    )  # fmt: skip
    return built


def build(world, history):
    awards, aids, pays, advances = history
    body = world.bodies["willow"]
    index = {name: village.Person.objects.get(pk=world.people[name].pk) for name in PEOPLE}
    for number in sorted({one["case"] for one in awards}):
        own = next(one for one in awards if one["case"] == number)
        Roster.objects.create(
            ext_id=f"BT-{number}", organisation=body, division_code=WILLOW,
            case_number=f"B{number}", program=Program.objects.get(ext_id=own["program"]),
            period=own["period"], submitted_at=AT,
            publicity_start_at=AT - timedelta(days=3) if own["is_shown"] else None,
            approved_at=AT if own["is_approved"] else None,
        )  # fmt: skip
    for turn, one in enumerate(awards):
        person, holder = index[one["person"]], index[one["card"]]
        card = holder.bankaccount_set.first()
        Award.objects.create(
            ext_id=f"BM-{turn}", organisation=body, division_code=one["place"],
            case_number=f"B{one['case']}", program=Program.objects.get(ext_id=one["program"]),
            period=one["period"], person=person, household=person.household,
            quantity_milli=one["milli"], amount_fen=56_760, payee_name=holder.name,
            account_index=card.number_index if card else "",
            status="approved" if one["is_approved"] else "proposed",
            approved_at=AT if one["is_approved"] else None,
        )  # fmt: skip
    for turn, one in enumerate(aids):
        person = index[one["person"]]
        if person.household is None:
            continue
        asked = AT - timedelta(days=one["days"])
        is_done = one["status"] == "approved"
        AidCase.objects.create(
            ext_id=f"JZ-{turn}", organisation=body, division_code=WILLOW, case_number=f"J{turn}",
            kind=one["kind"], household=person.household, applicant=person, applied_at=asked,
            publicity_start_at=None if one["shown"] is None else asked,
            publicity_end_at=one["shown"] and asked + timedelta(days=one["shown"]),
            decided_at=asked + timedelta(days=10) if is_done else None, monthly_fen=one["fen"],
            result="approved" if is_done else "", status=one["status"],
        )  # fmt: skip
    for turn, one in enumerate(pays):
        place = world.bodies[one["place"]]
        Pay.objects.create(
            ext_id=f"BC-{turn}", organisation=place, division_code=place.division_id,
            case_number=f"P{one['case']}", person=index[one["person"]], kind=one["kind"],
            period="2026-11", work_date=AT.date() if one["kind"] == "lost_work" else None,
            amount_fen=one["fen"], standard_fen=10_000, status="submitted",
            decision_ext_id="D-1" if one["is_voted"] else "",
        )  # fmt: skip
    for turn, (name, kind) in enumerate(advances):
        Advance.objects.create(
            ext_id=f"JK-{turn}", organisation=body, division_code=WILLOW, case_number=f"A{turn}",
            kind=kind, person=index[name], amount_fen=100_000, due_date=AT.date(), state="out",
            issued_at=AT - timedelta(days=40),
        )  # fmt: skip


def said(finding):
    return (finding.key, finding.sentence, dict(finding.figures), dict(finding.parameters))


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    history=st.tuples(
        st.lists(AWARD, min_size=1, max_size=5),
        st.lists(AID, min_size=1, max_size=4),
        st.lists(PAY, min_size=1, max_size=4),
        st.lists(ADVANCE, max_size=2),
    )
)
def test_the_verdicts_on_people_equal_those_of_the_night(world, history):
    models = catalogue.at_gate("approve")
    with transaction.atomic():
        build(world, history)
        night = nightly.scan(at=AT, models=models)
        assert night.errors == []
        rows = {(one.finding_kind, one.finding_id) for one in night.findings.values()}
        cases = neighbourhood.case_ids_of(rows)
        numbers = [f"{letter}{turn}" for letter in "BJPA" for turn in range(5)]
        assert set(cases.values()) <= set(numbers)
        for number in numbers:
            gate = precheck.judge(case_numbers=[number], models=models, at=AT)
            expected = [
                said(one)
                for one in night.findings.values()
                if cases.get((one.finding_kind, one.finding_id)) == number
            ]
            assert sorted(map(said, gate), key=repr) == sorted(expected, key=repr)
        transaction.set_rollback(True)


def test_the_gate_finds_the_dead_the_kin_and_what_is_paid_twice(world):
    award = {
        "case": 1, "person": "王二", "card": "王三", "program": "SP-AGE", "period": "2026-11",
        "milli": 1_000, "place": WILLOW, "is_approved": False, "is_shown": True,
    }  # fmt: skip
    aid = {"person": "王一", "kind": "low_income", "days": 30, "shown": 3, "status": "approved",
           "fen": 190_000}  # fmt: skip
    pay = {"case": 1, "person": "committee_member", "kind": "lost_work", "fen": 10_000,
           "place": "willow", "is_voted": False}  # fmt: skip
    build(
        world, ([award], [aid], [pay, {**pay, "case": 2, "place": "stone"}], [("王一", "borrow")])
    )

    def found(number):
        models = catalogue.at_gate("approve")
        said = precheck.judge(case_numbers=[number], models=models, at=AT)
        return {one.model.code for one in said}

    assert found("B1") == {"subsidy-deceased", "subsidy-account-mismatch", "subsidy-over-rate"}
    assert found("J0") == {"aid-kin-unfiled", "aid-publicity-missing"}
    assert found("P1") == {"cadre-double-pay", "cadre-pay-over"}
    assert found("A0") == {"cadre-loan", "payment-advance-overdue"}
