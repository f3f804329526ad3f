"""The balance reconciliation statement: prepared by one, signed by another, told to the bank.

Who handled the account's money in the month does not prepare it. What was signed stays; when the
month moves afterwards, a new statement takes its place. Source: 会计法 第十七条、第三十五条；
会计基础工作规范 第六十二条.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.bank.errors import GatewayError
from sanzi.bank.port import OpenItem, ReconciliationAnswer
from sanzi.kernel import clock, ids, money
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.models import Period
from sanzi.ledger.queries.doors import require_period
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import gateways, locking, matching
from sanzi.payments.errors import (
    CashierReconciles,
    FiguresMoved,
    HasItems,
    MonthRuns,
    NotReconciled,
    OwnStatement,
    SignedAlready,
    StatementMissing,
)
from sanzi.payments.models import (
    BankAccount,
    BankAnswer,
    ItemKind,
    PaymentOrder,
    Reconciliation,
    ReconciliationItem,
    ReconciliationState,
)
from sanzi.payments.queries import balance_sides
from sanzi.payments.queries.balance_sides import Sides
from sanzi.payments.queries.open_lines import day_after

logger = logging.getLogger(__name__)
SIGN = "payments.sign_reconciliation"
CASHIER_ROLES = frozenset({"agency_cashier", "cashier_reporter"})
TELL_AT_ONCE = 50
AGREED, ADJUSTED = "AGREED", "ADJUSTED"


@dataclass(frozen=True)
class Prepared:
    """A statement as it was made. Units: fen."""

    ext_id: str
    account_ext_id: str
    period: str
    adjusted_fen: int
    item_count: int
    digest: str


def prepare(*, account: str, period: str, by: Actor, at: datetime) -> Prepared:
    """Run the rules, work out both sides at the month's end, and keep the statement for signing.

    Raises: NotFound; CashierReconciles; MonthRuns; SignedAlready while the signed one holds;
        StatementMissing; NotReconciled when both sides differ with all items told. Nothing is
        written when raised.
    """
    require_period(period)
    with transaction.atomic():
        held = matching.locked_account(account, by)
        _require_no_cashier(held, period, by)
        if balance_sides.month_days(period)[1] > clock.local_date(at):
            raise MonthRuns(period=period)
        matching.run(held, by=by, at=at)
        sides = balance_sides.sides_of(held, period)
        if sides.missing:
            raise StatementMissing(what=sides.missing)
        if sides.difference_fen:
            raise NotReconciled(
                book=money.format_yuan(sides.adjusted_book_fen),
                bank=money.format_yuan(sides.adjusted_bank_fen),
                difference=money.format_yuan(abs(sides.difference_fen)),
            )
        digest = balance_sides.digest_of(held.ext_id, sides)
        _replace(held, sides, digest)
        made = _keep(held, sides, digest, by=by, at=at)
        _tell(made, "prepared", by, at, {"item_count": made.item_count, "digest": made.digest})
    return Prepared(
        made.ext_id, held.ext_id, period, made.adjusted_fen, made.item_count, made.digest
    )


def _require_no_cashier(account: BankAccount, period: str, by: Actor) -> None:
    """Refuse who keeps cash by post, or moved money of the account in the month."""
    organisation = account.organisation
    if organisation is not None and by.roles_at(organisation.division_id) & CASHIER_ROLES:
        raise CashierReconciles(why="您兼着出纳或报账员")
    first, last = balance_sides.month_days(period)
    moved = PaymentOrder.objects.filter(
        Q(released_by_id=by.user_id) | Q(made_by_id=by.user_id),
        debit_account=account,
        released_at__gte=balance_sides.month_begin(first),
        released_at__lt=day_after(last),
    )
    if by.user_id is not None and moved.exists():
        raise CashierReconciles(why=f"{period}这个账户的付款有您制单或复核的")


def _replace(account: BankAccount, sides: Sides, digest: str) -> None:
    """Put the former statement of the month aside, unless it is signed and still holds."""
    old = (
        Reconciliation.objects.select_for_update(of=("self",))
        .filter(account=account, period=sides.period)
        .exclude(state=ReconciliationState.REPLACED)
        .first()
    )
    if old is None:
        return
    is_signed = old.state == ReconciliationState.SIGNED
    closed = Period.objects.filter(
        book__organisation=account.organisation_id,
        period=sides.period,
        closed_at__isnull=False,
    )
    if is_signed and (old.is_history or old.digest == digest or closed.exists()):
        raise SignedAlready(period=sides.period)
    old.state = ReconciliationState.REPLACED
    old.save(update_fields=["state"])


def _keep(
    account: BankAccount, sides: Sides, digest: str, *, by: Actor, at: datetime
) -> Reconciliation:
    made = Reconciliation.objects.create(
        ext_id=ids.new_id("RS", at),
        account=account,
        period=sides.period,
        state=ReconciliationState.PREPARED,
        book_fen=sides.book_fen,
        bank_fen=sides.bank_fen,
        bank_in_fen=sides.total(ItemKind.BANK_IN),
        bank_out_fen=sides.total(ItemKind.BANK_OUT),
        book_in_fen=sides.total(ItemKind.BOOK_IN),
        book_out_fen=sides.total(ItemKind.BOOK_OUT),
        adjusted_fen=sides.adjusted_book_fen,
        item_count=len(sides.items),
        book_moved_fen=sides.book_moved.fen,
        book_moved_count=sides.book_moved.count,
        bank_moved_fen=sides.bank_moved.fen,
        bank_moved_count=sides.bank_moved.count,
        prepared_at=at,
        prepared_by_id=by.person_id,
        prepared_by_name=by.name,
        digest=digest,
    )
    ReconciliationItem.objects.bulk_create(
        [
            ReconciliationItem(
                reconciliation=made,
                place=place,
                kind=one.kind,
                booked_date=one.booked_date,
                amount_fen=one.amount_fen,
                reference=one.reference,
                text=one.text,
                cause=one.cause,
                age_days=one.age_days,
                voucher_line_id=one.voucher_line_id,
                bank_line_id=one.bank_line_id,
            )
            for place, one in enumerate(sides.items, start=1)
        ],
        batch_size=500,
    )
    return made


@dataclass(frozen=True)
class PrepareResult:
    """What became of one account of a batch: prepared, or the code and words of the refusal."""

    account_ext_id: str
    is_prepared: bool
    item_count: int = 0
    code: str = ""
    sentence: str = ""


def prepare_many(
    *, accounts: Sequence[str], period: str, by: Actor, at: datetime, only_clean: bool = True
) -> list[PrepareResult]:
    """Prepare the statements of many accounts, each in its own transaction.

    With `only_clean` an account whose statement would have items is left for a person.
    """
    return [_prepare_one(one, period, by, at, only_clean=only_clean) for one in accounts]


def _prepare_one(
    account: str, period: str, by: Actor, at: datetime, *, only_clean: bool
) -> PrepareResult:
    try:
        with transaction.atomic():
            made = prepare(account=account, period=period, by=by, at=at)
            if only_clean and made.item_count:
                raise HasItems(count=made.item_count)
    except Refusal as refusal:
        return PrepareResult(account, is_prepared=False, code=refusal.code, sentence=refusal.text)
    return PrepareResult(account, is_prepared=True, item_count=made.item_count)


def sign(*, reconciliation: str, digest: str, by: Actor, at: datetime) -> None:
    """Sign a prepared statement: what was seen (its digest) is what is signed.

    Raises: NotFound; OwnStatement; CashierReconciles; FiguresMoved when it is not what was seen,
        or the month has moved since. Nothing is written when raised.
    """
    with transaction.atomic():
        found = _locked(reconciliation, by)
        if found.state == ReconciliationState.SIGNED:
            raise SignedAlready(period=found.period)
        if by.person_id is not None and by.person_id == found.prepared_by_id:
            raise OwnStatement
        _require_no_post(found.account, by)
        sides = balance_sides.sides_of(found.account, found.period)
        now = balance_sides.digest_of(found.account.ext_id, sides)
        is_present = found.state == ReconciliationState.PREPARED
        if not is_present or digest != found.digest or now != found.digest:
            raise FiguresMoved(period=found.period)
        found.state, found.signed_at = ReconciliationState.SIGNED, at
        found.signed_by_id, found.signed_by_name = by.person_id, by.name
        found.save(update_fields=["state", "signed_at", "signed_by_id", "signed_by_name"])
        _tell(found, "signed", by, at, {"digest": found.digest})


def _require_no_post(account: BankAccount, by: Actor) -> None:
    organisation = account.organisation
    if organisation is not None and by.roles_at(organisation.division_id) & CASHIER_ROLES:
        raise CashierReconciles(why="您兼着出纳或报账员")


def _locked(ext_id: str, by: Actor) -> Reconciliation:
    """Lock the account, then the statement. Raises: NotFound."""
    first = Reconciliation.objects.filter(ext_id=ext_id).first()
    if first is None:
        raise NotFound
    account = locking.lock_account(first.account_id)
    if account.organisation is None:
        raise NotFound
    scope.require(by, SIGN, account.organisation.division_id)
    found = Reconciliation.objects.select_for_update(of=("self",)).get(pk=first.pk)
    found.account = account
    return found


def tell_banks(at: datetime) -> int:
    """Tell the banks what was signed and not told yet; return how many took it.

    A bank that does not take it in this way is left alone; what fails is tried again.
    """
    waiting = (
        Reconciliation.objects.filter(
            state=ReconciliationState.SIGNED,
            bank_answer__in=[BankAnswer.NOT_SENT, BankAnswer.FAILED],
        )
        .select_related("account__organisation")
        .order_by("signed_at", "pk")[:TELL_AT_ONCE]
    )
    return sum(_tell_bank(one, at) for one in waiting)


def _tell_bank(one: Reconciliation, at: datetime) -> int:
    state, why = BankAnswer.SENT, ""
    try:
        bank = gateways.of(one.account)
        if bank.capabilities().can_confirm_reconciliation:
            bank.confirm_reconciliation(_answer(one))
        else:
            state = BankAnswer.NOT_NEEDED
    except GatewayError as problem:
        logger.warning("reconciliation %s: %s", one.ext_id, problem)
        state, why = BankAnswer.FAILED, problem.text[:120]
    with transaction.atomic():
        held = (
            Reconciliation.objects.select_for_update(of=("self",))
            .select_related("account__organisation")
            .get(pk=one.pk)
        )
        is_new = (held.bank_answer, held.bank_problem) != (state, why)
        held.bank_answer, held.bank_problem = state, why
        held.bank_told_at = at if state == BankAnswer.SENT else None
        held.save(update_fields=["bank_answer", "bank_problem", "bank_told_at"])
        if is_new and state != BankAnswer.NOT_NEEDED:
            _tell(held, "confirmed", SYSTEM, at, {"bank_answer": state, "why": why})
    return int(state == BankAnswer.SENT)


def _answer(one: Reconciliation) -> ReconciliationAnswer:
    return ReconciliationAnswer(
        account=secrets.reveal("account", one.account.sealed_number),
        period=one.period,
        result=ADJUSTED if one.item_count else AGREED,
        bank_fen=one.bank_fen,
        book_fen=one.book_fen,
        items=tuple(
            OpenItem(item.booked_date, item.amount_fen, item.reference, item.get_kind_display())
            for item in one.items.order_by("place")
        ),
    )


def _tell(
    one: Reconciliation, what: str, by: Actor, at: datetime, after: dict[str, object]
) -> None:
    organisation = one.account.organisation
    if organisation is None:
        raise NotFound
    audit.write(
        chain=organisation.ext_id,
        kind=f"payments.reconciliation.{what}",
        by=by,
        at=at,
        subject=("reconciliation", one.ext_id),
        after={"account": one.account.ext_id, "period": one.period, **after},
    )
