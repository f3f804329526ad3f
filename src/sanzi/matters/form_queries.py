"""Reads for the form of a case: what its lists offer, how an amount changes its chain.

The case itself is in `queries`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sanzi.kernel import clock, money
from sanzi.matters import elsewhere, rules
from sanzi.matters.catalogue import Matter, Step
from sanzi.matters.fields import Field, typed
from sanzi.matters.models import Decision, SourceMatter
from sanzi.orgs.models import Counterparty, Person
from sanzi.orgs.roles import title as role_title


@dataclass(frozen=True)
class Planned:
    """One step that an amount needs; `is_added` says that the amount added it."""

    no: int
    word: str
    role: str
    limit: str
    is_added: bool


def plan(matter: Matter, tier: str, on: date) -> tuple[Planned, ...]:
    """Return the steps that a tier needs on a day.

    Raises: NoTier.
    """
    lowest = rules.table(matter, on).bands[0].code
    return tuple(
        Planned(step.no, step.word, _role(step.role), limit_words(step), lowest not in step.tiers)
        for step in rules.chain(matter, tier, is_concurrent=False)
    )


def _role(code: str) -> str:
    return {"handler": "经办人", "system": "系统"}.get(code) or role_title(code)


def limit_words(step: Step) -> str:
    """Return `1天`, `4小时`, `当天`, or `自动`; empty for a step without a limit."""
    if step.kind == "system":
        return "自动"
    if step.limit is None:
        return ""
    if step.limit.workdays:
        return f"{step.limit.workdays}天"
    return f"{step.limit.hours}小时" if step.limit.hours else "当天"


def bands(matter: Matter, tier: str, on: date) -> list[tuple[str, str]]:
    """Return (words, place) of each tier in force; place is past, now or ahead.

    Raises: NoTier.
    """
    return [
        (band.title, "now" if band.code == tier else "past" if band.code < tier else "ahead")
        for band in rules.table(matter, on).bands
    ]


def source_choices(organisation_ext_id: str, kinds: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return (ext id, words) of a body's approved matters that money may come from."""
    rows = SourceMatter.objects.filter(
        organisation__ext_id=organisation_ext_id,
        status__in=["approved", "active"],
    )
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return [
        (
            one.ext_id,
            f"{one.title}，{money.format_yuan(one.amount_fen)}元" if one.amount_fen else one.title,
        )
        for one in rows.order_by("-approved_at", "-id")[:300]
    ] + elsewhere.offered(organisation_ext_id, kinds)


def decision_choices(division_code: str) -> list[tuple[str, str]]:
    """Return (ext id, words) of a village's passed decisions: what, when, which votes."""
    rows = Decision.objects.filter(division_code=division_code, status="passed")
    return [
        (one.ext_id, decision_words(one))
        for one in rows.filter(passed_at__isnull=False).order_by("-passed_at", "-id")[:100]
    ]


def decision_words(one: Decision) -> str:
    """Return a decision in a line: what, when, how many came and agreed."""
    day = clock.local_date(one.passed_at) if one.passed_at else None
    passed = f"{clock.date_said(day)}通过" if day else "还没有通过"
    came, agreed = one.present_count or "未知", one.agree_count or "未知"
    return f"{one.title}，{passed}，到{came}人，{agreed}票同意"


@dataclass(frozen=True)
class SaidField:
    """What a form says at one field, in words; `rows` are the words of its rows, under `heads`."""

    key: str
    label: str
    words: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def _as_it_is(_field: Field, words: str) -> str:
    return words


def said(
    fields: Sequence[Field],
    form: Mapping[str, Any],
    *,
    shown: Callable[[Field, str], str] = _as_it_is,
) -> list[SaidField]:
    """Return the filled fields of a form as people read them: names for ids, yuan with commas.

    `shown` may change the words of a field or of a column, to mask a name.
    """
    known = _names_of(fields, form)
    found = []
    for one in fields:
        value = form.get(one.key)
        if value in (None, "", []):
            continue
        if one.type == "rows":
            rows = tuple(
                tuple(
                    shown(column, _words(column, row.get(column.key, ""), known))
                    for column in one.columns
                )
                for row in value
            )
            heads = tuple(column.label for column in one.columns)
            found.append(SaidField(one.key, one.label, f"{len(rows)}行", heads, rows))
        else:
            words = shown(one, _words(one, str(value), known))
            found.append(SaidField(one.key, one.label, words))
    return found


def title(matter: Matter, form: Mapping[str, Any]) -> str:
    """Return what a case is called: the words of the field its matter names, or the matter's."""
    found = [one for one in matter.fields if one.key == matter.title_from]
    value = str(form.get(matter.title_from) or "")
    if not found or not value:
        return matter.title
    return _words(found[0], value, _names_of(found, form))


def _words(one: Field, value: str, known: Mapping[str, str]) -> str:
    if one.options is not None:
        return one.options.get(value, value)
    if one.type == "money" and value:
        told = typed([one], {one.key: value}).get(one.key)
        return f"{money.format_yuan(told)}元" if isinstance(told, int) else value
    if one.type == "moment":
        return value.replace("T", " ")
    return known.get(value, value)


def _names_of(fields: Sequence[Field], form: Mapping[str, Any]) -> dict[str, str]:
    """Return the names behind the ids that a form holds: persons, firms, decisions, sources."""
    ids: dict[str, set[str]] = {}
    for one in fields:
        rows = form.get(one.key) or [] if one.type == "rows" else [form]
        for column in one.columns or (one,):
            ids.setdefault(column.type, set()).update(str(row.get(column.key, "")) for row in rows)
    found: dict[str, str] = {}
    for kind, model, name in (
        ("person", Person, "name"),
        ("counterparty", Counterparty, "name"),
        ("decision", Decision, "title"),
        ("source_matter", SourceMatter, "title"),
        ("contract", SourceMatter, "title"),
    ):
        keys = ids.get(kind, set()) - {""}
        if keys:
            found.update(model.objects.filter(ext_id__in=keys).values_list("ext_id", name))
    return found


def names(*, person_ext_id: str, source_ext_id: str) -> tuple[str, str]:
    """Return the name of a handler and the title of a source; empty when not known."""
    person = Person.objects.filter(ext_id=person_ext_id).values_list("name", flat=True).first()
    source = SourceMatter.objects.filter(ext_id=source_ext_id)
    title = source.values_list("title", flat=True).first() or elsewhere.title(source_ext_id)
    return person or "", title
