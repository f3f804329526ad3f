"""Steps with a form of their own: somebody writes down what was done, and a register keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sanzi.audit import actions as audit
from sanzi.evidence import queries as evidence
from sanzi.evidence.actions import files
from sanzi.kernel import digest
from sanzi.matters import errors, fields, gates, hooks, registry, rules
from sanzi.matters.actions import answers, moments, steps
from sanzi.matters.models import Case, CaseEntry, CaseStep, StepState
from sanzi.orgs.actors import Actor

STEP = "case_step"
ENTRY = "case_entry"


def step_subject(number: str, step_no: int) -> tuple[str, str]:
    """Return the subject on which files hang until the open step is written down."""
    return STEP, f"{number}:{step_no}"


def entry_subject(number: str, step_no: int, entry_no: int) -> tuple[str, str]:
    """Return the subject on which the files of an entry hang."""
    return ENTRY, f"{number}:{step_no}:{entry_no}"


def record(
    *,
    number: str,
    by: Actor,
    at: datetime,
    form: Mapping[str, Any],
    is_last: bool = True,
    seen: int | None = None,
) -> steps.Acted:
    """Write down what was done in the open step, with the files hung on it; then go on.

    Shapes: `form` as in `drafts.save`, for the fields of the step. A step that may be written
        down many times stays open until `is_last`. `seen` is how many entries of the step the
        writer knew: one that comes twice over a poor network is written once.
    The gate of the step's effect (approve, where it names none) judges what the register has then;
    a hold lets this entry in, but a later step waits for its release.
    Raises: NotFound, NoOpenStep, StandsAside, DidAnotherStep, StepHasNoForm, WrittenSince,
        BadField, FormIncomplete, PapersMissing, Blocked, Held, what the register refuses. Then
        nothing is written.
    """
    held = gates.waiting(number)
    with gates.undone_when_blocked():
        turn = _turn(number, by, at)
        if seen is not None and seen != _entries(turn).count():
            raise errors.WrittenSince
        entry = _keep(turn, by, at, form)
        is_done = is_last or not turn.step.many
        return _go_on(turn, by, at, is_last=is_done, entry=entry, held=held)


def finish(*, number: str, by: Actor, at: datetime) -> steps.Acted:
    """End a step that may be written down many times, without writing more.

    Raises: NotFound, NoOpenStep, StandsAside, DidAnotherStep, StepHasNoForm, NothingRecorded,
        Blocked, Held.
    """
    held = gates.waiting(number)
    with gates.undone_when_blocked():
        turn = _turn(number, by, at)
        entry = _entries(turn).filter(round=turn.case.round).last()
        if not turn.step.many or entry is None:
            raise errors.NothingRecorded(step=turn.step.word)
        return _go_on(turn, by, at, is_last=True, entry=entry, held=held)


def _turn(number: str, by: Actor, at: datetime) -> steps.OpenTurn:
    turn = steps.open_turn(number, by, at)
    if turn.step.kind != "record":
        raise errors.StepHasNoForm(step=turn.step.word)
    if by.person_id is None:
        raise errors.NoOpenStep
    if turn.step.second_factor:
        by.require_second_factor(at)
    return turn


def _entries(turn: steps.OpenTurn) -> Any:
    return CaseEntry.objects.filter(case=turn.case, step_no=turn.step.no).order_by("number")


def _keep(turn: steps.OpenTurn, by: Actor, at: datetime, form: Mapping[str, Any]) -> CaseEntry:
    """Check and keep one entry, carry its files over, and do its effect."""
    case, step = turn.case, turn.step
    known = {one.key: one for one in step.fields}
    answers.require_possible(step.fields, form)
    kept = {key: fields.cleaned(known[key], value) for key, value in form.items()}
    _require_complete(case, turn, kept)
    last = _entries(turn).last()
    entry_no = last.number + 1 if last else 1
    files.carry_over(
        subject=step_subject(case.number, step.no),
        to=entry_subject(case.number, step.no, entry_no),
        chain=case.organisation.ext_id,
        by=by,
        at=at,
    )
    papers = moments.papers_of(*entry_subject(case.number, step.no, entry_no))
    entry = CaseEntry.objects.create(
        case=case,
        recorded_at=at,
        actor_id=cast("int", by.person_id),
        delegate_of_id=turn.delegate_of,
        round=case.round,
        step_no=step.no,
        number=entry_no,
        step_key=step.key,
        form=kept,
        content_digest=digest.sm3_of([kept, sorted(f"{kind}:{one}" for kind, one in papers)]),
        origin=by.origin[:60],
    )
    strange = answers.not_offered(case, step.fields, kept, at)
    if step.effect:
        told = moments.turn_of(
            case, turn.matter, by, at, step_key=step.key, entry=fields.typed(step.fields, kept),
            entry_no=entry_no, entry_papers=papers,
        )  # fmt: skip
        registry.run_effect(step.effect, told)
    answers.refuse(strange)
    return entry


def _require_complete(case: Case, turn: steps.OpenTurn, kept: Mapping[str, Any]) -> None:
    step = turn.step
    missing = rules.missing_fields(step.fields, kept, case.amount_fen, case.tier)
    if missing:
        labels = "、".join(label for _, label in missing)
        raise errors.FormIncomplete(
            count=len(missing), labels=labels, keys=[key for key, _ in missing]
        )
    kinds = {one.kind for one in evidence.attachments(*step_subject(case.number, step.no))}
    papers = rules.missing_papers(step.evidence, kept, case.amount_fen, kinds)
    if papers:
        raise errors.PapersMissing(titles="、".join(paper.title for paper in papers))


def _go_on(
    turn: steps.OpenTurn,
    by: Actor,
    at: datetime,
    *,
    is_last: bool,
    entry: CaseEntry,
    held: list[gates.VerdictView],
) -> steps.Acted:
    """Judge, note the entry in the log, fix what approvers see now, and open what comes next."""
    case = turn.case
    gate = registry.gate_of(turn.step.effect)
    check = gates.judge_taken(gate=gate, number=case.number, at=at)
    if is_last:
        gates.refuse_still_held(held, check)
    case.refresh_from_db(fields=["state", "round", "route", "amount_fen"])
    case.content_digest = steps.content_digest(case)
    case.save(update_fields=["content_digest"])
    opened: CaseStep | None = turn.row
    if is_last:
        CaseStep.objects.filter(pk=turn.row.pk).update(
            state=StepState.APPROVED,
            acted_at=at,
            actor_id=by.person_id,
            delegate_of_id=turn.delegate_of,
            content_digest=case.content_digest,
            origin=by.origin[:60],
            device_index=by.device,
        )
        opened = steps.go_on(turn, by, at)
    else:
        key = turn.step.key
        hooks.tell(hooks.CaseNews(case.number, case.matter_code, "entry", by, at, step_key=key))
    audit.write(
        chain=case.organisation.ext_id,
        kind="matters.step.recorded",
        by=by,
        at=at,
        subject=("case", case.number),
        after={
            "step": turn.step.no,
            "entry": entry.number,
            "content": entry.content_digest,
            "is_done": is_last,
            "state": case.state,
        },
    )
    return replace(steps.acted(case, opened), check=check)
