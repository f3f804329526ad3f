"""Invariant: at a gate and an instant, the verdicts on a labour case equal the nightly query's.

Over random small histories of two villages: requests, days, photos, declarations, posts.
"""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sanzi.orgs.models import OutsideDeath, Person
from sanzi.record import neighbourhood
from sanzi.registers.labour.models import (
    LabourDay,
    LabourDeclaration,
    LabourListing,
    LabourPhoto,
    LabourRequest,
    RateCard,
)
from sanzi.supervision import catalogue
from sanzi.supervision.actions import nightly, precheck
from worlds import village
from worlds.village import AT, COUNTY

# Two of three pictures look alike. What another village shot is compared at night only.
LIKENESS = {"willow": ("0" * 64, "0" * 63 + "1", "f" * 64), "stone": ("3c" * 32,) * 3}
WORKERS = ("committee_member", "A", "B", "dead")

REQUEST = st.fixed_dictionaries(
    {
        "days": st.sampled_from([0, 1, 5, 30, 89, 90]),
        "place": st.sampled_from(["后塘路", "后塘路", "村西"]),
        "kind": st.sampled_from(["road", "road", "cleaning"]),
        "body": st.sampled_from(["willow", "willow", "stone"]),
        "is_emergency": st.booleans(),
        "is_approved": st.booleans(),
        "planned": st.sampled_from([1, 2, 8]),
        "rate": st.sampled_from([15_000, 30_000, 1_600_000]),
        "work": st.lists(
            st.tuples(
                st.sampled_from(WORKERS),
                st.sampled_from([-1, 0, 1]),
                st.sampled_from([0, 4]),
                st.sampled_from([4, 8, 13]),
            ),
            max_size=3,
            unique_by=lambda one: one[:3],
        ),
        "photos": st.lists(st.sampled_from(["before", "after"]), max_size=2),
        "declared": st.sampled_from([None, 1, 60, 300]),
    }
)


@pytest.fixture
def world(db):
    built = village.build()
    for name in ("A", "B", "dead"):
        built.people[name] = village.villager(built, f"工人{name}")
    dead = built.people["dead"]
    Person.objects.filter(pk=dead.pk).update(id_no_index="dead-id")
    OutsideDeath.objects.create(
        id_no_index="dead-id", sealed_id_no="x", death_date=(AT - timedelta(days=100)).date()
    )
    RateCard.objects.create(
        ext_id="LR-1", rate_code="general", title="普通工", division_code=COUNTY,
        value_fen=15_000, valid_from_date=date(2026, 1, 1), source_ref="县级标准",
    )  # fmt: skip
    LabourListing.objects.create(
        ext_id="LL-A", person=built.people["A"], division_code=village.WILLOW,
        since_date=date(2026, 1, 1),
    )  # fmt: skip
    return built


def build(world, history):
    for number, one in enumerate(history, start=1):
        body = world.bodies[one["body"]]
        asked = AT - timedelta(days=one["days"], minutes=number)
        request = LabourRequest.objects.create(
            ext_id=f"LQ-{number}", organisation=body, division_code=body.division_id,
            case_number=f"K{number}", work_kind=one["kind"], reason="补路", place=one["place"],
            planned_start_at=asked, planned_end_at=asked + timedelta(days=2),
            headcount_planned=1, person_days_planned=one["planned"], rate_code="general",
            rate_fen_day=15_000, budget_fen=15_000 * one["planned"], submitted_at=asked,
            is_emergency=one["is_emergency"],
            approved_at=asked + timedelta(hours=1) if one["is_approved"] else None,
        )  # fmt: skip
        for turn, (name, later, start, hours) in enumerate(one["work"]):
            at = asked.replace(hour=0, minute=0) + timedelta(days=later, hours=start)
            LabourDay.objects.create(
                ext_id=f"LD-{number}-{turn}", request=request, division_code=body.division_id,
                person=world.people[name], work_date=(at + timedelta(hours=8)).date(),
                start_at=at, end_at=at + timedelta(hours=hours), minutes=hours * 60,
                rate_fen_day=one["rate"], amount_fen=one["rate"] * hours // 8, entered_at=at,
            )  # fmt: skip
        for turn, phase in enumerate(one["photos"]):
            LabourPhoto.objects.create(
                ext_id=f"LP-{number}-{turn}", request=request, work_date=asked.date(),
                phase=phase, taken_at=asked, likeness=LIKENESS[one["body"]][number % 3],
            )  # fmt: skip
        if one["declared"] is not None:
            LabourDeclaration.objects.create(
                ext_id=f"LC-{number}", request=request, total_fen=1, declared_by=None,
                declared_at=asked + timedelta(minutes=one["declared"]),
            )  # fmt: skip


def said(finding):
    return (finding.key, finding.sentence, dict(finding.figures), dict(finding.parameters))


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=st.lists(REQUEST, min_size=1, max_size=5))
def test_the_verdicts_on_labour_equal_those_of_the_night(world, history):
    models = catalogue.at_gate("approve")
    with transaction.atomic():
        build(world, history)
        night = nightly.scan(at=AT, models=models)
        assert night.errors == []
        rows = {(one.finding_kind, one.finding_id) for one in night.findings.values()}
        cases = neighbourhood.case_ids_of(rows)
        for number in range(1, len(history) + 1):
            gate = precheck.judge(case_numbers=[f"K{number}"], models=models, at=AT)
            expected = [
                said(one)
                for one in night.findings.values()
                if cases.get((one.finding_kind, one.finding_id)) == f"K{number}"
            ]
            assert sorted(map(said, gate), key=repr) == sorted(expected, key=repr)
        transaction.set_rollback(True)
