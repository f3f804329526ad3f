"""Village cards as pages read them: what is owed, what is late, what is to be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from sanzi.evidence import queries as files
from sanzi.kernel import clock
from sanzi.kernel.workdays import Calendar
from sanzi.ledger.queries import subjects
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments import card_rules
from sanzi.payments.card_rules import Doubt
from sanzi.payments.models import (
    CardLine,
    CardSettlement,
    OrderState,
    PaymentOrder,
    SettlementState,
    VillageCard,
)

SEE = "payments.see"


@dataclass(frozen=True)
class CardView:
    """A card in a list. Units: fen; `owed_fen` is what was spent and is not repaid."""

    ext_id: str
    organisation: str
    division_code: str
    holder: str
    tail: str
    limit_fen: int
    owed_fen: int
    unsettled_count: int
    late_count: int
    bill_day: int
    due_day: int
    closed_date: date | None

    @property
    def is_over_limit(self) -> bool:
        """Whether more is owed than the card allows."""
        return self.owed_fen > self.limit_fen


@dataclass(frozen=True)
class CardLineView:
    """A line with what is to be looked at. Units: fen, below zero for a refund."""

    ext_id: str
    booked_at: datetime
    kind_label: str
    merchant: str
    memo: str
    signed_fen: int
    due_date: date
    settlement: str
    settlement_label: str
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True)
class SettlementView:
    """A settlement as its page shows it. Units: fen."""

    ext_id: str
    card: str
    organisation: str
    holder: str
    tail: str
    purpose: str
    subject: str
    net_fen: int
    invoice_fen: int
    slip_fen: int
    state: str
    state_label: str
    started_at: datetime
    asked_at: datetime | None
    decided_at: datetime | None
    opinion: str
    repaid_at: datetime | None
    order_state: str
    order_label: str
    lines: tuple[CardLineView, ...]
    may_ask: bool
    may_decide: bool
    may_instruct: bool
    may_release: bool


def access_cards(*, by: Actor, division_code: str = "") -> QuerySet[VillageCard]:
    """Return the cards of the actor's scope, open ones first."""
    rows = VillageCard.objects.filter(scope.within(by, SEE)).select_related(
        "organisation", "holder"
    )
    if division_code:
        rows = rows.filter(division_code=division_code)
    return rows.order_by("closed_date", "division_code", "pk")


def access_card(*, by: Actor, ext_id: str) -> VillageCard:
    """Return a card. Raises: NotFound."""
    found = access_cards(by=by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def views(cards: Iterable[VillageCard], today: date) -> list[CardView]:
    """Return the cards of one page with their figures, in one query for all lines."""
    chosen = list(cards)
    lines: dict[int, list[CardLine]] = {one.pk: [] for one in chosen}
    for line in (
        CardLine.objects.filter(card__in=chosen)
        .exclude(settlement__state=SettlementState.REPAID)
        .select_related("settlement")
    ):
        lines[line.card_id].append(line)
    calendar = orgs.calendar()
    return [_view(one, lines[one.pk], today, calendar) for one in chosen]


def lines_of(card: VillageCard, today: date) -> list[CardLineView]:
    """Return the lines of a card whose door the caller holds, newest first."""
    calendar = orgs.calendar()
    rows = card.lines.select_related("settlement").order_by("-booked_at", "-pk")
    return [_line(one, today, calendar) for one in rows]


def settlements(*, by: Actor, state: str = "") -> QuerySet[CardSettlement]:
    """Return the settlements of the actor's scope, newest first."""
    rows = CardSettlement.objects.filter(scope.within(by, SEE)).select_related(
        "card__organisation", "card__holder"
    )
    if state:
        rows = rows.filter(state=state)
    return rows.order_by("-started_at", "-pk")


def settlement(*, by: Actor, ext_id: str, today: date) -> SettlementView:
    """Return a settlement with its lines, and what this actor may do with it. Raises: NotFound."""
    found = settlements(by=by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    order = PaymentOrder.objects.filter(case_number=ext_id).first()
    state = order.state if order else ""
    card, place = found.card, found.division_code
    calendar = orgs.calendar()
    is_own = card.holder_id == by.person_id or found.started_by_id == by.user_id
    return SettlementView(
        ext_id=found.ext_id,
        card=card.ext_id,
        organisation=card.organisation.name,
        holder=card.holder.name,
        tail=card.tail,
        purpose=found.purpose,
        subject=subjects.words(card.organisation.kind, found.subject_code),
        net_fen=found.net_fen,
        invoice_fen=sum(one.taken_fen for one in files.invoices_of(ext_id)),
        slip_fen=found.slip_fen,
        state=found.state,
        state_label=str(SettlementState(found.state).label),
        started_at=found.started_at,
        asked_at=found.asked_at,
        decided_at=found.decided_at,
        opinion=found.opinion,
        repaid_at=found.repaid_at,
        order_state=state,
        order_label=str(OrderState(state).label) if state else "",
        lines=tuple(
            _line(one, today, calendar) for one in found.lines.select_related("settlement")
        ),
        may_ask=found.state == SettlementState.DRAFT
        and scope.can(by, "payments.card_settle", place),
        may_decide=found.state == SettlementState.ASKED
        and not is_own
        and scope.can(by, "payments.card_manage", place),
        may_instruct=state == OrderState.APPROVED and scope.can(by, "payments.instruct", place),
        may_release=state == OrderState.INSTRUCTED and scope.can(by, "payments.release", place),
    )


def subject_choices(card: VillageCard, today: date) -> list[tuple[str, str]]:
    """Return (code, words) of the accounts on which a settlement of a card may be booked."""
    return subjects.choices(card.organisation.kind, "payment.settled", today)


def _view(card: VillageCard, lines: list[CardLine], today: date, calendar: Calendar) -> CardView:
    found = [_line(one, today, calendar) for one in lines]
    return CardView(
        ext_id=card.ext_id,
        organisation=card.organisation.name,
        division_code=card.division_code,
        holder=card.holder.name,
        tail=card.tail,
        limit_fen=card.limit_fen,
        owed_fen=sum(one.signed_fen for one in lines),
        unsettled_count=sum(not one.settlement for one in found),
        late_count=sum(any(doubt.is_late for doubt in one.doubts) for one in found),
        bill_day=card.bill_day,
        due_day=card.due_day,
        closed_date=card.closed_date,
    )


def _line(line: CardLine, today: date, calendar: Calendar) -> CardLineView:
    owner = line.settlement
    is_claimed = owner is not None and owner.state != SettlementState.DRAFT
    seen = card_rules.SeenLine(
        kind=line.kind,
        amount_fen=line.amount_fen,
        mcc=line.mcc,
        day=clock.local_date(line.booked_at),
        due_date=line.due_date,
        is_claimed=is_claimed,
        is_repaid=owner is not None and owner.state == SettlementState.REPAID,
    )
    return CardLineView(
        ext_id=line.ext_id,
        booked_at=line.booked_at,
        kind_label=line.get_kind_display(),
        merchant=line.merchant,
        memo=line.memo,
        signed_fen=line.signed_fen,
        due_date=line.due_date,
        settlement=owner.ext_id if owner else "",
        settlement_label=str(SettlementState(owner.state).label) if owner else "",
        doubts=tuple(card_rules.doubts(seen, today, calendar)),
    )
