"""Loaders of the room's tables of a data package: typed rows in, tables merged.

Each loader takes the rows of one resource (columns as in `data/record/<table>.yaml`) and returns
how many were made, updated and left. They run in the transaction of the import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from sanzi.orgs import secrets
from sanzi.orgs.models import (
    Appointment,
    CalendarDay,
    Counterparty,
    CounterpartyOwner,
    Division,
    Household,
    Kinship,
    LandRight,
    Organisation,
    OutsideDeath,
    OutsideStatus,
    Person,
)
from sanzi.record import bulk
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, register
from sanzi.record.merging import merge

Row = Mapping[str, Any]
Rows = Iterable[dict[str, Any]]


def text(row: Row, name: str) -> str:
    """Return a text cell, empty when it has no value."""
    return str(row.get(name) or "")


def centi(value: Decimal | None) -> int | None:
    """Return hundredths of a decimal cell."""
    return None if value is None else int((value * 100).to_integral_value())


def keys_of(model: Any, field: str = "ext_id") -> dict[str, int]:
    """Return primary keys by ext id, for the foreign keys of the rows that follow."""
    return dict(model.objects.values_list(field, "pk"))


def load_divisions(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `division` rows."""
    made = (
        {
            "code": row["code"],
            "name": row["name"],
            "level": row["level"],
            "parent_code": text(row, "parent_code"),
            "valid_from_date": row.get("valid_from_date"),
            "valid_until_date": row.get("valid_until_date"),
        }
        for row in rows
    )
    return merge(
        Division,
        made,
        key="code",
        compare=("name", "level", "parent_code", "valid_from_date", "valid_until_date"),
    )


def load_organisations(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `org` rows; parents may come in any order."""
    kept = [dict(row) for row in rows]
    compare = (
        "division_id",
        "kind",
        "name",
        "uscc",
        "is_poor_village",
        "population",
        "household_count",
    )
    result = merge(
        Organisation,
        (
            {
                "ext_id": row["org_id"],
                "division_id": row["division_code"],
                "kind": row["kind"],
                "name": row["name"],
                "uscc": text(row, "uscc"),
                "is_poor_village": row.get("is_poor_village"),
                "population": row.get("population"),
                "household_count": row.get("household_count"),
            }
            for row in kept
        ),
        key="ext_id",
        compare=compare,
    )
    keys = keys_of(Organisation)
    parents = {row["org_id"]: keys[row["parent_org_id"]] for row in kept if row["parent_org_id"]}
    changed = []
    for body in Organisation.objects.filter(ext_id__in=parents):
        if body.parent_id != parents[body.ext_id]:
            body.parent_id = parents[body.ext_id]
            changed.append(body)
    Organisation.objects.bulk_update(changed, ["parent"], batch_size=500)
    return result


def load_households(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `household` rows."""
    made = (
        {
            "ext_id": row["household_id"],
            "division_id": row["village_id"],
            "group_no": row.get("group_no"),
            "head_person_ext_id": text(row, "head_person_id"),
            "member_count": row.get("member_count"),
        }
        for row in rows
    )
    compare = ("division_id", "group_no", "head_person_ext_id", "member_count")
    return merge(Household, made, key="ext_id", compare=compare)


def load_people(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `person` rows; resident ids and phones are sealed and indexed."""
    households = keys_of(Household)
    made = (
        {
            "ext_id": row["person_id"],
            "name": row["name"],
            "sealed_id_no": partial(secrets.seal, "id_no", text(row, "id_no")),
            "id_no_index": secrets.index("id_no", text(row, "id_no")),
            "sealed_phone": partial(secrets.seal, "phone", text(row, "phone")),
            "phone_index": secrets.index("phone", text(row, "phone")),
            "gender": text(row, "gender"),
            "birth_date": row.get("birth_date"),
            "death_date": row.get("death_date"),
            "division_id": row.get("village_id"),
            "household_id": households.get(text(row, "household_id")),
            "household_status": text(row, "household_status") or "resident",
            "is_member": bool(row.get("is_member")),
        }
        for row in rows
    )
    compare = (
        "name",
        "id_no_index",
        "phone_index",
        "gender",
        "birth_date",
        "death_date",
        "division_id",
        "household_id",
        "household_status",
        "is_member",
    )
    return merge(
        Person,
        made,
        key="ext_id",
        compare=compare,
        carry=("sealed_id_no", "sealed_phone"),
    )


def load_kinship(rows: Rows, _context: LoadContext) -> LoadCount:
    """Make the `kinship` pairs that are not there yet; a known pair is brought up to date."""
    people = keys_of(Person)
    columns = ("relation", "is_statutory_kin", "is_extended_kin", "source", "confirmed_at")
    names = ("person_id", "relative_id", *columns)
    added = updated = same = 0
    for chunk in bulk.chunks(rows):
        pairs = [(people[row["person_id"]], people[row["relative_person_id"]]) for row in chunk]
        found = Kinship.objects.filter(person_id__in={pair[0] for pair in pairs})
        known = {one[:2]: one[2:] for one in found.values_list(*names)}
        fresh = []
        for pair, row in zip(pairs, chunk, strict=True):
            values = dict(zip(names, (*pair, *(row.get(name) for name in columns)), strict=True))
            if pair not in known:
                fresh.append(values)
            elif known[pair] != tuple(values.values())[2:]:
                Kinship.objects.filter(person_id=pair[0], relative_id=pair[1]).update(**values)
                updated += 1
            else:
                same += 1
        bulk.insert(Kinship, fresh)
        added += len(fresh)
    return LoadCount(added, updated, same)


def load_appointments(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `appointment` rows."""
    people, bodies = keys_of(Person), keys_of(Organisation)
    made = (
        {
            "ext_id": row["appointment_id"],
            "person_id": people[row["person_id"]],
            "organisation_id": bodies[row["org_id"]],
            "role_code": row["role_code"],
            "start_date": row["start_date"],
            "end_date": row.get("end_date"),
            "is_concurrent": bool(row.get("is_concurrent")),
            "document_ref": text(row, "document_ref"),
        }
        for row in rows
    )
    compare = (
        "person_id",
        "organisation_id",
        "role_code",
        "start_date",
        "end_date",
        "is_concurrent",
        "document_ref",
    )
    return merge(Appointment, made, key="ext_id", compare=compare)


def load_counterparties(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `counterparty` rows."""
    people = keys_of(Person)
    made = (
        {
            "ext_id": row["counterparty_id"],
            "kind": row["kind"],
            "name": row["name"],
            "uscc": text(row, "uscc"),
            "person_id": people.get(text(row, "person_id")),
            "legal_rep_person_id": people.get(text(row, "legal_rep_person_id")),
            "registered_date": row.get("registered_date"),
            "business_scope": text(row, "business_scope"),
            "sealed_phone": partial(secrets.seal, "phone", text(row, "phone")),
            "phone_index": secrets.index("phone", text(row, "phone")),
            "address_norm": text(row, "address_norm"),
            "is_blacklisted": bool(row.get("is_blacklisted")),
            "blacklist_until_date": row.get("blacklist_until_date"),
        }
        for row in rows
    )
    compare = (
        "kind",
        "name",
        "uscc",
        "person_id",
        "legal_rep_person_id",
        "registered_date",
        "business_scope",
        "phone_index",
        "address_norm",
        "is_blacklisted",
        "blacklist_until_date",
    )
    return merge(Counterparty, made, key="ext_id", compare=compare, carry=("sealed_phone",))


def load_counterparty_owners(rows: Rows, _context: LoadContext) -> LoadCount:
    """Make the `counterparty_owner` rows that are not there yet; shares are brought up to date."""
    people, counterparties = keys_of(Person), keys_of(Counterparty)
    known = {
        (one.counterparty_id, one.person_id, one.kind): one
        for one in CounterpartyOwner.objects.all()
    }
    fresh, updated, same = [], 0, 0
    for row in rows:
        key = (
            counterparties[row["counterparty_id"]],
            people[row["person_id"]],
            row["kind"],
        )
        old, share = known.get(key), row.get("share_percent")
        if old is None:
            fresh.append(
                CounterpartyOwner(
                    counterparty_id=key[0],
                    person_id=key[1],
                    kind=key[2],
                    share_percent=share,
                ),
            )
        elif old.share_percent != share:
            CounterpartyOwner.objects.filter(pk=old.pk).update(share_percent=share)
            updated += 1
        else:
            same += 1
    CounterpartyOwner.objects.bulk_create(fresh, batch_size=1000)
    return LoadCount(len(fresh), updated, same)


def load_land_rights(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `land_right` rows; areas are kept in hundredths."""
    households = keys_of(Household)
    made = (
        {
            "parcel_id": row["parcel_id"],
            "division_id": row["village_id"],
            "holder_kind": row["holder_kind"],
            "household_id": households.get(text(row, "household_id")),
            "right_kind": row["right_kind"],
            "area_mu_centi": centi(row.get("area_mu")),
            "area_m2_centi": centi(row.get("area_m2")),
            "start_date": row.get("start_date"),
            "end_date": row.get("end_date"),
        }
        for row in rows
    )
    compare = (
        "division_id",
        "holder_kind",
        "household_id",
        "right_kind",
        "area_mu_centi",
        "area_m2_centi",
        "start_date",
        "end_date",
    )
    return merge(LandRight, made, key="parcel_id", compare=compare)


def load_deaths(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `ext_death` rows by the blind index of the resident id."""
    made = (
        {
            "id_no_index": secrets.index("id_no", row["id_no"]),
            "sealed_id_no": partial(secrets.seal, "id_no", row["id_no"]),
            "death_date": row["death_date"],
        }
        for row in rows
    )
    return merge(
        OutsideDeath,
        made,
        key="id_no_index",
        compare=("death_date",),
        carry=("sealed_id_no",),
    )


def load_statuses(rows: Rows, _context: LoadContext) -> LoadCount:
    """Make the `ext_status` rows that are not there yet."""
    columns = ("kind", "value_fen", "since_date", "until_date", "detail_level")
    known = set(OutsideStatus.objects.values_list("id_no_index", *columns))
    fresh, same = [], 0
    for row in rows:
        values = {name: row.get(name) for name in columns}
        values["detail_level"] = text(row, "detail_level")
        id_no_index = secrets.index("id_no", row["id_no"])
        if (id_no_index, *values.values()) in known:
            same += 1
            continue
        sealed = secrets.seal("id_no", row["id_no"])
        fresh.append({"id_no_index": id_no_index, "sealed_id_no": sealed, **values})
    for chunk in bulk.chunks(fresh):
        bulk.insert(OutsideStatus, chunk)
    return LoadCount(len(fresh), 0, same)


def load_calendar(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `calendar` rows."""
    made = (
        {"day": row["day"], "is_workday": row["is_workday"], "is_holiday": row["is_holiday"]}
        for row in rows
    )
    return merge(CalendarDay, made, key="day", compare=("is_workday", "is_holiday"))


def register_loaders() -> None:
    """Tell the import which tables this room takes; households before the people in them."""
    place = {**ORDER, "household": ORDER["person"], "person": ORDER["household"]}
    for table, load in (
        ("division", load_divisions),
        ("org", load_organisations),
        ("household", load_households),
        ("person", load_people),
        ("kinship", load_kinship),
        ("appointment", load_appointments),
        ("counterparty", load_counterparties),
        ("counterparty_owner", load_counterparty_owners),
        ("land_right", load_land_rights),
        ("ext_death", load_deaths),
        ("ext_status", load_statuses),
        ("calendar", load_calendar),
    ):
        register(Loader(table, place[table], load))
