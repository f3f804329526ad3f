"""Loaders of the room's tables of a data package: stages of members, dues, funds, awards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Model

from sanzi.orgs.models import Organisation, Person
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import merge
from sanzi.registers.party.models import (
    Honour,
    PartyDevelopment,
    PartyDues,
    PartyFund,
    PartyStage,
)

TABLES: Mapping[str, tuple[type[Model], str, tuple[str, ...], tuple[str, ...]]] = {
    "party_development": (
        PartyDevelopment, "development_id", ("stage", "applied_date"), ("appointment_id",),
    ),
    "party_dues": (
        PartyDues, "dues_id",
        ("period", "due_fen", "paid_fen", "paid_date", "handed_date", "status"), ("reason",),
    ),
    "party_fund": (
        PartyFund, "fund_id", ("use", "reason", "amount_fen", "submitted_at", "status"), (),
    ),
    "honour": (
        Honour, "honour_id",
        ("title", "event", "level", "amount_fen", "submitted_at", "publicity_start_date",
         "granted_at", "status"), (),
    ),
}  # fmt: skip
STAGE = (
    "stage", "held_date", "eligible_count", "present_count", "agree_count",
    "publicity_start_date", "publicity_end_date",
)  # fmt: skip
NAMES = {"appointment_id": "appointment_ext_id"}


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    for name in TABLES:
        register(Loader(name, ORDER[name], _loader(name)))
    register(Loader("party_stage", ORDER["party_stage"], load_stages))


def _loader(name: str) -> Callable[[Rows, LoadContext], LoadCount]:
    def load(rows: Rows, _context: LoadContext) -> LoadCount:
        return load_table(name, rows)

    return load


def load_table(name: str, rows: Rows) -> LoadCount:
    """Merge rows of one of the tables of `TABLES`."""
    model, key, plain, texts = TABLES[name]
    with_person = name != "party_fund"
    made = _made(rows, key, (plain, texts), with_person=with_person)
    compare = (*plain, *(NAMES.get(one, one) for one in texts), "case_number")
    return merge(
        model, made, key="ext_id", compare=(*compare, "person_id") if with_person else compare
    )


def _made(
    rows: Rows, key: str, names: tuple[tuple[str, ...], tuple[str, ...]], *, with_person: bool
) -> Iterator[dict[str, Any]]:
    bodies = {
        ext_id: (pk, place)
        for ext_id, pk, place in Organisation.objects.values_list("ext_id", "pk", "division_id")
    }
    people = dict(Person.objects.values_list("ext_id", "pk"))
    for row in rows:
        body, place = bodies[row["org_id"]]
        said = {
            "ext_id": row[key],
            "organisation_id": body,
            "division_code": row.get("village_id") or place,
            "case_number": row.get("case_id") or "",
            **{name: row.get(name) for name in names[0]},
            **{NAMES.get(name, name): row.get(name) or "" for name in names[1]},
        }
        if with_person:
            said["person_id"] = people[row["person_id"]]
        yield said


def load_stages(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `party_stage` rows."""
    known = dict(PartyDevelopment.objects.values_list("ext_id", "pk"))
    made = (
        {
            "ext_id": row["stage_id"],
            "development_id": known[row["development_id"]],
            **{name: row.get(name) for name in STAGE},
        }
        for row in rows
    )
    return merge(PartyStage, made, key="ext_id", compare=(*STAGE, "development_id"))
