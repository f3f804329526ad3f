"""Loaders of the room's tables of a data package: seals, uses, reports of machines, services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanzi.orgs.models import Organisation, Person
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add, merge
from sanzi.registers.seals.models import Seal, SealDeviceEvent, SealUse, Service

SEAL = (
    "organisation_id", "division_code", "kind", "title", "device_uuid", "keeper_id",
    "kept_since_date", "state", "lost_at",
)  # fmt: skip
USE_AS_IT_IS = (
    "is_listed_item", "requested_at", "approved_at", "stamped_at", "copies_approved",
    "copies_stamped", "status",
)  # fmt: skip
USE = (
    "seal_id", "case_number", "item_code", "item_title", "seal_class", "applicant_id",
    "decision_ext_id", "approver_id", "keeper_id", "before_photo_hash", "after_photo_hash",
    "is_offsite", *USE_AS_IT_IS,
)  # fmt: skip
SERVICE = (
    "organisation_id", "division_code", "case_number", "item_code", "item_title", "applicant_id",
    "channel", "applied_at", "due_at", "done_at", "status",
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader("seal", ORDER["seal"], load_seals))
    register(Loader("seal_use", ORDER["seal_use"], load_uses))
    register(Loader("seal_device_event", ORDER["seal_device_event"], load_events))
    register(Loader("service", ORDER["service"], load_services))


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("ext_id", "pk"))


def load_seals(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `seal` rows."""
    bodies, people = _keys(Organisation), _keys(Person)
    places = dict(Organisation.objects.values_list("pk", "division_id"))
    made = (
        {
            "ext_id": row["seal_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": places[bodies[row["org_id"]]],
            "kind": row["kind"],
            "title": row["title"][:60],
            "device_uuid": _text(row, "device_id"),
            "keeper_id": people.get(_text(row, "keeper_person_id")),
            "kept_since_date": row.get("kept_since_date"),
            "state": row["state"],
            "lost_at": row.get("lost_at"),
        }
        for row in rows
    )
    return merge(Seal, made, key="ext_id", compare=SEAL)


def load_uses(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `seal_use` rows."""
    people = _keys(Person)
    seals = {one.ext_id: one for one in Seal.objects.all()}
    made = (
        {
            "ext_id": row["seal_use_id"],
            "seal_id": seals[row["seal_id"]].pk,
            "organisation_id": seals[row["seal_id"]].organisation_id,
            "division_code": seals[row["seal_id"]].division_code,
            "case_number": _text(row, "case_id"),
            "item_code": _text(row, "item_code"),
            "item_title": _text(row, "item_title"),
            "seal_class": _text(row, "seal_class"),
            "applicant_id": people.get(_text(row, "applicant_person_id")),
            "subject_kind": _text(row, "subject_kind"),
            "subject_id": _text(row, "subject_id"),
            "decision_ext_id": _text(row, "decision_id"),
            "approver_id": people.get(_text(row, "approver_person_id")),
            "keeper_id": people.get(_text(row, "keeper_person_id")),
            "before_photo_hash": _text(row, "before_photo_hash"),
            "after_photo_hash": _text(row, "after_photo_hash"),
            "is_offsite": bool(row.get("is_offsite_approved")),
            "lat_e6": row.get("lat"),
            "lng_e6": row.get("lng"),
            **{name: row.get(name) for name in USE_AS_IT_IS},
        }
        for row in rows
    )
    return merge(SealUse, made, key="ext_id", compare=USE)


def load_events(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `seal_device_event` rows that are not known."""
    seals = {one.ext_id: one for one in Seal.objects.all()}

    def made(row: dict[str, Any]) -> dict[str, Any]:
        seal = seals[row["seal_id"]]
        return {
            "ext_id": row["event_id"],
            "seal_id": seal.pk,
            "organisation_id": seal.organisation_id,
            "division_code": seal.division_code,
            "device_uuid": row["device_id"],
            "kind": row["kind"],
            "event_at": row["event_at"],
            "received_at": row.get("received_at") or row["event_at"],
        }

    return add(SealDeviceEvent, rows, column="event_id", made=made)


def load_services(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `service` rows."""
    bodies, people = _keys(Organisation), _keys(Person)
    places = dict(Organisation.objects.values_list("pk", "division_id"))
    made = (
        {
            "ext_id": row["service_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": _text(row, "village_id") or places[bodies[row["org_id"]]],
            "case_number": _text(row, "case_id"),
            "item_code": row["item_code"],
            "item_title": row["item_title"][:60],
            "applicant_id": people[row["applicant_person_id"]],
            "channel": _text(row, "channel"),
            "applied_at": row["applied_at"],
            "due_at": row["due_at"],
            "done_at": row.get("done_at"),
            "status": row["status"],
        }
        for row in rows
    )
    return merge(Service, made, key="ext_id", compare=SERVICE)
