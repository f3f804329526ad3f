"""Forms filled by type: with what each field may hold at most, and with what it can't hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sanzi.matters import offers
from sanzi.matters.fields import LONG_TEXT_LENGTH_MAX, TEXT_LENGTH_MAX, Field

Lists = Mapping[str, Sequence[tuple[str, str]]]

UNSEEN = ("有\x00空字", "有\x07响铃", "倒\u202e过来", "半\ud83d个")
LONG = "长" * 100_000
WRONG: dict[str, tuple[str, ...]] = {
    "text": (*UNSEEN, LONG),
    "long_text": (*UNSEEN, LONG),
    "choice": ("not-in-the-list", "\x00", LONG),
    "yes_no": ("maybe", "1", "是"),
    "date": ("2026-02-31", "9999-12-31", "0001-01-01", "明天", "2026-W01-1", "20261120", LONG),
    "moment": ("9999-12-31T23:59", "0001-01-01T00:00", "2026-11-20 25:00", "早上", LONG),
    "integer": ("十二", "-3", "1.5", "1e3", "0" * 12 + "9" * 300, "²", LONG),
    "quantity": ("abc", "-1", "NaN", "Infinity", "1e400", "0.0001", "-0.5", LONG),
    "money": ("一百", "-5", "1000000000000000", "1.234", "1e3", "NaN", "1,00", LONG),
}
"""What each type can't hold; every other type holds what its list offers."""

REFERENCE = ("倒\u202e过来", "\x00", "x" * 41, LONG)
FOREIGN = {"person": "P-stone-1", "decision": "D-STONE", "source_matter": "S-STONE"}
"""What is there, but in another village; for other lists an id that nothing has."""

MOST = {
    "date": "2200-12-31",
    "moment": "2200-12-31T23:59",
    "integer": "999999999",
    "quantity": "10000000",
    "money": "999999999999.99",
    "yes_no": "yes",
}


def wrong_values(field: Field) -> tuple[str, ...]:
    """Return what a plain field can't hold."""
    return REFERENCE if field.list else WRONG[field.type]


def most(field: Field, lists: Lists) -> Any:
    """Return the largest value that a field takes; rows as two such rows."""
    if field.type == "rows":
        return [{one.key: most(one, lists) for one in field.columns} for _ in range(2)]
    if field.options:
        return list(field.options)[-1]
    if field.list:
        return next((value for value, _ in lists.get(field.list, ())), "")
    limit = LONG_TEXT_LENGTH_MAX if field.type == "long_text" else TEXT_LENGTH_MAX
    return MOST.get(field.type) or "😀" * (field.max_length or limit)


def foreign(field: Field, lists: Lists) -> Any:
    """Return a lawful value, but what is chosen from a list belongs to somebody else."""
    if field.type == "rows":
        return [{one.key: foreign(one, lists) for one in field.columns}]
    if field.list:
        return FOREIGN.get(field.type, "NOBODY-HAS-IT")
    return {"date": "2026-11-12", "moment": "2026-11-12T08:30", "text": "试一试"}.get(
        field.type, "1" if field.type in MOST and field.type != "yes_no" else most(field, lists)
    )


def posted(form: Mapping[str, Any]) -> dict[str, str]:
    """Return a form as a browser sends it: rows by place, with their count."""
    found: dict[str, str] = {}
    for key, value in form.items():
        if isinstance(value, list):
            found[f"{key}-count"] = str(len(value))
            for place, row in enumerate(value):
                found |= {f"{key}-{place}-{column}": text for column, text in row.items()}
        else:
            found[key] = value
    return found


def lists(fields: Sequence[Field], place: offers.Place) -> dict[str, offers.Choices]:
    """Return what the lists of a form offer."""
    return offers.lists_for(fields, place)
