"""What a case is judged on: the rows of any register that carry its number, and their parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sanzi.matters import errors
from sanzi.matters.models import Case
from sanzi.record import neighbourhood, subjects
from sanzi.registers.procurement.models import Procurement
from sanzi.supervision import catalogue, queries
from sanzi.supervision.actions import nightly, precheck
from sanzi.supervision.models import Alert, Check
from worlds import deals, village, walks
from worlds.village import AT

FORM = {
    "title": "太阳能路灯6盏", "category_code": "lamp", "quantity": "6", "unit": "盏",
    "estimate": "9,600", "method": "inquiry", "need": "后塘路没有灯", "kin_statement": "no",
}  # fmt: skip
SPLIT = """
SELECT
    'procurement' AS finding_kind, a.procurement_id AS finding_id, a.village_id, a.org_id,
    strftime(a.submitted_at, '%Y-%m') AS period, CAST(a.submitted_at AS DATE) AS business_date,
    a.title AS place, COUNT(*) AS planned_days, COUNT(*) AS done_days,
    a.estimate_fen AS budget_fen, CAST(SUM(b.estimate_fen) AS BIGINT) AS amount_fen
FROM stg_procurement a
JOIN stg_procurement b ON b.village_id = a.village_id AND b.submitted_at <= a.submitted_at
GROUP BY a.procurement_id, a.village_id, a.org_id, a.submitted_at, a.title, a.estimate_fen
HAVING SUM(b.estimate_fen) > $tolerance * 100000
"""


@pytest.fixture
def buying(db):
    made = village.build()
    deals.works_office(made)
    for firm in ("C-1", "C-2", "C-3"):
        deals.party(firm)
    return made


@pytest.fixture
def split(monkeypatch):
    """A model about purchases that add up to more than ten thousand yuan, at every gate."""

    def install(severity="hold"):
        like = catalogue.models()["labour-over-plan"]
        windowed = catalogue.models()["labour-disguised-works"].parameters[0]
        model = replace(
            like, severity=severity, sql=SPLIT, tables=frozenset({"procurement"}),
            kinds=frozenset({"procurement"}),
            parameters=(*like.parameters, replace(windowed, name="window_days")),
        )  # fmt: skip
        monkeypatch.setattr(catalogue, "at_gate", lambda _gate: [model])
        return model

    return install


def bought(number, fen, days):
    return Procurement.objects.create(
        ext_id=f"PR-{number}", organisation=body(),
        division_code=village.WILLOW, case_number="", category_code="pump", title="水泵",
        quantity_milli=1000, unit="盏", estimate_fen=fen, method="direct", status="accepted",
        submitted_at=AT - timedelta(days=days),
    )  # fmt: skip


def body():
    from sanzi.orgs.models import Organisation

    return Organisation.objects.get(ext_id="O-WILLOW")


def test_tables_with_a_case_are_subjects_and_their_days_and_bids_are_parts():
    assert {"payment", "procurement", "tender", "works", "labour_request"} <= subjects.roots()
    assert {"contract", "decision", "disclosure"} <= subjects.roots()
    assert not {"case", "approval"} & subjects.roots()
    assert "labour_day" in dict(subjects.parts("labour_request"))
    assert subjects.roots_of(["bid"]) == {"tender"}


def test_a_case_of_aid_is_found_by_the_number_of_its_matter():
    assert "aid_case" in subjects.roots()
    assert subjects.case_column("aid_case") == "matter_case_id"
    assert subjects.case_column("award") == "case_id"


def test_a_split_purchase_is_held_at_the_submission_and_no_step_goes_on(buying, split):
    split()
    bought(1, 500_000, 30)
    walk = walks.start(buying, "M08", "committee_member")

    walk.submit("committee_member", FORM)

    held = queries.unreleased(walk.number)
    assert [(one.finding_kind, one.finding_id) for one in held] == [
        ("procurement", Procurement.objects.get(case_number=walk.number).ext_id)
    ]
    with pytest.raises(errors.Held):
        walk.approve("supervision_head")
    assert walk.open_step.step_no == 2


def test_what_lies_before_the_longest_window_is_no_neighbour(buying, split):
    split()
    bought(1, 500_000, 91 + 1)
    walk = walks.start(buying, "M08", "committee_member")

    walk.submit("committee_member", FORM)

    assert queries.unreleased(walk.number) == []


def test_a_red_line_refuses_the_submission_and_its_row_goes_with_it(buying, split):
    split("block")
    bought(1, 500_000, 30)
    walk = walks.start(buying, "M08", "committee_member")

    with pytest.raises(errors.Blocked):
        walk.submit("committee_member", FORM)

    assert walk.case.state == "DRAFT"
    assert Procurement.objects.count() == 1
    assert Check.objects.get().block_count == 1


def test_a_case_without_rows_in_a_register_is_judged_by_nobody(buying):
    case = walks.start(buying, "M08", "committee_member").number

    result = precheck.run(
        gate="approve", case_number=case, by=buying.actor("supervision_head"), at=AT
    )

    assert (result.model_count, result.verdicts) == (0, ())
    assert not Check.objects.exists()
    assert Case.objects.get(number=case).state == "DRAFT"


def test_the_alert_of_the_night_names_the_case_of_its_row(buying, split):
    model = split()
    bought(1, 500_000, 30)
    walk = walks.start(buying, "M08", "committee_member")
    walk.submit("committee_member", FORM)

    nightly.run(as_of=AT, by=buying.actor("supervision_head"))

    assert Alert.objects.get(model_code=model.code).case_number == walk.number
    assert neighbourhood.case_ids_of([("procurement", "NONE"), ("village", "X")]) == {}
