"""What a repeated application may take from the last one of its power. Reads only.

Evidence, decisions, days that are past, and who the last one was about are never taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from sanzi.kernel import clock
from sanzi.matters import effects, offers, queries, rules
from sanzi.matters.catalogue import Matter
from sanzi.matters.fields import Field, typed
from sanzi.matters.models import Case, CaseState
from sanzi.orgs import people_queries
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

ENDED_WELL = (CaseState.DONE, CaseState.SETTLED)
LINE_KEYS = ("kind", "payee_id", "name", "amount", "note")


@dataclass(frozen=True)
class Taken:
    """What is taken of a case: the form and payee lines as typed, and the labels of the rest."""

    form: Mapping[str, Any]
    lines: tuple[Mapping[str, str], ...]
    left_out: tuple[str, ...]


def repeatable(by: Actor) -> set[tuple[str, str]]:
    """Return (power, body's ext id) of what the actor may see that once ended well."""
    places = {post.division_code for post in by.posts}
    rows = _ended(by).filter(division_code__in=places).order_by()
    return set(rows.values_list("matter_code", "organisation__ext_id").distinct())


def last(*, by: Actor, matter_code: str, organisation_ext_id: str, number: str = "") -> Case:
    """Return the body's newest case of a power that ended well, or the named one of them.

    Raises: NotFound, also when it lies outside of the actor's scope.
    """
    rows = _ended(by).filter(matter_code=matter_code, organisation__ext_id=organisation_ext_id)
    found = (rows.filter(number=number) if number else rows).order_by("-created_at", "-id").first()
    if found is None:
        raise NotFound
    return found


def last_number(*, by: Actor, number: str) -> str:
    """Return what a draft could be filled from, empty when there is nothing or it is not fresh."""
    case = queries.access_case(by=by, number=number)
    if case.state != CaseState.DRAFT or any(case.form.values()):
        return ""
    body = case.organisation.ext_id
    try:
        return last(by=by, matter_code=case.matter_code, organisation_ext_id=body).number
    except NotFound:
        return ""


def _ended(by: Actor) -> QuerySet[Case]:
    """Return what officers brought to a good end; what a household asked for is its own."""
    return queries.visible_cases(by).filter(
        state__in=ENDED_WELL, is_backfilled=False, household__isnull=True
    )


def taken(matter: Matter, case: Case, place: offers.Place) -> Taken:
    """Return what of an old case still holds in a form of today."""
    lists = offers.lists_for(matter.fields, place)
    form, left = {}, []
    is_of_one = any(_names_villager(one) for one in matter.fields)
    for one in matter.fields:
        value = case.form.get(one.key)
        if value in (None, "", []):
            continue
        kept = _kept(one, value, lists, place) if _repeats(one, is_of_one=is_of_one) else None
        if kept:
            form[one.key] = kept
        if not kept or kept != value:
            left.append(one.label)
    if matter.payees is None:
        return Taken(form, (), tuple(left))
    lines, dropped = _lines(case.number, place)
    return Taken(form, lines, (*left, *dropped))


def _names_villager(one: Field) -> bool:
    return one.type == "person" and one.list == "villagers"


def _repeats(one: Field, *, is_of_one: bool) -> bool:
    """Return whether a field is taken at all: of a case about one villager only what is chosen."""
    if not one.repeats or one.type == "decision" or _names_villager(one):
        return False
    return not (is_of_one and one.type in ("text", "long_text", "rows"))


def _kept(one: Field, value: Any, lists: Mapping[str, offers.Choices], place: offers.Place) -> Any:
    """Return a value that still holds, or None; of rows those that still hold."""
    if one.type == "rows":
        rows = [_row(one, row, lists, place) for row in value]
        return [row for row in rows if row and not rules.wrong_fields(one.columns, row)] or None
    if rules.wrong_fields([one], {one.key: value}) or one.type == "decision":
        return None
    if one.list and not _stands(one, value, lists):
        return None
    return None if _is_past(one, value, place) else value


def _row(
    one: Field, row: Mapping[str, str], lists: Mapping[str, offers.Choices], place: offers.Place
) -> dict[str, str] | None:
    """Return a row without what no longer holds; None when that was required."""
    found = {}
    for column in one.columns:
        value = row.get(column.key, "")
        kept = _kept(column, value, lists, place) if value and column.repeats else ""
        if not kept and column.required:
            return None
        found[column.key] = kept or ""
    return found


def _stands(one: Field, value: str, lists: Mapping[str, offers.Choices]) -> bool:
    if one.type == "counterparty":
        return value in people_queries.known_counterparties([value])
    return value in dict(lists.get(one.list, []))


def _is_past(one: Field, value: str, place: offers.Place) -> bool:
    found = typed([one], {one.key: value}).get(one.key)
    if one.type == "moment":
        return clock.local_date(found) < place.on  # type: ignore[arg-type]
    return one.type == "date" and found < place.on  # type: ignore[operator]


def _lines(
    number: str, place: offers.Place
) -> tuple[tuple[Mapping[str, str], ...], tuple[str, ...]]:
    """Return payee lines without accounts, which are looked up anew, and who is no longer there."""
    rows = effects.typed_lines(number)
    living = {code for code, _ in people_queries.villagers(place.division_code)}
    living |= {code for code, _ in people_queries.appointed(place.division_code, place.on)}
    firms = people_queries.known_counterparties(
        [one["payee_id"] for one in rows if one["kind"] == "counterparty"]
    )
    gone = {"person": living, "counterparty": firms}
    kept, dropped = [], []
    for one in rows:
        if one["payee_id"] and one["payee_id"] not in gone.get(one["kind"], {one["payee_id"]}):
            dropped.append(one["name"])
        else:
            kept.append({key: one[key] for key in LINE_KEYS})
    return tuple(kept), tuple(dropped)


def amounts(fields: Sequence[Field], form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (key, label) of the fields in which an amount of money stands."""
    return [
        (one.key, one.label)
        for one in fields
        if form.get(one.key) and any(column.type == "money" for column in one.columns or (one,))
    ]
