"""Loaders of the room's tables: fiscal money that comes by package or Excel, not by hand.

What cannot be is refused with its cell: more passed on than came, a fund allocated beyond its sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sanzi.kernel import money
from sanzi.orgs.models import Organisation
from sanzi.payments.models import Fund
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import merge
from sanzi.registers.funds import rules
from sanzi.registers.funds.models import PriceItem, TownProject, Transfer

PROJECT = (
    "name", "budget_fen", "paid_fen", "start_date", "end_date", "progress_percent",
    "info_updated_at", "payable_fen", "payable_due_date",
)  # fmt: skip
TRANSFER = ("fund_code", "amount_fen", "issued_at", "town_received_at", "passed_on_at")
PRICE = (
    "item_code", "name", "unit", "price_fen", "density_max_per_mu", "valid_from_date",
    "valid_until_date",
)  # fmt: skip
PLACE = ("organisation_id", "division_code")
Wrong = Callable[[Mapping[str, Any]], tuple[str, str] | None]


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    for table, load in (
        ("town_project", load_projects),
        ("transfer", load_transfers),
        ("price_book", load_prices),
    ):
        register(Loader(table, ORDER[table], load))


def _checked(rows: Rows, wrong: Wrong) -> Iterator[dict[str, Any]]:
    for place, row in enumerate(rows, start=2):
        found = wrong(row)
        if found is not None:
            column, expected = found
            value = str(row.get(column) if row.get(column) is not None else "")
            raise RowProblem(row=place, column=column, value=value, expected=expected)
        yield row


def _bodies() -> dict[str, int]:
    return dict(Organisation.objects.values_list("ext_id", "pk"))


def load_projects(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `town_project` rows. Raises: RowProblem."""
    bodies = _bodies()
    made = (
        {
            "ext_id": row["project_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": row["town_id"],
            "qr_code": row.get("qr_code") or "",
            **{name: row.get(name) for name in PROJECT},
        }
        for row in _checked(rows, rules.wrong_project)
    )
    return merge(TownProject, made, key="ext_id", compare=(*PLACE, "qr_code", *PROJECT))


def load_transfers(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `transfer` rows; together they stay within their fund. Raises: RowProblem."""
    bodies = _bodies()
    projects = dict(TownProject.objects.values_list("ext_id", "pk"))
    made = (
        {
            "ext_id": row["allocation_id"],
            "organisation_id": bodies[row["org_id"]],
            "division_code": row.get("village_id") or row["town_id"],
            "town_code": row["town_id"],
            "passed_fen": row.get("passed_fen") or 0,
            "project_id": projects.get(str(row.get("project_id") or "")),
            **{name: row.get(name) for name in TRANSFER},
        }
        for row in _checked(rows, rules.wrong_transfer)
    )
    compare = (*PLACE, "town_code", "passed_fen", "project_id", *TRANSFER)
    count = merge(Transfer, made, key="ext_id", compare=compare)
    _require_within_grants()
    return count


def _require_within_grants() -> None:
    sums: dict[str, int] = defaultdict(int)
    for code, fen in Transfer.objects.values_list("fund_code", "amount_fen"):
        sums[code] += fen
    for fund in Fund.objects.filter(code__in=list(sums)).order_by("code"):
        if sums[fund.code] > fund.amount_fen:
            told = money.format_yuan(sums[fund.code])
            raise RowProblem(
                row=2, column="amount_fen", value=told,
                expected=f"资金{fund.code}下达的合计不能大于{money.format_yuan(fund.amount_fen)}元",
            )  # fmt: skip


def load_prices(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `price_book` rows, each a price of the place of the office that set it."""
    places = {
        ext_id: (pk, place)
        for ext_id, pk, place in Organisation.objects.values_list("ext_id", "pk", "division_id")
    }
    made = (
        {
            "ext_id": row["price_id"],
            "organisation_id": places[row["org_id"]][0],
            "division_code": row.get("area_code") or places[row["org_id"]][1],
            **{name: row.get(name) for name in PRICE},
        }
        for row in rows
    )
    return merge(PriceItem, made, key="ext_id", compare=(*PLACE, *PRICE))
