"""The values of a purpose and a period, out of the record, each with the rows behind it.

The statement names rows and either the value itself (a number of an invoice, of a firm) or the
person; numbers of persons are opened here, for this purpose alone, and never written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sanzi.kernel import matching
from sanzi.kernel.matching import Purpose
from sanzi.matching.errors import BadSetting, TooManyValues
from sanzi.orgs import people_queries, secrets
from sanzi.record import engine, snapshot

FOLDER: Final = Path(__file__).resolve().parents[1] / "data" / "matching"
PURPOSES: Final = FOLDER / "purposes.yaml"
COLUMNS: Final = ("row_kind", "row_id", "village_id", "person_id", "plain")


@dataclass(frozen=True)
class Gathered:
    """Values in their order, and behind each the rows: kind, id, village, person."""

    values: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str, str, str], ...], ...]


@cache
def purposes() -> dict[str, Purpose]:
    """Return the purposes that this program knows. Raises: BadSetting."""
    try:
        return matching.purposes(PURPOSES)
    except matching.BadMatching as error:
        raise BadSetting(why=str(error)) from error


def statement(code: str) -> str:
    """Return the statement of a purpose."""
    return (FOLDER / f"{code}.sql").read_text(encoding="utf-8")


def gather(purpose: Purpose, period: str) -> Gathered:
    """Return the values of a period, each once. Raises: TooManyValues."""
    first, last = matching.days_of(purpose.every, period)
    asked = engine.check(statement(purpose.code))
    days = {"from_date": first, "until_date": last}
    with snapshot.taken(snapshot.columns_of([asked])) as [session]:
        rows = session.run(asked.sql, {name: days[name] for name in asked.parameters})
    people = {str(one["person_id"]) for one in rows if one["person_id"]}
    numbers = people_queries.id_numbers(people)
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for one in rows:
        person = str(one["person_id"] or "")
        value = f"id {numbers.get(person, '')}" if person else f"no {one['plain'] or ''}"
        plain = secrets.normalise(value[3:])
        if not plain:
            continue
        told = (str(one["row_kind"]), str(one["row_id"]), str(one["village_id"] or ""), person)
        found.setdefault(f"{value[:2]}:{plain}", []).append(told)
    if len(found) > purpose.most:
        raise TooManyValues(purpose=purpose.title, count=len(found), most=purpose.most)
    order = sorted(found)
    return Gathered(tuple(order), tuple(tuple(sorted(found[one])) for one in order))
