"""What an inspection must not settle itself goes to a discipline office, and what came of it.

The words of a lead are ciphertext in the tables and in no log; those whom it names and their kin
never see it, and when it names somebody of the township it goes to the county.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from sanzi.inspection import queries, rules
from sanzi.inspection.actions.keeping import (
    locked_finding,
    locked_task,
    notify,
    require_inspector,
    said,
    sum_of,
    tell,
)
from sanzi.inspection.errors import InspectionWrong, LeadNotNow, LeadOwn, OutcomeWrong
from sanzi.inspection.models import Lead, Outcome
from sanzi.kernel import clock, divisions, ids
from sanzi.matching import queries as matching
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Person
from sanzi.voice import station_queries as stations

CHAIN: Final = "inspection"
"""Leads have a chain of their own: a village's chain does not tell that there is one."""
NAMED_MAX: Final = 10
AT_ONCE: Final = 200


@dataclass(frozen=True)
class Told:
    """A lead as the inspector writes it.

    Shapes: `finding` is the ext id of what it grew from, empty for none; `named` ext ids of
        persons it speaks of.
    """

    words: str
    finding: str = ""
    named: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Confirmed:
    """How two counties made sure of a pair: one of `rules.CONFIRMED`, and the paper or day."""

    how: str
    ref: str


@dataclass(frozen=True)
class Result:
    """What came of something: kind, sum, paper, day, words. Units: fen."""

    kind: str
    decided_date: date
    amount_fen: int = 0
    document_ref: str = ""
    words: str = ""


@transaction.atomic
def hand(*, task: str, told: Told, by: Actor, at: datetime) -> str:
    """Hand a lead to the discipline office of the township, or of the county; return its ext id.

    Raises: NotFound, InspectionClosed, NotYourTask, InspectorTooNear, WordsTooShort, LeadOwn,
        LeadNotNow, InspectionWrong. Nothing is left then.
    """
    held = locked_task(queries.access_task(by=by, ext_id=task))
    require_inspector(held, by, at)
    finding = held.findings.filter(ext_id=told.finding).first() if told.finding else None
    if told.finding and finding is None:
        raise NotFound
    if finding is not None and finding.leads.exists():
        raise LeadNotNow(why="已经移交过了")
    source = {"task": held, "finding": finding, "list_date": held.inspection.list_date}
    return _kept(held.division_code, told, source, by, at)


@transaction.atomic
def hand_from_visit(*, visit: str, told: Told, by: Actor, at: datetime) -> str:
    """Hand a lead that grew from what the actor saw on the spot as a member of the station.

    Where the letter itself lies with the county, so does the lead.
    Raises: NotFound, WordsTooShort, LeadOwn, LeadNotNow, InspectionWrong. Nothing is left then.
    """
    seen = stations.access_visit(by=by, ext_id=visit)
    if seen.finding not in stations.WRONG:
        raise LeadNotNow(why="不能写：到场核实没有看到问题")
    if Lead.objects.filter(visit_id=seen.ext_id).exists():
        raise LeadNotNow(why="已经移交过了")
    source = {"visit_id": seen.ext_id, "list_date": clock.local_date(at)}
    letter = seen.complaint
    is_above = divisions.level(letter.route_division) == "county"
    return _kept(letter.division_code, told, source, by, at, is_above=is_above)


@transaction.atomic
def hand_from_pair(*, pair: str, told: Told, proof: Confirmed, by: Actor, at: datetime) -> str:
    """Open a lead from a pair with another county, once the two have compared what is behind it.

    Whom our own rows name is named in the lead: he and his kin never see it. It goes to the
    county, where a second officer takes it in; a pair opens one lead.
    Raises: NotFound, WordsTooShort, LeadOwn, LeadNotNow, InspectionWrong. Nothing is left then.
    """
    found = matching.locked_pair(by=by, key=pair)
    key = matching.key_of(found)
    if Lead.objects.filter(pair_key=key).exists():
        raise LeadNotNow(why="这一对已经立过线索了")
    rows = list(found.rows.all())
    villages = sorted({one.division_code for one in rows if _is_village(one.division_code)})
    if not villages:
        raise LeadNotNow(why="不能立：这一对没有写明是哪个村的")
    how = rules.CONFIRMED.get(proof.how)
    if how is None:
        raise InspectionWrong(what="怎么核实的", why="没有这一种", field="how")
    ref = said(proof.ref, "文号或者日期", 80, least=2)
    words = said(told.words, "线索", 1800, least=10)
    named = sorted({*told.named, *(one.person_ext_id for one in rows if one.person_ext_id)})
    behind = "、".join(f"{one.row_kind} {one.row_id}" for one in rows)
    full = f"跨县比对{key}，对方{found.run.other_name}，这里是{behind}。{how}：{ref}。{words}"
    source = {"pair_key": key, "list_date": clock.local_date(at)}
    return _kept(villages[0], Told(full[:2000], "", named), source, by, at, is_above=True)


def _kept(
    village: str, told: Told, source: Mapping[str, Any], by: Actor, at: datetime, *,
    is_above: bool = False,
) -> str:  # fmt: skip
    """Seal a lead, send it on its way, and tell its office; return its ext id."""
    named = _named(told.named, by)
    role, place = _route(village, named, at, is_above=is_above)
    words = said(told.words, "线索", 2000, least=10)
    content = {"words": words, "named": [one.ext_id for one in named]}
    made = Lead.objects.create(
        ext_id=ids.new_id("JX", at), division_code=village, route_role=role, route_division=place,
        sealed_lead=secrets.seal("lead", json.dumps(content, ensure_ascii=False)),
        bars=" ".join(sorted(_marks(named))), handed_by_id=by.person_id or 0, handed_at=at,
        due_at=_due(source["list_date"], at), **source,
    )  # fmt: skip
    tell(CHAIN, ("inspection.lead.handed", made.ext_id), by, at, {"route": role})
    _notify(made, "inspection_lead", made.ext_id, at)
    return made.ext_id


def _is_village(code: str) -> bool:
    return bool(code) and divisions.level(code) == "village"


def _due(list_date: date, at: datetime) -> datetime:
    return orgs.calendar().add_workdays(at, rules.figures(list_date).lead_days)


def _notify(lead: Lead, template: str, key: str, at: datetime) -> None:
    """Tell those of a lead's office whom it does not bar."""
    users = orgs.users_of(
        one.person_id
        for one in orgs.holders(lead.route_role, lead.route_division, clock.local_date(at))
        if queries.mark_of(one.person_ext_id) not in lead.bars
    )
    notify(template, users, {}, key=key, at=at)


def escalate_overdue(at: datetime) -> int:
    """Take leads that the township let lie to the county; press the county once a day.

    Returns how many were taken up or pressed. Safe to repeat.
    """
    late = Lead.objects.filter(due_at__lt=at).exclude(state=Lead.State.CONCLUDED)
    count = 0
    for key in late.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            lead = Lead.objects.select_for_update(of=("self",)).get(pk=key)
            if lead.state == Lead.State.CONCLUDED or lead.due_at >= at:
                continue
            count += 1
            if lead.route_role == queries.COUNTY:
                day = clock.local_date(at)
                _notify(lead, "inspection_lead_late", f"{lead.ext_id}/{day:%m%d}", at)
            else:
                _take_up(lead, at)
    return count


def _take_up(lead: Lead, at: datetime) -> None:
    lead.route_role = queries.COUNTY
    lead.route_division = orgs.ancestors(lead.division_code)[1]
    lead.state, lead.taken_by_id, lead.taken_at = Lead.State.HANDED, None, None
    lead.escalated_at, lead.due_at = at, _due(lead.list_date, at)
    lead.save(
        update_fields=["route_role", "route_division", "state", "taken_by", "taken_at",
                       "escalated_at", "due_at"]
    )  # fmt: skip
    tell(CHAIN, ("inspection.lead.escalated", lead.ext_id), SYSTEM, at, {"route": queries.COUNTY})
    _notify(lead, "inspection_lead_up", lead.ext_id, at)


def _named(ext_ids: Sequence[str], by: Actor) -> list[Person]:
    """Return the persons a lead speaks of. Raises: InspectionWrong, LeadOwn."""
    asked = list(dict.fromkeys(one for one in ext_ids if one))
    found = list(Person.objects.filter(ext_id__in=asked).order_by("pk"))
    if len(found) != len(asked) or len(asked) > NAMED_MAX:
        raise InspectionWrong(what="涉及的人", why="有人没有登记，或者写得太多", field="named")
    mine = {by.person_id, *orgs.kin_ids(by.person_id or 0)}
    if any(one.pk in mine for one in found):
        raise LeadOwn
    return found


def _marks(named: Sequence[Person]) -> set[str]:
    """Return the marks of these persons and of all their kin."""
    kin = {each for one in named for each in orgs.kin_ids(one.pk, statutory=False)}
    kin |= {each for one in named for each in orgs.kin_ids(one.pk)}
    relatives = Person.objects.filter(pk__in=kin).values_list("ext_id", flat=True)
    return {queries.mark_of(one) for one in (*(each.ext_id for each in named), *relatives)}


def _route(
    village: str, named: Sequence[Person], at: datetime, *, is_above: bool
) -> tuple[str, str]:
    """Return the office: of the township, or of the county when it names somebody above."""
    town, county = orgs.ancestors(village)[:2]
    on = clock.local_date(at)
    posts = Appointment.objects.filter(person__in=named, start_date__lte=on).exclude(
        end_date__lt=on
    )
    above = is_above or posts.exclude(organisation__division__level="village").exists()
    if above or not orgs.holders(queries.OFFICE, town, on):
        return queries.COUNTY, county
    return queries.OFFICE, town


def opened(lead: Lead) -> tuple[str, list[str]]:
    """Return a lead's words and the names in it. Callers hold its door."""
    content = json.loads(secrets.reveal("lead", lead.sealed_lead))
    names = dict(Person.objects.filter(ext_id__in=content["named"]).values_list("ext_id", "name"))
    return content["words"], [names[one] for one in content["named"] if one in names]


@transaction.atomic
def read(*, ext_id: str, by: Actor, at: datetime) -> tuple[Lead, str, list[str]]:
    """Open a lead for its office; the look is written down. Raises: NotFound."""
    lead = queries.access_lead(by=by, ext_id=ext_id)
    words, names = opened(lead)
    tell(CHAIN, ("inspection.lead.read", ext_id), by, at, {})
    return lead, words, names


def _locked(ext_id: str, by: Actor) -> Lead:
    queries.access_lead(by=by, ext_id=ext_id)
    return Lead.objects.select_for_update(of=("self",)).get(ext_id=ext_id)


@transaction.atomic
def take(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Take a lead in. Raises: NotFound, LeadNotNow."""
    lead = _locked(ext_id, by)
    if lead.state != Lead.State.HANDED:
        raise LeadNotNow(why="已经有人接了")
    if lead.handed_by_id == by.person_id:
        raise LeadNotNow(why="是您移交的，要另一个人来接")
    lead.state, lead.taken_by_id, lead.taken_at = Lead.State.TAKEN, by.person_id, at
    lead.save(update_fields=["state", "taken_by", "taken_at"])
    tell(CHAIN, ("inspection.lead.taken", ext_id), by, at, {})


@transaction.atomic
def conclude(*, ext_id: str, result: Result, by: Actor, at: datetime) -> str:
    """Note what came of a lead; several may come of one. Returns the outcome's ext id.

    Raises: NotFound, LeadNotNow, OutcomeWrong, AmountWrong, WordsTooShort.
    """
    lead = _locked(ext_id, by)
    if lead.state == Lead.State.HANDED:
        raise LeadNotNow(why="还没有接收")
    figures = rules.figures(lead.list_date)
    _require_sound(result, figures, is_lead=True, at=at)
    made = Outcome.objects.create(
        ext_id=ids.new_id("JG", at), lead=lead, division_code=lead.division_code,
        kind=result.kind, amount_fen=sum_of(result.amount_fen),
        document_ref=result.document_ref.strip()[:80], decided_date=result.decided_date,
        sealed_lead=secrets.seal("lead", said(result.words, "结果", 500)),
        recorded_by_id=by.person_id or 0, recorded_at=at,
    )  # fmt: skip
    lead.state, lead.concluded_at = Lead.State.CONCLUDED, at
    lead.save(update_fields=["state", "concluded_at"])
    tell(CHAIN, ("inspection.lead.concluded", ext_id), by, at, {"outcome": made.kind})
    return made.ext_id


@transaction.atomic
def note(*, ext_id: str, result: Result, by: Actor, at: datetime) -> str:
    """Note what came of a finding; returns the outcome's ext id.

    What only the discipline office decides is noted with a lead, not here.
    Raises: NotFound, InspectionClosed, OutcomeWrong, AmountWrong, WordsTooShort.
    """
    found = locked_finding(queries.access_finding(by=by, ext_id=ext_id))
    scope.require(by, queries.INSPECT, found.division_code)
    figures = rules.figures(found.task.inspection.list_date)
    _require_sound(result, figures, is_lead=False, at=at)
    made = Outcome.objects.create(
        ext_id=ids.new_id("JG", at), finding=found, division_code=found.division_code,
        kind=result.kind, amount_fen=sum_of(result.amount_fen),
        document_ref=result.document_ref.strip()[:80], decided_date=result.decided_date,
        words=said(result.words, "结果", 200), recorded_by_id=by.person_id or 0, recorded_at=at,
    )  # fmt: skip
    tell(
        found.organisation.ext_id, ("inspection.outcome.noted", made.ext_id), by, at,
        {"finding": ext_id, "kind": made.kind, "amount_fen": made.amount_fen},
    )  # fmt: skip
    return made.ext_id


def _require_sound(result: Result, figures: rules.Figures, *, is_lead: bool, at: datetime) -> None:
    """Refuse an outcome that cannot be. Raises: OutcomeWrong."""
    kind = figures.outcomes.get(result.kind)
    if kind is None:
        raise OutcomeWrong(why="没有这一种", field="kind")
    if kind.is_lead and not is_lead:
        raise OutcomeWrong(why=f"“{kind.title}”由纪委在线索里记", field="kind")
    if kind.has_money != (result.amount_fen > 0) and result.amount_fen >= 0:
        why = "要写金额" if kind.has_money else "这一种没有金额"
        raise OutcomeWrong(why=why, field="amount")
    if result.decided_date > clock.local_date(at):
        raise OutcomeWrong(why="日期在今天以后", field="decided_date")


@transaction.atomic
def keep_here(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Write down why a finding that calls for a lead has none; a discipline office does.

    Raises: NotFound, InspectionClosed, LeadNotNow, WordsTooShort.
    """
    found = locked_finding(queries.access_finding(by=by, ext_id=ext_id))
    scope.require(by, queries.LEADS, found.division_code)
    figures = rules.figures(found.task.inspection.list_date)
    if not rules.needs_lead(queries.form_of(found), found.amount_fen, figures):
        raise LeadNotNow(why="本来就不用移交")
    if found.leads.exists():
        raise LeadNotNow(why="已经移交过了")
    if found.found_by_id == by.person_id:
        raise LeadNotNow(why="问题是您查出来的，要另一个人来写")
    found.no_lead_reason = said(reason, "不移交的理由", 200, least=10)
    found.no_lead_by_id = by.person_id
    found.save(update_fields=["no_lead_reason", "no_lead_by"])
    tell(
        found.organisation.ext_id, ("inspection.finding.kept_here", ext_id), by, at,
        {"reason": found.no_lead_reason},
    )  # fmt: skip


@dataclass(frozen=True)
class Concluded:
    """What came of a lead, as its office reads it. Units: fen."""

    kind: str
    decided_date: date
    amount_fen: int
    document_ref: str
    words: str


def results(lead: Lead) -> list[Concluded]:
    """Return what came of a lead, oldest first. Callers hold its door."""
    known = rules.figures(lead.list_date).outcomes
    return [
        Concluded(
            known[one.kind].title if one.kind in known else one.kind,
            one.decided_date,
            one.amount_fen,
            one.document_ref,
            secrets.reveal("lead", one.sealed_lead),
        )
        for one in lead.outcomes.order_by("decided_date", "pk")
    ]
