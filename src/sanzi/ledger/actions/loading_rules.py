"""Load what a county decided about its books: cash policies, added accounts, versions, plans.

Rows are mappings as in `data/record/{cash_policy,chart_addition,entry_version,recurring_plan,
reopening}.yaml`. A row that is there must say the same; approval comes in with its dates.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Model

from sanzi.audit import actions as audit
from sanzi.ledger.models import (
    Book,
    CashPolicy,
    ChartAddition,
    EntryVersion,
    RecurringPlan,
    Reopening,
)
from sanzi.orgs.models import Person
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, register

Row = Mapping[str, Any]
Rows = Iterable[Row]
CHAIN = "county"


class _Keys:
    """The primary keys behind the ids of one table's rows."""

    def __init__(self, rows: list[Row]) -> None:
        people = {
            row[column]
            for row in rows
            for column in row
            if column.endswith("_person_id") and row[column]
        }
        self._people = dict(Person.objects.filter(ext_id__in=people).values_list("ext_id", "pk"))
        self._books = dict(Book.objects.values_list("ext_id", "pk"))

    def person(self, row: Row, column: str, place: int) -> int | None:
        """The person a row names, or None."""
        return self._found(self._people, row, column, place) if row.get(column) else None

    def book(self, row: Row, place: int) -> int:
        """The book a row names."""
        return self._found(self._books, row, "book_id", place)

    def _found(self, keys: Mapping[str, int], row: Row, column: str, place: int) -> int:
        if row[column] not in keys:
            raise RowProblem(
                row=place + 1, column=column, value=str(row[column]), expected="库里或包里有的编号"
            )
        return keys[row[column]]


_KINDS: dict[type[Model], str] = {
    CashPolicy: "ledger.cash.loaded",
    ChartAddition: "ledger.addition.loaded",
    EntryVersion: "ledger.entry.loaded",
    RecurringPlan: "ledger.plan.loaded",
    Reopening: "ledger.reopening.loaded",
}
Make = Callable[[Row, _Keys, int], dict[str, Any]]


def _proposal(row: Row, keys: _Keys, place: int) -> dict[str, Any]:
    maker = keys.person(row, "made_by_person_id", place)
    checker = keys.person(row, "approved_by_person_id", place)
    if checker is not None and checker == maker:
        raise RowProblem(
            row=place + 1,
            column="approved_by_person_id",
            value=str(row["approved_by_person_id"]),
            expected="和提出的人不是同一个人",
        )
    return {
        "made_by_id": maker,
        "made_at": row["made_at"],
        "approved_by_id": checker,
        "approved_at": row.get("approved_at"),
        "refused_reason": row.get("refused_reason") or "",
        "valid_from_date": row["valid_from_date"],
        "valid_until_date": row.get("valid_until_date"),
    }


def _addition(row: Row, keys: _Keys, place: int) -> dict[str, Any]:
    return {
        "standard_code": row["standard_code"],
        "code": row["code"],
        "name": row["name"],
        "account_class": row.get("account_class") or "",
        "side": row.get("side") or "",
        "requires": _json(row, "requires", place, []),
        **_proposal(row, keys, place),
    }


def _version(row: Row, keys: _Keys, place: int) -> dict[str, Any]:
    return {
        "standard_code": row["standard_code"],
        "rule_code": row["rule_code"],
        "version": row["version"],
        "content": _json(row, "content", place, {}),
        "reason": row["reason"],
        **_proposal(row, keys, place),
    }


def _policy(row: Row, keys: _Keys, place: int) -> dict[str, Any]:
    return {
        "division_code": row["division_code"],
        "policy": row["policy"],
        "limit_fen": row["limit_fen"],
        "reason": row["reason"],
        **_proposal(row, keys, place),
    }


def _plan(row: Row, keys: _Keys, place: int) -> dict[str, Any]:
    same = ("title", "cost_fen", "salvage_fen", "months", "debit_account", "credit_account")
    aux = ("debit_aux_kind", "debit_aux_id", "credit_aux_kind", "credit_aux_id")
    return {
        "book_id": keys.book(row, place),
        "kind": str(row["kind"]).upper(),
        **{name: row[name] for name in same},
        **{name: row.get(name) or "" for name in aux},
        **_proposal(row, keys, place),
    }


def _reopening(row: Row, keys: _Keys, place: int) -> dict[str, Any]:
    return {
        "book_id": keys.book(row, place),
        "period": row["period"],
        "reason": row["reason"],
        "asked_by_id": keys.person(row, "asked_by_person_id", place),
        "asked_at": row["asked_at"],
        "decided_by_id": keys.person(row, "decided_by_person_id", place),
        "decided_at": row.get("decided_at"),
        "is_granted": row.get("is_granted"),
    }


def _json(row: Row, column: str, place: int, empty: Any) -> Any:
    text = row.get(column)
    if not text:
        return empty
    try:
        return json.loads(text)
    except ValueError as error:
        raise RowProblem(
            row=place + 1, column=column, value=str(text)[:40], expected="JSON"
        ) from error


def _load(model: type[Model], key: str, make: Make, given: Rows, context: LoadContext) -> LoadCount:
    rows = list(given)
    keys = _Keys(rows)
    names = [row[key] for row in rows]
    manager = model._default_manager  # noqa: SLF001 - the public way to any model's rows
    there = {str(one["ext_id"]): one for one in manager.filter(ext_id__in=names).values()}
    fresh = []
    for place, row in enumerate(rows, start=1):
        made = make(row, keys, place)
        known = there.get(str(row[key]))
        if known is None:
            fresh.append(model(ext_id=row[key], **made))
        elif any(known[name] != value for name, value in made.items()):
            raise RowProblem(
                row=place + 1, column=key, value=str(row[key]), expected="和库里已有的一样"
            )
    _insert(fresh)
    if fresh:
        audit.write(
            chain=CHAIN,
            kind=_KINDS[model],
            by=context.by,
            at=context.at,
            subject=("ledger", model.__name__),
            after={"rows": len(fresh)},
        )
    return LoadCount(added=len(fresh), unchanged=len(rows) - len(fresh))


def _insert(fresh: list[Model]) -> None:
    """Insert rows; a reopening is asked for first and decided then, as the guards want it."""
    for one in fresh:
        if not isinstance(one, Reopening):
            one.save(force_insert=True)
            continue
        decision = one.decided_by_id, one.decided_at, one.is_granted
        one.decided_by_id = one.decided_at = one.is_granted = None
        one.save(force_insert=True)
        if decision[1] is not None:
            one.decided_by_id, one.decided_at, one.is_granted = decision
            one.save(update_fields=["decided_by_id", "decided_at", "is_granted"])


_TABLES: tuple[tuple[str, str, type[Model], Make], ...] = (
    ("cash_policy", "cash_policy_id", CashPolicy, _policy),
    ("chart_addition", "addition_id", ChartAddition, _addition),
    ("entry_version", "entry_version_id", EntryVersion, _version),
    ("recurring_plan", "plan_id", RecurringPlan, _plan),
    ("reopening", "reopening_id", Reopening, _reopening),
)


def _loader(model: type[Model], key: str, make: Make) -> Callable[[Rows, LoadContext], LoadCount]:
    def load(given: Rows, context: LoadContext) -> LoadCount:
        return _load(model, key, make, given, context)

    return load


_LOADERS = [
    Loader(table, ORDER[table], _loader(model, key, make)) for table, key, model, make in _TABLES
]


def register_loaders() -> None:
    """Register these tables with the import."""
    for loader in _LOADERS:
        register(loader)
