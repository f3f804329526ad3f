"""A row leads to its page only where that page opens: every kind of page, asked as it answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanzi.deals.models import Asset
from sanzi.interfaces.look import panel_links
from sanzi.interfaces.office import row_pages
from sanzi.payments.models import BankReceipt
from sanzi.registers.leases.models import Lease
from worlds import deals, office, village, works
from worlds.cases import AT, Desk

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
ROLES = ("agency_accountant", "cashier_reporter", "village_clerk", "stone_cashier", "town_leader")


def _rows(desk: Desk) -> dict[str, dict[str, str]]:
    """Make a row of each kind that has a page, and return how the record names it."""
    tenant = deals.party("C-1")
    body = deals.body(desk.world)
    asset = Asset.objects.create(
        ext_id="AS-1", organisation=body, division_code=village.WILLOW, number="1", tag="TAG1",
        category="resource", kind="water", is_operating=True, name="水塘", status="leased",
        status_since_date=date(2024, 1, 1), registered_at=AT,
    )  # fmt: skip
    Lease.objects.create(
        ext_id="LS-1", organisation=body, division_code=village.WILLOW, asset=asset,
        tenant=tenant, rent_fen_year=900_000, pay_cycle="year", signed_at=AT,
        start_date=date(2025, 1, 1), end_date=date(2029, 12, 31),
    )  # fmt: skip
    works.under_way(desk.world, AT)
    number = desk.submitted()
    BankReceipt.objects.create(
        line_ext_id="B-1", account=desk.money.account, bank_ref="B-1", booked_at=AT, next_at=AT
    )
    return {
        "alert": {"alert_id": office.alert(number).ext_id},
        "asset": {"asset_id": "AS-1"},
        "bank_txn": {"txn_id": "B-1"},
        "case": {"case_id": number},
        "contract": {"contract_id": deals.contract(desk.world)},
        "lease": {"lease_id": "LS-1"},
        "payment": {"case_id": number},
        "rent_bill": {"bill_id": "R-1", "lease_id": "LS-1"},
        "voucher": {"voucher_id": office.voucher("P-1")},
        "works": {"works_id": "GC-1"},
    }


def test_a_link_is_shown_exactly_where_its_page_opens(desk: Desk, officer: Any) -> None:
    assert {page for page, _ in panel_links.PAGES.values()} == set(row_pages.SHELVES)
    rows = _rows(desk)
    opened: dict[str, set[str]] = {}

    for role in ROLES:
        client, by = officer(role), desk.actor(role)
        for table, row in rows.items():
            url = panel_links.row_url(table, "", row)
            shown = row_pages.urls(by, table, {"mine": row, "imported": {f"{table}_id": "X-1"}})
            answers = client.get(url).status_code != 404
            assert shown == ({"mine": url} if answers else {}), (role, table)
            if shown:
                opened.setdefault(table, set()).add(role)

    assert set(opened) == set(rows), "each kind opens for somebody"
    assert all("stone_cashier" not in roles for roles in opened.values())
    assert "village_clerk" not in opened["voucher"], "who has no right to the books"
