"""What holds of cases: states, tiers, chains, who stands aside, delegations. Pure.

Sources: power list M10; roles and rules of access; incompatible posts; avoidance of kin.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sanzi.kernel import clock, digest
from sanzi.kernel.workdays import Calendar
from sanzi.matters import errors
from sanzi.matters.catalogue import Limit, Matter, Paper, Step, TierTable
from sanzi.matters.fields import Field, wrong
from sanzi.orgs.actors import Actor


class Move(enum.StrEnum):
    """What can happen to a case."""

    SAVE = "SAVE"
    SUBMIT = "SUBMIT"
    WITHDRAW = "WITHDRAW"
    APPROVE = "APPROVE"
    APPROVE_LAST = "APPROVE_LAST"
    RETURN = "RETURN"
    REJECT = "REJECT"
    INSTRUCT = "INSTRUCT"
    RELEASE = "RELEASE"
    CORRECT = "CORRECT"
    PART_SETTLE = "PART_SETTLE"
    SETTLE = "SETTLE"
    BANK_RETURN = "BANK_RETURN"
    RECORD = "RECORD"
    FINISH = "FINISH"


# The whole machine: state and move give the next state; what is not here is refused.
_PAID_MOVES = {
    Move.PART_SETTLE: "PART_SETTLED",
    Move.SETTLE: "SETTLED",
    Move.BANK_RETURN: "BANK_RETURNED",
}
TABLE: Mapping[str, Mapping[Move, str]] = {
    "DRAFT": {Move.SAVE: "DRAFT", Move.SUBMIT: "SUBMITTED", Move.WITHDRAW: "WITHDRAWN"},
    "RETURNED": {Move.SAVE: "RETURNED", Move.SUBMIT: "SUBMITTED", Move.WITHDRAW: "WITHDRAWN"},
    "SUBMITTED": {
        Move.RECORD: "SUBMITTED",
        Move.FINISH: "DONE",
        Move.APPROVE: "SUBMITTED",
        Move.APPROVE_LAST: "APPROVED",
        Move.RETURN: "RETURNED",
        Move.REJECT: "REJECTED",
        Move.WITHDRAW: "WITHDRAWN",
    },
    "APPROVED": {
        Move.RECORD: "APPROVED",
        Move.FINISH: "DONE",
        Move.INSTRUCT: "APPROVED",
        Move.RELEASE: "DISPATCHED",
        Move.RETURN: "RETURNED",
    },
    "DISPATCHED": _PAID_MOVES,
    "PART_SETTLED": {
        **_PAID_MOVES,
        Move.CORRECT: "PART_SETTLED",
        Move.INSTRUCT: "PART_SETTLED",
        Move.RELEASE: "PART_SETTLED",
    },
    "BANK_RETURNED": {
        **_PAID_MOVES,
        Move.CORRECT: "BANK_RETURNED",
        Move.INSTRUCT: "BANK_RETURNED",
        Move.RELEASE: "DISPATCHED",
    },
    # A payment can come back days after it settled.
    "SETTLED": {Move.PART_SETTLE: "PART_SETTLED", Move.BANK_RETURN: "BANK_RETURNED"},
    "DONE": {},
    "REJECTED": {},
    "WITHDRAWN": {},
}
ENDED = frozenset({"REJECTED", "WITHDRAWN", "SETTLED", "DONE"})
EDITABLE = frozenset({"DRAFT", "RETURNED"})


def after(state: str, move: Move) -> str:
    """Return the state after a move.

    Raises: NotNow.
    """
    found = TABLE[state].get(move)
    if found is None:
        raise errors.NotNow(state=state, move=str(move))
    return found


def paid_move(settled: int, failed: int, in_flight: int) -> Move | None:
    """Return the move that the counts of a case's payments mean, None while all are in flight."""
    if settled and not failed and not in_flight:
        return Move.SETTLE
    if settled:
        return Move.PART_SETTLE
    if failed and not in_flight:
        return Move.BANK_RETURN
    return None


def table(matter: Matter, on: date) -> TierTable:
    """Return the tiers in force on a day. Raises: NoTier, when none is yet."""
    tables = [one for one in matter.tiers if one.valid_from_date <= on]
    if not tables:
        raise errors.NoTier(matter=matter.title, day=on.isoformat())
    return tables[-1]


def tier(matter: Matter, amount_fen: int, on: date, form: Mapping[str, Any] | None = None) -> str:
    """Return the tier of an amount on a day, by the newest table in force.

    Shapes: `form` as typed; its lifts count where the field holds a whole number.
    Raises: NoTier, when no table is in force yet.
    """
    found = table(matter, on)
    bands = [band for band in found.bands if band.from_fen <= amount_fen]
    lifted = [one.code for one in found.lifts if _number(form, one.field) >= one.at_least]
    return max([bands[-1].code, *lifted])


def _number(form: Mapping[str, Any] | None, key: str) -> int:
    text = str((form or {}).get(key) or "").strip()
    return int(text) if text.isdecimal() else -1


def is_starter(by: Actor, started_by: int | None, household: int | None) -> bool:
    """Return whether a case is this actor's to change: he began it, or his household did."""
    if by.household_id is not None:
        return by.household_id == household
    return by.person_id is not None and by.person_id == started_by


def chain(
    matter: Matter, tier_code: str, *, is_concurrent: bool, skipped: Collection[str] = ()
) -> tuple[Step, ...]:
    """Return the steps of a tier, in order; one secretary for all posts adds outside steps.

    `skipped` are keys of steps that this case does not need.
    """
    return tuple(
        step
        for step in matter.steps
        if step.key not in skipped
        and (tier_code in step.tiers or (is_concurrent and tier_code in step.tiers_when_concurrent))
    )


def next_step(steps: Sequence[Step], no: int) -> Step | None:
    """Return the step after a number that a person acts in, None at the end."""
    return next((one for one in steps if one.no > no and one.kind != "system"), None)


def line_step_after(steps: Sequence[Step], no: int) -> Step | None:
    """Return the next step of a payee line that the bank sent back."""
    return next((one for one in steps if one.no > no and one.on_line_failure), None)


def record_step_before(steps: Sequence[Step], no: int) -> Step | None:
    """Return the nearest earlier step in which something was written down, None without one."""
    return next((one for one in reversed(steps) if one.no < no and one.kind == "record"), None)


def is_last_review(steps: Sequence[Step], no: int) -> bool:
    """Return whether no review follows this step."""
    return not any(one.no > no and one.kind == "review" for one in steps)


def due(limit: Limit | None, opened_at: datetime, calendar: Calendar) -> datetime | None:
    """Return when a step opened now is late; limits count from the next day.

    "Same day" lasts until 17:30 of this day, or of the next work day when it is later already.
    """
    if limit is None:
        return None
    if limit.workdays:
        return calendar.add_workdays(opened_at, limit.workdays)
    if limit.hours:
        return opened_at + timedelta(hours=limit.hours)
    local = opened_at.astimezone(clock.SHANGHAI)
    if calendar.is_workday(local.date()) and local.time() < time(17, 0):
        return local.replace(hour=17, minute=30, second=0, microsecond=0).astimezone(
            opened_at.tzinfo
        )
    return calendar.add_workdays(opened_at, 1)


def remind_at(opened_at: datetime, due_at: datetime, soon_percent: int) -> datetime:
    """Return when "due soon" is told: when `soon_percent` of the time is left."""
    return due_at - (due_at - opened_at) * soon_percent / 100


# --- the form ------------------------------------------------------------------------------


def missing_fields(
    fields: Sequence[Field], form: Mapping[str, Any], amount_fen: int, tier_code: str
) -> list[tuple[str, str]]:
    """Return (key, label) of the fields that this form still needs; a row's with its number."""
    found = []
    for one in fields:
        needed = one.required or tier_code in one.required_in_tiers
        if one.required_from_fen is not None or one.required_for is not None:
            is_large = amount_fen >= (one.required_from_fen or 0)
            needed = needed or (is_large and holds(one.required_for, form))
        value = form.get(one.key)
        if needed and not (value if one.type == "rows" else str(value or "").strip()):
            found.append((one.key, one.label))
        for place, row in enumerate(value if one.type == "rows" and value else (), start=1):
            lacking = missing_fields(one.columns, row, amount_fen, tier_code)
            found += [(one.key, f"{one.label}第{place}行的{label}") for _, label in lacking]
    return found


def wrong_fields(fields: Sequence[Field], form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (key, sentence) of the values that a field can't hold; empty ones are no mistake."""
    found = []
    known = {one.key: one for one in fields}
    for key, value in form.items():
        one = known.get(key)
        said = "这张表上没有这一栏" if one is None else wrong(one, value)
        if said:
            found.append((key, said))
    return found


def holds(when: Mapping[str, tuple[str, ...]] | None, form: Mapping[str, Any]) -> bool:
    """Return whether the form has one of the values for every key; no condition always holds."""
    return all(form.get(key) in values for key, values in (when or {}).items())


def missing_papers(
    papers: Sequence[Paper], form: Mapping[str, Any], amount_fen: int, kinds: Collection[str]
) -> list[Paper]:
    """Return the evidence that must still be hung on the case, or on one entry of a step."""
    return [
        paper
        for paper in papers
        if paper.required
        and paper.kind not in kinds
        and amount_fen >= (paper.from_fen or 0)
        and holds(paper.when, form)
    ]


def content_digest(content: Mapping[str, Any]) -> str:
    """Return the SM3 digest of what an approver sees: form, payees by blind index, papers."""
    return digest.sm3_of(content)


# --- who may act ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Parties:
    """Whose case this is, by person key. `payees` holds the owners of a paid firm too."""

    starter: int | None
    handler: int | None
    payees: frozenset[int]

    @property
    def related(self) -> frozenset[int]:
        """Return those whose kin stand aside."""
        return self.payees | ({self.handler} if self.handler else frozenset())


@dataclass(frozen=True)
class Acted:
    """Who did a step in this round."""

    step_key: str
    person: int


def stands_aside(person: int, kin: Collection[int], parties: Parties) -> str:
    """Return why this person may not act in the case, empty when he may.

    Source: 2.3 and 2.4 K6 of the governance catalogue; look at `errors.StandsAside` for the words.
    """
    if person == parties.starter:
        return "经手提交的人"
    if person == parties.handler:
        return "经办人"
    if person in parties.payees:
        return "收款人"
    if not parties.related.isdisjoint(kin):
        return "收款人或经办人的近亲属"
    return ""


def has_done(step: Step, person: int, acted: Iterable[Acted]) -> str:
    """Return the key of a step this person did that forbids him this one, empty when none does."""
    for one in acted:
        if one.person != person or one.step_key == step.key:
            continue
        if one.step_key not in step.may_repeat:
            return one.step_key
    return ""


# --- delegation ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Stand:
    """A delegation: who for whom, which role, between which days (both included), to what sum."""

    from_person: int
    to_person: int
    role_code: str
    org_id: int
    start_date: date
    end_date: date
    limit_fen: int

    def holds_on(self, day: date) -> bool:
        """Return whether the day lies within."""
        return self.start_date <= day <= self.end_date

    def overlaps(self, other: Stand) -> bool:
        """Return whether both hold on some day, for the same role and place."""
        return (
            (self.role_code, self.org_id) == (other.role_code, other.org_id)
            and self.start_date <= other.end_date
            and other.start_date <= self.end_date
        )


def check_delegation(new: Stand, standing: Iterable[Stand], *, max_days: int, today: date) -> None:
    """Refuse a delegation that is not dated, bounded and first-hand.

    Raises: DelegationDates, DelegationLimit, DelegationToSelf, Redelegated, DelegatedTwice.
    """
    days = (new.end_date - new.start_date).days + 1
    if days < 1 or days > max_days or new.end_date < today:
        raise errors.DelegationDates(days=max_days)
    if new.limit_fen <= 0:
        raise errors.DelegationLimit
    if new.from_person == new.to_person:
        raise errors.DelegationToSelf
    for one in standing:
        if not one.overlaps(new):
            continue
        if one.from_person == new.from_person:
            raise errors.DelegatedTwice(until=one.end_date.isoformat())
        # Whoever stands in passes nothing on, and nobody who is away can stand in.
        if new.from_person == one.to_person or new.to_person == one.from_person:
            raise errors.Redelegated


def may_stand_in(stand: Stand, *, on: date, amount_fen: int) -> bool:
    """Return whether a delegation covers this amount on this day."""
    return stand.holds_on(on) and amount_fen <= stand.limit_fen
