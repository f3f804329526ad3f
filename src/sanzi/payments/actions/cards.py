"""Village cards: registered by the township, and their lines fetched from the bank.

What changes on a card later is in `card_terms`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.bank.errors import GatewayError
from sanzi.bank.port import CardEntry, KnownCard
from sanzi.kernel import clock, identity, ids, money
from sanzi.orgs import roles, scope, secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Organisation, Person
from sanzi.payments import card_rules
from sanzi.payments.actions import gateways
from sanzi.payments.card_errors import (
    CardHolderWrong,
    CardTaken,
    CardTermsWrong,
)
from sanzi.payments.errors import BankUnavailable
from sanzi.payments.models import (
    AccountKind,
    BankAccount,
    CardLine,
    CardSettlement,
    SettlementState,
    VillageCard,
)

logger = logging.getLogger(__name__)

MANAGE = "payments.card_manage"
HOLD = "payments.card_hold"
DAYS = range(1, 29)


@dataclass(frozen=True)
class CardFields:
    """A card as the township registers it. Units: fen; days of a month from 1 to 28.

    Ids are ext ids; an empty account means the body's basic one.
    """

    organisation: str
    holder: str
    number: str
    bank_code: str
    limit_fen: int
    bill_day: int
    due_day: int
    repaid_from: str = ""


@dataclass(frozen=True)
class FetchedLines:
    """What a round brought: lines that are new, and cards whose bank gave no answer."""

    line_count: int
    silent_count: int


def register_card(*, fields: CardFields, by: Actor, at: datetime) -> str:
    """Register a card that the bank has issued, and return its id.

    Where the bank lists cards it is asked first: number, holder and days must be the bank's, and
    our limit no higher than the bank's.
    Raises: NotFound, CardTermsWrong, CardHolderWrong, CardTaken, BankUnavailable, what the checks
        of number and bank code raise. Nothing is written then.
    """
    body = Organisation.objects.filter(ext_id=fields.organisation).first()
    if body is None:
        raise NotFound
    scope.require(by, MANAGE, body.division_id)
    by.require_second_factor(at)
    require_terms(fields, at)
    number = identity.check_account(fields.number)
    account = repaid_from(fields, body)
    holder = _holder(fields, body, at)
    require_as_at_bank(fields, number, holder, account)
    with transaction.atomic():
        _require_free(number, holder, body)
        made = VillageCard.objects.create(
            ext_id=ids.new_id("VK", at),
            organisation=body,
            division_code=body.division_id,
            holder=holder,
            sealed_number=secrets.seal("account", number),
            number_index=secrets.index("account", number),
            tail=number[-4:],
            bank_code=identity.check_cnaps(fields.bank_code),
            repaid_from=account,
            limit_fen=fields.limit_fen,
            bill_day=fields.bill_day,
            due_day=fields.due_day,
            issued_date=clock.local_date(at),
        )
        told = {"holder": holder.ext_id, "tail": made.tail, "limit_fen": made.limit_fen}
        _audit(made, "registered", by, at, told)
    return made.ext_id


def work(at: datetime) -> int:
    """Fetch what is new on every card (a duty of the worker); return how many lines came."""
    return fetch_lines(at=at).line_count


def fetch_lines(*, at: datetime, by: Actor = SYSTEM) -> FetchedLines:
    """Ask the banks for the lines of all cards that are open or still owe. A line is kept once."""
    came = silent = 0
    owing = CardSettlement.objects.exclude(
        state__in=[SettlementState.REPAID, SettlementState.REFUSED]
    )
    cards = VillageCard.objects.filter(
        Q(closed_date__isnull=True) | Q(pk__in=owing.values("card_id"))
    ).select_related("repaid_from", "organisation")
    for card in cards.order_by("pk"):
        try:
            bank = gateways.of(card.repaid_from)
            if not bank.capabilities().can_tell_cards:
                continue
            number = secrets.reveal("account", card.sealed_number)
            entries = bank.card_lines(number, card.last_line_seq)
        except GatewayError as problem:
            logger.warning("lines of card %s: %s", card.ext_id, problem)
            silent += 1
            continue
        came += _keep(card, entries, by=by, at=at)
    return FetchedLines(came, silent)


@transaction.atomic
def _keep(card: VillageCard, entries: tuple[CardEntry, ...], *, by: Actor, at: datetime) -> int:
    """Write the lines that are not known yet; the bank may tell the same ones again."""
    if not entries:
        return 0
    locked = VillageCard.objects.select_for_update(of=("self",)).get(pk=card.pk)
    refs = [one.bank_ref for one in entries]
    known = set(locked.lines.filter(bank_ref__in=refs).values_list("bank_ref", flat=True))
    fresh = {one.bank_ref: one for one in entries if one.bank_ref not in known}
    CardLine.objects.bulk_create([_line(locked, one, at) for one in fresh.values()], batch_size=200)
    newest = max(one.seq for one in entries)
    if newest > locked.last_line_seq:
        locked.last_line_seq = newest
        locked.save(update_fields=["last_line_seq"])
    if fresh:
        told: dict[str, object] = {
            "lines": len(fresh),
            "amount_fen": sum(one.amount_fen for one in fresh.values()),
        }
        _audit(card, "lines_came", by, at, told)
    return len(fresh)


def _line(card: VillageCard, entry: CardEntry, at: datetime) -> CardLine:
    day = clock.local_date(entry.booked_at)
    return CardLine(
        ext_id=ids.new_id("VL", at),
        card=card,
        bank_ref=entry.bank_ref,
        booked_at=entry.booked_at,
        kind=entry.kind,
        amount_fen=entry.amount_fen,
        merchant=entry.merchant[:120],
        mcc=entry.mcc,
        memo=entry.memo[:140],
        due_date=entry.due_date or card_rules.due_date(day, card.bill_day, card.due_day),
        is_suspended=card.was_suspended_at(entry.booked_at),
    )


def require_terms(fields: CardFields, at: datetime) -> None:
    """Refuse a limit or days that the county does not allow. Raises: CardTermsWrong."""
    highest = card_rules.on(clock.local_date(at)).limit_max_fen
    if not 0 < fields.limit_fen <= highest:
        why = f"要大于0，不超过{money.format_yuan(highest)}元"
        raise CardTermsWrong(field="额度", why=why)
    for field, day in (("账单日", fields.bill_day), ("还款日", fields.due_day)):
        if day not in DAYS:
            raise CardTermsWrong(field=field, why="要在每月1日到28日之间")


def repaid_from(fields: CardFields, body: Organisation) -> BankAccount:
    """Return the body's account that repays the card. Raises: CardTermsWrong."""
    own = BankAccount.objects.filter(organisation=body, closed_date__isnull=True)
    if fields.repaid_from:
        own = own.filter(ext_id=fields.repaid_from)
    else:
        own = own.filter(kind=AccountKind.BASIC)
    found = own.order_by("pk").first()
    if found is None:
        raise CardTermsWrong(field="还款账户", why=f"{body.name}没有这个在用的账户")
    return found


def _holder(fields: CardFields, body: Organisation, at: datetime) -> Person:
    """Return the person, who must hold a post in this village that carries a card."""
    today = clock.local_date(at)
    posts = Appointment.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=today),
        person__ext_id=fields.holder,
        organisation__division_id=body.division_id,
        start_date__lte=today,
        role_code__in=[one.code for one in roles.roles().values() if HOLD in one.may],
    )
    post = posts.select_related("person").first()
    if post is None:
        raise CardHolderWrong(why="不是本村在任、能持卡的人")
    return post.person


def _require_free(number: str, holder: Person, body: Organisation) -> None:
    if VillageCard.objects.filter(number_index=secrets.index("account", number)).exists():
        raise CardTaken(why=f"尾号{number[-4:]}已经在册")
    has_one = VillageCard.objects.filter(organisation=body, holder=holder, closed_date=None)
    if has_one.exists():
        raise CardTaken(why=f"{holder.name}已经有一张在用的卡")


def require_as_at_bank(
    fields: CardFields, number: str, holder: Person, account: BankAccount
) -> None:
    """Refuse what differs from the bank's list, where it has one.

    Raises: CardTermsWrong, CardHolderWrong, BankUnavailable.
    """
    try:
        bank = gateways.of(account)
        if not bank.capabilities().can_tell_cards:
            return
        known = {one.card: one for one in bank.cards()}
    except GatewayError as problem:
        raise BankUnavailable from problem
    _compare(fields, known.get(number), holder)


def _compare(fields: CardFields, known: KnownCard | None, holder: Person) -> None:
    if known is None or not known.is_open:
        raise CardTermsWrong(field="卡号", why="银行没有这张在用的村务卡")
    if known.holder != holder.name:
        raise CardHolderWrong(why="和银行登记的持卡人不一样")
    if fields.limit_fen > known.limit_fen:
        raise CardTermsWrong(field="额度", why=f"银行只给{money.format_yuan(known.limit_fen)}元")
    if (fields.bill_day, fields.due_day) != (known.bill_day, known.due_day):
        why = f"银行是{known.bill_day}日出账、{known.due_day}日还款"
        raise CardTermsWrong(field="账单日和还款日", why=why)


def _audit(card: VillageCard, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=card.organisation.ext_id,
        kind=f"payments.card.{what}",
        by=by,
        at=at,
        subject=("village_card", card.ext_id),
        after=after,
    )
