"""Tables of the package: they come and go as they are; what a lead says leaves in none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sanzi.inspection import loading
from sanzi.inspection.actions import leads
from sanzi.inspection.actions.leads import Told
from sanzi.orgs.actors import SYSTEM
from sanzi.record.loaders import LoadContext, LoadCount, Rows
from sanzi.record.schema import load_tables
from worlds import deals, inspections
from worlds.village import AT, WILLOW, World

CONTEXT = LoadContext(by=SYSTEM, at=AT)
DAY = date(2026, 11, 12)
DIGEST = "ab" * 32
INSPECTION = {
    "inspection_id": "JH-1", "org_id": "O-COUNTY", "title": "支出专项检查", "basis": "云纪12号",
    "method": "special", "role_code": "county_discipline", "ordered_person_id": "P-county-1",
    "ordered_at": AT, "field_codes": "C;D", "list_date": DAY, "starts_date": DAY,
    "ends_date": DAY + timedelta(days=20), "period_from_date": date(2026, 1, 1),
    "period_until_date": DAY, "sample_size": 5, "risk_percent": 60, "status": "closed",
    "closed_person_id": "P-county-1", "closed_at": AT, "summary": "都改好了",
}  # fmt: skip
TASK = {
    "task_id": "JR-1", "inspection_id": "JH-1", "org_id": "O-WILLOW", "village_id": WILLOW,
    "status": "finished", "seed": "0f" * 16, "population_count": 12, "population_digest": DIGEST,
    "drawn_person_id": "P-county-2", "drawn_at": AT, "finished_person_id": "P-county-3",
    "finished_at": AT, "words": "基本清楚",
}  # fmt: skip
MEMBER = {"task_id": "JR-1", "person_id": "P-county-2", "role_code": "county_agri"}
SAMPLE = {
    "sample_id": "CJ-1", "task_id": "JR-1", "number": 1, "kind": "case", "case_id": "M10-001",
    "title": "修路灯", "amount_fen": 10_000, "how": "risk", "points": 40, "verdict": "found",
    "words": "白条", "looked_person_id": "P-county-2", "looked_at": AT,
}  # fmt: skip
FINDING = {
    "finding_id": "JW-1", "task_id": "JR-1", "sample_id": "CJ-1", "village_id": WILLOW,
    "form_code": "D1", "level": "serious", "facts": "白条入账", "amount_fen": 10_000,
    "demand": "换成发票", "days": 10, "due_at": AT, "status": "closed",
    "found_person_id": "P-county-2", "role_code": "county_agri", "found_at": AT,
    "file_hashes": DIGEST, "closed_at": AT, "no_lead_reason": "", "no_lead_person_id": "",
}  # fmt: skip
ANSWER = {
    "answer_id": "JZ-1", "finding_id": "JW-1", "done_person_id": "P-willow-4",
    "role_code": "village_secretary", "done_at": AT, "words": "换了发票", "money_back_fen": 0,
    "file_hashes": DIGEST, "verifier_person_id": "P-county-3", "verifier_role": "county_finance",
    "verified_at": AT, "is_accepted": True, "verdict": "看过了",
}  # fmt: skip
OUTCOME = {
    "outcome_id": "JG-1", "finding_id": "JW-1", "kind": "papers", "amount_fen": 0,
    "document_ref": "", "decided_date": DAY, "words": "补了发票",
    "recorded_person_id": "P-county-2",
    "recorded_at": AT,
}  # fmt: skip


def _goes_round(
    load: Callable[[Rows, LoadContext], LoadCount], table: str, row: dict[str, Any]
) -> None:
    taken = {name: value if value != "" else None for name, value in row.items()}
    assert load(iter([taken]), CONTEXT) == LoadCount(added=1)
    assert load(iter([taken]), CONTEXT) == LoadCount(unchanged=1)
    [found] = deals.record_rows(table)
    for name, value in row.items():
        if isinstance(value, date | datetime):
            assert str(found[name]).startswith(value.strftime("%Y-%m-%d")), (table, name)
        else:
            assert (found[name] or "") == (value or ""), (table, name)


def test_the_tables_of_inspections_come_and_go_as_they_are(world: World) -> None:
    _goes_round(loading.load_inspections, "inspection", INSPECTION)
    _goes_round(loading.load_tasks, "inspection_task", TASK)
    _goes_round(loading.load_members, "inspection_member", MEMBER)
    _goes_round(loading.load_samples, "inspection_sample", SAMPLE)
    _goes_round(loading.load_findings, "inspection_finding", FINDING)
    _goes_round(loading.load_answers, "inspection_answer", ANSWER)
    _goes_round(loading.load_outcomes, "inspection_outcome", OUTCOME)

    opened = {**FINDING, "status": "open", "closed_at": None}
    assert loading.load_findings(iter([opened]), CONTEXT) == LoadCount(changed=1)


def test_what_actions_write_is_in_the_record(world: World) -> None:
    task = inspections.drawn(world)
    one = inspections.answered(world, inspections.found(world, task))

    [row] = deals.record_rows("inspection_finding")
    assert (row["finding_id"], row["form_code"], row["status"]) == (one.ext_id, "C3", "answered")
    assert len(deals.record_rows("inspection_sample")) == 5
    assert len(deals.record_rows("inspection_member")) == 2
    [plan] = deals.record_rows("inspection")
    assert plan["field_codes"] == "C;D"


def test_a_lead_leaves_as_a_count_and_never_in_words(world: World) -> None:
    leads.hand(
        task=inspections.drawn(world).ext_id, at=AT, by=world.actor("county_agri"),
        told=Told("报账员三次把维修款打进自己的卡", named=["P-willow-1"]),
    )  # fmt: skip

    assert load_tables()["inspection_lead"].exchange is False
    [row] = deals.record_rows("inspection_lead")
    assert set(row) == {
        "lead_id", "village_id", "route_role", "status", "handed_at", "taken_at", "concluded_at",
        "due_at", "escalated_at",
    }  # fmt: skip
