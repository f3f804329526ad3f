"""Loaders of the room's tables of a data package: programmes by version, awards of the past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanzi.orgs.models import Household, Organisation, Person
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add, merge
from sanzi.registers.subsidies.models import Award, Program

PROGRAM_AS_IT_IS = (
    "code", "name", "department", "unit", "rate_fen", "excludes_payroll", "excludes_moved_out",
    "needs_land", "publicity_days", "pay_within_days", "valid_from_date", "valid_until_date",
    "source_ref",
)  # fmt: skip
PROGRAM_COLUMNS = (
    "organisation_id", "division_code", "cap_milli", "exclusive_group", *PROGRAM_AS_IT_IS,
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader("program", ORDER["program"], load_programs))
    register(Loader("award", ORDER["award"], load_awards))


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("ext_id", "pk"))


def load_programs(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `program` rows: each is one version, of the place of the office that issued it."""
    bodies = {
        ext_id: (pk, place)
        for ext_id, pk, place in Organisation.objects.values_list("ext_id", "pk", "division_id")
    }
    made = (
        {
            "ext_id": row["program_id"],
            "organisation_id": bodies[row["org_id"]][0],
            "division_code": bodies[row["org_id"]][1],
            "cap_milli": row.get("cap_qty_milli"),
            "exclusive_group": _text(row, "exclusive_group"),
            **{name: row.get(name) for name in PROGRAM_AS_IT_IS},
        }
        for row in rows
    )
    return merge(Program, made, key="ext_id", compare=PROGRAM_COLUMNS)


def load_awards(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `award` rows that are not known; what was paid once is history."""
    bodies, programs = _keys(Organisation), _keys(Program)
    people, homes = _keys(Person), _keys(Household)
    names = dict(Person.objects.values_list("ext_id", "name"))

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["award_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": row["village_id"],
            "case_number": _text(row, "case_id"),
            "program_id": programs[row["program_id"]],
            "period": row["period"],
            "person_id": people[row["person_id"]],
            "household_id": homes.get(_text(row, "household_id")),
            "quantity_milli": row["quantity_milli"],
            "amount_fen": row["amount_fen"],
            "payee_name": _text(row, "payee_name") or names[row["person_id"]],
            "basis_ref": _text(row, "basis_ref"),
            "is_kin_of_cadre": bool(row.get("is_kin_of_cadre")),
            "approved_at": row.get("approved_at"),
            "paid_at": row.get("paid_at"),
            "status": row["status"],
        }

    return add(Award, rows, column="award_id", made=made)
