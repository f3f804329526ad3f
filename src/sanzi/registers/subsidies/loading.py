"""Loaders of the room's tables of a data package: programmes, rosters, awards of the past."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Sum

from sanzi.orgs.models import Household, Organisation, Person
from sanzi.record import bulk
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add, merge
from sanzi.registers.subsidies.actions import payouts
from sanzi.registers.subsidies.models import (
    AidCase,
    AidMember,
    Award,
    Levy,
    LevyLine,
    LineKind,
    Program,
    ReliefBatch,
    ReliefLine,
    Roster,
)

PROGRAM_AS_IT_IS = (
    "code", "name", "department", "unit", "rate_fen", "excludes_payroll", "excludes_moved_out",
    "needs_land", "publicity_days", "pay_within_days", "valid_from_date", "valid_until_date",
    "source_ref",
)  # fmt: skip
PROGRAM_COLUMNS = (
    "organisation_id", "division_code", "cap_milli", "exclusive_group", *PROGRAM_AS_IT_IS,
)  # fmt: skip

ROSTER_AS_IT_IS = (
    "period", "submitted_at", "checked_at", "sampled_count", "publicity_start_at",
    "publicity_end_at", "approved_at", "status",
)  # fmt: skip
ROSTER_COLUMNS = (
    "organisation_id", "division_code", "case_number", "program_id", "objection",
    *ROSTER_AS_IT_IS,
)  # fmt: skip

AID_AS_IT_IS = (
    "kind", "applied_at", "accepted_at", "investigated_at", "reviewed_at", "publicity_start_at",
    "publicity_end_at", "decided_at", "monthly_fen", "start_date", "end_date",
    "last_recheck_date", "recheck_due_date", "is_kin_of_staff", "kin_filed_at", "status",
)  # fmt: skip
BATCH_AS_IT_IS = (
    "batch_no", "giver", "item", "unit", "received_milli", "received_date", "is_urgent",
    "approved_at", "publicity_start_at", "counted_milli", "counted_at", "status",
)  # fmt: skip
LEVY_AS_IT_IS = (
    "project", "per_head_fen", "days_per_head", "head_count", "exempt_count", "submitted_at",
    "approved_at", "status",
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader("program", ORDER["program"], load_programs))
    register(Loader("roster", ORDER["roster"], load_rosters))
    register(Loader("award", ORDER["award"], load_awards))
    register(Loader("aid_case", ORDER["aid_case"], load_aid))
    register(Loader("relief_batch", ORDER["relief_batch"], load_batches))
    register(Loader("relief_line", ORDER["relief_line"], load_relief_lines))
    register(Loader("levy", ORDER["levy"], load_levies))
    register(Loader("levy_line", ORDER["levy_line"], load_levy_lines))


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


def load_rosters(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `roster` rows: who collected and fixed a list, of the case that its awards name."""
    bodies, programs = _keys(Organisation), _keys(Program)
    made = (
        {
            "ext_id": row["roster_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": row["village_id"],
            "case_number": row["case_id"],
            "program_id": programs[row["program_id"]],
            "objection": _text(row, "objection"),
            **{name: row.get(name) for name in ROSTER_AS_IT_IS},
        }
        for row in rows
    )
    return merge(Roster, made, key="ext_id", compare=ROSTER_COLUMNS)


def load_awards(rows: Rows, context: LoadContext) -> LoadCount:
    """Add the `award` rows that are not known; what was paid once is history.

    A known one that had not been paid takes the day on which it was.
    """
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

    if not Award.objects.exists():
        return add(Award, rows, column="award_id", made=made)
    total = LoadCount()
    for chunk in bulk.chunks(rows):
        late = payouts.take(chunk, context)
        count = add(Award, chunk, column="award_id", made=made)
        total = LoadCount(
            total.added + count.added,
            total.changed + late,
            total.unchanged + count.unchanged - late,
        )
    return total


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


def load_batches(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `relief_batch` rows that are not known."""
    bodies = _keys(Organisation)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["batch_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": row["village_id"],
            "case_number": _text(row, "case_id"),
            **{name: row.get(name) for name in BATCH_AS_IT_IS},
        }

    return add(ReliefBatch, rows, column="batch_id", made=made)


def load_relief_lines(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `relief_line` rows that are not known, and what their batches gave by them."""
    batches, people = _keys(ReliefBatch), _keys(Person)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["line_id"],
            "batch_id": batches[row["batch_id"]],
            "person_id": people[row["person_id"]],
            **{name: row.get(name) for name in ("reason", "need_milli", "given_milli")},
            "signed_at": row.get("signed_at"),
        }

    count = add(ReliefLine, rows, column="line_id", made=made)
    for one in ReliefBatch.objects.filter(given_milli=0).annotate(told=Sum("lines__given_milli")):
        ReliefBatch.objects.filter(pk=one.pk).update(given_milli=one.told or 0)
    return count


def load_levies(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `levy` rows that are not known."""
    bodies = _keys(Organisation)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["levy_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": row["village_id"],
            "case_number": _text(row, "case_id"),
            "decision_ext_id": _text(row, "decision_id"),
            **{name: row.get(name) for name in LEVY_AS_IT_IS},
        }

    return add(Levy, rows, column="levy_id", made=made)


def load_levy_lines(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `levy_line` rows that are not known, and what their levies came to by them."""
    levies, people = _keys(Levy), _keys(Person)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["line_id"],
            "levy_id": levies[row["levy_id"]],
            "kind": row["kind"],
            "person_id": people.get(_text(row, "person_id")),
            "amount_fen": row["amount_fen"],
            "days": row["days"],
            "words": _text(row, "words"),
            "receipt_no": _text(row, "receipt_no"),
            "done_at": row["done_at"],
        }

    count = add(LevyLine, rows, column="line_id", made=made)
    for one in Levy.objects.filter(collected_fen=0):
        sums = dict(one.lines.values_list("kind").annotate(Sum("amount_fen")))
        one.collected_fen = sums.get(LineKind.COLLECTED, 0)
        one.used_fen = sums.get(LineKind.USED, 0)
        one.save(update_fields=["collected_fen", "used_fen"])
    return count
