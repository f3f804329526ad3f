"""Loaders of the tables of assets of a data package."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sanzi.deals.actions.assets import new_tag
from sanzi.deals.models import Asset, Disposal
from sanzi.orgs.models import Counterparty, Organisation
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import merge

AS_IT_IS = (
    "category", "kind", "is_operating", "quantity", "book_value_fen", "appraised_fen",
    "appraised_at", "status", "status_since_date", "acquired_date", "last_inventory_date",
    "registered_at",
)  # fmt: skip
COLUMNS = (
    "organisation_id", "division_code", "number", "name", "place", "area_mu_centi",
    "area_m2_centi", "unit", "source_kind", "source_id", "subject_code", "plan_ext_id", *AS_IT_IS,
)  # fmt: skip

DISPOSAL_AS_IT_IS = (
    "method", "appraised_fen", "appraised_date", "appraisal_publicity_days", "floor_fen",
    "price_fen", "received_fen", "executed_at", "written_off_at", "status",
)  # fmt: skip
DISPOSAL_COLUMNS = (
    "organisation_id", "division_code", "case_number", "asset_id", "reason", "appraiser_id",
    "decision_ext_id", "tender_ext_id", "buyer_id", "voucher_ext_id", *DISPOSAL_AS_IT_IS,
)  # fmt: skip


def register_loaders() -> None:
    """Tell the record which tables of assets this room takes."""
    register(Loader("asset", ORDER["asset"], load_assets))
    register(Loader("asset_disposal", ORDER["asset_disposal"], load_disposals))


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _centi(value: Decimal | None) -> int | None:
    return None if value is None else int(value * 100)


def load_assets(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `asset` rows; a card that is known keeps the code on its label."""
    bodies = dict(Organisation.objects.values_list("ext_id", "pk"))
    places = dict(Organisation.objects.values_list("pk", "division_id"))
    tags = dict(Asset.objects.values_list("ext_id", "tag"))
    made = (
        {
            "ext_id": row["asset_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": _text(row, "village_id") or places[bodies[row["org_id"]]],
            "number": row["card_no"],
            "tag": tags.get(row["asset_id"]) or new_tag(),
            "name": row["name"][:60],
            "place": _text(row, "place")[:120],
            "area_mu_centi": _centi(row.get("area_mu")),
            "area_m2_centi": _centi(row.get("area_m2")),
            "unit": _text(row, "unit"),
            "source_kind": _text(row, "source_kind"),
            "source_id": _text(row, "source_id"),
            "subject_code": _text(row, "subject_code"),
            "plan_ext_id": _text(row, "ledger_ref"),
            **{name: row.get(name) for name in AS_IT_IS},
        }
        for row in rows
    )
    return merge(Asset, made, key="ext_id", compare=COLUMNS)


def load_disposals(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `asset_disposal` rows."""
    bodies = dict(Organisation.objects.values_list("ext_id", "pk"))
    places = dict(Organisation.objects.values_list("pk", "division_id"))
    firms = dict(Counterparty.objects.values_list("ext_id", "pk"))
    things = dict(Asset.objects.values_list("ext_id", "pk"))
    made = (
        {
            "ext_id": row["disposal_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": _text(row, "village_id") or places[bodies[row["org_id"]]],
            "case_number": _text(row, "case_id"),
            "asset_id": things[row["asset_id"]],
            "reason": _text(row, "reason")[:200],
            "appraiser_id": firms.get(_text(row, "appraisal_agency_id")),
            "decision_ext_id": _text(row, "decision_id"),
            "tender_ext_id": _text(row, "tender_id"),
            "buyer_id": firms.get(_text(row, "buyer_counterparty_id")),
            "voucher_ext_id": _text(row, "written_off_voucher_id"),
            **{name: row.get(name) for name in DISPOSAL_AS_IT_IS},
        }
        for row in rows
    )
    return merge(Disposal, made, key="ext_id", compare=DISPOSAL_COLUMNS)
