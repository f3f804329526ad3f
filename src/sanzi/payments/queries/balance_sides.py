"""Both balances of an account at the end of a month, and every line that only one side has.

What counts is the state at the month's end: a line that was matched only with later ones is
still open there. Source: 会计基础工作规范 第六十二条; 财会〔2024〕12号 第二十三条.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Sum

from sanzi.kernel import clock
from sanzi.kernel.digest import sm3_of
from sanzi.ledger import rules as ledger
from sanzi.ledger.models import OpeningBalance, VoucherLine
from sanzi.payments import rules
from sanzi.payments.models import (
    BankAccount,
    BankTransaction,
    DayBalance,
    ItemKind,
    MatchedBankLine,
    MatchedBookLine,
)
from sanzi.payments.queries.open_lines import book_rows, day_after

BANK_SUBJECTS = ("102", "1002")
"""The accounts of the standards on which bank money lies."""


@dataclass(frozen=True)
class Item:
    """A line that one side has alone. Units: fen, always positive; age in days at month's end."""

    kind: str
    booked_date: date
    amount_fen: int
    reference: str
    text: str
    cause: str
    age_days: int
    voucher_line_id: int | None = None
    voucher_ext_id: str = ""
    bank_line_id: int | None = None
    bank_line_ext_id: str = ""

    @property
    def kind_label(self) -> str:
        """Which side has it, in words."""
        return str(ItemKind(self.kind).label)


@dataclass(frozen=True)
class Moved:
    """What moved in the month on one side: how many lines, and their sum. Units: fen."""

    count: int = 0
    fen: int = 0


@dataclass(frozen=True)
class Sides:
    """The two balances with the four groups of items. Units: fen.

    `missing` says in words what is not there yet; then the figures do not count.
    """

    period: str
    book_fen: int
    bank_fen: int
    items: tuple[Item, ...]
    book_moved: Moved
    bank_moved: Moved
    missing: str = ""

    def total(self, kind: str) -> int:
        """Return the sum of one group of items."""
        return sum(one.amount_fen for one in self.items if one.kind == kind)

    @property
    def adjusted_book_fen(self) -> int:
        """The book's balance with what only the bank has."""
        return self.book_fen + self.total(ItemKind.BANK_IN) - self.total(ItemKind.BANK_OUT)

    @property
    def adjusted_bank_fen(self) -> int:
        """The bank's balance with what only the book has."""
        return self.bank_fen + self.total(ItemKind.BOOK_IN) - self.total(ItemKind.BOOK_OUT)

    @property
    def difference_fen(self) -> int:
        """What stays between the adjusted balances; zero when all is explained."""
        return self.adjusted_book_fen - self.adjusted_bank_fen


def digest_of(account: str, sides: Sides) -> str:
    """Return the SM3 over all figures and items of one account and month."""
    figures = [
        sides.book_fen,
        sides.bank_fen,
        sides.adjusted_book_fen,
        [sides.book_moved.count, sides.book_moved.fen],
        [sides.bank_moved.count, sides.bank_moved.fen],
    ]
    items = [
        [one.kind, one.booked_date.isoformat(), one.amount_fen, one.reference, one.cause]
        for one in sides.items
    ]
    return sm3_of([account, sides.period, figures, items])


def sides_of(account: BankAccount, period: str) -> Sides:
    """Work out both sides of one account at the end of a month."""
    first, end = month_days(period)
    begun = _begun(account)
    bank_fen, missing = _bank_balance(account, end)
    items = [*_bank_items(account, end), *_book_items(account, begun or end, end)]
    return Sides(
        period=period,
        book_fen=_book_balance(account, end),
        bank_fen=bank_fen,
        items=tuple(sorted(items, key=lambda one: (one.kind, one.booked_date, one.reference))),
        book_moved=book_moved([account.organisation_id or 0], [account.ext_id], period).get(
            account.ext_id, Moved()
        ),
        bank_moved=bank_moved([account.pk], first, end).get(account.pk, Moved()),
        missing=missing,
    )


def month_days(period: str) -> tuple[date, date]:
    """Return the first and the last day of a month."""
    return date.fromisoformat(f"{period}-01"), ledger.last_day(period)


def month_begin(day: date) -> datetime:
    """Return the first instant of a day in Shanghai."""
    return clock.midnight(day)


def book_moved(bodies: Sequence[int], accounts: Sequence[str], period: str) -> dict[str, Moved]:
    """Return what moved on the book's side of a month, by account id, in one query.

    Shapes: bodies are the keys of the organisations whose books are looked at.
    """
    rows = (
        VoucherLine.objects.filter(
            voucher__book__organisation__in=bodies,
            voucher__period=period,
            aux_kind="account",
            aux_id__in=accounts,
        )
        .values("aux_id")
        .annotate(count=Count("pk"), fen=Sum(F("debit_fen") - F("credit_fen")))
    )
    return {row["aux_id"]: Moved(row["count"], row["fen"]) for row in rows}


def bank_moved(accounts: Sequence[int], first: date, last: date) -> dict[int, Moved]:
    """Return what moved on the bank's side between two days, by account, in one query."""
    rows = (
        BankTransaction.objects.filter(
            account__in=accounts, booked_at__gte=month_begin(first), booked_at__lt=day_after(last)
        )
        .values("account_id", "direction")
        .annotate(count=Count("pk"), fen=Sum("amount_fen"))
    )
    found: dict[int, Moved] = {}
    for row in rows:
        was = found.get(row["account_id"], Moved())
        fen = row["fen"] if row["direction"] == "in" else -row["fen"]
        found[row["account_id"]] = Moved(was.count + row["count"], was.fen + fen)
    return found


def _book_balance(account: BankAccount, end: date) -> int:
    opened = OpeningBalance.objects.filter(book__organisation=account.organisation_id)
    own = opened.filter(aux_kind="account", aux_id=account.ext_id)
    if not own.exists() and _is_only(account):
        own = opened.filter(aux_kind="", account_code__in=BANK_SUBJECTS)
    moved = (
        book_rows(account)
        .filter(voucher__date__lte=end)
        .aggregate(net=Sum(F("debit_fen") - F("credit_fen"), default=0))
    )
    start = own.aggregate(net=Sum("balance_fen", default=0))
    return int(start["net"]) + int(moved["net"])


def _is_only(account: BankAccount) -> bool:
    return BankAccount.objects.filter(organisation=account.organisation_id).count() == 1


def _bank_balance(account: BankAccount, end: date) -> tuple[int, str]:
    """Return the bank's balance at the end of a day, and what is missing for it."""
    known = DayBalance.objects.filter(account=account, balance_date__lte=end)
    last = known.order_by("-balance_date").first()
    if last is None:
        return 0, "没有银行余额"
    is_linked = known.filter(statement_number__isnull=False).exists()
    if is_linked and (last.balance_date < end or last.statement_number is None):
        missing = end if last.balance_date == end else last.balance_date + timedelta(days=1)
        return 0, f"{clock.day_said(missing)}的银行对账单还没到"
    after = bank_moved([account.pk], last.balance_date + timedelta(days=1), end)
    return last.balance_fen + after.get(account.pk, Moved()).fen, ""


def _begun(account: BankAccount) -> date | None:
    """Return the first day of which the bank told us; what lies before is in its balance.

    A linked account begins with its first statement. Lines that came in another way, from a
    package, are those of whole months.
    """
    line = BankTransaction.objects.filter(account=account).aggregate(at=Min("booked_at"))["at"]
    balances = DayBalance.objects.filter(account=account)
    linked = balances.filter(statement_number__isnull=False)
    told: date | None = linked.aggregate(day=Min("balance_date"))["day"]
    first = clock.local_date(line) if line else None
    if told is not None and (first is None or first >= told):
        return told
    if first is not None:
        return first.replace(day=1)
    known: date | None = balances.aggregate(day=Min("balance_date"))["day"]
    return known + timedelta(days=1) if known else None


def _later(end: date) -> Q:
    """Return what is true of a live row in a match that has a line after the day."""
    book = MatchedBookLine.objects.filter(
        match=OuterRef("match"), is_live=True, line__voucher__date__gt=end
    )
    bank = MatchedBankLine.objects.filter(
        match=OuterRef("match"), is_live=True, line__booked_at__gte=day_after(end)
    )
    return Q(Exists(book)) | Q(Exists(bank))


def _bank_items(account: BankAccount, end: date) -> list[Item]:
    done = MatchedBankLine.objects.filter(line=OuterRef("pk"), is_live=True).exclude(_later(end))
    rows = (
        BankTransaction.objects.filter(~Exists(done), account=account, booked_at__lt=day_after(end))
        .select_related("payment__order", "receipt")
        .order_by("booked_at", "pk")
    )
    return [_bank_item(row, end) for row in rows]


def _bank_item(row: BankTransaction, end: date) -> Item:
    day = clock.local_date(row.booked_at)
    is_in = row.direction == "in"
    return Item(
        kind=ItemKind.BANK_IN if is_in else ItemKind.BANK_OUT,
        booked_date=day,
        amount_fen=row.amount_fen,
        reference=row.bank_ref,
        text="，".join(part for part in (row.peer_name, row.memo) if part)[:140],
        cause=_bank_cause(row, is_in=is_in),
        age_days=(end - day).days,
        bank_line_id=row.pk,
        bank_line_ext_id=row.ext_id,
    )


def _bank_cause(row: BankTransaction, *, is_in: bool) -> str:
    if row.channel == "interest":
        return "结息还没记账"
    if row.channel == "fee":
        return "手续费还没记账"
    if row.payment_id is not None:
        return "退汇还没记账" if is_in else "付款还没记账"
    if row.receipt_id is not None:
        return "收据还没记账"
    if is_in:
        return "像是退汇，先核对" if rules.is_return_memo(row.memo) else "收入还没认领"
    return "村级卡消费，等结算" if row.channel == "card" else "没有付款单的支出，要查"


def _book_items(account: BankAccount, begun: date, end: date) -> list[Item]:
    """Return what only the book has: from the first day of the bank's word on, or matched later."""
    live = MatchedBookLine.objects.filter(line=OuterRef("pk"), is_live=True)
    late = live.filter(_later(end))
    rows = (
        book_rows(account)
        .filter(
            Q(~Exists(live), voucher__date__gte=begun) | Q(Exists(late)), voucher__date__lte=end
        )
        .select_related("voucher")
        .order_by("voucher__date", "pk")
    )
    return [_book_item(row, end) for row in rows if row.debit_fen != row.credit_fen]


def _book_item(row: VoucherLine, end: date) -> Item:
    fen = row.debit_fen - row.credit_fen
    voucher = row.voucher
    if voucher.reversal_of_id is not None:
        cause = "冲销凭证，被冲的那张已和银行对上"
    elif voucher.source_kind == "payment":
        cause = "银行还没付出去" if fen < 0 else "退汇，银行还没退到"
    elif voucher.source_kind == "receipt":
        cause = "银行还没收到"
    else:
        cause = "手工凭证，银行没有这一笔"
    return Item(
        kind=ItemKind.BOOK_IN if fen > 0 else ItemKind.BOOK_OUT,
        booked_date=voucher.date,
        amount_fen=abs(fen),
        reference=f"{voucher.period} {voucher.word}-{voucher.number}",
        text=(row.summary or voucher.summary)[:140],
        cause=cause,
        age_days=(end - voucher.date).days,
        voucher_line_id=row.pk,
        voucher_ext_id=voucher.ext_id,
    )
