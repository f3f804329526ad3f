"""The account register: every account in scope, what is open on it, and proposals about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum

from sanzi.kernel import clock, divisions, money
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import User
from sanzi.payments.models import (
    AccountKind,
    AccountListing,
    AccountProposal,
    BankAccount,
    BankTransaction,
    Bill,
    BillState,
    DayBalance,
    Payment,
    PaymentStatus,
    ProposalAct,
    ProposalState,
    Standing,
)

SEE = "payments.see"
STATES = {
    "open": "在用",
    "closed": "已销户",
    "unregistered": "没备案",
    "differs": "和银行不一致",
    "due": "定期快到期或已到期",
}
DUE_SOON_DAYS = 30
DONE = (PaymentStatus.SETTLED, PaymentStatus.CANCELLED, PaymentStatus.RETURNED)
WAITING = (BillState.OPEN, BillState.PART)
OPEN_LINE = Q(payment__isnull=True, receipt__isnull=True)


@dataclass(frozen=True)
class AccountFilter:
    """What the register is narrowed to; empty means all."""

    text: str = ""
    division_code: str = ""
    kind: str = ""
    state: str = "open"


@dataclass(frozen=True)
class AccountRow:
    """One account of the register. Units: fen; None is not known. Numbers are masked."""

    ext_id: str
    organisation_name: str
    division_code: str
    kind: str
    kind_label: str
    bank_code: str
    account_masked: str
    holder_name: str
    balance_fen: int | None
    balance_date: date | None
    statement_date: date | None
    open_count: int
    due_date: date | None
    closed_date: date | None
    is_registered: bool
    standing: str
    standing_label: str


@dataclass(frozen=True)
class Totals:
    """Sums over a narrowed register. Units: fen; accounts without a balance are counted apart."""

    account_count: int
    balance_fen: int
    unknown_count: int
    open_line_count: int
    differing_count: int


@dataclass(frozen=True)
class KindTotal:
    """The accounts of one kind and what lies on them. Units: fen."""

    kind: str
    label: str
    account_count: int
    balance_fen: int


@dataclass(frozen=True)
class ProposalView:
    """A proposal to open or close an account, as its page shows it."""

    ext_id: str
    act: str
    act_label: str
    organisation_name: str
    division_code: str
    kind_label: str
    holder_name: str
    bank_code: str
    account_masked: str
    account_ext_id: str
    due_date: date | None
    reason: str
    decision_number: str
    decision_date: date
    eligible_count: int | None
    agree_count: int | None
    state: str
    state_label: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    opinion: str
    may_decide: bool


@dataclass(frozen=True)
class ListingView:
    """One account on which the bank's list and our register differ."""

    ext_id: str
    account_ext_id: str
    account_masked: str
    holder_name: str
    organisation_name: str
    division_code: str
    bank_code: str
    standing: str
    standing_label: str
    since_at: datetime
    checked_at: datetime


def kinds() -> list[tuple[str, str]]:
    """Return (kind, words) of the accounts that bodies have."""
    return [(one.value, one.label) for one in AccountKind if one != AccountKind.ONE_CARD]


def accounts(*, by: Actor, only: AccountFilter, today: date) -> QuerySet[BankAccount]:
    """Return the accounts of the scope by place and body; `rows_of` makes a page of them rows."""
    found = BankAccount.objects.filter(
        scope.within(by, SEE, "organisation__division_id"), organisation__isnull=False
    )
    for condition in _conditions(only, today):
        found = found.filter(condition)
    return found.select_related("organisation", "accountlisting").order_by(
        "organisation__division_id", "organisation__name", "kind", "pk"
    )


def _conditions(only: AccountFilter, today: date) -> Iterable[Q]:
    if only.text:
        words = Q(holder_name__icontains=only.text) | Q(organisation__name__icontains=only.text)
        yield words | Q(tail=only.text[-4:]) if only.text.isdecimal() else words
    if only.division_code:
        yield Q(organisation__division__code__startswith=divisions.prefix(only.division_code))
    if only.kind:
        yield Q(kind=only.kind)
    if only.state:
        yield Q(closed_date__isnull=only.state != "closed")
    if only.state == "unregistered":
        yield Q(is_registered=False)
    elif only.state == "differs":
        yield Q(accountlisting__isnull=False) & ~Q(accountlisting__standing=Standing.SAME)
    elif only.state == "due":
        yield Q(due_date__lte=today + timedelta(days=DUE_SOON_DAYS))


def rows_of(page: Sequence[BankAccount]) -> list[AccountRow]:
    """Return the rows of one page of accounts, in a fixed number of queries."""
    keys = [one.pk for one in page]
    latest = {
        one.account_id: one
        for one in DayBalance.objects.filter(
            pk__in=BankAccount.objects.filter(pk__in=keys).values_list(_latest("pk"), flat=True)
        )
    }
    told = dict(
        DayBalance.objects.filter(account__in=keys, statement_number__isnull=False)
        .values_list("account_id")
        .annotate(Max("balance_date"))
    )
    waiting = dict(
        BankTransaction.objects.filter(OPEN_LINE, account__in=keys)
        .values_list("account_id")
        .annotate(Count("pk"))
    )
    return [_row(one, latest.get(one.pk), told.get(one.pk), waiting.get(one.pk, 0)) for one in page]


def _latest(field: str) -> Subquery:
    """Return a column of the newest balance of an account."""
    newest = DayBalance.objects.filter(account=OuterRef("pk")).order_by("-balance_date")
    return Subquery(newest.values(field)[:1])


def _row(
    one: BankAccount, latest: DayBalance | None, statement_date: date | None, open_count: int
) -> AccountRow:
    listing = getattr(one, "accountlisting", None)
    body = one.organisation
    return AccountRow(
        ext_id=one.ext_id,
        organisation_name=body.name if body else "",
        division_code=body.division_id if body else "",
        kind=one.kind,
        kind_label=one.get_kind_display(),
        bank_code=one.bank_code,
        account_masked=f"****{one.tail}",
        holder_name=one.holder_name,
        balance_fen=latest.balance_fen if latest else None,
        balance_date=latest.balance_date if latest else None,
        statement_date=statement_date,
        open_count=open_count,
        due_date=one.due_date,
        closed_date=one.closed_date,
        is_registered=one.is_registered,
        standing=listing.standing if listing else "",
        standing_label=listing.get_standing_display() if listing else "还没和银行核过",
    )


def totals(*, by: Actor, only: AccountFilter, today: date) -> Totals:
    """Return the sums over a narrowed register."""
    found = accounts(by=by, only=only, today=today).order_by()
    summed = found.annotate(newest=_latest("balance_fen")).aggregate(
        total=Sum("newest"), known=Count("newest"), number=Count("pk")
    )
    return Totals(
        account_count=summed["number"],
        balance_fen=summed["total"] or 0,
        unknown_count=summed["number"] - summed["known"],
        open_line_count=BankTransaction.objects.filter(
            OPEN_LINE, account__in=found.values("pk")
        ).count(),
        differing_count=differing(by=by).count(),
    )


def by_kind(*, by: Actor, only: AccountFilter, today: date) -> list[KindTotal]:
    """Return what lies on the accounts of each kind, the largest first."""
    found = accounts(by=by, only=only, today=today).order_by()
    rows = (
        found.annotate(newest=_latest("balance_fen"))
        .values_list("kind")
        .annotate(Count("pk"), Sum("newest"))
    )
    made = [KindTotal(kind, AccountKind(kind).label, count, fen or 0) for kind, count, fen in rows]
    return sorted(made, key=lambda one: -one.balance_fen)


def differing(*, by: Actor) -> QuerySet[AccountListing]:
    """Return the accounts on which the bank and the register differ, the newest first.

    What no body's name fits is seen by those whose scope is the county.
    """
    return (
        AccountListing.objects.filter(scope.within(by, SEE))
        .exclude(standing=Standing.SAME)
        .select_related("account", "organisation")
        .order_by("-since_at", "pk")
    )


def listing_view(one: AccountListing) -> ListingView:
    """Return a difference as its list shows it."""
    return ListingView(
        ext_id=one.ext_id,
        account_ext_id=one.account.ext_id if one.account else "",
        account_masked=f"****{one.tail}",
        holder_name=one.holder_name,
        organisation_name=one.organisation.name if one.organisation else "",
        division_code=one.division_code,
        bank_code=one.bank_code,
        standing=one.standing,
        standing_label=one.get_standing_display(),
        since_at=one.since_at,
        checked_at=one.checked_at,
    )


def last_compared() -> datetime | None:
    """Return when the bank's list was last held against the register."""
    found: datetime | None = AccountListing.objects.aggregate(Max("checked_at"))["checked_at__max"]
    return found


def left_on(account: BankAccount) -> list[str]:
    """Return what is still open on an account, in words; nothing when it may be closed.

    Money counts as the newest balance and all that moved after it.
    """
    found = []
    newest = DayBalance.objects.filter(account=account).order_by("-balance_date").first()
    lines = BankTransaction.objects.filter(account=account)
    if newest is not None:
        lines = lines.filter(booked_at__gte=_after(newest.balance_date))
    moved = lines.aggregate(
        came=Sum("amount_fen", filter=Q(direction="in")),
        went=Sum("amount_fen", filter=Q(direction="out")),
    )
    left = (newest.balance_fen if newest else 0) + (moved["came"] or 0) - (moved["went"] or 0)
    if left:
        found.append(f"账上还有{money.format_yuan(left)}元")
    payments = Payment.objects.filter(order__debit_account=account).exclude(status__in=DONE).count()
    if payments:
        found.append(f"还有{payments}笔付款没办完")
    unmatched = BankTransaction.objects.filter(OPEN_LINE, account=account).count()
    if unmatched:
        found.append(f"还有{unmatched}笔流水没对上")
    bills = Bill.objects.filter(account=account, state__in=WAITING).count()
    if bills:
        found.append(f"还有{bills}张缴款单等交款")
    return found


def access_proposal(*, by: Actor, ext_id: str) -> AccountProposal:
    """Return a proposal within the actor's scope. Raises: NotFound."""
    found = _proposals(by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def _proposals(by: Actor) -> QuerySet[AccountProposal]:
    return AccountProposal.objects.filter(scope.within(by, SEE)).select_related(
        "organisation", "account"
    )


def proposals(*, by: Actor, state: str = "") -> QuerySet[AccountProposal]:
    """Return the proposals of the scope, those that wait first, then the newest."""
    found = _proposals(by).order_by("-proposed_at", "-pk")
    return found.filter(state=state) if state else found


def proposal_view(one: AccountProposal, *, by: Actor) -> ProposalView:
    """Return a proposal as its page shows it."""
    names = _user_names(one.proposed_by_id, one.decided_by_id)
    return ProposalView(
        ext_id=one.ext_id,
        act=one.act,
        act_label=ProposalAct(one.act).label,
        organisation_name=one.organisation.name,
        division_code=one.division_code,
        kind_label=AccountKind(one.kind).label,
        holder_name=one.holder_name,
        bank_code=one.bank_code,
        account_masked=f"****{one.tail}",
        account_ext_id=one.account.ext_id if one.account else "",
        due_date=one.due_date,
        reason=one.reason,
        decision_number=one.decision_number,
        decision_date=one.decision_date,
        eligible_count=one.eligible_count,
        agree_count=one.agree_count,
        state=one.state,
        state_label=ProposalState(one.state).label,
        proposed_by=names.get(one.proposed_by_id, ""),
        proposed_at=one.proposed_at,
        decided_by=names.get(one.decided_by_id or 0, ""),
        decided_at=one.decided_at,
        opinion=one.opinion,
        may_decide=one.state == ProposalState.PROPOSED
        and one.proposed_by_id != by.user_id
        and scope.can(by, "payments.approve_account", one.division_code),
    )


def _user_names(*keys: int | None) -> dict[int, str]:
    rows = User.objects.filter(pk__in=[key for key in keys if key], person__isnull=False)
    return dict(rows.values_list("pk", "person__name"))


def _after(day: date) -> datetime:
    """Return the first instant after a day in Shanghai."""
    return clock.midnight(day + timedelta(days=1))


@dataclass(frozen=True)
class LineFilter:
    """What the movements of an account are narrowed to. Units: fen; None and empty mean all."""

    text: str = ""
    from_date: date | None = None
    until_date: date | None = None
    amount_min_fen: int | None = None
    amount_max_fen: int | None = None
    is_open: bool = False


@dataclass(frozen=True)
class Movement:
    """One line of an account with what it opens. Units: fen."""

    ext_id: str
    booked_at: datetime
    is_credit: bool
    amount_fen: int
    peer_name: str
    memo: str
    case_number: str
    receipt_ext_id: str
    receipt_number: str
    voucher_ext_id: str


def access_account(*, by: Actor, ext_id: str) -> BankAccount:
    """Return an account of a body within the actor's scope. Raises: NotFound."""
    found = (
        BankAccount.objects.filter(scope.within(by, SEE, "organisation__division_id"))
        .select_related("organisation", "accountlisting")
        .filter(ext_id=ext_id, organisation__isnull=False)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def movements(account: BankAccount, only: LineFilter) -> QuerySet[BankTransaction]:
    """Return the bank lines of an account whose door the caller holds, newest first."""
    found = BankTransaction.objects.filter(account=account).select_related(
        "payment__order", "receipt"
    )
    if only.text:
        words = Q(peer_name__icontains=only.text) | Q(memo__icontains=only.text)
        found = found.filter(words | Q(receipt__number__endswith=only.text))
    if only.from_date is not None:
        found = found.filter(booked_at__gte=_after(only.from_date - timedelta(days=1)))
    if only.until_date is not None:
        found = found.filter(booked_at__lt=_after(only.until_date))
    if only.amount_min_fen is not None:
        found = found.filter(amount_fen__gte=only.amount_min_fen)
    if only.amount_max_fen is not None:
        found = found.filter(amount_fen__lte=only.amount_max_fen)
    if only.is_open:
        found = found.filter(OPEN_LINE)
    return found.order_by("-booked_at", "-pk")


def movement(one: BankTransaction) -> Movement:
    """Return a bank line as the page of its account shows it."""
    source = one.payment or one.receipt
    return Movement(
        ext_id=one.ext_id,
        booked_at=one.booked_at,
        is_credit=one.direction == "in",
        amount_fen=one.amount_fen,
        peer_name=one.peer_name,
        memo=one.memo,
        case_number=one.payment.order.case_number if one.payment else "",
        receipt_ext_id=one.receipt.ext_id if one.receipt else "",
        receipt_number=one.receipt.number if one.receipt else "",
        voucher_ext_id=source.voucher_ext_id if source else "",
    )
