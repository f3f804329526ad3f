"""Reads of confirmations: the question behind a code, what an alert is about, counts by month.

Who was asked is there for the discipline offices alone, and for them only behind an alert that
they have; masked until `actions.confirming.open_household` writes the look down.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from sanzi.disclosure import naming
from sanzi.disclosure.actions import households
from sanzi.kernel import clock, ids, masking
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.supervision import queries as supervision
from sanzi.voice.errors import ConfirmationAnswered, ConfirmationNotOpened, ConfirmationOver
from sanzi.voice.models import Answer, Confirmation, ConfirmationRound

SEE = "voice.confirmations"
ONE, ROUND = "confirmation", "confirmation_round"
MONTHS_SHOWN = 12
HOW = "ask"


def code_hash(code: str) -> str:
    """Return the keyed hash of a code."""
    return households.index("confirmation-code", ids.read_token(code))


def by_code(knock: households.Knock) -> Confirmation:
    """Return the open question that a code (`knock.name`) stands for.

    Raises: TooManyTries, ConfirmationNotOpened (the try is written down), ConfirmationAnswered,
        ConfirmationOver.
    """
    households.check_tries(knock)
    found = (
        Confirmation.objects.select_related("round__order__organisation", "payment")
        .filter(code_hash=code_hash(knock.name))
        .first()
    )
    if found is None:
        households.note(knock, None, HOW, is_granted=False)
        raise ConfirmationNotOpened
    require_open(found, knock.at)
    return found


def require_open(one: Confirmation, at: datetime) -> None:
    """Refuse what is answered or over. Raises: ConfirmationAnswered, ConfirmationOver."""
    if one.answer:
        raise ConfirmationAnswered
    if at > one.expires_at:
        raise ConfirmationOver


@dataclass(frozen=True)
class Question:
    """A question as its page asks it. Units: fen. No name, no account."""

    village_code: str
    body_name: str
    purpose: str
    amount_fen: int
    paid_at: datetime
    expires_at: datetime


def question(knock: households.Knock) -> Question:
    """Return the question behind a code. Raises: as `by_code`."""
    return asked(by_code(knock))


def asked(one: Confirmation) -> Question:
    """Return what a household was asked."""
    order = one.round.order
    [purpose] = naming.clean(order.division_code, [order.purpose])
    return Question(
        village_code=order.division_code,
        body_name=order.organisation.name,
        purpose=purpose,
        amount_fen=one.payment.amount_fen,
        paid_at=one.payment.paid_at or one.asked_at,
        expires_at=one.expires_at,
    )


@dataclass(frozen=True)
class Told:
    """One asked household behind an alert; `name` is masked. Units: fen."""

    ext_id: str
    name: str
    amount_fen: int
    asked_at: datetime
    answer: str
    received_fen: int | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Behind:
    """What stands behind an alert: the payment, and the households that it is about."""

    alert_ext_id: str
    sentence: str
    question: Question
    case_number: str
    told: tuple[Told, ...]


def behind(*, by: Actor, alert_ext_id: str) -> Behind:
    """Return what stands behind an alert about confirmations. Raises: NotFound."""
    alert = supervision.access_alert(by=by, ext_id=alert_ext_id)
    found = list(_of(by, alert.finding_kind, alert.finding_id))
    if not found:
        raise NotFound
    return Behind(
        alert_ext_id=alert.ext_id,
        sentence=alert.sentence,
        question=asked(found[0]),
        case_number=found[0].round.order.case_number,
        told=tuple(
            Told(
                ext_id=one.ext_id,
                name=masking.name(one.payment.payee_name),
                amount_fen=one.payment.amount_fen,
                asked_at=one.asked_at,
                answer=Answer(one.answer).label if one.answer else "没有回答",
                received_fen=one.received_fen,
                answered_at=one.answered_at,
            )
            for one in found
        ),
    )


def _of(by: Actor, kind: str, ext_id: str) -> QuerySet[Confirmation]:
    """Return the confirmations that a finding is about, in the actor's scope."""
    about = Q(pk__in=[])
    if kind == ONE:
        about = Q(ext_id=ext_id)
    elif kind == ROUND:
        about = Q(round__ext_id=ext_id, answer="")
    return (
        Confirmation.objects.select_related("round__order__organisation", "payment")
        .filter(about, scope.within(by, SEE, "round__division_code"))
        .order_by("asked_at", "pk")
    )


def access_confirmation(*, by: Actor, ext_id: str) -> Confirmation:
    """Return one asked household, for who has an alert about it. Raises: NotFound."""
    found = _of(by, ONE, ext_id).first()
    if found is None or by.user_id is None:
        raise NotFound
    about = [(ONE, found.ext_id)]
    if not found.answer:
        about.append((ROUND, found.round.ext_id))
    if not any(supervision.has_alert(by=by, kind=kind, finding_id=key) for kind, key in about):
        raise NotFound
    return found


@dataclass(frozen=True)
class Tally:
    """What was asked in a village in a month, and what came back; nothing of anybody."""

    village: str
    period: str
    households: int
    phoneless: int
    asked: int
    answered: int
    denied: int
    silent: int


def tallies(*, by: Actor, at: datetime) -> list[Tally]:
    """Return the counts of a year by month and village, the newest month first. Raises: NotFound.

    `denied` are those who said no or another sum; `silent` those whose days ran out.
    """
    if by.user_id is None or not scope.prefixes(by, SEE):
        raise NotFound
    first = _months_back(clock.local_date(at), MONTHS_SHOWN - 1)
    since = datetime(first.year, first.month, 1, tzinfo=clock.SHANGHAI)
    rounds = ConfirmationRound.objects.filter(scope.within(by, SEE), drawn_at__gte=since)
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 6)
    for place, drawn, *figures in rounds.values_list(
        "division_code", "drawn_at", "household_count", "phoneless_count", "asked_count"
    ):
        row = counts[_period(drawn), place]
        row[:3] = [have + more for have, more in zip(row[:3], figures, strict=True)]
    for place, drawn, answer, until in Confirmation.objects.filter(round__in=rounds).values_list(
        "round__division_code", "round__drawn_at", "answer", "expires_at"
    ):
        row = counts[_period(drawn), place]
        row[3] += bool(answer)
        row[4] += answer in (Answer.NOT_RECEIVED, Answer.WRONG_SUM)
        row[5] += not answer and until < at
    names = orgs.division_names({place for _, place in counts})
    return [
        Tally(names[place], period, *row)
        for (period, place), row in sorted(
            counts.items(), key=lambda item: (_falling(item[0][0]), item[0][1])
        )
    ]


def _period(at: datetime) -> str:
    return f"{clock.local_date(at):%Y-%m}"


def _falling(period: str) -> int:
    return -int(period.replace("-", ""))


def _months_back(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
