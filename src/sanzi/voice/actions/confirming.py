"""Asking households by text whether a payment arrived, and taking their answers.

Who is asked is drawn by lot under the server's key, after the bank has said that the money is
there. Nobody of the village or the town learns whom a text reached: the texts name no subject,
nobody stands in for a phone that does not answer, and the log keeps counts in a chain of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from secrets import token_hex

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from sanzi.audit import actions as audit
from sanzi.disclosure import naming
from sanzi.disclosure.actions import households
from sanzi.kernel import clock, ids, money
from sanzi.kernel.money import BadAmount
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.payments.models import OrderState, Payment, PaymentOrder, PaymentStatus
from sanzi.voice import confirmation_queries, confirmation_rules
from sanzi.voice.actions.turning import CHAIN
from sanzi.voice.confirmation_rules import Figures
from sanzi.voice.errors import AnswerMissing, ReasonTooShort, SumUnclear
from sanzi.voice.models import Answer, Confirmation, ConfirmationRound
from sanzi.voice.rules import REASON_LEAST

TEMPLATE = "payment_confirmation"
PURPOSE_MAX = 30
ORDERS_MAX = 200
HOUSEHOLD = Actor(
    user_id=None, person_id=None, person_ext_id="", name="被问的户", origin=orgs.PORTAL
)
"""Who answers at the public door: nobody that the log could tell."""


def draw_due(at: datetime) -> int:
    """Draw for every payment order that the bank has lately paid; return how many texts follow."""
    since = at - timedelta(days=confirmation_rules.longest_look_back())
    paid = Payment.objects.filter(
        status=PaymentStatus.SETTLED, paid_at__gte=since, payee_person__isnull=False,
        order__state__in=(OrderState.SETTLED, OrderState.PART_SETTLED),
        order__is_backfilled=False, order__confirmation_round__isnull=True,
    )  # fmt: skip
    found = paid.values_list("order_id", "order__division_code").annotate(last=Max("paid_at"))
    asked = 0
    for order_id, place, last in found.order_by("last", "order_id")[:ORDERS_MAX]:
        figures = confirmation_rules.on(clock.local_date(at), place)
        age = at - last
        if timedelta(hours=figures.wait_hours) <= age <= timedelta(days=figures.look_back_days):
            asked += _draw(order_id, figures, at)
    return asked


@transaction.atomic
def _draw(order_id: int, figures: Figures, at: datetime) -> int:
    order = PaymentOrder.objects.select_for_update(of=("self",)).get(pk=order_id)
    if ConfirmationRound.objects.filter(order=order).exists():
        return 0
    salt = token_hex(16)

    def rank(key: str) -> str:
        return households.index("confirmation-lot", f"{salt}:{key}")

    reached = _payments_by_household(order)
    own = _own_phones(reached)
    resting = _resting(order.division_code, own, figures, at)
    free = {key: rows for key, rows in own.items() if key not in resting}
    count = figures.count(
        len(free),
        chance=confirmation_rules.lot(rank, order.ext_id),
        asked_this_month=_asked_this_month(order.division_code, at),
    )
    chosen = confirmation_rules.draw((str(key) for key in free), count, rank)
    drawn = ConfirmationRound.objects.create(
        ext_id=ids.new_id("HF", at),
        order=order,
        division_code=order.division_code,
        salt=salt,
        drawn_at=at,
        closes_at=at + timedelta(days=figures.answer_days),
        household_count=len(reached),
        phoneless_count=len(reached) - len(own),
        rested_count=len(own) - len(free),
        asked_count=len(chosen),
    )
    _ask(drawn, [min(free[int(key)], key=lambda one: rank(one.ext_id)) for key in chosen], at)
    audit.write(
        chain=CHAIN,
        kind="voice.confirmation.drawn",
        by=SYSTEM,
        at=at,
        subject=("confirmation_round", drawn.ext_id),
        after={"households": drawn.household_count, "asked": drawn.asked_count},
    )
    return len(chosen)


def _payments_by_household(order: PaymentOrder) -> dict[int, list[Payment]]:
    """Return the payments that arrived, by household."""
    rows = (
        order.payments.filter(
            status=PaymentStatus.SETTLED, payee_person__household__isnull=False,
            payee_person__death_date__isnull=True,
        )
        .select_related("payee_person")
        .order_by("line_no")
    )  # fmt: skip
    found: dict[int, list[Payment]] = defaultdict(list)
    for one in rows:
        if one.payee_person is not None and one.payee_person.household_id is not None:
            found[one.payee_person.household_id].append(one)
    return found


def _own_phones(reached: dict[int, list[Payment]]) -> dict[int, list[Payment]]:
    """Keep payments whose payee has a phone of record that nobody of another household has."""
    phones = {_phone(one) for rows in reached.values() for one in rows} - {""}
    holders: dict[str, set[int | None]] = defaultdict(set)
    for phone, household in Person.objects.filter(phone_index__in=sorted(phones)).values_list(
        "phone_index", "household_id"
    ):
        holders[phone].add(household)
    kept = {
        key: [one for one in rows if holders.get(_phone(one)) == {key}]
        for key, rows in reached.items()
    }
    return {key: rows for key, rows in kept.items() if rows}


def _phone(one: Payment) -> str:
    return one.payee_person.phone_index if one.payee_person is not None else ""


def _resting(place: str, keys: Collection[int], figures: Figures, at: datetime) -> set[int]:
    """Return which households were asked lately, or asked not to be asked again."""
    known = Confirmation.objects.filter(round__division_code=place, household_id__in=sorted(keys))
    lately = known.filter(asked_at__gt=at - timedelta(days=figures.rest_days))
    declined = known.filter(answer=Answer.DECLINED)
    return {one for rows in (lately, declined) for one in rows.values_list("household", flat=True)}


def _asked_this_month(place: str, at: datetime) -> int:
    first = clock.local_date(at).replace(day=1)
    return Confirmation.objects.filter(
        round__division_code=place,
        asked_at__gte=clock.midnight(first),
    ).count()


def _ask(drawn: ConfirmationRound, payments: Sequence[Payment], at: datetime) -> None:
    """Write the questions down and their texts into the outbox; codes are there as ciphertext."""
    order = drawn.order
    [what] = naming.clean(order.division_code, [order.purpose])
    notices = []
    for payment in payments:
        person = payment.payee_person
        if person is None or person.household_id is None:
            raise NotFound
        code = ids.read_token(ids.new_token(confirmation_rules.CODE_BITS))
        made = Confirmation.objects.create(
            ext_id=ids.new_id("HD", at),
            round=drawn,
            payment=payment,
            household_id=person.household_id,
            code_hash=confirmation_queries.code_hash(code),
            asked_at=at,
            expires_at=drawn.closes_at,
        )
        notices.append(
            outbox.NewNotice(
                dedup_key=f"{TEMPLATE}:{made.ext_id}",
                channel=Channel.SMS,
                template=TEMPLATE,
                person_id=person.pk,
                sealed_phone=person.sealed_phone,
                params={
                    "place": orgs.village_name(order.division_code),
                    "what": what[:PURPOSE_MAX],
                    "amount": money.portal_yuan(payment.amount_fen),
                    "site": settings.SANZI.public_url,
                    "code": secrets.seal("notice", code),
                    "until": clock.day_said(clock.local_date(drawn.closes_at)),
                },
                expires_at=drawn.closes_at,
            )
        )
    outbox.enqueue(notices, at=at)


def answer(*, knock: households.Knock, said: str, received: str = "") -> Confirmation:
    """Take the one answer of a household.

    Shapes: `knock.name` is the code; `said` an `Answer`; `received` the yuan that arrived, for a
        wrong sum. Raises: TooManyTries, ConfirmationNotOpened, ConfirmationAnswered,
        ConfirmationOver, AnswerMissing, SumUnclear. Nothing is kept then but a wrong code's try.
    """
    at = knock.at
    found = confirmation_queries.by_code(knock)
    if said not in Answer.values:
        raise AnswerMissing(field="said")
    fen = _received(received, found.payment.amount_fen) if said == Answer.WRONG_SUM else None
    with transaction.atomic():
        held = Confirmation.objects.select_for_update(of=("self",)).get(pk=found.pk)
        confirmation_queries.require_open(held, at)
        held.answer, held.received_fen, held.answered_at = said, fen, at
        held.save(update_fields=["answer", "received_fen", "answered_at"])
        audit.write(
            chain=CHAIN,
            kind="voice.confirmation.answered",
            by=HOUSEHOLD,
            at=at,
            subject=("confirmation", held.ext_id),
            after={"answer": said},
        )
    return held


def _received(typed: str, paid_fen: int) -> int:
    """Return the fen that arrived. Raises: SumUnclear."""
    try:
        fen = money.parse_yuan(typed)
    except BadAmount as bad:
        raise SumUnclear(why=str(bad.data["why"]), field="received") from bad
    if fen == paid_fen:
        raise SumUnclear(why="和发的一样多，请按“收到了”", field="received")
    return fen


@transaction.atomic
def open_household(*, ext_id: str, reason: str, by: Actor, at: datetime) -> str:
    """Return who was asked, in full, for the office that has the alert; the look is written down.

    Raises: NotFound, ReasonTooShort. Nothing is told then.
    """
    found = confirmation_queries.access_confirmation(by=by, ext_id=ext_id)
    if len(reason.strip()) < REASON_LEAST:
        raise ReasonTooShort(least=REASON_LEAST)
    audit.write(
        chain=CHAIN,
        kind="voice.confirmation.opened",
        by=by,
        at=at,
        subject=("confirmation", found.ext_id),
        after={"reason": reason.strip()[:200]},
    )
    return found.payment.payee_name
