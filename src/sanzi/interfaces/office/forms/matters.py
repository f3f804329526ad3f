"""Forms as a matter file describes them: plain inputs by type, rows as fieldsets, lists of rows.

Nothing is required while typing and nothing here judges a value; the action that saves does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from sanzi.matters.fields import ROWS_MAX, Field
from sanzi.matters.offers import Choices

ROWS_FIRST, ROWS_MORE = 2, 3
FIGURES_MAX = 4
LONG_TEXT_FROM = 100


@dataclass(frozen=True)
class RowInputs:
    """The rows of one field as inputs: (number, bound fields), and the name of their count."""

    key: str
    label: str
    help: str
    count_name: str
    rows: Sequence[tuple[int, Sequence[BoundField]]]


class FieldsForm(forms.Form):
    """The plain fields of a form, filled with what was typed."""

    def __init__(
        self,
        fields: Sequence[Field],
        typed: Mapping[str, Any],
        lists: Mapping[str, Choices],
        *,
        prefix: str = "",
    ) -> None:
        """Make one input for each field that is not rows; lists offer rows, never free text."""
        mark = f"{prefix}-" if prefix else ""
        super().__init__(initial=dict(typed), auto_id="id_%s")
        self.lists = lists
        for one in fields:
            if one.type != "rows":
                self.fields[mark + one.key] = _field(one, lists)
                self.initial[mark + one.key] = typed.get(one.key, "")


def _field(one: Field, lists: Mapping[str, Choices]) -> forms.Field:
    if one.options or one.list:
        choices = list(one.options.items()) if one.options else lists.get(one.list, [])
        return forms.ChoiceField(
            label=one.label,
            required=False,
            help_text=one.help,
            choices=[("", "请选"), *choices],
        )
    return forms.CharField(
        label=one.label,
        required=False,
        help_text=one.help,
        max_length=one.max_length,
        widget=_widget(one),
    )


def _widget(one: Field) -> forms.Widget:
    if one.type == "long_text" or (one.type == "text" and (one.max_length or 0) > LONG_TEXT_FROM):
        return forms.Textarea()
    attributes = {
        "date": {"type": "date"},
        "moment": {"type": "datetime-local"},
        "money": {"inputmode": "decimal", "autocomplete": "off"},
        "quantity": {"inputmode": "decimal", "autocomplete": "off"},
        "integer": {"inputmode": "numeric", "autocomplete": "off"},
    }
    return forms.TextInput(attrs=attributes.get(one.type, {}))


def row_inputs(
    fields: Sequence[Field],
    typed: Mapping[str, Any],
    lists: Mapping[str, Choices],
    *,
    more: str = "",
) -> list[RowInputs]:
    """Return the inputs of all rows; `more` names the field that was asked for further rows."""
    found = []
    for one in fields:
        if one.type != "rows":
            continue
        rows: list[Mapping[str, str]] = list(typed.get(one.key) or [])
        limit = one.max_rows or ROWS_MAX
        empty = ROWS_MORE if more == one.key else (1 if rows else ROWS_FIRST)
        rows += [{}] * max(0, min(empty, limit - len(rows)))
        bound = []
        for place, row in enumerate(rows):
            form = FieldsForm(one.columns, row, lists, prefix=f"{one.key}-{place}")
            bound.append((place + 1, list(form)))
        found.append(RowInputs(one.key, one.label, one.help, f"{one.key}-count", bound))
    return found


def in_order(
    fields: Sequence[Field], form: FieldsForm, rows: Sequence[RowInputs]
) -> list[tuple[str, BoundField | None, RowInputs | None]]:
    """Return what a form asks in the order of its file: (key, the plain field, or the rows)."""
    by_key = {one.key: one for one in rows}
    return [
        (one.key, None, by_key[one.key]) if one.key in by_key else (one.key, form[one.key], None)
        for one in fields
    ]


def typed_fields(fields: Sequence[Field], posted: Mapping[str, str]) -> dict[str, Any]:
    """Return what a post brought of these fields; rows as lists of dictionaries."""
    found: dict[str, Any] = {}
    for one in fields:
        if one.type != "rows":
            if one.key in posted:
                found[one.key] = posted[one.key]
            continue
        count = posted.get(f"{one.key}-count", "")
        if count.isascii() and count.isdecimal():
            found[one.key] = [
                {
                    column.key: posted.get(f"{one.key}-{place}-{column.key}", "")
                    for column in one.columns
                }
                for place in range(_rows_counted(count))
            ]
    return found


def _rows_counted(count: str) -> int:
    """Return how many rows are read: one more than any form takes, so that too many are told."""
    return ROWS_MAX + 1 if len(count) > FIGURES_MAX else min(int(count), ROWS_MAX + 1)
