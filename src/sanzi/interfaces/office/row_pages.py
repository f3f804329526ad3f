"""The pages of rows of the record that an officer may open: what he may not, has no address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import QuerySet

from sanzi.deals.queries import contracts
from sanzi.interfaces.look import panel_links
from sanzi.matters import queries as matters
from sanzi.orgs.actors import Actor
from sanzi.payments.queries import bills
from sanzi.registers.labour.queries import requests as labour

Shelf = Callable[[Actor], QuerySet[Any]]
_SHELVES: Final[Mapping[str, tuple[str, Shelf, str]]] = {
    # page: (column of the record that names it, what an officer may open, its field)
    "office:case": ("case_id", matters.visible_cases, "number"),
    "office:contract": ("contract_id", contracts.visible_contracts, "ext_id"),
    "office:receipt": ("receipt_id", lambda by: bills.receipts(by=by), "ext_id"),
    "office:labour_request": ("request_id", lambda by: labour.access_requests(by=by), "ext_id"),
}


def opens(by: Actor, page: str, name: str) -> bool:
    """Return whether an officer may open a page of one of the kinds above by its name."""
    _, shelf, field = _SHELVES[page]
    return shelf(by).filter(**{field: name}).exists()


def urls(by: Actor, table: str, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return where rows of a table lead, by their keys; a row without a page is not among them.

    Pages of the kinds above are asked of their rooms, all at once: a row that came from outside,
    or that lies beyond what the officer may open, leads nowhere.
    """
    found = {key: panel_links.row_url(table, key, row) for key, row in rows.items()}
    page, _ = panel_links.PAGES.get(table, ("", ""))
    if page in _SHELVES:
        column, shelf, field = _SHELVES[page]
        named = {key: str(row.get(column) or "") for key, row in rows.items()}
        wanted = {one for one in named.values() if one}
        may = shelf(by).filter(**{f"{field}__in": wanted}).order_by()
        known = set(may.values_list(field, flat=True))
        found = {key: url for key, url in found.items() if named[key] in known}
    return {key: url for key, url in found.items() if url}
