"""Loaders of the room's tables of a data package. What could be drawn stays where it was drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sanzi.inspection.models import (
    Answer,
    Finding,
    Inspection,
    Inspector,
    Outcome,
    Sample,
    Task,
)
from sanzi.orgs.models import Organisation, Person
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add_missing, merge

# column of the package: field of the table, for what is taken as it is
INSPECTION: Final = {
    "title": "title", "basis": "basis", "method": "method", "role_code": "role_code",
    "ordered_at": "ordered_at", "field_codes": "field_codes", "list_date": "list_date",
    "starts_date": "starts_date", "ends_date": "ends_date", "sample_size": "sample_size",
    "period_from_date": "period_from_date", "period_until_date": "period_until_date",
    "risk_percent": "risk_percent", "status": "state", "closed_at": "closed_at",
    "summary": "summary",
}  # fmt: skip
TASK: Final = {
    "village_id": "division_code", "status": "state", "seed": "seed",
    "population_count": "population_count", "population_digest": "population_digest",
    "drawn_at": "drawn_at", "finished_at": "finished_at", "words": "words", "grade": "grade",
    "weights": "weights", "sample_size": "sample_size",
}  # fmt: skip
SAMPLE: Final = {
    "number": "number", "kind": "kind", "case_id": "ref", "title": "title",
    "amount_fen": "amount_fen", "how": "how", "points": "points", "verdict": "verdict",
    "words": "words", "looked_at": "looked_at",
}  # fmt: skip
FINDING: Final = {
    "village_id": "division_code", "form_code": "form", "level": "level", "facts": "facts",
    "amount_fen": "amount_fen", "demand": "demand", "days": "days", "due_at": "due_at",
    "status": "state", "role_code": "role_code", "found_at": "found_at",
    "file_hashes": "file_hashes", "closed_at": "closed_at", "no_lead_reason": "no_lead_reason",
}  # fmt: skip
ANSWER: Final = {
    "role_code": "role_code", "done_at": "done_at", "words": "words",
    "money_back_fen": "money_back_fen", "file_hashes": "file_hashes",
    "verifier_role": "verifier_role", "verified_at": "verified_at", "is_accepted": "is_accepted",
    "verdict": "verdict",
}  # fmt: skip
OUTCOME: Final = {
    "kind": "kind", "amount_fen": "amount_fen", "document_ref": "document_ref",
    "decided_date": "decided_date", "words": "words", "recorded_at": "recorded_at",
}  # fmt: skip
TEXT_FIELDS: Final = frozenset(
    ("summary", "seed", "population_digest", "words", "title", "verdict", "no_lead_reason",
     "verifier_role", "document_ref", "grade", "weights")
)  # fmt: skip
"""Fields that hold an empty text where the package has an empty cell."""


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    for table, load in (
        ("inspection", load_inspections),
        ("inspection_task", load_tasks),
        ("inspection_member", load_members),
        ("inspection_sample", load_samples),
        ("inspection_finding", load_findings),
        ("inspection_answer", load_answers),
        ("inspection_outcome", load_outcomes),
    ):
        register(Loader(table, ORDER[table], load))


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("ext_id", "pk"))


def _plain(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return what is taken as it is, an empty text for an empty cell of a text."""
    return {
        field: (row.get(column) or "") if field in TEXT_FIELDS else row.get(column)
        for column, field in names.items()
    }


def _compare(names: Mapping[str, str], *more: str) -> Sequence[str]:
    return (*names.values(), *more)


def load_inspections(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `inspection` rows."""
    people = _keys(Person)
    bodies = {
        ext_id: (pk, place)
        for ext_id, pk, place in Organisation.objects.values_list("ext_id", "pk", "division_id")
    }
    made = (
        {
            "ext_id": row["inspection_id"],
            **_plain(row, INSPECTION),
            "organisation_id": bodies[row["org_id"]][0],
            "division_code": bodies[row["org_id"]][1],
            "ordered_by_id": people[row["ordered_person_id"]],
            "closed_by_id": people.get(row.get("closed_person_id") or ""),
        }
        for row in rows
    )
    more = ("organisation_id", "division_code", "ordered_by_id", "closed_by_id")
    return merge(Inspection, made, key="ext_id", compare=_compare(INSPECTION, *more))


def load_tasks(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `inspection_task` rows."""
    people, plans, bodies = _keys(Person), _keys(Inspection), _keys(Organisation)
    made = (
        {
            "ext_id": row["task_id"],
            **_plain(row, TASK),
            "inspection_id": plans[row["inspection_id"]],
            "organisation_id": bodies[row["org_id"]],
            "drawn_by_id": people.get(row.get("drawn_person_id") or ""),
            "finished_by_id": people.get(row.get("finished_person_id") or ""),
        }
        for row in rows
    )
    more = ("inspection_id", "organisation_id", "drawn_by_id", "finished_by_id")
    return merge(Task, made, key="ext_id", compare=_compare(TASK, *more))


def load_members(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `inspection_member` rows that are not there."""
    people, tasks = _keys(Person), _keys(Task)
    made = (
        {
            "task_id": tasks[row["task_id"]],
            "person_id": people[row["person_id"]],
            "role_code": row["role_code"],
        }
        for row in rows
    )
    return add_missing(Inspector, made, key=("task_id", "person_id"))


def load_samples(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `inspection_sample` rows."""
    people, tasks = _keys(Person), _keys(Task)
    made = (
        {
            "ext_id": row["sample_id"],
            **_plain(row, SAMPLE),
            "task_id": tasks[row["task_id"]],
            "looked_by_id": people.get(row.get("looked_person_id") or ""),
        }
        for row in rows
    )
    return merge(Sample, made, key="ext_id", compare=_compare(SAMPLE, "task_id", "looked_by_id"))


def load_findings(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `inspection_finding` rows; they belong to the body of their task."""
    people, samples = _keys(Person), _keys(Sample)
    tasks = {
        ext_id: (pk, body)
        for ext_id, pk, body in Task.objects.values_list("ext_id", "pk", "organisation_id")
    }
    made = (
        {
            "ext_id": row["finding_id"],
            **_plain(row, FINDING),
            "task_id": tasks[row["task_id"]][0],
            "organisation_id": tasks[row["task_id"]][1],
            "sample_id": samples.get(row.get("sample_id") or ""),
            "found_by_id": people[row["found_person_id"]],
            "no_lead_by_id": people.get(row.get("no_lead_person_id") or ""),
        }
        for row in rows
    )
    more = ("task_id", "organisation_id", "sample_id", "found_by_id", "no_lead_by_id")
    return merge(Finding, made, key="ext_id", compare=_compare(FINDING, *more))


def load_answers(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `inspection_answer` rows."""
    people, problems = _keys(Person), _keys(Finding)
    made = (
        {
            "ext_id": row["answer_id"],
            **_plain(row, ANSWER),
            "finding_id": problems[row["finding_id"]],
            "person_id": people[row["done_person_id"]],
            "verified_by_id": people.get(row.get("verifier_person_id") or ""),
        }
        for row in rows
    )
    more = ("finding_id", "person_id", "verified_by_id")
    return merge(Answer, made, key="ext_id", compare=_compare(ANSWER, *more))


def load_outcomes(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `inspection_outcome` rows."""
    people, problems = _keys(Person), _keys(Finding)
    made = (
        {
            "ext_id": row["outcome_id"],
            **_plain(row, OUTCOME),
            "finding_id": problems[row["finding_id"]],
            "recorded_by_id": people[row["recorded_person_id"]],
        }
        for row in rows
    )
    return merge(
        Outcome, made, key="ext_id", compare=_compare(OUTCOME, "finding_id", "recorded_by_id")
    )
