"""The pages of rows of the record that an officer may open: what he may not, has no address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import QuerySet

from sanzi.deals.queries import assets, contracts
from sanzi.disclosure import publication_queries as publications
from sanzi.interfaces.look import panel_links
from sanzi.ledger.queries import pages as vouchers
from sanzi.matters import queries as matters
from sanzi.orgs.actors import Actor
from sanzi.payments.queries import bank_receipts, bills, orders
from sanzi.registers.labour.queries import requests as labour
from sanzi.registers.leases.queries import leases
from sanzi.registers.works import queries as works
from sanzi.supervision import queries as alerts

ASKED_AT_ONCE: Final = 10_000
"""Names in one question: the forms of an inventory may lead to more than SQLite takes."""
Shelf = Callable[[Actor], QuerySet[Any]]
SHELVES: Final[Mapping[str, tuple[Shelf, str]]] = {
    # page: (what an officer may open, its field)
    "office:alert": (alerts.visible_alerts, "ext_id"),
    "office:asset": (assets.assets_at_all, "ext_id"),
    "office:bank_receipt": (bank_receipts.visible_receipts, "line_ext_id"),
    "office:case": (matters.visible_cases, "number"),
    "office:contract": (contracts.visible_contracts, "ext_id"),
    "office:labour_request": (lambda by: labour.access_requests(by=by), "ext_id"),
    "office:lease": (leases.visible_leases, "ext_id"),
    "office:payment": (lambda by: orders.orders(by=by, only=orders.OrderFilter()), "case_number"),
    "office:publication": (publications.visible_publications, "ext_id"),
    "office:receipt": (lambda by: bills.receipts(by=by), "ext_id"),
    "office:voucher": (vouchers.visible_vouchers, "ext_id"),
    "office:works": (lambda by: works.works(by=by), "ext_id"),
}


def opens(by: Actor, page: str, name: str) -> bool:
    """Return whether an officer may open a page of one of the kinds above by its name."""
    shelf, field = SHELVES[page]
    return shelf(by).filter(**{field: name}).exists()


def urls(by: Actor, table: str, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return where rows of a table lead, by their keys; a row without a page is not among them.

    The room of the page is asked, of all rows at once: a row that came from outside, or that lies
    beyond what the officer may open, leads nowhere.
    """
    page, _ = panel_links.PAGES.get(table, ("", ""))
    if not page:
        return {}
    shelf, field = SHELVES[page]
    named = {key: panel_links.named(table, key, row)[1] for key, row in rows.items()}
    wanted = {one for one in named.values() if one}
    known: set[str] = set()
    ordered = sorted(wanted)
    for start in range(0, len(ordered), ASKED_AT_ONCE):
        some = ordered[start : start + ASKED_AT_ONCE]
        may = shelf(by).filter(**{f"{field}__in": some}).order_by()
        known.update(may.values_list(field, flat=True))
    found = {
        key: panel_links.row_url(table, key, row)
        for key, row in rows.items()
        if named[key] in known
    }
    return {key: url for key, url in found.items() if url}
