"""Card settlements: the lines of one matter with their evidence, decided by another, repaid by us.

Asking makes the payment order that repays the card: from the body's account to the card's own,
under the settlement's number. Approval is its approval; maker and checker, gate, digest, bank and
books are those of every payment.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from sanzi.audit import actions as audit
from sanzi.evidence import hooks as evidence
from sanzi.evidence import queries as files
from sanzi.evidence.actions import release as proofs
from sanzi.evidence.errors import SubjectClosed
from sanzi.kernel import clock, ids, money
from sanzi.ledger.queries import subjects
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import User
from sanzi.payments import card_rules, hooks
from sanzi.payments.actions import orders, payee_check, release
from sanzi.payments.actions.cards import MANAGE
from sanzi.payments.actions.orders import OrderFields, PayeeLine
from sanzi.payments.card_errors import (
    CardLineNotOurs,
    CardLineSuspended,
    CardLinesWrong,
    CardProofMissing,
    CardProofShort,
    HolderDecides,
    SettlementStands,
    SlipTooLarge,
)
from sanzi.payments.errors import BankUnavailable, ReasonNeeded, WrongField
from sanzi.payments.models import (
    CardLine,
    CardLineKind,
    CardSettlement,
    OrderState,
    PaymentOrder,
    SettlementState,
    VillageCard,
)
from sanzi.supervision.actions import holds

SETTLE = "payments.card_settle"
SEE = "payments.see"
SUBJECT = "card_settlement"
SLIP = "white_slip"
SETTLED_KINDS = (CardLineKind.PURCHASE, CardLineKind.REFUND)
REASON_LENGTH_MIN = 4
LINES_MAX = 50


@dataclass(frozen=True)
class SettlementFields:
    """One matter: its card, the lines that were picked, what it was, where it is booked."""

    card: str
    lines: Sequence[str]
    purpose: str
    subject_code: str


def register() -> None:
    """Speak for settlements to evidence, and hear of their repayment; once from `apps.ready`."""
    evidence.register(SUBJECT, evidence.Subject(_see, _change))
    hooks.on_lock(_lock)
    hooks.on_order_done(_order_done)
    hooks.on_line_failed(_line_failed)
    holds.acted.append(acted)


@transaction.atomic
def start(*, fields: SettlementFields, by: Actor, at: datetime) -> str:
    """Take the lines of one matter into a new settlement and return its id; proofs come next.

    Raises: NotFound, CardLinesWrong, CardLineNotOurs, WrongField. Nothing is written then.
    """
    card = (
        VillageCard.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(ext_id=fields.card)
        .first()
    )
    if card is None:
        raise NotFound
    scope.require(by, SETTLE, card.division_code)
    lines = _picked(card, fields.lines)
    net_fen = sum(one.signed_fen for one in lines)
    if net_fen < 0:
        raise CardLinesWrong(why="退货比消费多")
    _require_words(fields, card, at)
    made = CardSettlement.objects.create(
        ext_id=ids.new_id("CS", at),
        card=card,
        division_code=card.division_code,
        purpose=fields.purpose.strip()[:60],
        subject_code=fields.subject_code,
        net_fen=net_fen,
        started_by_id=by.user_id or 0,
        started_at=at,
    )
    CardLine.objects.filter(pk__in=[one.pk for one in lines]).update(settlement=made)
    told = {"lines": [one.bank_ref for one in lines], "net_fen": net_fen}
    _audit(made, "started", by, at, told)
    return made.ext_id


def _picked(card: VillageCard, ext_ids: Sequence[str]) -> list[CardLine]:
    wanted = list(dict.fromkeys(ext_ids))
    if not wanted:
        raise CardLinesWrong(why="一笔也没选")
    if len(wanted) > LINES_MAX:
        raise CardLinesWrong(why=f"一件事最多{LINES_MAX}笔")
    lines = list(CardLine.objects.select_for_update().filter(ext_id__in=wanted).order_by("pk"))
    if len(lines) < len(wanted) or any(one.card_id != card.pk for one in lines):
        raise CardLinesWrong(why="有的不是这张卡的")
    if any(one.settlement_id is not None for one in lines):
        raise CardLinesWrong(why="有的已经报了")
    if any(one.borne_at is not None for one in lines):
        raise CardLinesWrong(why="有的已经定由持卡人自己还")
    for one in lines:
        booked = clock.local_date(one.booked_at)
        day = clock.day_said(booked)
        if one.kind not in SETTLED_KINDS:
            raise CardLineNotOurs(day=day, kind=CardLineKind(one.kind).label)
        if one.is_suspended:
            raise CardLineSuspended(day=day)
    return lines


def _require_words(fields: SettlementFields, card: VillageCard, at: datetime) -> None:
    if len(fields.purpose.strip()) < REASON_LENGTH_MIN:
        raise WrongField(field="办什么事", why="至少写4个字")
    offered = subjects.choices(card.organisation.kind, "payment.settled", clock.local_date(at))
    if fields.subject_code not in dict(offered):
        raise WrongField(field="科目", why="付款不能记到这里")


@transaction.atomic
def drop(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Give up a settlement that was not handed in; its lines are free again.

    Raises: NotFound, SettlementStands.
    """
    found = _locked(ext_id, by, SETTLE, "撤掉", SettlementState.DRAFT)
    found.state = SettlementState.REFUSED
    found.opinion = "没交，撤掉了"
    found.decided_by_id, found.decided_at = by.user_id, at
    found.save(update_fields=["state", "opinion", "decided_by_id", "decided_at"])
    found.lines.update(settlement=None)
    _audit(found, "dropped", by, at, {})


@transaction.atomic
def ask(*, ext_id: str, by: Actor, at: datetime, slip_fen: int = 0) -> None:
    """Hand a settlement in: proofs must cover what was spent. Makes the order of repayment.

    `slip_fen` is what white slips show; above zero it needs the picture of one.
    Raises: NotFound, SettlementStands, CardProofMissing, CardProofShort, SlipTooLarge, and what
        payments refuse. Nothing is written then.
    """
    found = _locked(ext_id, by, SETTLE, "交", SettlementState.DRAFT)
    _require_proofs(found, slip_fen, at)
    found.slip_fen = slip_fen
    found.state, found.asked_at = SettlementState.ASKED, at
    found.save(update_fields=["slip_fen", "state", "asked_at"])
    if found.net_fen:
        orders.save_draft(
            case_number=ext_id, by=by, at=at, fields=_order(found), lines=[_card_line(found)]
        )
        orders.submit(case_number=ext_id, by=by, at=at)
        hooks.on_step_asked.tell(hooks.StepAsked(ext_id, "submit", by, at))
    told = {
        "net_fen": found.net_fen,
        "slip_fen": slip_fen,
        "files": [one.digest for one in files.attachments(SUBJECT, ext_id)],
        "invoices": [one.ext_id for one in files.invoices_of(ext_id)],
    }
    _audit(found, "asked", by, at, told)


def _require_proofs(found: CardSettlement, slip_fen: int, at: datetime) -> None:
    hung = files.attachments(SUBJECT, found.ext_id)
    if not hung:
        raise CardProofMissing(what="凭据")
    limit = card_rules.on(clock.local_date(at)).slip_max_fen
    if not 0 <= slip_fen <= limit:
        raise SlipTooLarge(slip=money.format_yuan(slip_fen), limit=money.format_yuan(limit))
    if slip_fen and SLIP not in {one.kind for one in hung}:
        raise CardProofMissing(what="收条的照片")
    proof_fen = slip_fen + sum(one.taken_fen for one in files.invoices_of(found.ext_id))
    if proof_fen < found.net_fen:
        raise CardProofShort(
            proof=money.format_yuan(proof_fen),
            spent=money.format_yuan(found.net_fen),
            short=money.format_yuan(found.net_fen - proof_fen),
        )


def approve(*, ext_id: str, by: Actor, at: datetime, opinion: str = "") -> None:
    """Approve a settlement and with it the order that repays the card.

    The bank is asked for the card's name first; where it does not answer, the maker asks again.
    Raises: NotFound, SettlementStands, HolderDecides, SecondFactorNeeded, PayeeNotPayable, what
        the approve gate refuses.
    """
    by.require_second_factor(at)
    with transaction.atomic():
        found = _for_decision(ext_id, by, "批")
        has_order = bool(found.net_fen)
    if has_order:
        hooks.on_step_asked.tell(hooks.StepAsked(ext_id, "approve", by, at))
        with suppress(BankUnavailable):
            payee_check.check_payees(case_number=ext_id, by=by, at=at)
    with transaction.atomic():
        found = _for_decision(ext_id, by, "批")
        _decide(found, SettlementState.APPROVED, opinion, by=by, at=at)
        if has_order:
            orders.approve(case_number=ext_id, by=by, at=at)
        else:
            _repaid(found, at)
        _audit(found, "approved", by, at, {"net_fen": found.net_fen, "opinion": found.opinion})


@transaction.atomic
def refuse(*, ext_id: str, by: Actor, at: datetime, opinion: str) -> None:
    """Send a settlement back with a reason: its order is void, its lines are free again.

    Raises: NotFound, SettlementStands, HolderDecides, ReasonNeeded.
    """
    found = _for_decision(ext_id, by, "退回")
    if len(opinion.strip()) < REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="退回")
    _decide(found, SettlementState.REFUSED, opinion, by=by, at=at)
    found.lines.update(settlement=None)
    if found.net_fen:
        orders.cancel(case_number=ext_id, by=by, at=at)
    _audit(found, "refused", by, at, {"opinion": found.opinion})


def instruct(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Make the bank instruction of an approved settlement (the maker's hand).

    The card's name is asked for again when the bank has not said it yet.
    Raises: NotFound, what the pay gate and the payments room refuse.
    """
    scope.require(by, "payments.instruct", _known(ext_id, by).division_code)
    hooks.on_step_asked.tell(hooks.StepAsked(ext_id, "pay", by, at))
    with suppress(BankUnavailable):
        payee_check.check_payees(case_number=ext_id, by=by, at=at)
    release.instruct(case_number=ext_id, by=by, at=at)


def repay(*, ext_id: str, by: Actor, at: datetime, reason: str = "") -> None:
    """Hand the repayment to the bank (the checker's hand); its invoices are asked about first.

    Raises: NotFound, and what gate, evidence and payments refuse.
    """
    scope.require(by, "payments.release", _known(ext_id, by).division_code)
    hooks.on_step_asked.tell(hooks.StepAsked(ext_id, "pay", by, at))
    proofs.ask(case_number=ext_id, by=by, at=at, reason=reason)
    release.release(case_number=ext_id, by=by, at=at)


def repay_again(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Let a repayment that the bank refused or gave back go round once more.

    Where the last attempt at this stopped at the bank's word on the name, it goes on from there.
    Raises: NotFound, SettlementStands, HolderDecides, SecondFactorNeeded, LineNotReopenable, what
        the approve gate refuses.
    """
    by.require_second_factor(at)
    with transaction.atomic():
        found = _locked(ext_id, by, MANAGE, "再还一次", SettlementState.APPROVED)
        _require_other_hand(found, by)
        waiting = PaymentOrder.objects.filter(case_number=ext_id, state=OrderState.SUBMITTED)
        if not waiting.exists():
            again = _card_line(found)
            orders.reopen_line(case_number=ext_id, line_no=1, by=by, at=at, corrected=again)
        _audit(found, "repaid_again", by, at, {"net_fen": found.net_fen})
    hooks.on_step_asked.tell(hooks.StepAsked(ext_id, "approve", by, at))
    with suppress(BankUnavailable):
        payee_check.check_payees(case_number=ext_id, by=by, at=at)
    orders.approve(case_number=ext_id, by=by, at=at)


def _order(found: CardSettlement) -> OrderFields:
    card = found.card
    return OrderFields(
        organisation=card.organisation.ext_id,
        matter_code="M11",
        purpose=found.purpose,
        subject_code=found.subject_code,
        source_kind="card",
        source_id=found.ext_id,
        handler=card.holder.ext_id,
        method="card",
        debit_account=card.repaid_from.ext_id,
    )


def _card_line(found: CardSettlement) -> PayeeLine:
    card = found.card
    return PayeeLine(
        kind="person",
        ext_id=card.holder.ext_id,
        payee_name=card.holder.name,
        account=secrets.reveal("account", card.sealed_number),
        bank_code=card.bank_code,
        amount_fen=found.net_fen,
        note=f"村务卡还款 {found.purpose}"[:60],
    )


def _for_decision(ext_id: str, by: Actor, verb: str) -> CardSettlement:
    found = _locked(ext_id, by, MANAGE, verb, SettlementState.ASKED)
    _require_other_hand(found, by)
    return found


def _require_other_hand(found: CardSettlement, by: Actor) -> None:
    if by.person_id == found.card.holder_id:
        raise HolderDecides(why="您是持卡人")
    if by.user_id == found.started_by_id:
        raise HolderDecides(why="是您报的")


def _known(ext_id: str, by: Actor) -> CardSettlement:
    found = CardSettlement.objects.filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    scope.require(by, SEE, found.division_code)
    return found


def _locked(ext_id: str, by: Actor, permission: str, verb: str, state: str) -> CardSettlement:
    found = (
        CardSettlement.objects.select_for_update(of=("self",))
        .select_related("card__organisation", "card__holder", "card__repaid_from")
        .filter(ext_id=ext_id)
        .first()
    )
    if found is None:
        raise NotFound
    scope.require(by, permission, found.division_code)
    if found.state != state:
        raise SettlementStands(state=SettlementState(found.state).label, verb=verb)
    return found


def _decide(
    found: CardSettlement, state: SettlementState, opinion: str, *, by: Actor, at: datetime
) -> None:
    found.state = state
    found.opinion = opinion.strip()[:200]
    found.decided_by_id, found.decided_at = by.user_id, at
    found.save(update_fields=["state", "opinion", "decided_by_id", "decided_at"])


def _repaid(found: CardSettlement, at: datetime) -> None:
    found.state, found.repaid_at = SettlementState.REPAID, at
    found.save(update_fields=["state", "repaid_at"])


def _of_order(case_number: str, *states: str) -> CardSettlement | None:
    rows = CardSettlement.objects.select_for_update(of=("self",)).select_related(
        "card__organisation"
    )
    return rows.filter(ext_id=case_number, state__in=states).first()


def _lock(news: hooks.Locked) -> None:
    rows = CardSettlement.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(ext_id__in=news.case_numbers).order_by("pk"))


def _order_done(news: hooks.OrderDone) -> None:
    """The bank has booked the repayment: the settlement is closed."""
    if news.state != OrderState.SETTLED:
        return
    found = _of_order(news.case_number, SettlementState.APPROVED)
    if found is not None:
        _repaid(found, news.at)
        _audit(found, "repaid", SYSTEM, news.at, {"net_fen": found.net_fen})


def _line_failed(news: hooks.LineFailed) -> None:
    """The repayment failed or came back: the card is not repaid after all."""
    found = _of_order(news.case_number, SettlementState.REPAID)
    if found is not None:
        found.state, found.repaid_at = SettlementState.APPROVED, None
        found.save(update_fields=["state", "repaid_at"])
        _audit(found, "came_back", SYSTEM, news.at, {"reason": news.reason_text})


def acted(ext_id: str) -> set[str]:
    """Return the ext ids of who asked for a settlement, who decided on it, and its holder."""
    found = CardSettlement.objects.select_related("card__holder").filter(ext_id=ext_id).first()
    if found is None:
        return set()
    users = User.objects.filter(pk__in=[found.started_by_id, found.decided_by_id or 0])
    return {found.card.holder.ext_id, *users.values_list("person__ext_id", flat=True)}


def _see(by: Actor, ext_id: str) -> None:
    _known(ext_id, by)


def _change(by: Actor, ext_id: str, _at: datetime) -> str:
    """Return the audit chain while the settlement is a draft of somebody in this village."""
    rows = CardSettlement.objects.select_related("card__organisation").filter(ext_id=ext_id)
    if connection.in_atomic_block:
        rows = rows.select_for_update(of=("self",))
    found = rows.first()
    if found is None or not scope.can(by, SETTLE, found.division_code):
        raise NotFound
    if found.state != SettlementState.DRAFT:
        raise SubjectClosed
    return found.card.organisation.ext_id


def _audit(
    found: CardSettlement, what: str, by: Actor, at: datetime, after: dict[str, object]
) -> None:
    audit.write(
        chain=found.card.organisation.ext_id,
        kind=f"payments.card_settlement.{what}",
        by=by,
        at=at,
        subject=(SUBJECT, found.ext_id),
        after=after,
    )
