"""Loaders of the room's tables of a data package: programmes by version, awards of the past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanzi.orgs.models import Household, Organisation, Person
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add, merge
from sanzi.registers.subsidies.models import AidCase, AidMember, Award, Program

PROGRAM_AS_IT_IS = (
    "code", "name", "department", "unit", "rate_fen", "excludes_payroll", "excludes_moved_out",
    "needs_land", "publicity_days", "pay_within_days", "valid_from_date", "valid_until_date",
    "source_ref",
)  # fmt: skip
PROGRAM_COLUMNS = (
    "organisation_id", "division_code", "cap_milli", "exclusive_group", *PROGRAM_AS_IT_IS,
)  # fmt: skip

AID_AS_IT_IS = (
    "kind", "applied_at", "accepted_at", "investigated_at", "reviewed_at", "publicity_start_at",
    "publicity_end_at", "decided_at", "monthly_fen", "start_date", "end_date",
    "last_recheck_date", "recheck_due_date", "is_kin_of_staff", "kin_filed_at", "status",
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader("program", ORDER["program"], load_programs))
    register(Loader("award", ORDER["award"], load_awards))
    register(Loader("aid_case", ORDER["aid_case"], load_aid))


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


def load_aid(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `aid_case` rows that are not known; all of the household are its members."""
    bodies, people, homes = _keys(Organisation), _keys(Person), _keys(Household)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["case_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": row["village_id"],
            "case_number": _text(row, "matter_case_id"),
            "household_id": homes[row["household_id"]],
            "applicant_id": people[row["applicant_person_id"]],
            "result": _text(row, "result"),
            **{name: row.get(name) for name in AID_AS_IT_IS},
        }

    count = add(AidCase, rows, column="case_id", made=made)
    _fill_members()
    return count


def _fill_members() -> None:
    """Give cases that came without members those of their household."""
    bare = list(AidCase.objects.filter(members__isnull=True).values_list("pk", "household_id"))
    homes: dict[int, list[int]] = {}
    for person, home in Person.objects.filter(
        household_id__in=[home for _, home in bare], death_date__isnull=True
    ).values_list("pk", "household_id"):
        homes.setdefault(home or 0, []).append(person)
    AidMember.objects.bulk_create(
        AidMember(aid_case_id=key, person_id=person)
        for key, home in bare
        for person in homes.get(home, ())
    )
