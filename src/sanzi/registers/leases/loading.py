"""Loaders of the room's tables of a data package: leases and the rent of their periods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanzi.deals.models import Asset
from sanzi.orgs.models import Counterparty, Organisation
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import merge
from sanzi.registers.leases.models import Lease, RentBill

LEASE_AS_IT_IS = (
    "reserve_rent_fen_year", "appraised_rent_fen_year", "rent_fen_year", "pay_cycle",
    "prepaid_years", "deposit_fen", "start_date", "end_date", "signed_at", "handed_over_at",
    "returned_at",
)  # fmt: skip
LEASE_COLUMNS = (
    "organisation_id", "division_code", "asset_id", "tenant_id", "actual_user_id", "contract_ref",
    "use_limit", "tender_ext_id", "decision_ref", "kin_tie", "renewed_from_id", "case_number",
    *LEASE_AS_IT_IS,
)  # fmt: skip
RENT_AS_IT_IS = (
    "place", "from_date", "until_date", "due_date", "amount_fen", "received_fen", "received_at",
    "waived_fen", "dunned_count", "last_dunned_at", "is_dropped",
)  # fmt: skip
RENT_COLUMNS = ("lease_id", "division_code", "waiver_decision_ref", *RENT_AS_IT_IS)


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader("lease", ORDER["lease"], load_leases))
    register(Loader("rent_bill", ORDER["rent_bill"], load_rent))


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def load_leases(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `lease` rows; a renewal comes after the lease it goes on from."""
    listed = list(rows)
    firms = dict(Counterparty.objects.values_list("ext_id", "pk"))
    things = {one.ext_id: one for one in Asset.objects.only("ext_id", "organisation_id")}
    places = dict(Organisation.objects.values_list("pk", "division_id"))
    added = changed = unchanged = 0
    for is_renewal in (False, True):
        known = dict(Lease.objects.values_list("ext_id", "pk")) if is_renewal else {}
        made = [
            {
                "ext_id": row["lease_id"],
                "organisation_id": things[row["asset_id"]].organisation_id,
                "division_code": _text(row, "village_id")
                or places[things[row["asset_id"]].organisation_id],
                "asset_id": things[row["asset_id"]].pk,
                "tenant_id": firms[row["tenant_counterparty_id"]],
                "actual_user_id": firms.get(_text(row, "actual_user_counterparty_id")),
                "contract_ref": _text(row, "contract_id"),
                "use_limit": _text(row, "use_limit")[:120],
                "tender_ext_id": _text(row, "tender_id"),
                "decision_ref": _text(row, "decision_ref"),
                "kin_tie": _text(row, "kin_tie"),
                "renewed_from_id": known.get(_text(row, "renewed_from_lease_id")),
                "case_number": _text(row, "case_id"),
                **{name: row.get(name) for name in LEASE_AS_IT_IS},
            }
            for row in listed
            if bool(row.get("renewed_from_lease_id")) is is_renewal
        ]
        count = merge(Lease, made, key="ext_id", compare=LEASE_COLUMNS)
        added, changed = added + count.added, changed + count.changed
        unchanged += count.unchanged
    return LoadCount(added, changed, unchanged)


def load_rent(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `rent_bill` rows."""
    known = {one.ext_id: one for one in Lease.objects.only("ext_id", "division_code")}
    made = (
        {
            "ext_id": row["bill_id"],
            "lease_id": known[row["lease_id"]].pk,
            "division_code": _text(row, "village_id") or known[row["lease_id"]].division_code,
            "waiver_decision_ref": _text(row, "waiver_decision_id"),
            **{name: row.get(name) for name in RENT_AS_IT_IS},
        }
        for row in rows
    )
    return merge(RentBill, made, key="ext_id", compare=RENT_COLUMNS)
