"""Awards: who is put forward, what bars him, five days in public, one reward for one deed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids, money
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, OutsideStatus, Person
from sanzi.payments.models import Payment
from sanzi.payments.queries import payees
from sanzi.registers.party import rules
from sanzi.registers.party.errors import (
    AwardBarred,
    AwardRepeated,
    AwardWrong,
    FundNotPayable,
    PublicityRuns,
)
from sanzi.registers.party.models import Honour, Progress
from sanzi.supervision.models import Alert, AlertState

EVENT_LENGTH_MIN = 4


@dataclass(frozen=True)
class Wish:
    """Who is put forward for what. Units: fen; None is an award without money."""

    person: str
    title: str
    event: str
    level: str
    amount_fen: int | None = None


def check(*, wish: Wish, organisation: str, at: datetime, case_number: str = "") -> Person:
    """Return who is put forward; refuse whom something bars, and a deed that was rewarded.

    Raises: NotFound, AwardWrong, AwardBarred, AwardRepeated.
    """
    who = Person.objects.filter(ext_id=wish.person).first()
    if who is None or not Organisation.objects.filter(ext_id=organisation).exists():
        raise NotFound
    if wish.amount_fen is not None and not 0 < wish.amount_fen <= money.MAX_FEN:
        raise AwardWrong(what="奖金", why="要大于0，没有就空着", field="amount")
    if len(rules.plain(wish.event)) < EVENT_LENGTH_MIN:
        raise AwardWrong(what="事由", why=f"至少{EVENT_LENGTH_MIN}个字", field="event")
    _require_clear(who, at)
    _require_new(who, wish, at, case_number)
    return who


def _require_clear(who: Person, at: datetime) -> None:
    """Refuse who has an alert open or confirmed, or is held. Raises: AwardBarred."""
    today = clock.local_date(at)
    since = at - timedelta(days=rules.figures(today).bar_days)
    alerts = Alert.objects.filter(
        ~Q(state=AlertState.DISPOSED) | Q(conclusion="confirmed", disposed_at__gte=since)
    ).filter(opened_at__lte=at)
    place = who.division_id or ""
    near = alerts.filter(division_code=place).values_list("subject_person_ext_ids", "state")
    states = [state for people, state in near if who.ext_id in people]
    if states:
        is_open = any(state != AlertState.DISPOSED for state in states)
        raise AwardBarred(
            name=who.name, why="有预警还没办结" if is_open else "一年内有查实的预警", field="person"
        )
    held = OutsideStatus.objects.filter(
        Q(until_date__isnull=True) | Q(until_date__gte=today),
        id_no_index=who.id_no_index, kind="custody",
    )  # fmt: skip
    if who.id_no_index and held.exists():
        raise AwardBarred(name=who.name, why="正在处分或处罚期内", field="person")


def _require_new(who: Person, wish: Wish, at: datetime, case_number: str) -> None:
    """Refuse a deed that was rewarded within the window. Raises: AwardRepeated."""
    since = at - timedelta(days=rules.figures(clock.local_date(at)).award_window_days)
    wanted = rules.plain(wish.event)
    known = Honour.objects.filter(person=who, submitted_at__gte=since).exclude(
        Q(status=Progress.ENDED) | Q(case_number=case_number, case_number__gt="")
    )
    for one in known:
        if rules.plain(one.event) == wanted:
            raise AwardRepeated(name=who.name, event=wish.event, when=_when(one.submitted_at))
    if wish.amount_fen is None:
        return
    paid = Payment.objects.filter(payee_person=who, order__submitted_at__gte=since)
    for payment in paid.exclude(status__in=payees.GONE).select_related("order"):
        if wanted in rules.plain(payment.order.purpose):
            raise AwardRepeated(
                name=who.name, event=wish.event, when=_when(payment.order.submitted_at)
            )


def _when(at: datetime | None) -> str:
    day = clock.local_date(at) if at else None
    return f"在{clock.date_said(day)}" if day else "以前"


@transaction.atomic
def propose(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> None:
    """Enter who is put forward. Raises: what `check` raises."""
    who = check(wish=wish, organisation=organisation, at=at, case_number=case_number)
    body = Organisation.objects.get(ext_id=organisation)
    said = {
        "person": who, "title": wish.title.strip()[:60], "event": wish.event.strip()[:100],
        "level": wish.level, "amount_fen": wish.amount_fen, "submitted_at": at,
        "status": Progress.SUBMITTED,
    }  # fmt: skip
    made, _ = Honour.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("PX", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    _tell(made, "proposed", by, at, {"title": made.title, "amount_fen": made.amount_fen})


@transaction.atomic
def show(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the name is public from today on. Raises: NotFound."""
    found = _locked(case_number)
    found.publicity_start_date = clock.local_date(at)
    found.save(update_fields=["publicity_start_date"])
    _tell(found, "shown", by, at, {})


@transaction.atomic
def grant(*, case_number: str, by: Actor, at: datetime) -> int:
    """Let the town have it, after the publicity; return the money in fen, 0 without any.

    What bars somebody is asked once more. Raises: NotFound, AwardBarred, PublicityRuns.
    """
    found = _locked(case_number)
    _require_clear(found.person, at)
    today = clock.local_date(at)
    days = rules.figures(today).award_publicity_days
    until = (found.publicity_start_date or today) + timedelta(days=days)
    if found.publicity_start_date is None or today <= until:
        raise PublicityRuns(days=f"{days}天", day=clock.day_said(until))
    found.granted_at, found.status = at, Progress.APPROVED
    found.save(update_fields=["granted_at", "status"])
    _tell(found, "granted", by, at, {})
    return found.amount_fen or 0


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it was given up; nothing happens when nobody was put forward."""
    found = Honour.objects.select_for_update(of=("self",)).filter(case_number=case_number).first()
    if found is not None:
        found.status = Progress.ENDED
        found.save(update_fields=["status"])
        _tell(found, "ended", by, at, {})


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse to pay an award twice, beyond its sum, or before the town has it.

    A source that is not of this room is left to its own. Raises: FundNotPayable.
    """
    found = Honour.objects.filter(case_number=source_id).exclude(case_number="").first()
    if found is None:
        return
    if found.status != Progress.APPROVED or not found.amount_fen:
        raise FundNotPayable(why="没有奖金，或者还没有批")
    if payees.paid_fen("other", source_id, but_case=case_number):
        raise FundNotPayable(why="已经付过，或正在付")
    if amount_fen != found.amount_fen:
        raise FundNotPayable(why=f"奖金是{money.format_yuan(found.amount_fen)}元")


def _locked(case_number: str) -> Honour:
    found = (
        Honour.objects.select_for_update(of=("self",))
        .select_related("organisation", "person")
        .filter(case_number=case_number, status=Progress.SUBMITTED)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _tell(found: Honour, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    audit.write(
        chain=found.organisation.ext_id, kind=f"party.honour.{what}", by=by, at=at,
        subject=("honour", found.ext_id), after=after,
    )  # fmt: skip
