"""A case until it is handed in: start, save as typed, submit, withdraw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.evidence import queries as evidence
from sanzi.kernel import clock, identity
from sanzi.kernel.refusals import Refusal
from sanzi.matters import catalogue, effects, errors, gates, rules
from sanzi.matters.actions import steps
from sanzi.matters.actions.locking import lock_case, next_number
from sanzi.matters.catalogue import Matter
from sanzi.matters.models import Case
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Person
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


def start(*, matter_code: str, organisation_ext_id: str, by: Actor, at: datetime) -> str:
    """Begin a draft at a body of the village and return its number.

    Raises: NotFound, NoSuchMatter, MayNotStart.
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
        case = Case.objects.create(
            number=next_number(body.division_id, at),
            matter_code=matter.code,
            matter_version=matter.version,
            organisation=body,
            division_code=body.division_id,
            title=matter.title,
            started_by_id=by.person_id,
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
    return case.number


def save(
    *,
    number: str,
    by: Actor,
    at: datetime,
    form: Mapping[str, str],
    lines: Sequence[Mapping[str, str]] | None = None,
) -> Saved:
    """Keep what was typed, complete or not, and run the draft gate on it.

    Shapes: `form` holds only the fields that were typed now; `lines` replaces all payee lines,
        None leaves them. A line has the keys kind, payee_id, name, account, id_no, bank_code,
        amount (yuan as typed), note; an account with `*` in it means the one kept before.
    Raises: NotFound, NotYours, NotNow, BadField, BadPayeeLine. Nothing is written when raised.
    """
    with transaction.atomic():
        case = _own_draft(number, by)
        matter = steps.matter_of(case)
        _refuse_wrong(matter, form)
        kept = dict(case.form)
        kept.update({key: value.strip() for key, value in form.items()})
        if lines is not None:
            kept["lines"] = seal_lines(matter, lines, case.form.get("lines", []))
        case.form = kept
        case.state = rules.after(case.state, rules.Move.SAVE)
        case.title = (kept.get("purpose") or matter.title)[:60]
        case.decision_ext_id = kept.get("decision_id", "")
        case.saved_at = at
        problems = _carry_to_payments(case, by, at)
        case.tier = rules.tier(matter, case.amount_fen, clock.local_date(at))
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
    check = None if problems else gates.run(gate="draft", number=number, by=by, at=at)
    missing = [Problem(key, f"“{label}”还没填") for key, label in _missing(matter, case)]
    return Saved(number, case.state, case.amount_fen, case.tier, (*problems, *missing), check)


def submit(*, number: str, by: Actor, at: datetime) -> Submitted:
    """Hand a complete case to its approvers, after the submit gate.

    A red line refuses; a hold lets the case in, but no step is approved until it is released.
    Raises: NotFound, NotYours, NotNow, FormIncomplete, PapersMissing, PayeesUnchecked,
        PayeeMismatch, DecisionNeeded, Blocked, NobodyLeft, what payments refuse.
    """
    with transaction.atomic():
        case = _own_draft(number, by)
        _require_complete(case)
        seen = steps.content_digest(case)
    check = gates.run(gate="submit", number=number, by=by, at=at)
    gates.refuse_blocked(check)
    with transaction.atomic():
        case = _own_draft(number, by)
        _require_complete(case)
        if steps.content_digest(case) != seen:
            raise errors.ContentChanged
        effects.submit(number=number, by=by, at=at)
        opened = steps.begin(case, seen, by, at)
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


def withdraw(*, number: str, by: Actor, at: datetime) -> None:
    """Take a case back for good; its number stays used.

    Raises: NotFound, NotYours, NotNow once everybody has approved.
    """
    with transaction.atomic():
        case = lock_case(number, by)
        _require_starter(case, by)
        before = case.state
        case.state = rules.after(before, rules.Move.WITHDRAW)
        effects.cancel(number=number, by=by, at=at)
        steps.close_open(case, at)
        case.closed_at = at
        case.save(update_fields=["state", "closed_at"])
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
    if by.person_id is None or by.person_id != case.started_by_id:
        starter = case.started_by.name if case.started_by else "别人"
        raise errors.NotYours(name=starter)


def _refuse_wrong(matter: Matter, form: Mapping[str, str]) -> None:
    wrong = rules.wrong_fields(matter, form)
    if wrong:
        raise errors.BadField(what=wrong[0][1], keys=[key for key, _ in wrong])


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


def _carry_to_payments(case: Case, by: Actor, at: datetime) -> tuple[Problem, ...]:
    """Let the draft order follow the form; what it can't hold yet is a problem, not a refusal."""
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
    return rules.missing_fields(matter, case.form, case.amount_fen, case.tier)


def _require_complete(case: Case) -> None:
    matter = steps.matter_of(case)
    missing = _missing(matter, case)
    if not case.form.get("lines"):
        missing.append(("lines", matter.payees.label if matter.payees else "付给谁"))
    if missing:
        labels = "、".join(label for _, label in missing)
        raise errors.FormIncomplete(
            count=len(missing), labels=labels, keys=[key for key, _ in missing]
        )
    if not Person.objects.filter(ext_id=case.form["handler_person_id"]).exists():
        raise errors.BadField(what="“经办人”不在名册里", keys=["handler_person_id"])
    kinds = {one.kind for one in evidence.attachments("case", case.number)}
    papers = rules.missing_papers(matter, case.form, case.amount_fen, kinds)
    if papers:
        raise errors.PapersMissing(titles="、".join(paper.title for paper in papers))
    steps.require_slips(case)
    if case.decision_ext_id or "decision" in _needs(matter, case):
        steps.require_decision(case)
    steps.require_payees_checked(case.number)


def _needs(matter: Matter, case: Case) -> set[str]:
    chain = rules.chain(matter, case.tier, is_concurrent=False)
    return {need for step in chain for need in step.needs}
