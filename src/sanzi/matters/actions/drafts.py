"""A case until it is handed in: start, save as typed, submit, withdraw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import identity
from sanzi.kernel.refusals import Refusal
from sanzi.matters import (
    catalogue,
    editions,
    effects,
    errors,
    fields,
    form_queries,
    gates,
    queries,
    registry,
    rules,
)
from sanzi.matters.actions import answers, moments, needs, standing, steps
from sanzi.matters.actions.locking import lock_case, next_number
from sanzi.matters.catalogue import Matter
from sanzi.matters.fields import cleaned
from sanzi.matters.models import Case, SourceMatter
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.orgs.roles import title as role_title

LINE_KEYS = ("kind", "payee_id", "name", "bank_code", "amount", "note")
LINE_LENGTH_MAX = 120
LINE_FIGURES_MAX = 5


@dataclass(frozen=True)
class Problem:
    """What still keeps a draft from being handed in; `key` is a field, or `line:3`."""

    key: str
    text: str


@dataclass(frozen=True)
class Saved:
    """A draft after saving. Units: amount in fen; `check` is the draft gate's result or None."""

    number: str
    state: str
    amount_fen: int
    tier: str
    problems: tuple[Problem, ...]
    check: gates.CheckResult | None = None


@dataclass(frozen=True)
class Submitted:
    """A case after it was handed in, and who has it now."""

    number: str
    state: str
    tier: str
    next_step: str
    next_role: str
    check: gates.CheckResult | None = None


def start(
    *, matter_code: str, organisation_ext_id: str, by: Actor, at: datetime, source: str = ""
) -> str:
    """Begin a draft at a body of the village and return its number.

    `source` is the number of an approved case that a payment comes from: the form and the payees
    begin with what its register knows.
    Raises: NotFound, NoSuchMatter, MayNotStart, VersionReused.
    """
    matter = catalogue.get(matter_code)
    if matter is None:
        found = [one for one in catalogue.powers() if one.code == matter_code]
        raise errors.NoSuchMatter(title=found[0].title if found else matter_code)
    body = orgs.access_organisation(by=by, ext_id=organisation_ext_id, permission="matters.see")
    if by.roles_at(body.division_id).isdisjoint(matter.starts) or by.person_id is None:
        names = "、".join(role_title(role) for role in matter.starts)
        raise errors.MayNotStart(matter=matter.title, roles=names)
    scope.require(by, "matters.start", body.division_id)
    with transaction.atomic():
        case = open_case(matter, body, by, at)
        if source:
            _begin_with(case, body.ext_id, source, by, at)
    return case.number


def open_for(
    *,
    matter_code: str,
    organisation: Organisation,
    holder: int,
    form: Mapping[str, Any],
    at: datetime,
) -> str:
    """Begin a draft for somebody, because a day has come; he goes on with it as with his own.

    Shapes: `holder` is the person's key, `form` as in `save`.
    Raises: NoSuchMatter, BadField. Nothing is written then.
    """
    matter = catalogue.get(matter_code)
    if matter is None:
        raise errors.NoSuchMatter(title=matter_code)
    answers.require_possible(matter.fields, form)
    known = {one.key: one for one in matter.fields}
    with transaction.atomic():
        case = open_case(matter, organisation, SYSTEM, at, holder=holder)
        case.form = {key: cleaned(known[key], value) for key, value in form.items()}
        case.title = form_queries.title(matter, case.form)[:60]
        _carry(case, matter, SYSTEM, at)
        case.tier = moments.tier_of(case, matter, SYSTEM, at)
        case.save(update_fields=["form", "title", "amount_fen", "tier"])
    return case.number


def open_case(
    matter: Matter, body: Organisation, by: Actor, at: datetime, *, holder: int | None = None
) -> Case:
    """Make an empty draft. Runs inside the caller's transaction, who knows that it may begin.

    Raises: VersionReused.
    """
    editions.keep(matter, at)
    case = Case.objects.create(
        number=next_number(body.division_id, at),
        matter_code=matter.code,
        matter_version=matter.version,
        organisation=body,
        division_code=body.division_id,
        title=matter.title,
        started_by_id=holder or by.person_id,
        household_id=by.household_id,
        created_at=at,
        saved_at=at,
    )
    audit.write(
        chain=body.ext_id,
        kind="matters.case.started",
        by=by,
        at=at,
        subject=("case", case.number),
        after={"matter": matter.code},
    )
    return case


def _begin_with(case: Case, organisation: str, source: str, by: Actor, at: datetime) -> None:
    """Fill a new payment with what the register of its source knows.

    Raises: NotFound for a source that is not one of this body.
    """
    found = SourceMatter.objects.filter(
        ext_id=source, organisation__ext_id=organisation, status="approved"
    ).first()
    if found is None:
        raise NotFound
    known = registry.prefill_of(found.kind, source) or registry.Prefill({})
    form = {"purpose": found.title[:60], "source_kind": found.kind, "source_id": source}
    taken = {one.key for one in steps.matter_of(case).fields}
    form |= {key: value for key, value in known.form.items() if key in taken}
    save(number=case.number, by=by, at=at, form=form, lines=known.lines or None)


def save(
    *,
    number: str,
    by: Actor,
    at: datetime,
    form: Mapping[str, Any],
    lines: Sequence[Mapping[str, str]] | None = None,
    as_of: datetime | None = None,
) -> Saved:
    """Keep what was typed, complete or not, and run the draft gate on it.

    Shapes: `form` holds only the fields that were typed now, text or (for rows) a list of
        dictionaries of text; `lines` replaces all payee lines,
        None leaves them. A line has the keys kind, payee_id, name, account, id_no, bank_code,
        amount (yuan as typed), note; an account with `*` in it means the one kept before.
    `as_of` is when the draft was saved that the typing began with: a late save of an older page
    is refused, so that it cannot undo a newer one.
    Raises: NotFound, NotYours, NotNow, SavedSince, BadField, BadPayeeLine. Nothing is written then.
    """
    with transaction.atomic():
        case = _own_draft(number, by)
        if as_of is not None and as_of != case.saved_at:
            raise errors.SavedSince
        matter = steps.matter_of(case)
        answers.require_possible(matter.fields, form)
        answers.require_own_people(case, matter.fields, form, at)
        kept = dict(case.form)
        known = {one.key: one for one in matter.fields}
        kept.update({key: cleaned(known[key], value) for key, value in form.items()})
        if lines is not None:
            kept["lines"] = seal_lines(matter, lines, case.form.get("lines", []))
        case.form = kept
        case.state = rules.after(case.state, rules.Move.SAVE)
        case.title = form_queries.title(matter, kept)[:60]
        case.decision_ext_id = kept.get("decision_id", "")
        case.saved_at = at
        problems = _carry(case, matter, by, at)
        case.tier = moments.tier_of(case, matter, by, at)
        case.content_digest = ""
        case.save(
            update_fields=[
                "form",
                "state",
                "title",
                "decision_ext_id",
                "saved_at",
                "amount_fen",
                "tier",
                "content_digest",
            ]
        )
        audit.write(
            chain=case.organisation.ext_id,
            kind="matters.case.saved",
            by=by,
            at=at,
            subject=("case", number),
            after={"fields": sorted(form)},
        )
    is_judged = matter.payees is not None and not problems
    check = gates.run(gate="draft", number=number, by=by, at=at) if is_judged else None
    missing = [Problem(key, f"“{label}”还没填") for key, label in _missing(matter, case)]
    return Saved(number, case.state, case.amount_fen, case.tier, (*problems, *missing), check)


def submit(*, number: str, by: Actor, at: datetime) -> Submitted:
    """Hand a complete case to its approvers, after the submit gate.

    What pays is judged before, what a register keeps once it is written. A red line refuses;
    a hold lets the case in, but no step is approved until it is released.
    Raises: NotFound, NotYours, NotNow, FormIncomplete, PapersMissing, PayeesUnchecked,
        PayeeMismatch, DecisionNeeded, Blocked, NobodyLeft, what payments refuse.
    """
    with transaction.atomic():
        case = _own_draft(number, by)
        matter = steps.matter_of(case)
        _require_complete(case, matter, by, at)
        seen = steps.content_digest(case)
    check = None
    if matter.payees is not None:
        check = gates.run(gate="submit", number=number, by=by, at=at)
        gates.refuse_blocked(check)
    with gates.undone_when_blocked():
        case = _own_draft(number, by)
        _require_complete(case, matter, by, at)
        if steps.content_digest(case) != seen:
            raise errors.ContentChanged
        if matter.payees is not None:
            effects.submit(number=number, by=by, at=at)
        opened = steps.begin(case, seen, by, at)
        moments.reach("submitted", case=case, matter=matter, by=by, at=at)
        _approve_by_rule(case, matter, by, at)
        if matter.payees is None:
            check = gates.judge_taken(gate="submit", number=number, at=at)
        audit.write(
            chain=case.organisation.ext_id,
            kind="matters.case.submitted",
            by=by,
            at=at,
            subject=("case", number),
            after={
                "tier": case.tier,
                "amount_fen": case.amount_fen,
                "content": seen,
                "payees": effects.payees_for_log(number),
            },
        )
    return Submitted(
        number, case.state, case.tier, opened.step_key, role_title(opened.role_code), check
    )


def _approve_by_rule(case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    """Approve a case just handed in whose tier asks nobody: what a list allows needs no word.

    What a villager handed in himself is taken by the office first.
    """
    if case.household_id is not None or any(step.kind == "review" for step in steps.chain_of(case)):
        return
    case.state = rules.after(case.state, rules.Move.APPROVE_LAST)
    case.save(update_fields=["state"])
    moments.reach("approved", case=case, matter=matter, by=by, at=at)


def withdraw(*, number: str, by: Actor, at: datetime) -> None:
    """Take a case back for good; its number stays used.

    Raises: NotFound, NotYours, NotNow once everybody has approved; TakenAlready for a villager
        once somebody has.
    """
    with transaction.atomic():
        case = lock_case(number, by)
        _require_starter(case, by)
        if by.household_id is not None:
            standing.require_nobody_approved(case, steps.matter_of(case))
        before = case.state
        case.state = rules.after(before, rules.Move.WITHDRAW)
        effects.cancel(number=number, by=by, at=at)
        steps.close_open(case, at)
        case.closed_at = at
        case.save(update_fields=["state", "closed_at"])
        moments.reach("ended", case=case, matter=steps.matter_of(case), by=by, at=at)
        audit.write(
            chain=case.organisation.ext_id,
            kind="matters.case.withdrawn",
            by=by,
            at=at,
            subject=("case", number),
            before={"state": before},
            after={"state": case.state},
        )


def _own_draft(number: str, by: Actor) -> Case:
    case = lock_case(number, by)
    _require_starter(case, by)
    if case.state not in rules.EDITABLE:
        raise errors.NotNow(state=case.state, move="SAVE")
    return case


def _require_starter(case: Case, by: Actor) -> None:
    if not rules.is_starter(by, case.started_by_id, case.household_id):
        starter = case.started_by.name if case.started_by else "别人"
        raise errors.NotYours(name=starter)


def seal_lines(
    matter: Matter, lines: Sequence[Mapping[str, str]], before: Sequence[Mapping[str, str]]
) -> list[dict[str, str]]:
    """Return typed payee lines as they are kept; `before` holds the numbers shown as `*`.

    A line that moved says in `was` at which place (from 1) it stood before.
    Raises: BadPayeeLine with the line; also for a starred number that is not the one kept.
    """
    if matter.payees is None or len(lines) > matter.payees.max_lines:
        limit = matter.payees.max_lines if matter.payees else 0
        raise errors.BadPayeeLine(line=limit + 1, what=f"一件最多{limit}行")
    found = []
    for place, line in enumerate(lines, start=1):
        kept = {key: str(line.get(key, "")).strip() for key in LINE_KEYS}
        if any(len(value) > LINE_LENGTH_MAX for value in kept.values()):
            raise errors.BadPayeeLine(line=place, what=f"一格最多{LINE_LENGTH_MAX}个字")
        if any(fields.has_unseen(value) for value in kept.values()):
            raise errors.BadPayeeLine(line=place, what="有看不见的字符，请删掉重打")
        was = str(line.get("was", "")) or str(place)
        at_before = int(was) if was.isdecimal() and len(was) <= LINE_FIGURES_MAX else 0
        old = before[at_before - 1] if 0 < at_before <= len(before) else {}
        found.append({**kept, **_sealed(line, old, place)})
    return found


def _sealed(line: Mapping[str, str], old: Mapping[str, str], place: int) -> dict[str, str]:
    """Return account and resident id as they are kept: ciphertext, tail, index; never plain."""
    account = str(line.get("account", "")).strip()
    found = {}
    if "*" in account:
        if account[-4:] != old.get("account_tail", ""):
            raise errors.BadPayeeLine(line=place, what="账号不全，请把账号填完整")
        for key in ("sealed_account", "account_tail", "account_index"):
            found[key] = old.get(key, "")
    elif account:
        try:
            account = identity.check_account(account)
        except Refusal as wrong:
            raise errors.BadPayeeLine(line=place, what=wrong.text.rstrip("。")) from wrong
        found["sealed_account"] = secrets.seal("account", account)
        found["account_tail"] = account[-4:]
        found["account_index"] = secrets.index("account", account)
    if line.get("id_no"):
        found["sealed_id_no"] = secrets.seal("id_no", str(line["id_no"]))
    elif "*" in account and old.get("sealed_id_no"):
        found["sealed_id_no"] = old["sealed_id_no"]
    return found


def _carry(case: Case, matter: Matter, by: Actor, at: datetime) -> tuple[Problem, ...]:
    """Let order and register follow the form; what they can't hold yet is a problem."""
    if matter.payees is not None:
        return _carry_to_payments(case, by, at)
    if matter.amount.source == "field":
        told = fields.typed(matter.fields, case.form).get(matter.amount.field, 0)
        case.amount_fen = told if isinstance(told, int) else 0
    found = _doubts(case, matter, by, at)
    try:
        with transaction.atomic():
            moments.reach("saved", case=case, matter=matter, by=by, at=at)
    except Refusal as wrong:
        found.append(Problem(str(wrong.data.get("field", "")), wrong.text))
    return tuple(found)


def _doubts(case: Case, matter: Matter, by: Actor, at: datetime) -> list[Problem]:
    found = []
    for name in matter.checks:
        try:
            registry.run_check(name, moments.turn_of(case, matter, by, at))
        except Refusal as wrong:
            found.append(Problem(str(wrong.data.get("field", "")), wrong.text))
    return found


def problems(*, number: str, by: Actor, at: datetime) -> list[Problem]:
    """Return what the checks of the matter say of a draft as it stands; nothing is written.

    Raises: NotFound.
    """
    case = queries.access_case(by=by, number=number)
    return _doubts(case, steps.matter_of(case), by, at)


def _carry_to_payments(case: Case, by: Actor, at: datetime) -> tuple[Problem, ...]:
    lines = case.form.get("lines", [])
    if not lines:
        case.amount_fen = 0
        return (Problem("lines", "还没填付给谁"),)
    try:
        with transaction.atomic():
            case.amount_fen = effects.save_draft(
                number=case.number,
                organisation=case.organisation.ext_id,
                form=case.form,
                lines=lines,
                by=by,
                at=at,
            )
    except Refusal as wrong:
        return (Problem(str(wrong.data.get("field", "lines")), wrong.text),)
    return ()


def _missing(matter: Matter, case: Case) -> list[tuple[str, str]]:
    return rules.missing_fields(matter.fields, case.form, case.amount_fen, case.tier)


def _require_complete(case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    missing = _missing(matter, case)
    if matter.payees is not None and not case.form.get("lines"):
        missing.append(("lines", matter.payees.label))
    if missing:
        labels = "、".join(label for _, label in missing)
        raise errors.FormIncomplete(
            count=len(missing), labels=labels, keys=[key for key, _ in missing]
        )
    handler = case.form.get(matter.handler_from)
    if handler and not Person.objects.filter(ext_id=handler).exists():
        raise errors.BadField(what="“经办人”不在名册里", keys=[matter.handler_from])
    needs.require_papers(case, matter)
    if case.decision_ext_id or "decision" in _needs(matter, case):
        needs.require_decision(case)
    moments.require_checks(case, matter, by, at)
    answers.refuse(answers.not_offered(case, matter.fields, case.form, at))
    if matter.payees is not None:
        needs.require_slips(case)
        needs.require_payees_checked(case.number)
        needs.require_payable(case)


def _needs(matter: Matter, case: Case) -> set[str]:
    chain = rules.chain(matter, case.tier, is_concurrent=False)
    return {need for step in chain for need in step.needs}
