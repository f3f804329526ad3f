"""Loaders of the room's tables of a data package: projects, promises, the site, inspections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add_missing, merge
from sanzi.registers.works.models import (
    Attendance,
    Commitment,
    Diary,
    Inspection,
    Rectification,
    Risk,
    Variation,
    Works,
)

AS_IT_IS = (
    "kind", "lat_micro", "lng_micro", "estimate_fen", "guide_price_fen", "limit_price_fen",
    "applied_at", "approved_at", "started_at", "planned_end_date", "completed_at", "accepted_at",
    "settled_at", "settlement_fen", "audited_at", "audited_fen", "retention_fen",
    "warranty_end_date", "is_emergency", "qr_code", "qr_updated_at", "status", "stage_changed_at",
)  # fmt: skip
COLUMNS = (
    "organisation_id", "division_code", "case_number", "name", "place", "fund_code",
    "guide_agency_id", "decision_ext_id", "contract_ext_id", "counterparty_id", "audit_agency_id",
    *AS_IT_IS,
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    for table, load in (
        ("works", load_works),
        ("works_commitment", load_commitments),
        ("works_variation", load_variations),
        ("works_acceptance", load_acceptance),
        ("works_log", load_log),
        ("works_inspection", load_inspections),
        ("works_risk", load_risks),
        ("works_rectification", load_rectifications),
    ):
        register(Loader(table, ORDER[table], load))


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("ext_id", "pk"))


def load_works(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `works` rows; what was paid is not taken, it follows from payments."""
    bodies, firms = _keys(Organisation), _keys(Counterparty)
    places = dict(Organisation.objects.values_list("pk", "division_id"))
    made = (
        {
            "ext_id": row["works_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": _text(row, "village_id") or places[bodies[row["org_id"]]],
            "case_number": _text(row, "case_id"),
            "name": row["name"][:120],
            "place": row["place"][:120],
            "fund_code": _text(row, "fund_code"),
            "guide_agency_id": firms.get(_text(row, "guide_price_agency_id")),
            "decision_ext_id": _text(row, "decision_id"),
            "contract_ext_id": _text(row, "contract_id"),
            "counterparty_id": firms.get(_text(row, "counterparty_id")),
            "audit_agency_id": firms.get(_text(row, "audit_agency_id")),
            **{name: row.get(name) for name in AS_IT_IS},
        }
        for row in rows
    )
    return merge(Works, made, key="ext_id", compare=COLUMNS)


def load_variations(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `works_variation` rows."""
    known = _keys(Works)
    made = (
        {
            "ext_id": row["variation_id"],
            "works_id": known[row["works_id"]],
            "amount_fen": row["amount_fen"],
            "reason_code": row["reason_code"],
            "reason": row["reason"][:200],
            "submitted_at": row["submitted_at"],
            "needs_role": "village_secretary",
            "approved_at": row.get("approved_at"),
            "executed_at": row.get("executed_at"),
        }
        for row in rows
    )
    compare = ("works_id", "amount_fen", "reason_code", "reason", "submitted_at", "approved_at",
               "executed_at")  # fmt: skip
    return merge(Variation, made, key="ext_id", compare=compare)


def load_commitments(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `works_commitment` rows that are not there."""
    known, people = _keys(Works), _keys(Person)
    return add_missing(
        Commitment,
        (
            {
                "works_id": known[row["works_id"]],
                "person_id": people[row["person_id"]],
                "kind": row["kind"],
                "signed_at": row["signed_at"],
            }
            for row in rows
        ),
        key=("works_id", "person_id", "kind"),
    )


def load_acceptance(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `works_acceptance` rows that are not there."""
    known, people = _keys(Works), _keys(Person)
    return add_missing(
        Attendance,
        (
            {
                "works_id": known[row["works_id"]],
                "held_at": row["held_at"],
                "result": row["result"],
                "person_id": people[row["attendee_person_id"]],
                "role": row["attendee_role"],
                "measured_milli": row["measured_milli"],
                "contract_milli": row["contract_milli"],
            }
            for row in rows
        ),
        key=("works_id", "held_at", "person_id"),
    )


def load_log(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `works_log` rows that are not there."""
    known = _keys(Works)
    return add_missing(
        Diary,
        (
            {
                "works_id": known[row["works_id"]],
                "logged_at": row["logged_at"],
                "kind": row["kind"],
                "percent": row["percent"],
                "words": _text(row, "words")[:200],
                "file_hash": row["file_hash"],
                "taken_at": row.get("taken_at"),
                "lat_micro": row.get("lat_micro"),
                "lng_micro": row.get("lng_micro"),
            }
            for row in rows
        ),
        key=("works_id", "logged_at", "file_hash"),
    )


def _placed() -> dict[str, tuple[int, int, str]]:
    """Return the key, the body and the place of every project by its id."""
    rows = Works.objects.values_list("ext_id", "pk", "organisation_id", "division_code")
    return {ext_id: (pk, body, place) for ext_id, pk, body, place in rows}


INSPECTION = ("works_id", "organisation_id", "division_code", "role_code", "person_id",
              "inspected_at", "stage", "result", "severity", "place", "words", "file_hash",
              "taken_at", "lat_micro", "lng_micro")  # fmt: skip


def load_inspections(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `works_inspection` rows."""
    known, people = _placed(), _keys(Person)

    def made() -> Rows:
        for row in rows:
            works, body, place = known[row["works_id"]]
            yield {
                "ext_id": row["inspection_id"],
                "works_id": works,
                "organisation_id": body,
                "division_code": place,
                "role_code": row["role_code"],
                "person_id": people[row["inspector_person_id"]],
                "inspected_at": row["inspected_at"],
                "stage": row["stage"],
                "result": row["result"],
                "severity": _text(row, "severity"),
                "place": row["place"][:120],
                "words": row["words"][:300],
                "file_hash": row["file_hash"],
                **{name: row.get(name) for name in ("taken_at", "lat_micro", "lng_micro")},
            }

    return merge(Inspection, made(), key="ext_id", compare=INSPECTION)


RISK = ("works_id", "inspection_id", "organisation_id", "division_code", "kind", "level", "words",
        "person_id", "due_date", "state", "closed_at")  # fmt: skip


def load_risks(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `works_risk` rows."""
    known, people, seen = _placed(), _keys(Person), _keys(Inspection)

    def made() -> Rows:
        for row in rows:
            works, body, place = known[row["works_id"]]
            yield {
                "ext_id": row["risk_id"],
                "works_id": works,
                "inspection_id": seen[row["inspection_id"]],
                "organisation_id": body,
                "division_code": place,
                "kind": row["kind"],
                "level": row["level"],
                "words": row["words"][:200],
                "person_id": people[row["responsible_person_id"]],
                "due_date": row["due_date"],
                "state": row["status"],
                "closed_at": row.get("closed_at"),
            }

    return merge(Risk, made(), key="ext_id", compare=RISK)


RECTIFICATION = ("risk_id", "person_id", "done_at", "words", "file_hash", "taken_at",
                 "verified_by_id", "verifier_role", "verified_at", "is_accepted",
                 "verdict")  # fmt: skip


def load_rectifications(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `works_rectification` rows."""
    people, risks = _keys(Person), _keys(Risk)
    made = (
        {
            "ext_id": row["rectification_id"],
            "risk_id": risks[row["risk_id"]],
            "person_id": people[row["done_person_id"]],
            "done_at": row["done_at"],
            "words": row["words"][:300],
            "file_hash": row["file_hash"],
            "taken_at": row.get("taken_at"),
            "verified_by_id": people.get(_text(row, "verifier_person_id")),
            "verifier_role": _text(row, "verifier_role"),
            "verified_at": row.get("verified_at"),
            "is_accepted": row.get("is_accepted"),
            "verdict": _text(row, "verdict")[:200],
        }
        for row in rows
    )
    return merge(Rectification, made, key="ext_id", compare=RECTIFICATION)
