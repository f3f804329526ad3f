"""What the township changes on a village card: its limit, days and account, its use, its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import cards
from sanzi.payments.actions.cards import MANAGE, CardFields
from sanzi.payments.card_errors import (
    CardClosed,
    CardLineTaken,
    CardOwes,
    CardStands,
    CardTermsWrong,
    HolderDecides,
)
from sanzi.payments.errors import ReasonNeeded
from sanzi.payments.models import CardLine, SettlementState, VillageCard

REASON_LENGTH_MIN = 4


@dataclass(frozen=True)
class CardTerms:
    """What may change on a card. Units: fen; days of a month from 1 to 28; account by ext id."""

    limit_fen: int
    bill_day: int
    due_day: int
    repaid_from: str


def change_terms(*, ext_id: str, terms: CardTerms, by: Actor, at: datetime) -> None:
    """Change limit, days or account of repayment; lines that came keep their due dates.

    Where the bank lists cards it is asked first: the days must be the bank's, and our limit no
    higher than the bank's.
    Raises: NotFound, SecondFactorNeeded, CardClosed, CardTermsWrong, BankUnavailable. Nothing is
        written then.
    """
    card = _known(ext_id, by, at)
    number = secrets.reveal("account", card.sealed_number)
    asked = CardFields(
        organisation=card.organisation.ext_id,
        holder=card.holder.ext_id,
        number=number,
        bank_code=card.bank_code,
        limit_fen=terms.limit_fen,
        bill_day=terms.bill_day,
        due_day=terms.due_day,
        repaid_from=terms.repaid_from,
    )
    cards.require_terms(asked, at)
    account = cards.repaid_from(asked, card.organisation)
    cards.require_as_at_bank(asked, number, card.holder, account)
    with transaction.atomic():
        card = _locked(ext_id, by)
        before = _terms(card)
        after = replace(terms, repaid_from=account.ext_id).__dict__
        changed = {name for name in after if after[name] != before[name]}
        if not changed:
            raise CardTermsWrong(field="额度、日子和账户", why="和现在的一样，没有要改的")
        card.limit_fen, card.repaid_from = terms.limit_fen, account
        card.bill_day, card.due_day = terms.bill_day, terms.due_day
        card.save(update_fields=["limit_fen", "repaid_from", "bill_day", "due_day"])
        _audit(
            card, "terms_changed", by, at,
            before={name: before[name] for name in sorted(changed)},
            after={name: after[name] for name in sorted(changed)},
        )  # fmt: skip


def _terms(card: VillageCard) -> dict[str, object]:
    return {
        "limit_fen": card.limit_fen,
        "bill_day": card.bill_day,
        "due_day": card.due_day,
        "repaid_from": card.repaid_from.ext_id,
    }


@transaction.atomic
def suspend(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Stop a card: what is spent with it from now on is not settled by the village.

    The bank's own block is asked for at the bank; this is what our books take.
    Raises: NotFound, SecondFactorNeeded, CardClosed, CardStands, ReasonNeeded.
    """
    _known(ext_id, by, at)
    card = _locked(ext_id, by)
    if card.is_suspended:
        raise CardStands(tail=card.tail, state="已经停用了", verb="停")
    said = reason.strip()
    if len(said) < REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="停用")
    card.suspended_at, card.resumed_at, card.suspended_reason = at, None, said[:200]
    card.save(update_fields=["suspended_at", "resumed_at", "suspended_reason"])
    _audit(card, "suspended", by, at, after={"reason": card.suspended_reason})


@transaction.atomic
def resume(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Let a suspended card be used again; what was spent meanwhile stays the holder's own.

    Raises: NotFound, SecondFactorNeeded, CardClosed, CardStands.
    """
    _known(ext_id, by, at)
    card = _locked(ext_id, by)
    if not card.is_suspended:
        raise CardStands(tail=card.tail, state="没有停用", verb="恢复")
    card.resumed_at = at
    card.save(update_fields=["resumed_at"])
    _audit(card, "resumed", by, at, after={"tail": card.tail})


@transaction.atomic
def close_card(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Close a card on which nothing is open any more.

    Raises: NotFound, SecondFactorNeeded, CardClosed, CardOwes.
    """
    _known(ext_id, by, at)
    card = _locked(ext_id, by)
    open_lines = (
        card.lines.filter(borne_at__isnull=True)
        .exclude(settlement__state=SettlementState.REPAID)
        .count()
    )
    if open_lines:
        raise CardOwes(tail=card.tail, count=open_lines)
    card.closed_date = clock.local_date(at)
    card.save(update_fields=["closed_date"])
    _audit(card, "closed", by, at, after={"tail": card.tail})


@transaction.atomic
def bear_line(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Say that the holder bears a line himself and has repaid it: cash, private use, interest.

    Such a line is never settled by the village. The holder does not say it himself.
    Raises: NotFound, HolderDecides, CardLineTaken, ReasonNeeded. Nothing is written then.
    """
    line = (
        CardLine.objects.select_for_update(of=("self",))
        .select_related("card__organisation")
        .filter(ext_id=ext_id)
        .first()
    )
    if line is None:
        raise NotFound
    scope.require(by, MANAGE, line.card.division_code)
    if by.person_id is not None and by.person_id == line.card.holder_id:
        raise HolderDecides(why="您是持卡人")
    if line.settlement_id is not None:
        raise CardLineTaken(why="已经报了")
    if line.borne_at is not None:
        raise CardLineTaken(why="已经定了")
    said = reason.strip()
    if len(said) < REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="定由持卡人自己还")
    line.borne_at, line.borne_by_id, line.borne_reason = at, by.user_id, said[:200]
    line.save(update_fields=["borne_at", "borne_by_id", "borne_reason"])
    told = {"line": line.bank_ref, "amount_fen": line.amount_fen, "reason": line.borne_reason}
    _audit(line.card, "line_borne", by, at, after=told)


def _known(ext_id: str, by: Actor, at: datetime) -> VillageCard:
    """Return an open card that this actor may change, the second factor shown."""
    card = (
        VillageCard.objects.select_related("organisation", "holder", "repaid_from")
        .filter(ext_id=ext_id)
        .first()
    )
    if card is None:
        raise NotFound
    scope.require(by, MANAGE, card.division_code)
    by.require_second_factor(at)
    if card.closed_date is not None:
        raise CardClosed(tail=card.tail)
    return card


def _locked(ext_id: str, by: Actor) -> VillageCard:
    """Return the card under lock; another may have closed it since it was read."""
    card = (
        VillageCard.objects.select_for_update(of=("self",))
        .select_related("organisation", "holder", "repaid_from")
        .get(ext_id=ext_id)
    )
    scope.require(by, MANAGE, card.division_code)
    if card.closed_date is not None:
        raise CardClosed(tail=card.tail)
    return card


def _audit(
    card: VillageCard,
    what: str,
    by: Actor,
    at: datetime,
    *,
    after: dict[str, object],
    before: dict[str, object] | None = None,
) -> None:
    audit.write(
        chain=card.organisation.ext_id,
        kind=f"payments.card.{what}",
        by=by,
        at=at,
        subject=("village_card", card.ext_id),
        before=before,
        after=after,
    )
