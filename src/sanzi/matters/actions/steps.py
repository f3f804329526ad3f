"""Steps of a case: open the first, act, open the next, pass on to the next in line.

`act` runs the approve gate and then `decide`, which is one short transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.evidence import queries as evidence
from sanzi.evidence.actions import release as proofs
from sanzi.kernel import clock
from sanzi.matters import editions, effects, errors, gates, hooks, limits, rules
from sanzi.matters.actions import moments, needs, standing
from sanzi.matters.actions.locking import lock_case
from sanzi.matters.catalogue import Matter, Step
from sanzi.matters.models import Case, CaseEntry, CaseStep, StepState
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Person
from sanzi.orgs.roles import title as role_title

OPINION_LENGTH_MAX = 300
CORRECTED = "corrected"
VERDICTS = {
    "approve": (StepState.APPROVED, rules.Move.APPROVE),
    "return": (StepState.RETURNED, rules.Move.RETURN),
    "reject": (StepState.REJECTED, rules.Move.REJECT),
}


@dataclass(frozen=True)
class Opinion:
    """What an approver says. `seen_digest` is the content digest of the page he looked at."""

    verdict: str
    seen_digest: str
    text: str = ""
    reason_code: str = ""


@dataclass(frozen=True)
class Acted:
    """Where a case stands after a step; the next fields are empty at the end of the chain."""

    number: str
    state: str
    next_step: str = ""
    next_role: str = ""
    due_at: datetime | None = None
    check: gates.CheckResult | None = None


def matter_of(case: Case) -> Matter:
    """Return the matter file of a case, in the version it began with.

    Raises: NoSuchMatter.
    """
    matter = editions.of(case)
    if matter is None:
        raise errors.NoSuchMatter(title=case.matter_code)
    return matter


def chain_of(case: Case) -> tuple[Step, ...]:
    """Return the steps of a submitted case."""
    return standing.chain(case, matter_of(case))


def content_digest(case: Case) -> str:
    """Return the digest of what approvers see: form, order, papers."""
    form = {key: value for key, value in case.form.items() if key != "lines"}
    papers = evidence.attachments("case", case.number)
    content: dict[str, object] = {
        "number": case.number,
        "form": form,
        "order": effects.order_digest(case.number),
        "papers": sorted(f"{one.kind}:{one.digest}" for one in papers),
    }
    entries = list(
        CaseEntry.objects.filter(case=case)
        .order_by("step_no", "number")
        .values_list("content_digest", flat=True)
    )
    if entries:
        content["entries"] = entries
    return rules.content_digest(content)


def begin(case: Case, seen: str, by: Actor, at: datetime) -> CaseStep:
    """Fix tier, parties and route of a case, note the starters' steps, open the first review.

    Where a villager hands it in himself, the starters' step is what opens: the office takes it.
    Raises: NobodyLeft.
    """
    matter = matter_of(case)
    handler = _handler(case, matter, by)
    case.state = rules.after(case.state, rules.Move.SUBMIT)
    case.round += 1 if case.submitted_at else 0
    case.tier = moments.tier_of(case, matter, by, at)
    case.content_digest = seen
    case.submitted_at = at
    case.form = {key: value for key, value in case.form.items() if key != "lines"}
    gaining = effects.payee_people(case.number) | effects.people_named(matter, case.form)
    case.parties = {"handler": handler, "payees": sorted(gaining)}
    skipped = moments.skipped(case, matter, by, at)
    case.route = standing.route(case, matter, clock.local_date(at), skipped)
    case.save(
        update_fields=[
            "state",
            "round",
            "tier",
            "content_digest",
            "submitted_at",
            "form",
            "parties",
            "route",
        ]
    )
    chain = chain_of(case)
    starters = [step for step in chain if step.kind == "starter"]
    if case.household_id is not None and matter.online is not None:
        return open_step(case, replace(starters[-1], limit=matter.online.limit), at)
    CaseStep.objects.bulk_create(
        [
            CaseStep(
                case=case,
                round=case.round,
                step_no=step.no,
                step_key=step.key,
                role_code=step.role,
                division_code=case.division_code,
                state=StepState.APPROVED,
                opened_at=at,
                acted_at=at,
                actor_id=handler if step.role == "handler" else by.person_id,
                origin=by.origin[:60],
                device_index=by.device,
            )
            for step in starters
        ]
    )
    first = rules.next_step(chain, starters[-1].no if starters else 0)
    if first is None:
        raise errors.NobodyLeft(step="审批", role="")
    return open_step(case, first, at)


def _handler(case: Case, matter: Matter, by: Actor) -> int | None:
    """Return the person whose affair this is: who is named as handler, else who hands it in."""
    named = case.form.get(matter.handler_from)
    return Person.objects.get(ext_id=named).pk if named else by.person_id


def open_step(case: Case, step: Step, at: datetime, *, line: tuple[int, int] = (0, 0)) -> CaseStep:
    """Open a step with its limit, for the role of the route.

    Shapes: `line` is (payee line, round of that line) for a re-opened line, (0, 0) otherwise.
    """
    role, division = standing.place(case, step)
    return CaseStep.objects.create(
        case=case,
        round=line[1] or case.round,
        step_no=step.no,
        step_key=step.key,
        line_no=line[0],
        role_code=role,
        division_code=division,
        state=StepState.OPEN,
        opened_at=at,
        due_at=rules.due(step.limit, at, limits.calendar(at)),
    )


def close_open(case: Case, at: datetime) -> None:
    """Skip what is still open: the case was withdrawn."""
    CaseStep.objects.filter(case=case, state=StepState.OPEN).update(
        state=StepState.SKIPPED, acted_at=at
    )


def act(*, number: str, by: Actor, at: datetime, opinion: Opinion, line_no: int = 0) -> Acted:
    """Do the open step of a case: approve it, return it with a reason, or reject it.

    Approving runs the approve gate first. A money step calls the payments room.
    Raises: NotFound, NoOpenStep, StandsAside, DidAnotherStep, ContentChanged, ReasonMissing,
        OpinionTooLong, PayeesUnchecked, PayeeMismatch, PapersMissing, DecisionNeeded, Blocked,
        Held, InvoiceNotPayable, InvoiceUnverified, SecondFactorNeeded, NobodyLeft, what payments
        refuse. Nothing is written then but the answers of the tax office.
    """
    check = None
    row = standing.require_turn(number, by, line_no)
    if opinion.verdict == "approve":
        is_money = row.step_key in ("instruct", "release")
        gate = "pay" if is_money else "approve"
        check = gates.run(gate=gate, number=number, by=by, at=at)
        gates.refuse_blocked(check)
        gates.refuse_held(number)
        if row.step_key == "release":
            proofs.ask(case_number=number, by=by, at=at, reason=opinion.text)
    with gates.kept_when_stopped():
        done = decide(number=number, by=by, at=at, opinion=opinion, line_no=line_no)
    return Acted(**{**done.__dict__, "check": check})


def decide(*, number: str, by: Actor, at: datetime, opinion: Opinion, line_no: int = 0) -> Acted:
    """Do what `act` does, without the gate: lock, scope, turn, separation, state, audit."""
    tampered: effects.OrderTampered | None = None
    done: Acted | None = None
    with transaction.atomic():
        if line_no:
            effects.lock(number)
        turn = _turn(number, by, at, opinion, line_no)
        if turn.step.kind == "effect" and opinion.verdict == "approve":
            tampered = _run_effect(turn, by, at)
        if tampered is None:
            done = _record(turn, by, at, opinion)
    if tampered is not None or done is None:
        raise tampered or errors.NoOpenStep
    return done


@dataclass(frozen=True)
class OpenTurn:
    """The locked case, its chain, the open step, and for whom the actor stands in."""

    case: Case
    matter: Matter
    chain: tuple[Step, ...]
    step: Step
    row: CaseStep
    delegate_of: int | None


def open_turn(number: str, by: Actor, at: datetime, line_no: int = 0) -> OpenTurn:
    """Lock the case and make sure that this actor may do its open step now.

    Raises: NotFound, NoOpenStep, StandsAside, DidAnotherStep.
    """
    case = lock_case(number, by, with_form=False)
    rows = standing.rows_of(case)
    row = next((one for one in rows if one.state == "OPEN" and one.line_no == line_no), None)
    if row is None:
        raise errors.NoOpenStep
    matter = matter_of(case)
    step = matter.step(row.step_no)
    delegate_of = standing.require_may_act(by, case, row, clock.local_date(at))
    standing.require_apart(by, case, step, rows, delegate_of)
    return OpenTurn(case, matter, chain_of(case), step, row, delegate_of)


def _turn(number: str, by: Actor, at: datetime, opinion: Opinion, line_no: int) -> OpenTurn:
    """Open the turn of somebody who says his opinion of what he saw."""
    turn = open_turn(number, by, at, line_no)
    case, step, row = turn.case, turn.step, turn.row
    if step.kind == "record":
        raise errors.StepHasForm(step=step.word)
    if opinion.seen_digest != case.content_digest:
        raise errors.ContentChanged
    _require_words(turn.matter, opinion)
    if opinion.verdict == "approve":
        if step.second_factor:
            by.require_second_factor(at)
        _require_needs(case, step, row)
    elif line_no:
        # The sum was approved; a line that came back is only corrected or left alone.
        raise errors.NotNow(state=case.state, move=opinion.verdict)
    return turn


def _require_words(matter: Matter, opinion: Opinion) -> None:
    if opinion.verdict not in VERDICTS:
        raise errors.NotNow(state="", move=opinion.verdict)
    if len(opinion.text) > OPINION_LENGTH_MAX:
        raise errors.OpinionTooLong(limit=OPINION_LENGTH_MAX, count=len(opinion.text))
    if opinion.verdict == "approve":
        return
    is_known = opinion.reason_code in matter.reasons
    if not is_known or (opinion.reason_code == "other" and not opinion.text.strip()):
        raise errors.ReasonMissing


def _require_needs(case: Case, step: Step, row: CaseStep) -> None:
    if row.line_no and step.kind == "review" and row.reason_code != CORRECTED:
        raise errors.LineNotCorrected(line=row.line_no)
    if "payees_checked" in step.needs:
        needs.require_payees_checked(case.number, row.line_no)
    if "proof_form" in step.needs and not row.line_no:
        needs.require_papers(case, matter_of(case))
        needs.require_slips(case)
    if "decision" in step.needs:
        needs.require_decision(case)


def _run_effect(turn: OpenTurn, by: Actor, at: datetime) -> effects.OrderTampered | None:
    """Move the money one step; tampering is kept by payments and told after the commit."""
    try:
        with transaction.atomic(savepoint=False):
            effects.run(turn.step.effect, number=turn.case.number, by=by, at=at)
    except effects.OrderTampered as refusal:
        return refusal
    return None


def _record(turn: OpenTurn, by: Actor, at: datetime, opinion: Opinion) -> Acted:
    """Write the opinion and what follows from it."""
    state, _ = VERDICTS[opinion.verdict]
    written = CaseStep.objects.filter(pk=turn.row.pk, state=StepState.OPEN).update(
        state=state,
        acted_at=at,
        actor_id=by.person_id,
        delegate_of_id=turn.delegate_of,
        opinion=opinion.text.strip() or turn.row.opinion,
        reason_code=opinion.reason_code or turn.row.reason_code,
        content_digest=turn.case.content_digest,
        origin=by.origin[:60],
        device_index=by.device,
    )
    if not written:
        raise errors.NoOpenStep
    before = turn.case.state
    opened = _follow(turn, by, at, opinion)
    after = {
        "step": turn.row.step_no,
        "verdict": opinion.verdict,
        "state": turn.case.state,
        "content": turn.case.content_digest,
    }
    if turn.delegate_of:
        after["delegate_of"] = turn.delegate_of
    if turn.row.line_no:
        after["line"] = turn.row.line_no
    audit.write(
        chain=turn.case.organisation.ext_id,
        kind="matters.step.acted",
        by=by,
        at=at,
        subject=("case", turn.case.number),
        before={"state": before},
        after=after,
    )
    return acted(turn.case, opened)


def acted(case: Case, opened: CaseStep | None) -> Acted:
    """Return where a case stands, with the step that is open now."""
    if opened is None:
        return Acted(case.number, case.state)
    role = role_title(opened.role_code)
    return Acted(case.number, case.state, opened.step_key, role, opened.due_at)


def _follow(turn: OpenTurn, by: Actor, at: datetime, opinion: Opinion) -> CaseStep | None:
    """Move the case and open what comes next; return the opened step."""
    if turn.row.line_no:
        return _follow_line(turn, by, at)
    if opinion.verdict == "return":
        return _give_back(turn, by, at)
    if opinion.verdict == "reject":
        _reject(turn, by, at)
        return None
    case, number = turn.case, turn.case.number
    move = rules.Move.APPROVE
    if turn.step.kind == "effect":
        move = rules.Move[turn.step.effect.upper()]
    elif rules.is_last_review(turn.chain, turn.row.step_no):
        move = rules.Move.APPROVE_LAST
        _require_unchanged(case)
        if turn.matter.payees is not None:
            needs.require_payable(case)
            effects.approve(number=number, by=by, at=at)
    _move(case, move)
    if move is rules.Move.APPROVE_LAST:
        moments.reach("approved", case=case, matter=turn.matter, by=by, at=at)
    return go_on(turn, by, at)


def go_on(turn: OpenTurn, by: Actor, at: datetime) -> CaseStep | None:
    """Open the step after this one; a case that pays nobody is finished after the last."""
    code = turn.case.matter_code
    hooks.tell(hooks.CaseNews(turn.case.number, code, "step", by, at, step_key=turn.step.key))
    following = rules.next_step(turn.chain, turn.row.step_no)
    if following is not None:
        return open_step(turn.case, following, at)
    if turn.matter.payees is None:
        turn.case.closed_at = at
        _move(turn.case, rules.Move.FINISH)
        moments.reach("finished", case=turn.case, matter=turn.matter, by=by, at=at)
    return None


def _give_back(turn: OpenTurn, by: Actor, at: datetime) -> CaseStep | None:
    """Open again what was written down last before this step; without it the whole form."""
    case, number = turn.case, turn.case.number
    earlier = rules.record_step_before(turn.chain, turn.row.step_no)
    if earlier is not None:
        case.route = {**case.route, "since": case.route.get("since", case.round)}
        case.round += 1
        case.save(update_fields=["route", "round"])
        return open_step(case, earlier, at)
    if turn.matter.payees is not None:
        effects.take_back(number=number, by=by, at=at)
        case.form = {**case.form, "lines": effects.typed_lines(number)}
        case.save(update_fields=["form"])
    _move(case, rules.Move.RETURN)
    moments.reach("returned", case=case, matter=turn.matter, by=by, at=at)
    return None


def _reject(turn: OpenTurn, by: Actor, at: datetime) -> None:
    effects.cancel(number=turn.case.number, by=by, at=at)
    turn.case.closed_at = at
    _move(turn.case, rules.Move.REJECT)
    moments.reach("ended", case=turn.case, matter=turn.matter, by=by, at=at)


def _follow_line(turn: OpenTurn, by: Actor, at: datetime) -> CaseStep | None:
    """Open what comes after an approved step of a re-opened line.

    Lines that were corrected together go to the bank together: maker and checker act once.
    """
    case, step = turn.case, turn.step
    same = CaseStep.objects.filter(case=case, step_no=step.no, line_no__gt=0)
    if step.kind == "review":
        if same.filter(state=StepState.OPEN, reason_code=CORRECTED).exists():
            return None
        needs.require_payable(case)
        effects.approve(number=case.number, by=by, at=at)
    else:
        same.filter(state=StepState.OPEN).update(
            state=StepState.APPROVED,
            acted_at=at,
            actor_id=by.person_id,
            content_digest=case.content_digest,
            origin=by.origin[:60],
            device_index=by.device,
        )
        _move(case, rules.Move[step.effect.upper()])
    following = rules.line_step_after(turn.chain, step.no)
    if following is None:
        return None
    done = CaseStep.objects.filter(case=case, step_no=following.no, line_no__gt=0)
    ready = same.filter(state=StepState.APPROVED).values_list("line_no", "round")
    opened = None
    for line in sorted(set(ready) - set(done.values_list("line_no", "round"))):
        opened = open_step(case, following, at, line=line)
    return opened


def _require_unchanged(case: Case) -> None:
    """Refuse the last approval when rows changed under the approvers' hands.

    Raises: ContentChanged.
    """
    if content_digest(case) != case.content_digest:
        raise errors.ContentChanged


def _move(case: Case, move: rules.Move) -> None:
    before, case.state = case.state, rules.after(case.state, move)
    if case.state != before or case.closed_at:
        case.save(update_fields=["state", "closed_at"])


def pass_on(*, number: str, by: Actor, at: datetime, line_no: int = 0) -> Acted:
    """Hand an open step to the next in line, when all who hold it now must stand aside.

    Raises: NotFound, NoOpenStep (also when somebody of the role may act), NobodyLeft.
    """
    with transaction.atomic():
        case = lock_case(number, by)
        rows = standing.rows_of(case)
        row = next((one for one in rows if one.state == "OPEN" and one.line_no == line_no), None)
        if row is None:
            raise errors.NoOpenStep
        matter = matter_of(case)
        day = clock.local_date(at)
        role, division = standing.find_place(case, matter, row, rows, day)
        if role == row.role_code:
            return Acted(number, case.state, row.step_key, role_title(role), row.due_at)
        before = row.role_code
        row.role_code, row.division_code = role, division
        row.save(update_fields=["role_code", "division_code"])
        audit.write(
            chain=case.organisation.ext_id,
            kind="matters.step.passed_on",
            by=by,
            at=at,
            subject=("case", number),
            before={"role": before},
            after={"role": role, "step": row.step_no},
        )
    names = [one.name for one in orgs.holders(role, division, day)]
    return Acted(
        number, case.state, row.step_key, "、".join([role_title(role), *names]), row.due_at
    )
