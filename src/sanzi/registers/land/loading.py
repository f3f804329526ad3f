"""Loaders of the room's tables: history comes in as it was and is never changed by an import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sanzi.orgs.models import Counterparty, Household, Organisation, Person
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add
from sanzi.registers.land.models import (
    Compensation,
    Homestead,
    LandContract,
    LandTaking,
    Membership,
    Survey,
)

HEAD = ("submitted_at", "status")
MEMBERSHIP = (
    "kind", "ground", "checked_at", "decided_at", "is_accepted", "publicity_start_date",
    "publicity_end_date", "filed_at",
)  # fmt: skip
HOMESTEAD = (
    "ground", "land_class", "group_agreed_at", "publicity_start_at", "publicity_end_at",
    "town_accepted_at", "site_visit_1_at", "site_visit_2_at", "site_visit_3_at", "approved_at",
    "built_at", "old_site_returned_at",
)  # fmt: skip
TAKING = (
    "notice_start_date", "notice_end_date", "roster_start_date", "roster_end_date",
    "plan_start_date", "plan_end_date", "approved_at", "fund_received_at", "fund_fen",
)  # fmt: skip
SURVEY = (
    "surveyed_at", "attendee_count", "has_third_party", "has_owner_sign", "photo_count",
    "person_count_village",
)  # fmt: skip
LINE = ("kind", "owner_kind", "unit", "unit_price_fen", "amount_fen", "paid_at")
CONTRACT = (
    "parcel_id", "holder_kind", "land_use", "fee_fen_year", "start_date", "end_date",
    "scheme_start_date", "scheme_end_date", "has_credit_check", "approved_at", "signed_date",
    "registered_at",
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    for table, load in (
        ("membership", load_memberships),
        ("homestead", load_homesteads),
        ("land_taking", load_takings),
        ("survey", load_surveys),
        ("compensation", load_lines),
        ("land_contract", load_contracts),
    ):
        register(Loader(table, ORDER[table], load))


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("ext_id", "pk"))


def _scaled(value: Decimal | None, by: int) -> int | None:
    return None if value is None else int((value * by).to_integral_value())


def _said(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row.get(name) for name in names}


def _head(pk: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return what reads the columns that every head row has."""
    bodies = _keys(Organisation)

    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row[pk],
            "organisation_id": bodies[row["org_id"]],
            "division_code": row["village_id"],
            "case_number": _text(row, "case_id"),
            **_said(row, HEAD),
        }

    return read


def load_memberships(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `membership` rows; the roster of people comes with `person`."""
    head, people = _head("membership_id"), _keys(Person)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            **head(row),
            **_said(row, MEMBERSHIP),
            "person_id": people[row["person_id"]],
            "decision_ext_id": _text(row, "decision_id"),
            "refuse_ground": _text(row, "refuse_ground"),
            "file_no": _text(row, "file_no")[:60],
        }

    return add(Membership, rows, column="membership_id", made=made)


def load_homesteads(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `homestead` rows; rights to plots come with `land_right`."""
    head, homes = _head("application_id"), _keys(Household)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            **head(row),
            **_said(row, HOMESTEAD),
            "household_id": homes[row["household_id"]],
            "area_m2_centi": _scaled(row["area_m2"], 100),
            "built_m2_centi": _scaled(row.get("built_m2"), 100),
            "place": _text(row, "place")[:80],
            "old_site": _text(row, "old_site"),
            "parcel_id": _text(row, "parcel_id"),
            "certificate_no": _text(row, "certificate_no")[:60],
        }

    return add(Homestead, rows, column="application_id", made=made)


def load_takings(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `land_taking` rows."""
    head = _head("taking_id")

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            **head(row),
            **_said(row, TAKING),
            "project_name": row["project_name"][:120],
            "notice_no": _text(row, "notice_no")[:60],
            "collective_use": _text(row, "collective_use"),
            "decision_ext_id": _text(row, "decision_id"),
        }

    return add(LandTaking, rows, column="taking_id", made=made)


def load_surveys(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `survey` rows."""
    takings = _keys(LandTaking)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["survey_id"],
            "taking_id": takings[row["taking_id"]],
            "division_code": row["village_id"],
            **_said(row, SURVEY),
        }

    return add(Survey, rows, column="survey_id", made=made)


def load_lines(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `compensation` rows."""
    takings, surveys, people = _keys(LandTaking), _keys(Survey), _keys(Person)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["comp_id"],
            "taking_id": takings[row["taking_id"]],
            "survey_id": surveys.get(_text(row, "survey_id")),
            "division_code": row["village_id"],
            "parcel_id": _text(row, "parcel_id"),
            "person_id": people.get(_text(row, "person_id")),
            "quantity_milli": _scaled(row["quantity"], 1000),
            **_said(row, LINE),
        }

    return add(Compensation, rows, column="comp_id", made=made)


def load_contracts(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `land_contract` rows."""
    head, homes, firms = _head("land_contract_id"), _keys(Household), _keys(Counterparty)

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            **head(row),
            **_said(row, CONTRACT),
            "household_id": homes.get(_text(row, "household_id")),
            "counterparty_id": firms.get(_text(row, "counterparty_id")),
            "area_mu_centi": _scaled(row["area_mu"], 100),
            "decision_ext_id": _text(row, "decision_id"),
        }

    return add(LandContract, rows, column="land_contract_id", made=made)
