"""Loaders of the room's tables of a data package: standards, pay, hiring, leaving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanzi.orgs.models import Organisation, Person
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add, merge
from sanzi.registers.posts.models import Handover, HandoverItem, Hire, Pay, PayStandard

STANDARD = ("role_code", "kind", "value_fen", "valid_from_date", "valid_until_date")
PAY = ("kind", "period", "work_date", "amount_fen", "standard_fen", "status")
HIRE = (
    "role_code", "duties", "monthly_fen", "start_date", "end_date", "candidate_count",
    "panel_count", "is_kin_of_cadre", "submitted_at", "approved_at", "notice_date", "chosen_at",
    "publicity_start_date", "sign_date", "status",
)  # fmt: skip
HANDOVER = (
    "role_code", "left_date", "handed_over_at", "audited_at", "problem_count", "problem_fen",
    "audit_published_at", "rectified_count", "status",
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader("pay_standard", ORDER["pay_standard"], load_standards))
    register(Loader("pay", ORDER["pay"], load_pay))
    register(Loader("hire", ORDER["hire"], load_hires))
    register(Loader("handover", ORDER["handover"], load_handovers))
    register(Loader("handover_item", ORDER["handover_item"], load_items))


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("ext_id", "pk"))


def _places() -> dict[str, tuple[int, str]]:
    rows = Organisation.objects.values_list("ext_id", "pk", "division_id")
    return {ext_id: (pk, division) for ext_id, pk, division in rows}


def _base(row: Mapping[str, Any], key: str, bodies: dict[str, tuple[int, str]]) -> dict[str, Any]:
    body, division = bodies[row["org_id"]]
    return {
        "ext_id": row[key],
        "organisation_id": body,
        "division_code": _text(row, "village_id") or division,
        "case_number": _text(row, "case_id"),
    }


def load_standards(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `pay_standard` rows."""
    bodies = _places()
    made = (
        {
            **_base(row, "standard_id", bodies),
            "decision_ext_id": _text(row, "decision_id"),
            "source_ref": _text(row, "source_ref"),
            **{name: row.get(name) for name in STANDARD},
        }
        for row in rows
    )
    compare = (*STANDARD, "case_number", "decision_ext_id", "source_ref")
    return merge(PayStandard, made, key="ext_id", compare=compare)


def load_pay(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `pay` rows."""
    bodies, people = _places(), _keys(Person)
    made = (
        {
            **_base(row, "pay_id", bodies),
            "person_id": people[row["person_id"]],
            "role_code": _text(row, "role_code"),
            "reason": _text(row, "reason"),
            "decision_ext_id": _text(row, "decision_id"),
            **{name: row.get(name) for name in PAY},
        }
        for row in rows
    )
    compare = (*PAY, "person_id", "role_code", "reason", "decision_ext_id", "case_number")
    return merge(Pay, made, key="ext_id", compare=compare)


def load_hires(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `hire` rows."""
    bodies, people = _places(), _keys(Person)
    made = (
        {
            **_base(row, "hire_id", bodies),
            "decision_ext_id": _text(row, "decision_id"),
            "person_id": people.get(_text(row, "person_id")),
            "appointment_ext_id": _text(row, "appointment_id"),
            **{name: row.get(name) for name in HIRE},
        }
        for row in rows
    )
    compare = (*HIRE, "case_number", "decision_ext_id", "person_id", "appointment_ext_id")
    return merge(Hire, made, key="ext_id", compare=compare)


def load_handovers(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `handover` rows."""
    bodies, people = _places(), _keys(Person)
    made = (
        {
            **_base(row, "handover_id", bodies),
            "appointment_ext_id": _text(row, "appointment_id"),
            "person_id": people[row["person_id"]],
            "receiver_id": people.get(_text(row, "receiver_person_id")),
            "witness_id": people.get(_text(row, "witness_person_id")),
            "auditor": _text(row, "auditor"),
            "late_reason": _text(row, "late_reason"),
            "audit_late_reason": _text(row, "audit_late_reason"),
            **{name: row.get(name) for name in HANDOVER},
        }
        for row in rows
    )
    compare = (
        *HANDOVER, "case_number", "appointment_ext_id", "person_id", "receiver_id", "witness_id",
        "auditor", "late_reason", "audit_late_reason",
    )  # fmt: skip
    return merge(Handover, made, key="ext_id", compare=compare)


def load_items(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `handover_item` rows that are not known."""
    known = _keys(Handover)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["item_id"],
            "handover_id": known[row["handover_id"]],
            "kind": row["kind"],
            "title": row["title"],
            "ref": _text(row, "ref"),
            "amount_fen": row.get("amount_fen"),
            "is_found": row["is_found"],
            "is_handed": row.get("is_handed"),
        }

    return add(HandoverItem, rows, column="item_id", made=made)
