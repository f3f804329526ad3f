"""Works as projects of the Open Contracting for Infrastructure Data Standards 0.9. Pure.

Source: OC4IDS 0.9, project schema and project package; CoST infrastructure data standard.
Money is in yuan; the last known value stands at the end of `modifications`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sanzi.disclosure.contracting import ocds
from sanzi.disclosure.contracting.facts import Competition, Party, Process

VERSION: Final = "0.9"
SECTORS: Final = {
    "road": ["transport", "transport.road"],
    "water": ["waterAndWaste"],
    "lighting": ["energy"],
}


def package(
    found: Iterable[Process], *, prefix: str, publisher: Party, address: str, at: datetime
) -> dict[str, Any]:
    """Return a project package of the works among some processes."""
    return {
        "uri": address,
        "version": VERSION,
        "publishedDate": ocds.moment(at),
        "publisher": {"name": publisher.name},
        "projects": [project(one, prefix) for one in found if one.is_works],
    }


def project(one: Process, prefix: str) -> dict[str, Any]:
    """Return a work as a project with its one contracting process."""
    told: dict[str, Any] = {
        "id": f"{prefix.replace('ocds', 'oc4ids', 1)}-{one.ident}",
        "updated": ocds.moment(one.changed_at),
        "title": one.title,
        "description": f"{one.place}：{one.title}",
        "status": _status(one),
        "publicAuthority": ocds.reference(one.buyer),
        "parties": ocds.parties(one, is_project=True),
        "budget": _budget(one),
        "locations": [_location(one)],
        "contractingProcesses": [{"id": ocds.ocid(one, prefix), "summary": _summary(one, prefix)}],
    }
    if one.kind in SECTORS:
        told["sector"] = SECTORS[one.kind]
    ends = ocds.day_period(one.deal.start, one.deal.end) if one.deal else {}
    if ends:
        told["period"] = ends
    if one.accepted_at and one.final_fen is not None:
        told["completion"] = {
            "endDate": ocds.moment(one.accepted_at),
            "finalValue": ocds.value(one.final_fen),
        }
    return told


def _status(one: Process) -> str:
    if one.accepted_at:
        return "completed"
    if one.started_at or one.completed_at:
        return "completion" if one.completed_at else "implementation"
    return "preparation"


def _budget(one: Process) -> dict[str, Any]:
    told: dict[str, Any] = {"amount": ocds.value(one.budget_fen)}
    return told | ({"approvalDate": ocds.moment(one.approved_at)} if one.approved_at else {})


def _location(one: Process) -> dict[str, Any]:
    told: dict[str, Any] = {"id": "1", "description": one.place}
    if one.lat is not None and one.lng is not None:
        told["geometry"] = {"type": "Point", "coordinates": [one.lng, one.lat]}
    return told


def _summary(one: Process, prefix: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "ocid": ocds.ocid(one, prefix),
        "nature": ["construction"],
        "title": one.title,
        "status": _contract_status(one),
    }
    if one.competition:
        told["tender"] = _tender(one, one.competition)
    if one.supplier:
        told["suppliers"] = [ocds.reference(one.supplier)]
    if one.deal:
        if one.deal.fen is not None:
            told["contractValue"] = ocds.value(one.deal.fen)
            told["modifications"] = _modifications(one, one.deal.fen)
        ends = ocds.day_period(one.deal.start, one.deal.end)
        if ends:
            told["contractPeriod"] = ends
    if one.paid:
        told["transactions"] = ocds.transactions(one)
    if one.final_fen is not None:
        told["finalValue"] = ocds.value(one.final_fen)
    return {key: found for key, found in told.items() if found != []}


def _contract_status(one: Process) -> str:
    if one.final_fen is not None:
        return "closed"
    return "active" if one.deal else "pre-award"


def _tender(one: Process, found: Competition) -> dict[str, Any]:
    told: dict[str, Any] = {
        "procurementMethod": ocds.METHODS[found.method],
        "procurementMethodDetails": ocds.METHOD_WORDS[found.method],
        "costEstimate": ocds.value(found.limit_fen or one.budget_fen),
        "administrativeEntity": ocds.reference(one.buyer),
        "procuringEntity": ocds.reference(one.buyer),
    }
    if found.offers is not None:
        told["numberOfTenderers"] = len(found.offers)
    return told


def _modifications(one: Process, contract_fen: int) -> list[dict[str, Any]]:
    told = []
    now = contract_fen
    for change in one.changes:
        then, now = now, now + change.fen
        told.append(
            {
                "id": change.ident,
                "date": ocds.moment(change.at),
                "type": "value",
                "description": change.why,
                "rationale": change.why,
                "oldContractValue": ocds.value(then),
                "newContractValue": ocds.value(now),
            }
        )
    return told
