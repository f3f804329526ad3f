"""Village cards: asked for, approved, taken over from the bank, changed, closed.

The cards and their spending are the payments room's; here is how a village comes to one. Source:
the county's rules on village cards; one card for each holder, in his own name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from sanzi.bank.errors import GatewayError
from sanzi.bank.port import KnownCard
from sanzi.kernel import clock, ids, money
from sanzi.orgs import people_queries, roles
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Appointment, Organisation, Person
from sanzi.payments import card_rules
from sanzi.payments.actions import card_terms, cards, gateways
from sanzi.payments.errors import BankUnavailable
from sanzi.payments.models import BankAccount, VillageCard
from sanzi.registers.treasury import queries, rules
from sanzi.registers.treasury.actions import rows
from sanzi.registers.treasury.errors import (
    CardDiffers,
    CardNotFound,
    CardStillOpen,
    HolderNotFit,
    TreasuryWrong,
)
from sanzi.registers.treasury.models import CardIssue, CardIssueState, CardKind

LIVE = (CardIssueState.ASKED, CardIssueState.APPROVED, CardIssueState.ISSUED)
DAYS = range(1, 29)


@dataclass(frozen=True)
class Wish:
    """Who is to hold which card. Units: fen; days of a month from 1 to 28."""

    holder: str
    kind: str
    limit_fen: int
    bill_day: int
    due_day: int


def check(*, wish: Wish, organisation: str, at: datetime, case_number: str = "") -> None:
    """Refuse a holder without a post or with a card, and terms the county does not allow.

    Raises: NotFound, HolderNotFit, TreasuryWrong.
    """
    body = rows.body_of(organisation)
    if wish.kind not in CardKind.values:
        raise TreasuryWrong(what="哪一种卡", why="没有这一种", field="kind")
    person = _holder(wish.holder, body, at)
    others = CardIssue.objects.filter(organisation=body, holder=person, state__in=LIVE)
    has_card = VillageCard.objects.filter(organisation=body, holder=person, closed_date=None)
    if others.exclude(case_number=case_number or "-").exists() or has_card.exists():
        raise HolderNotFit(name=person.name, why="手上有一张，或者正在办", field="holder")
    day = clock.local_date(at)
    least, most = rules.on(day).card_limit_min_fen, card_rules.on(day).limit_max_fen
    if wish.kind == CardKind.RESERVE:
        least, most = 1, rules.on(day).card_reserve_max_fen
    if not least <= wish.limit_fen <= most:
        why = f"要在{money.format_yuan(least)}到{money.format_yuan(most)}元之间"
        raise TreasuryWrong(what="额度", why=why, field="limit")
    for field, value in (("bill_day", wish.bill_day), ("due_day", wish.due_day)):
        if value not in DAYS:
            raise TreasuryWrong(what="账单日和还款日", why="要在1到28日之间", field=field)


def _holder(ext_id: str, body: Organisation, at: datetime) -> Person:
    person = Person.objects.filter(ext_id=ext_id).first()
    if person is None:
        raise TreasuryWrong(what="谁持卡", why="名册里没有这个人", field="holder")
    if not may_hold(person, body.division_id, at):
        raise HolderNotFit(name=person.name, why="不是本村在任、能持卡的人", field="holder")
    return person


def may_hold(person: Person, division_code: str, at: datetime) -> bool:
    """Return whether a person has a post in a village that carries a card."""
    today = clock.local_date(at)
    carrying = [one.code for one in roles.roles().values() if cards.HOLD in one.may]
    posts = Appointment.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=today),
        person=person,
        organisation__division_id=division_code,
        start_date__lte=today,
        role_code__in=carrying,
    )
    return posts.exists()


def holder_choices(organisation: str, division_code: str) -> list[tuple[str, str]]:
    """Return who may be asked a card for: in a fitting post, and with no card yet."""
    at = clock.now()
    body = rows.body_of(organisation)
    live = CardIssue.objects.filter(organisation=body, state__in=LIVE)
    cards_out = VillageCard.objects.filter(organisation=body, closed_date=None)
    taken = {
        *live.values_list("holder__ext_id", flat=True),
        *cards_out.values_list("holder__ext_id", flat=True),
    }
    posted = people_queries.appointed(division_code, clock.local_date(at))
    free = Person.objects.filter(ext_id__in=[one for one, _ in posted if one not in taken])
    fit = {one.ext_id for one in free if may_hold(one, division_code, at)}
    return [choice for choice in posted if choice[0] in fit]


@transaction.atomic
def ask(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Enter a card that is asked for, or what a returned wish says now; return its ext id.

    Raises: what `check` raises.
    """
    check(wish=wish, organisation=organisation, at=at, case_number=case_number)
    body = rows.body_of(organisation)
    said = {
        "holder": Person.objects.get(ext_id=wish.holder),
        "kind": wish.kind,
        "limit_fen": wish.limit_fen,
        "bill_day": wish.bill_day,
        "due_day": wish.due_day,
        "asked_at": at,
        "state": CardIssueState.ASKED,
    }
    made, _ = CardIssue.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("BK", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    rows.tell(made, "card.asked", by, at, {"holder": wish.holder, "limit_fen": made.limit_fen})
    return made.ext_id


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the township agreed; the bank may issue. Raises: NotFound, NotNow."""
    found = rows.locked(CardIssue, case_number, (CardIssueState.ASKED,), "批准")
    found.approved_at, found.state = at, CardIssueState.APPROVED
    found.save(update_fields=["approved_at", "state"])
    rows.tell(found, "card.approved", by, at, {})


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it was given up."""
    found = rows.end(CardIssue, case_number)
    if found is not None:
        rows.tell(found, "card.ended", by, at, {})


@transaction.atomic
def issue(*, case_number: str, tail: str, by: Actor, at: datetime) -> str:
    """Tie the card that the bank issued: one registered before, else taken over from the bank.

    Nobody types its number where the bank tells its cards; the last four figures find it.
    Raises: NotFound, NotNow, CardNotFound, CardDiffers, BankUnavailable, what registering raises.
    """
    found = rows.locked(CardIssue, case_number, (CardIssueState.APPROVED,), "登记银行的卡")
    card = VillageCard.objects.filter(
        organisation=found.organisation, holder=found.holder, tail=tail, closed_date=None
    ).first()
    if card is None:
        card = _taken_over(found, tail, by, at)
    if card.limit_fen > found.limit_fen:
        raise CardDiffers(what="额度", why=f"批准的是{money.format_yuan(found.limit_fen)}元")
    if (card.bill_day, card.due_day) != (found.bill_day, found.due_day):
        why = f"批准的是{found.bill_day}日出账、{found.due_day}日还款"
        raise CardDiffers(what="日子", why=why)
    found.card, found.state = card, CardIssueState.ISSUED
    found.save(update_fields=["card", "state"])
    rows.tell(found, "card.issued", by, at, {"card": card.ext_id, "tail": tail})
    return card.ext_id


def _taken_over(found: CardIssue, tail: str, by: Actor, at: datetime) -> VillageCard:
    account = queries.basic_account(found.organisation)
    known = _at_bank(account, found.holder.name, tail) if account else None
    if account is None or known is None:
        raise CardNotFound(name=found.holder.name, tail=tail)
    made = cards.register_card(
        fields=cards.CardFields(
            organisation=found.organisation.ext_id,
            holder=found.holder.ext_id,
            number=known.card,
            bank_code=account.bank_code,
            limit_fen=min(found.limit_fen, known.limit_fen),
            bill_day=known.bill_day,
            due_day=known.due_day,
        ),
        by=by,
        at=at,
    )
    return VillageCard.objects.get(ext_id=made)


def _at_bank(account: BankAccount, holder: str, tail: str) -> KnownCard | None:
    """Return the open card of a holder at the bank of an account. Raises: BankUnavailable."""
    try:
        bank = gateways.of(account)
        if not bank.capabilities().can_tell_cards:
            return None
        told = bank.cards()
    except GatewayError as problem:
        raise BankUnavailable from problem
    fit = [one for one in told if one.holder == holder and one.is_open and one.card.endswith(tail)]
    return fit[0] if len(fit) == 1 else None


@transaction.atomic
def change(
    *, case_number: str, what: str, limit_fen: int, reason: str, by: Actor, at: datetime
) -> None:
    """Change the card of a matter: its limit, its use, its end. Units: fen.

    Shapes: `what` is limit, suspend, resume or close.
    Raises: NotFound, NotNow, TreasuryWrong, what the card itself refuses.
    """
    found = rows.locked(CardIssue, case_number, (CardIssueState.ISSUED,), "改卡")
    card = found.card
    if card is None:
        raise TreasuryWrong(what="卡", why="还没登记")
    if what == "limit":
        _change_limit(found, card, limit_fen, by, at)
    elif what == "suspend":
        card_terms.suspend(ext_id=card.ext_id, reason=reason, by=by, at=at)
    elif what == "resume":
        card_terms.resume(ext_id=card.ext_id, by=by, at=at)
    else:
        card_terms.close_card(ext_id=card.ext_id, by=by, at=at)
        found.state = CardIssueState.CLOSED
        found.save(update_fields=["state"])
    rows.tell(found, "card.changed", by, at, {"what": what, "reason": reason})


def _change_limit(
    found: CardIssue, card: VillageCard, limit_fen: int, by: Actor, at: datetime
) -> None:
    if limit_fen > found.limit_fen:
        why = f"超过批准的{money.format_yuan(found.limit_fen)}元，要加额请重新申请"
        raise TreasuryWrong(what="额度", why=why)
    terms = card_terms.CardTerms(
        limit_fen=limit_fen,
        bill_day=card.bill_day,
        due_day=card.due_day,
        repaid_from=card.repaid_from.ext_id,
    )
    card_terms.change_terms(ext_id=card.ext_id, terms=terms, by=by, at=at)


def require_closed(*, case_number: str) -> None:
    """Refuse to end the matter while the card is in use. Raises: CardStillOpen."""
    rows_of = CardIssue.objects.select_related("card").filter(case_number=case_number)
    found = rows_of.first()
    if found is not None and found.card is not None and found.state == CardIssueState.ISSUED:
        raise CardStillOpen(tail=found.card.tail)
