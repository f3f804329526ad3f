"""What is wrong with the statements of accounts, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Min

from sanzi.kernel import clock
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import (
    BankAccount,
    BankStatement,
    BankTransaction,
    DayBalance,
    StatementProblem,
)
from sanzi.payments.queries.reconciliations import words_of

SEE = "payments.see"
DAYS_BACK = timedelta(days=92)
LATE, CORRECTED = "LATE", "CORRECTED"
WHAT_TO_DO = {
    "SUM": "请开户银行重发这一天的对账单，先不要手工改账。",
    "OPENING": "系统已把前一天的重新要了一次，还接不上，请开户银行查前一天漏了哪一笔。",
    "NUMBER": "中间少了对账单，请开户银行补发缺的那几号。",
    "CURRENCY": "这个账户只收人民币。请开户银行查清这一笔，改正后重发整张对账单。",
    "UNREADABLE": "请县里的系统管理员看日志，再联系开户银行重发。",
    LATE: "请催开户银行。没有对账单，月底就编不了余额调节表。",
    CORRECTED: "请看少了的那几行：对上的已经拆开，付款没有自己改，要逐笔核对。",
}


@dataclass(frozen=True)
class Check:
    """One thing about a statement: which day, what, since when, and what to do."""

    account_ext_id: str
    account_words: str
    organisation: str
    kind: str
    title: str
    day: date
    text: str
    what_to_do: str
    since: datetime | None
    payments: tuple[str, ...] = ()


def checks(*, by: Actor, today: date, account: str = "") -> list[Check]:
    """Return what is wrong with statements in the actor's scope, the newest day first.

    Shapes: `account` narrows to one. Fixed number of queries.
    Raises: NotFound for an actor who sees no accounts.
    """
    if not scope.prefixes(by, SEE) and by.person_id is not None:
        raise NotFound
    accounts = BankAccount.objects.filter(
        scope.within(by, SEE, "organisation__division_id"), organisation__isnull=False
    ).select_related("organisation")
    if account:
        accounts = accounts.filter(ext_id=account)
    held = {one.pk: one for one in accounts}
    found = [*_problems(held), *_late(held, today), *_corrections(held, today)]
    return sorted(found, key=lambda one: (-one.day.toordinal(), one.organisation, one.kind))


def _problems(accounts: dict[int, BankAccount]) -> Iterator[Check]:
    for one in StatementProblem.objects.filter(account__in=accounts):
        yield _check(
            accounts[one.account_id],
            one.kind,
            one.day,
            (one.get_kind_display(), one.why),
            since=one.first_seen_at,
        )


def _late(accounts: dict[int, BankAccount], today: date) -> Iterator[Check]:
    """Yield linked accounts whose statement of yesterday is not there, and days left out."""
    rows = (
        DayBalance.objects.filter(account__in=accounts, statement_number__isnull=False)
        .values("account_id")
        .annotate(last=Max("balance_date"), first=Min("balance_date"))
    )
    wanted = today - timedelta(days=1)
    for row in rows:
        held = accounts[row["account_id"]]
        if row["last"] < wanted and held.closed_date is None:
            day = row["last"] + timedelta(days=1)
            days = (wanted - row["last"]).days
            yield _check(held, LATE, day, ("对账单还没到", f"缺{days}天的对账单"))


def _corrections(accounts: dict[int, BankAccount], today: date) -> Iterator[Check]:
    made = list(
        BankStatement.objects.filter(
            account__in=accounts, version__gt=1, day__gte=today - DAYS_BACK
        )
    )
    gone = _gone(made)
    for one in made:
        lines = gone.get(one.pk, [])
        cases = [line.payment.order.case_number for line in lines if line.payment is not None]
        text = f"第{one.version}版：少了{one.withdrawn_count}行，多了{one.added_count}行"
        yield _check(
            accounts[one.account_id],
            CORRECTED,
            one.day,
            ("银行更正过", text),
            since=one.received_at,
            payments=tuple(dict.fromkeys(cases)),
        )


def _gone(made: Iterable[BankStatement]) -> dict[int, list[BankTransaction]]:
    found: dict[int, list[BankTransaction]] = {}
    rows = BankTransaction.every.filter(withdrawn_by__in=[one.pk for one in made])
    for row in rows.select_related("payment__order"):
        found.setdefault(row.withdrawn_by_id or 0, []).append(row)
    return found


def _check(
    account: BankAccount,
    kind: str,
    day: date,
    words: tuple[str, str],
    *,
    since: datetime | None = None,
    payments: tuple[str, ...] = (),
) -> Check:
    body = account.organisation
    return Check(
        account_ext_id=account.ext_id,
        account_words=words_of(account),
        organisation=body.name if body else "",
        kind=kind,
        title=words[0],
        day=day,
        text=words[1],
        what_to_do=WHAT_TO_DO[kind],
        since=since,
        payments=payments,
    )


@dataclass(frozen=True)
class OutsideRow:
    """A debit that no payment order made and no card explains. Units: fen."""

    ext_id: str
    account_ext_id: str
    account_words: str
    organisation: str
    booked_at: datetime
    amount_fen: int
    peer_name: str
    memo: str
    channel: str


def outside(*, by: Actor, since: date) -> list[OutsideRow]:
    """Return debits without an order or a card since a day, the newest first.

    Fees and interest of the bank are left out. Raises: NotFound for an actor who sees none.
    """
    if not scope.prefixes(by, SEE) and by.person_id is not None:
        raise NotFound
    rows = (
        BankTransaction.objects.filter(
            scope.within(by, SEE, "account__organisation__division_id"),
            account__organisation__isnull=False,
            direction="out",
            payment__isnull=True,
            booked_at__gte=datetime(since.year, since.month, since.day, tzinfo=clock.SHANGHAI),
        )
        .exclude(channel__in=("fee", "interest", "card"))
        .select_related("account__organisation")
        .order_by("-booked_at", "pk")
    )
    return [
        OutsideRow(
            ext_id=one.ext_id,
            account_ext_id=one.account.ext_id,
            account_words=words_of(one.account),
            organisation=one.account.organisation.name if one.account.organisation else "",
            booked_at=one.booked_at,
            amount_fen=one.amount_fen,
            peer_name=one.peer_name,
            memo=one.memo,
            channel=one.channel,
        )
        for one in rows
    ]
