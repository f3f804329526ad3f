"""What a case publishes: the fields that its matter file shows, in words, persons masked.

Never an account, a phone, a resident id: fields that hold them cannot be named in a matter file,
and long numbers in plain text are struck out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sanzi.disclosure import naming, rules
from sanzi.kernel import masking
from sanzi.matters import form_queries, registry
from sanzi.matters.catalogue import Disclosed, Matter
from sanzi.matters.fields import Field
from sanzi.matters.models import Case, CaseEntry
from sanzi.orgs.models import Person

TITLE_MAX = 120
NEVER = ("account",)


@dataclass(frozen=True)
class Shown:
    """One form of a case: the path before its fields, its fields, what it says."""

    path: str
    fields: Sequence[Field]
    form: Mapping[str, Any]


@dataclass(frozen=True)
class CaseSheet:
    """The title and body of a publication of a case."""

    title: str
    body: dict[str, Any]


def sheet(case: Case, matter: Matter, one: Disclosed, *, stage: str) -> CaseSheet:
    """Return what is published of a case under one item at a stage."""
    forms = _forms(case, matter)
    names = _people(forms, one.in_full)
    in_full = set(_people(forms, ())) - set(names)
    said = [each for path in one.show for each in _said(path, one, case, forms)]
    facts = [[each.label, each.words] for each in said if not each.heads and each.words]
    tables = [_table(each.label, each.heads, each.rows) for each in said if each.heads]
    title = _title(case, matter, one)
    free = [title, *(words for _, words in facts), *_cells(tables)]
    names += sorted(naming.named(case.division_code, free) - in_full - set(names))
    if one.sheet:
        rows = registry.sheet_of(one.sheet, case.number)
        tables.append(_table(one.title, rows.columns, rows.rows))
    body = {
        "kind": one.title,
        "stage": stage,
        "matter": matter.title,
        "organisation": case.organisation.name,
        "facts": [[label, rules.scrubbed(words, names)] for label, words in facts],
        "tables": [_scrubbed(table, names) for table in tables],
    }
    return CaseSheet(rules.scrubbed(title, names)[:TITLE_MAX], body)


def _title(case: Case, matter: Matter, one: Disclosed) -> str:
    if matter.title_from in one.mask:
        return f"{matter.title}：{masking.name(case.title)}"
    return case.title


def _forms(case: Case, matter: Matter) -> list[Shown]:
    """Return the form of a case, then the last entry of each step that has one."""
    whole = Shown("", matter.fields, case.form)
    entries: dict[str, CaseEntry] = {}
    for entry in CaseEntry.objects.filter(case=case).order_by("step_no", "number"):
        entries[entry.step_key] = entry
    steps = [step for step in matter.steps if step.key in entries]
    return [whole, *(Shown(f"{one.key}.", one.fields, entries[one.key].form) for one in steps)]


def _said(
    path: str, one: Disclosed, case: Case, forms: Sequence[Shown]
) -> list[form_queries.SaidField]:
    """Return what one path shows, in words; nothing while it is not filled in."""
    for shown in forms:
        for field in shown.fields:
            if shown.path + field.key == path:
                kept = _without_accounts(field)
                masks = _Masks(one, case, path, kept)
                return form_queries.said([kept], shown.form, shown=masks)
    return []


def _without_accounts(field: Field) -> Field:
    columns = tuple(column for column in field.columns if column.type not in NEVER)
    return Field(**{**field.__dict__, "columns": columns})


@dataclass(frozen=True)
class _Masks:
    """Masks the words of a field or of a column of it."""

    one: Disclosed
    case: Case
    path: str
    whole: Field

    def __call__(self, field: Field, words: str) -> str:
        path = self.path if field is self.whole else f"{self.path}.{field.key}"
        if field.type == "person" and path not in self.one.in_full:
            return masking.name(words)
        if path in self.one.mask:
            return masking.name(words)
        if field.type == "lookup":
            known = registry.list_of(
                field.list, self.case.organisation.ext_id, self.case.division_code
            )
            return dict(known or []).get(words) or registry.name_of(field.list, words)
        return words


def _people(forms: Sequence[Shown], in_full: Sequence[str]) -> list[str]:
    """Return the names of the persons a case names, but those that are shown in full."""
    ids: set[str] = set()
    for shown in forms:
        for field in shown.fields:
            path = shown.path + field.key
            if field.type == "person" and path not in in_full:
                ids.add(str(shown.form.get(field.key) or ""))
            for column in field.columns:
                if column.type == "person" and f"{path}.{column.key}" not in in_full:
                    rows = shown.form.get(field.key) or []
                    ids |= {str(row.get(column.key) or "") for row in rows}
    ids.discard("")
    return list(Person.objects.filter(ext_id__in=ids).values_list("name", flat=True)) if ids else []


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {"title": title, "columns": list(columns), "rows": [list(row) for row in rows]}


def _cells(tables: Sequence[Mapping[str, Any]]) -> list[str]:
    return [cell for table in tables for row in table["rows"] for cell in row]


def _scrubbed(table: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    rows = [[rules.scrubbed(cell, names) for cell in row] for row in table["rows"]]
    return {**table, "rows": rows}
