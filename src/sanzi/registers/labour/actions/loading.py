"""Loaders of labour: history comes in as it was and is never changed by an import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from sanzi.orgs.models import Organisation, Person
from sanzi.record.bulk import Values
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader
from sanzi.record.loaders import register as register_loader
from sanzi.record.merging import add
from sanzi.registers.labour.models import (
    DeclarationState,
    LabourDay,
    LabourDeclaration,
    LabourListing,
    LabourPhoto,
    LabourRequest,
    RateCard,
    RateUnit,
)

Row = Mapping[str, Any]
Rows = Iterable[dict[str, Any]]
WHOLE = "000000000000"


def register() -> None:
    """Register the loaders of the room's tables; called once from `apps.ready`."""
    for table, load in (
        ("rate_card", load_rates),
        ("labour_list", load_listings),
        ("labour_request", load_requests),
        ("labour_day", load_days),
        ("labour_photo", load_photos),
        ("labour_declaration", load_declarations),
    ):
        register_loader(Loader(table, ORDER[table], load))


def load_rates(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `rate_card` rows: of a village, or of the town or county whose figures they bear."""

    def made(row: Row) -> Values:
        return {
            "ext_id": row["rate_card_id"],
            "rate_code": row["rate_code"],
            "title": row["title"][:40],
            "division_code": _text(row, "village_id") or (row["county_id"] + WHOLE)[:12],
            "value_fen": row["value_fen"],
            "unit": row["unit"],
            "valid_from_date": row["valid_from_date"],
            "valid_until_date": row.get("valid_until_date"),
            "source_ref": row["source_ref"][:120],
        }

    return add(RateCard, rows, column="rate_card_id", made=made)


def load_listings(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `labour_list` rows."""
    people = _keys(Person)

    def made(row: Row) -> Values:
        return {
            "ext_id": row["listing_id"],
            "person_id": people[row["person_id"]],
            "division_code": row["village_id"],
            "since_date": row["since_date"],
            "until_date": row.get("until_date"),
            "health_until_date": row.get("health_until_date"),
        }

    return add(LabourListing, rows, column="listing_id", made=made)


def load_requests(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `labour_request` rows."""
    people = _keys(Person)
    bodies = {one.ext_id: (one.pk, one.division_id) for one in Organisation.objects.all()}

    def made(row: Row) -> Values:
        key, division = bodies[row["org_id"]]
        return {
            "ext_id": row["request_id"],
            "organisation_id": key,
            "division_code": _text(row, "village_id") or division,
            "case_number": _text(row, "case_id"),
            "work_kind": row["work_kind"],
            "reason": row["reason"][:200],
            "place": row["place"][:60],
            "lat_e6": row.get("lat"),
            "lng_e6": row.get("lng"),
            "planned_start_at": row["planned_start_at"],
            "planned_end_at": row["planned_end_at"],
            "headcount_planned": row["headcount_planned"],
            "person_days_planned": row["person_days_planned"],
            "rate_code": row["rate_code"],
            "rate_fen_day": row["rate_fen_day"],
            "rate_unit": row.get("rate_unit") or RateUnit.DAY,
            "budget_fen": row["budget_fen"],
            "budget_line_ext_id": _text(row, "budget_line_id"),
            "is_emergency": row["is_emergency"],
            "decision_ext_id": _text(row, "decision_id"),
            "dispatcher_id": people.get(_text(row, "dispatcher_person_id")),
            "checker_id": people.get(_text(row, "checker_person_id")),
            "submitted_at": row["submitted_at"],
            "approved_at": row.get("approved_at"),
            "state": row["status"].upper(),
        }

    return add(LabourRequest, rows, column="request_id", made=made)


def load_days(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `labour_day` rows; minutes are the hours to the nearest minute."""
    people, requests = _keys(Person), _keys(LabourRequest)
    divisions = dict(LabourRequest.objects.values_list("ext_id", "division_code"))

    def made(row: Row) -> Values:
        return {
            "ext_id": row["labour_day_id"],
            "request_id": requests[row["request_id"]],
            "division_code": _text(row, "village_id") or divisions[row["request_id"]],
            "person_id": people[row["person_id"]],
            "work_date": row["work_date"],
            "start_at": row["start_at"],
            "end_at": row["end_at"],
            "minutes": round(row["hours"] * 60),
            "piece_qty": row.get("piece_qty"),
            "rate_fen_day": row["rate_fen_day"],
            "amount_fen": row["amount_fen"],
            "dispatcher_id": people.get(_text(row, "dispatcher_person_id")),
            "checker_id": people.get(_text(row, "checker_person_id")),
            "entered_at": row["end_at"],
            "worker_signed_at": row.get("worker_signed_at"),
            "signed_by": "sheet" if row.get("worker_signed_at") else "",
            "checked_at": row.get("checked_at"),
            "late_reason": "",
        }

    return add(LabourDay, rows, column="labour_day_id", made=made)


def load_photos(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `labour_photo` rows: digests only, the pictures stay where they were."""
    requests = _keys(LabourRequest)

    def made(row: Row) -> Values:
        return {
            "ext_id": row["photo_id"],
            "request_id": requests[row["request_id"]],
            "work_date": row["work_date"],
            "phase": row["phase"],
            "taken_at": row.get("taken_at"),
            "has_own_time": row.get("taken_at") is not None,
            "lat_e6": row.get("lat"),
            "lng_e6": row.get("lng"),
            "file_digest": _text(row, "file_hash"),
            "likeness": _text(row, "perceptual_hash"),
            "attachment_ext_id": "",
            "doubts": "",
            "alike_to": "",
            "uploaded_at": row.get("taken_at"),
        }

    return add(LabourPhoto, rows, column="photo_id", made=made)


def load_declarations(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `labour_declaration` rows."""
    requests = _keys(LabourRequest)

    def made(row: Row) -> Values:
        accepted = row.get("accepted_at")
        return {
            "ext_id": row["declaration_id"],
            "request_id": requests[row["request_id"]],
            "declared_at": row["declared_at"],
            "declared_by_id": None,
            "total_fen": row["total_fen"],
            "day_count": 0,
            "payment_ext_id": _text(row, "payment_id"),
            "state": DeclarationState.ACCEPTED if accepted else DeclarationState.DECLARED,
            "hold": "",
            "released_by_id": None,
            "released_at": None,
            "release_reason": "",
            "accepted_by_id": None,
            "accepted_at": accepted,
            "opinion": "",
            "public_until_date": row.get("public_until_date"),
        }

    return add(LabourDeclaration, rows, column="declaration_id", made=made)


def _keys(model: type[Model]) -> dict[str, int]:
    manager = model._default_manager  # noqa: SLF001 - the public way to any model's rows
    return dict(manager.values_list("ext_id", "pk"))


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "")
