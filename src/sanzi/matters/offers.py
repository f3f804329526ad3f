"""What the lists of a form offer, and whether what was chosen may stand in it.

A list is cut where it grows too long to choose from; what a reference may name is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sanzi.ledger.queries import subjects
from sanzi.matters import elsewhere, form_queries, registry
from sanzi.matters.fields import Field
from sanzi.matters.models import Decision, SourceMatter
from sanzi.orgs import people_queries
from sanzi.payments.queries import accounts as account_queries

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Place:
    """For whom a form is: the body, its kind and village, and the day."""

    organisation: str
    kind: str
    division_code: str
    on: date


def lists_for(fields: Sequence[Field], place: Place) -> dict[str, Choices]:
    """Return what each list that these fields name offers a body on a day; others are not read."""
    names = {column.list for one in fields for column in (one, *one.columns)} - {""}
    return {name: _offered(name, place) for name in sorted(names)}


def _offered(name: str, place: Place) -> Choices:
    registered = registry.list_of(name, place.organisation, place.division_code)
    if registered is not None:
        return registered
    readers: Mapping[str, Callable[[], Choices]] = {
        "source_matters": lambda: form_queries.source_choices(place.organisation),
        "expense_subjects": lambda: subjects.choices(place.kind, "payment.settled"),
        "own_accounts": lambda: account_queries.own_accounts(place.organisation),
        "funds": lambda: account_queries.funds(place.organisation),
        "budget_lines": lambda: account_queries.budget_lines(place.organisation, place.on.year),
        "contracts": lambda: form_queries.source_choices(place.organisation, ["contract"]),
        "village_people": lambda: people_queries.appointed(place.division_code, place.on),
        "villagers": lambda: people_queries.villagers(place.division_code),
        "counterparties": people_queries.counterparty_choices,
        "decisions": lambda: form_queries.decision_choices(place.division_code),
    }
    return readers[name]()


@dataclass(frozen=True)
class Chosen:
    """One thing that was chosen from a list: in which field, row (from 1, or 0) and column."""

    field: Field
    row: int
    column: Field
    value: str


def chosen(fields: Sequence[Field], form: Mapping[str, Any]) -> list[Chosen]:
    """Return what was chosen from lists in a form as typed, without mistakes of type."""
    found = []
    for one in fields:
        rows = form.get(one.key) or [] if one.type == "rows" else [form]
        for place, row in enumerate(rows, start=1):
            found += [
                Chosen(one, place if one.type == "rows" else 0, column, value)
                for column in one.columns or (one,)
                if column.list and (value := str(row.get(column.key) or "").strip())
            ]
    return found


def unoffered(
    asked: Sequence[Chosen], place: Place, kept: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Return (key, sentence without its stop) of what was chosen though nobody may choose it.

    What stands in `kept` already may stay: a list may have lost it since.
    """
    asked = [one for one in asked if one.value not in _values(one, kept)]
    values: dict[tuple[str, str], set[str]] = {}
    for one in asked:
        values.setdefault((one.column.type, one.column.list), set()).add(one.value)
    allowed = {key: _allowed(*key, named, place) for key, named in values.items()}
    return [
        (one.field.key, f"{_where(one)}“{one.column.label}”选的名单里没有")
        for one in asked
        if one.value not in allowed[one.column.type, one.column.list]
    ]


def _where(one: Chosen) -> str:
    return f"“{one.field.label}”第{one.row}行" if one.row else ""


def _values(one: Chosen, kept: Mapping[str, Any]) -> set[str]:
    if not one.row:
        return {str(kept.get(one.field.key, ""))}
    return {str(row.get(one.column.key, "")) for row in kept.get(one.field.key) or []}


def _allowed(kind: str, name: str, values: set[str], place: Place) -> set[str]:
    """Return those of the values that this body may name, in a list or beyond its cut."""
    if kind == "decision":
        rows = Decision.objects.filter(ext_id__in=values, division_code=place.division_code)
        return set(rows.values_list("ext_id", flat=True))
    if kind == "counterparty":
        return people_queries.known_counterparties(values)
    found: set[str] = set()
    if kind == "person":
        found = people_queries.in_roll(values, place.division_code)
    if kind == "source_matter":
        sources = SourceMatter.objects.filter(organisation__ext_id=place.organisation)
        found = set(sources.filter(ext_id__in=values).values_list("ext_id", flat=True))
        found |= {value for value, _ in elsewhere.offered(place.organisation)}
    return found if values <= found else found | {value for value, _ in _offered(name, place)}
