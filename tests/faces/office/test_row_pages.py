"""A row leads to its page only where that page opens: every kind of page, asked as it answers."""

from __future__ import annotations

from typing import Any

import pytest

from sanzi.interfaces.look import panel_links, row_pages
from worlds import office
from worlds.cases import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
ROLES = ("agency_accountant", "cashier_reporter", "village_clerk", "stone_cashier", "town_leader")


def test_a_link_is_shown_exactly_where_its_page_opens(desk: Desk, officer: Any) -> None:
    assert {page for page, _ in panel_links.PAGES.values()} == set(row_pages.SHELVES)
    rows = office.record_rows(desk)
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
