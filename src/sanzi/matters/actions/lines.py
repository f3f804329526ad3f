"""What follows when the bank answers: states of the case, and lines that go round again.

Payments tells through its hooks, inside its own transaction. Only the failed line goes back to
the check of its payee; the others stay paid. Locks: the order first, then the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from sanzi.audit import actions as audit
from sanzi.kernel import clock, digest
from sanzi.matters import effects, errors, rules
from sanzi.matters.actions import drafts, needs, standing, steps
from sanzi.matters.actions.locking import lock_case
from sanzi.matters.models import Case, CaseStep, StepState
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.payments import hooks

CONFIRMATION_LENGTH = (4, 300)


def listen() -> None:
    """Register with payments; called once from `apps.ready`."""
    hooks.on_lock(lock)
    hooks.on_settled(settled)
    hooks.on_line_failed(line_failed)
    hooks.on_order_done(order_done)


def lock(news: hooks.Locked) -> None:
    """Lock the cases that answers of the bank will move, before books and log are."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    list(rows.filter(number__in=news.case_numbers).values_list("pk"))


def settled(news: hooks.Settled) -> None:
    """Let the case follow its payments."""
    _restate(news.case_number, news.at)


def order_done(news: hooks.OrderDone) -> None:
    """Let the case follow its payments."""
    _restate(news.case_number, news.at)


def line_failed(news: hooks.LineFailed) -> None:
    """Re-open the check of the payee for the one line that the bank refused or gave back."""
    case = _locked(news.case_number)
    if case is None:
        return
    first = next(one for one in steps.matter_of(case).steps if one.on_line_failure)
    open_rows = CaseStep.objects.filter(case=case, line_no=news.line_no, state=StepState.OPEN)
    if not open_rows.exists():
        last = CaseStep.objects.filter(case=case, line_no=news.line_no).aggregate(Max("round"))
        line_round = (last["round__max"] or 0) + 1
        row = steps.open_step(case, first, news.at, line=(news.line_no, line_round))
        audit.write(
            chain=case.organisation.ext_id,
            kind="matters.line.reopened",
            by=SYSTEM,
            at=news.at,
            subject=("case", case.number),
            after={"line": news.line_no, "reason": news.reason_class, "step": row.step_no},
        )
    _restate(news.case_number, news.at)


def _locked(number: str) -> Case | None:
    return (
        Case.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .defer("form")
        .filter(number=number)
        .first()
    )


def _restate(number: str, at: datetime) -> None:
    """Move the case to what its payments say now."""
    case = _locked(number)
    if case is None:
        return
    found = effects.counts(number)
    move = rules.paid_move(found.settled, found.failed, found.in_flight)
    if move is None or move not in rules.TABLE[case.state]:
        return
    before, case.state = case.state, rules.after(case.state, move)
    if case.state == before:
        return
    case.closed_at = at if case.state in rules.ENDED else None
    case.save(update_fields=["state", "closed_at"])
    audit.write(
        chain=case.organisation.ext_id,
        kind="matters.case.moved",
        by=SYSTEM,
        at=at,
        subject=("case", number),
        before={"state": before},
        after={"state": case.state},
    )


def correct_line(
    *,
    number: str,
    line_no: int,
    by: Actor,
    at: datetime,
    line: Mapping[str, str],
    confirmation: str,
) -> None:
    """Correct the account of one line that came back; the payee and the sum stay.

    Shapes: `line` as in `drafts.save`; `confirmation` says who in the village confirmed the
        account and how, 4 to 300 characters.
    The register of the source is asked again: what was paid otherwise meanwhile is not paid twice.
    Raises: NotFound, NoOpenStep, LineUnconfirmed, BadPayeeLine, what payments and the register
        refuse.
    """
    shortest, longest = CONFIRMATION_LENGTH
    if not shortest <= len(confirmation.strip()) <= longest:
        raise errors.LineUnconfirmed
    with transaction.atomic():
        effects.lock(number)
        case = lock_case(number, by)
        row = CaseStep.objects.filter(
            case=case, line_no=line_no, line_no__gt=0, state=StepState.OPEN
        ).first()
        if row is None or steps.matter_of(case).step(row.step_no).kind != "review":
            raise errors.NoOpenStep
        if by.person_id != case.started_by_id:
            standing.require_may_act(by, case, row, clock.local_date(at))
        case.state = rules.after(case.state, rules.Move.CORRECT)
        sealed = drafts.seal_lines(steps.matter_of(case), [line], [])[0]
        effects.reopen_line(number=number, line_no=line_no, corrected=sealed, by=by, at=at)
        needs.require_payable(case)
        row.reason_code = steps.CORRECTED
        row.opinion = confirmation.strip()
        row.save(update_fields=["reason_code", "opinion"])
        case.content_digest = digest.sm3_of(
            [case.content_digest, line_no, sealed.get("account_index", "")]
        )
        case.save(update_fields=["state", "content_digest"])
        audit.write(
            chain=case.organisation.ext_id,
            kind="matters.line.corrected",
            by=by,
            at=at,
            subject=("case", number),
            after={
                "line": line_no,
                "tail": sealed.get("account_tail", ""),
                "confirmation": confirmation.strip(),
            },
        )
