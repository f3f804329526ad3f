"""Village cards as pages read them: what is owed, what is late, what is to be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, F, Q, QuerySet, When

from sanzi.evidence import queries as files
from sanzi.kernel import clock
from sanzi.kernel.workdays import Calendar
from sanzi.ledger.queries import subjects
from sanzi.orgs import queries as orgs
from sanzi.orgs import roles, scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Organisation
from sanzi.payments import card_rules
from sanzi.payments.card_rules import Doubt
from sanzi.payments.models import (
    AccountKind,
    BankAccount,
    CardLine,
    CardSettlement,
    OrderState,
    PaymentOrder,
    SettlementState,
    VillageCard,
)
from sanzi.payments.queries import failures

SEE = "payments.see"
PRIVATE = frozenset({"cash", "barred", "suspended"})
"""Doubts that a line is no matter of the village."""


@dataclass(frozen=True)
class CardView:
    """A card in a list. Units: fen; `owed_fen` is what was spent and is not repaid.

    `open_count` says how many lines those are, `private_count` how many of them look private.
    """

    ext_id: str
    organisation: str
    division_code: str
    holder: str
    tail: str
    limit_fen: int
    owed_fen: int
    unsettled_count: int
    late_count: int
    open_count: int
    private_count: int
    bill_day: int
    due_day: int
    closed_date: date | None
    is_suspended: bool

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
    borne_reason: str
    doubts: tuple[Doubt, ...]

    @property
    def borne_words(self) -> str:
        """Say that the holder bears the line, and why; empty when he does not."""
        return f"持卡人自己还：{self.borne_reason}" if self.borne_reason else ""


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
    failure: str
    may_repay_again: bool


@dataclass(frozen=True)
class CardFilter:
    """What a list of cards is narrowed to; empty means all. `state` is a key of `STATES`."""

    text: str = ""
    division_code: str = ""
    state: str = ""


STATES = {"open": "在用", "suspended": "停用", "closed": "已销", "": "全部"}
EVERY = CardFilter()


def access_cards(*, by: Actor, only: CardFilter = EVERY) -> QuerySet[VillageCard]:
    """Return the cards of the actor's scope, open ones first.

    Words are found in the holder's name and the body's; four figures are the end of a number.
    """
    rows = VillageCard.objects.filter(scope.within(by, SEE)).select_related(
        "organisation", "holder", "repaid_from"
    )
    if only.division_code:
        rows = rows.filter(division_code=only.division_code)
    if only.text:
        rows = rows.filter(
            Q(holder__name__contains=only.text)
            | Q(organisation__name__contains=only.text)
            | Q(tail=only.text)
        )
    if only.state in STATES and only.state:
        rows = rows.filter(_standing(only.state))
    return rows.order_by(F("closed_date").asc(nulls_first=True), "division_code", "pk")


def _standing(state: str) -> Q:
    if state == "closed":
        return Q(closed_date__isnull=False)
    stopped = Q(suspended_at__isnull=False, resumed_at__isnull=True)
    return Q(closed_date__isnull=True) & (stopped if state == "suspended" else ~stopped)


def may_manage(*, by: Actor, card: VillageCard) -> bool:
    """Return whether the actor may change a card."""
    return scope.can(by, "payments.card_manage", card.division_code)


def holders(*, by: Actor, organisation: str, today: date) -> list[tuple[str, str]]:
    """Return (ext id, name and post) of who may hold a card of a body in the actor's reach.

    Raises: NotFound.
    """
    body = _managed(by, organisation)
    codes = [one.code for one in roles.roles().values() if "payments.card_hold" in one.may]
    posts = Appointment.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=today),
        organisation__division_id=body.division_id,
        start_date__lte=today,
        role_code__in=codes,
    ).select_related("person")
    found: dict[str, str] = {}
    for one in posts.order_by("role_code", "pk"):
        words = f"{one.person.name}，{roles.title(one.role_code)}"
        found.setdefault(one.person.ext_id, words)
    return list(found.items())


def accounts(*, by: Actor, organisation: str) -> list[tuple[str, str]]:
    """Return (ext id, words) of the open accounts of a body, the basic one first.

    Raises: NotFound.
    """
    own = BankAccount.objects.filter(
        organisation=_managed(by, organisation), closed_date__isnull=True
    )
    first = Case(When(kind=AccountKind.BASIC, then=0), default=1)
    return [
        (one.ext_id, f"{AccountKind(one.kind).label}，尾号{one.tail}")
        for one in own.order_by(first, "pk")
    ]


def _managed(by: Actor, organisation: str) -> Organisation:
    body = Organisation.objects.filter(ext_id=organisation).first()
    if body is None or not scope.can(by, "payments.card_manage", body.division_id):
        raise NotFound
    return body


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
        CardLine.objects.filter(card__in=chosen, borne_at__isnull=True)
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
    may_manage = not is_own and scope.can(by, "payments.card_manage", place)
    is_approved = found.state == SettlementState.APPROVED
    failure = _failure(by, ext_id) if is_approved and order else ""
    is_stuck = bool(failure) or (is_approved and state == OrderState.SUBMITTED)
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
        may_decide=found.state == SettlementState.ASKED and may_manage,
        may_instruct=state == OrderState.APPROVED and scope.can(by, "payments.instruct", place),
        may_release=state == OrderState.INSTRUCTED and scope.can(by, "payments.release", place),
        failure=failure,
        may_repay_again=is_stuck and may_manage,
    )


def _failure(by: Actor, ext_id: str) -> str:
    """Return why the repayment ended without success and what to do; empty when it did not."""
    for group in failures.failed_groups(by=by, case_number=ext_id):
        for line in group.lines:
            return f"{line.sentence}{line.next_step}"
    return ""


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
        open_count=len(lines),
        private_count=sum(any(doubt.code in PRIVATE for doubt in one.doubts) for one in found),
        bill_day=card.bill_day,
        due_day=card.due_day,
        closed_date=card.closed_date,
        is_suspended=card.is_suspended,
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
        is_repaid=line.borne_at is not None
        or (owner is not None and owner.state == SettlementState.REPAID),
        is_suspended=line.is_suspended,
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
        borne_reason=line.borne_reason if line.borne_at else "",
        doubts=tuple(card_rules.doubts(seen, today, calendar)),
    )
