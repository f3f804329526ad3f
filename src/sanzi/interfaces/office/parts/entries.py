"""What was said and written down on a case: facts of a form, entries, the form of a record step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sanzi.interfaces.look.parts import Cell, Column, Evidence, Fact, Ledger, Row
from sanzi.interfaces.office.forms import matters as matter_forms
from sanzi.interfaces.office.pages import moment, today
from sanzi.interfaces.office.parts import papers
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.matters import catalogue, form_queries, offers, registry
from sanzi.matters.actions import entries as actions
from sanzi.matters.fields import Field
from sanzi.matters.queries import CasePage
from sanzi.orgs import people_queries


@dataclass(frozen=True)
class EntryShown:
    """One entry as the page draws it."""

    title: str
    when: str
    facts: Sequence[Fact]
    tables: Sequence[Ledger]
    evidence: Sequence[Evidence]


def facts(case: CasePage, fields: Sequence[Field], form: Mapping[str, Any]) -> list[Fact]:
    """Return the plain fields of a form as facts."""
    told = form_queries.said(fields, form, shown=_Listed(case))
    return [Fact(one.label, one.words) for one in told if not one.heads]


class _Listed:
    """Says a choice of a register's list in the words it was offered in; each list is read once."""

    def __init__(self, case: CasePage) -> None:
        self._of = (case.organisation_ext_id, case.case.number.split("-", 1)[0])
        self._lists: dict[str, dict[str, str]] = {}

    def __call__(self, field: Field, words: str) -> str:
        if field.type != "lookup":
            return words
        if field.list not in self._lists:
            self._lists[field.list] = dict(registry.list_of(field.list, *self._of) or [])
        known = self._lists[field.list].get(words)
        return known or registry.name_of(field.list, words) or words


def tables(case: CasePage, fields: Sequence[Field], form: Mapping[str, Any]) -> list[Ledger]:
    """Return the rows of a form as tables."""
    return [
        Ledger(
            caption=one.label,
            columns=[Column(head) for head in one.heads],
            rows=[Row([Cell(words) for words in row]) for row in one.rows],
        )
        for one in form_queries.said(fields, form, shown=_Listed(case))
        if one.heads
    ]


def listed(request: OfficeRequest, case: CasePage) -> list[EntryShown]:
    """Return what was written down in the steps of a case, in order."""
    steps = {step.no: step for step in case.matter.steps}
    found = []
    for one in case.entries:
        step = steps.get(one.step_no)
        fields = step.fields if step else ()
        times = f"第{one.number}次" if step and step.many else ""
        found.append(
            EntryShown(
                title=f"{one.word}{times}，{one.actor}",
                when=moment(request, one.recorded_at),
                facts=facts(case, fields, one.form),
                tables=tables(case, fields, one.form),
                evidence=papers.pieces(one.files, papers.titles_of(step.evidence if step else ())),
            )
        )
    return found


def place_of(request: OfficeRequest, case: CasePage) -> offers.Place:
    """Return for whom the forms of a case are."""
    return offers.Place(
        organisation=case.organisation_ext_id,
        kind=people_queries.body_kind(case.organisation_ext_id),
        division_code=case.case.number.split("-", 1)[0],
        on=today(request),
    )


def record_context(
    request: OfficeRequest, case: CasePage, step: catalogue.Step
) -> dict[str, Any] | None:
    """Return the form of an open record step, filled with what was just typed; else None."""
    if step.kind != "record":
        return None
    lists = offers.lists_for(step.fields, place_of(request, case))
    posted = request.POST.dict() if request.method == "POST" else {}
    typed = matter_forms.typed_fields(step.fields, posted)
    asked = posted.get("do", "")
    done = [one for one in case.entries if one.step_no == step.no]
    return {
        "step": step,
        "parts": matter_forms.in_order(
            step.fields,
            matter_forms.FieldsForm(step.fields, typed, lists),
            matter_forms.row_inputs(step.fields, typed, lists, more=asked.removeprefix("more-")),
        ),
        "hung": papers.papers_of(*_one(actions.step_subject(case.case.number, step.no))),
        "papers": step.evidence,
        "may_finish": step.many and bool(done),
        "count": len(done),
    }


def _one(subject: tuple[str, str]) -> tuple[str, list[str]]:
    return subject[0], [subject[1]]
