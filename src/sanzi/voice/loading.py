"""Loader of the room's table of a data package: what members of stations promised.

Letters, visits and confirmations stay where they were written: they are sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sanzi.kernel import clock
from sanzi.orgs.models import Person
from sanzi.record import bulk
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.voice import promise_rules
from sanzi.voice import station_queries as stations
from sanzi.voice.models import Promise

TABLE: Final = "station_promise"
AS_IT_IS: Final = ("role_code", "text_date", "text_digest", "signed_at")
COLUMNS: Final = ("person_id", "division_code", *AS_IT_IS)
HEADER_ROWS: Final = 2


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader(TABLE, ORDER[TABLE], load_promises))


def load_promises(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the promises that are not known. What was signed never changes.

    Raises: RowProblem, for a promise of other words than those in force when it was signed, of
    somebody who is of no station, or that says something else than the one that is kept.
    """
    people: dict[object, int] = dict(Person.objects.values_list("ext_id", "pk"))
    kept = {one["ext_id"]: one for one in Promise.objects.values("ext_id", *COLUMNS)}
    fresh = []
    same = 0
    for number, row in enumerate(rows, start=HEADER_ROWS):
        _refuse_broken(number, row)
        made = {
            "ext_id": row["promise_id"],
            "person_id": people[row["person_id"]],
            "division_code": row["village_id"],
            **{name: row[name] for name in AS_IT_IS},
        }
        known = kept.get(made["ext_id"])
        if known is None:
            fresh.append(made)
        elif known == made:
            same += 1
        else:
            raise _problem(number, row, "promise_id", "和登记的内容一样：签过的承诺不能改")
    bulk.insert(Promise, fresh)
    return LoadCount(len(fresh), 0, same)


def _refuse_broken(number: int, row: Mapping[str, Any]) -> None:
    """Refuse what nobody can have signed so. Raises: RowProblem."""
    said: date = row["text_date"]
    signed_at: datetime = row["signed_at"]
    if row["role_code"] not in stations.member_roles():
        raise _problem(number, row, "role_code", "监察联络站的职务")
    text = promise_rules.text_on(said)
    if text.valid_from_date != said:
        raise _problem(number, row, "text_date", "一份承诺书起用的日子")
    if text.text_digest != row["text_digest"]:
        raise _problem(number, row, "text_digest", "这一天起用的承诺书的指纹")
    if promise_rules.text_on(clock.local_date(signed_at)) != text:
        raise _problem(number, row, "signed_at", "这份承诺书管用的日子里")


def _problem(number: int, row: Mapping[str, Any], column: str, expected: str) -> RowProblem:
    return RowProblem(row=number, column=column, value=str(row[column]), expected=expected)
