"""Reads of reconciliation: the list of a month, the workbench of an account, one statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count

from sanzi.kernel import clock
from sanzi.ledger.queries.doors import require_period
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.matching_rules import OpenLine, conflict
from sanzi.payments.models import (
    BankAccount,
    BankMatch,
    BankTransaction,
    MatchedBankLine,
    MatchedBookLine,
    MatchRule,
    Reconciliation,
    ReconciliationState,
)
from sanzi.payments.queries import balance_sides, month_ends, open_lines
from sanzi.payments.queries.balance_sides import Item, Moved, Sides
from sanzi.payments.queries.open_lines import day_after

SEE = "payments.see"
PREPARE, SIGN = "payments.reconcile", "payments.sign_reconciliation"
OPEN, PREPARED, SIGNED, MOVED, QUIET = "open", "prepared", "signed", "moved", "quiet"
STATES = (
    (OPEN, "还没对账"),
    (PREPARED, "等签字"),
    (MOVED, "签字后又动了"),
    (SIGNED, "已签字"),
    (QUIET, "银行没有来过数"),
)
SUGGESTED_WITHIN_DAYS = 45
SUGGESTIONS_MAX = 3


@dataclass(frozen=True)
class MonthRow:
    """One account in a month: where its reconciliation stands. Units: fen."""

    account_ext_id: str
    account_words: str
    organisation: str
    organisation_ext_id: str
    division_code: str
    state: str
    state_label: str
    item_count: int
    adjusted_fen: int | None
    reconciliation: str
    digest: str
    prepared_by: str
    signed_by: str
    bank_answer: str


def month(*, by: Actor, period: str, text: str = "") -> list[MonthRow]:
    """Return every account of the scope in a month, in order of place. Fixed number of queries.

    Raises: NotFound for what is no period, or an actor who sees no accounts.
    """
    require_period(period)
    if not scope.prefixes(by, SEE) and by.person_id is not None:
        raise NotFound
    accounts = list(
        BankAccount.objects.filter(
            scope.within(by, SEE, "organisation__division_id"), organisation__isnull=False
        )
        .exclude(closed_date__lt=balance_sides.month_days(period)[0])
        .select_related("organisation")
        .order_by("organisation__division_id", "organisation__ext_id", "ext_id")
    )
    bodies = sorted({one.organisation_id or 0 for one in accounts})
    told = month_ends.told_accounts(bodies, period)
    made = month_ends.present_statements(told, period)
    moved = month_ends.moved_since(told, made, bodies, period)
    rows = [_month_row(one, told, made, moved) for one in accounts]
    return [row for row in rows if text in f"{row.organisation}{row.account_words}"]


def _month_row(
    account: BankAccount,
    told: dict[int, tuple[int | None, str]],
    made: dict[int, Reconciliation],
    moved: set[int],
) -> MonthRow:
    one, body = made.get(account.pk), account.organisation
    if one is None:
        state = OPEN if account.pk in told else QUIET
    elif one.state == ReconciliationState.PREPARED:
        state = PREPARED
    else:
        state = MOVED if account.pk in moved else SIGNED
    return MonthRow(
        account_ext_id=account.ext_id,
        account_words=words_of(account),
        organisation=body.name if body else "",
        organisation_ext_id=body.ext_id if body else "",
        division_code=body.division_id if body else "",
        state=state,
        state_label=dict(STATES)[state],
        item_count=one.item_count if one else 0,
        adjusted_fen=one.adjusted_fen if one else None,
        reconciliation=one.ext_id if one else "",
        digest=one.digest if one else "",
        prepared_by=one.prepared_by_name if one else "",
        signed_by=one.signed_by_name if one else "",
        bank_answer=one.get_bank_answer_display() if one and one.signed_at else "",
    )


def words_of(account: BankAccount) -> str:
    """Return the words of an account: its kind and the last figures of its number."""
    return f"{account.get_kind_display()} 尾号{account.tail}"


def access(*, by: Actor, account: str, permission: str = SEE) -> BankAccount:
    """Return an account of a body in the actor's scope. Raises: NotFound."""
    found = (
        BankAccount.objects.select_related("organisation")
        .filter(
            scope.within(by, permission, "organisation__division_id"),
            ext_id=account,
            organisation__isnull=False,
        )
        .first()
    )
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Suggestion:
    """A line of the other side that may belong to one, and why it was not joined by itself."""

    book: int
    bank: str
    reason: str


@dataclass(frozen=True)
class MatchedGroup:
    """A live match with its lines in words. Units: fen, money in positive."""

    ext_id: str
    rule: str
    rule_label: str
    made_at: datetime
    made_by: str
    note: str
    amount_fen: int
    book: tuple[str, ...]
    bank: tuple[str, ...]


@dataclass(frozen=True)
class Workbench:
    """Both sides of one account at the end of a month, with what may belong together.

    `book` and `bank` are the open lines; `matched` and `by_rule` count the month's matched bank
    lines and matches.
    """

    account_ext_id: str
    account_words: str
    organisation: str
    organisation_ext_id: str
    period: str
    sides: Sides
    book: tuple[Item, ...]
    bank: tuple[Item, ...]
    suggestions: tuple[Suggestion, ...]
    by_rule: tuple[tuple[str, int], ...]
    bank_count: int
    may_match: bool
    statement: str
    statement_state: str

    @property
    def matched_count(self) -> int:
        """How many of the month's bank lines are matched."""
        month = self.period
        still = sum(1 for one in self.bank if f"{one.booked_date:%Y-%m}" == month)
        return self.bank_count - still


def workbench(*, by: Actor, account: str, period: str) -> Workbench:
    """Return what of an account is still open at the end of a month. Raises: NotFound."""
    require_period(period)
    held = access(by=by, account=account)
    body = held.organisation
    sides = balance_sides.sides_of(held, period)
    _, end = balance_sides.month_days(period)
    book = _still_open(sides, MatchedBookLine, "voucher_line_id")
    bank = _still_open(sides, MatchedBankLine, "bank_line_id")
    made = (
        Reconciliation.objects.filter(account=held, period=period)
        .exclude(state=ReconciliationState.REPLACED)
        .first()
    )
    first, _ = balance_sides.month_days(period)
    return Workbench(
        account_ext_id=held.ext_id,
        account_words=words_of(held),
        organisation=body.name if body else "",
        organisation_ext_id=body.ext_id if body else "",
        period=period,
        sides=sides,
        book=book,
        bank=bank,
        suggestions=tuple(_suggestions(held, book, bank, end)),
        by_rule=_by_rule(held, first, end),
        bank_count=balance_sides.bank_moved([held.pk], first, end).get(held.pk, Moved()).count,
        may_match=body is not None and scope.can(by, PREPARE, body.division_id),
        statement=made.ext_id if made else "",
        statement_state=made.state if made else "",
    )


def _still_open(
    sides: Sides, model: type[MatchedBookLine | MatchedBankLine], field: str
) -> tuple[Item, ...]:
    """Return the items of one side that are in no live match at all."""
    items = [one for one in sides.items if getattr(one, field) is not None]
    keys = [getattr(one, field) for one in items]
    taken = set(
        model._default_manager.filter(  # noqa: SLF001 - the public way to any model's rows
            line__in=keys, is_live=True
        ).values_list("line_id", flat=True)
    )
    return tuple(one for one in items if getattr(one, field) not in taken)


def _by_rule(account: BankAccount, first: date, end: date) -> tuple[tuple[str, int], ...]:
    rows = (
        MatchedBankLine.objects.filter(
            match__account=account,
            is_live=True,
            line__booked_at__gte=balance_sides.month_begin(first),
            line__booked_at__lt=day_after(end),
        )
        .values("match__rule")
        .annotate(count=Count("pk"))
    )
    counts: Counter[str] = Counter({row["match__rule"]: row["count"] for row in rows})
    return tuple((str(one.label), counts[one]) for one in MatchRule if counts[one])


def _suggestions(
    account: BankAccount, book: Sequence[Item], bank: Sequence[Item], end: date
) -> list[Suggestion]:
    """Return up to three bank lines of the same amount for each line of the book, nearest first."""
    left = {one.key: one for one in open_lines.book_lines(open_lines.open_book_rows(account, end))}
    right = {one.key: one for one in open_lines.bank_lines(open_lines.open_bank_rows(account, end))}
    ext_ids = {one.bank_line_id: one.bank_line_ext_id for one in bank}
    of_amount: dict[int, list[OpenLine]] = {}
    for key in ext_ids:
        line = right.get(key or 0)
        if line is not None:
            of_amount.setdefault(line.signed_fen, []).append(line)
    found = []
    for item in book:
        mine = left.get(item.voucher_line_id or 0)
        if mine is None:
            continue
        near = [(abs((one.day - mine.day).days), one) for one in of_amount.get(mine.signed_fen, [])]
        near = sorted((each for each in near if each[0] <= SUGGESTED_WITHIN_DAYS), key=_by_days)
        found += [
            Suggestion(mine.key, ext_ids[one.key], _reason(mine, one, days, len(near)))
            for days, one in near[:SUGGESTIONS_MAX]
        ]
    return found


def _by_days(each: tuple[int, OpenLine]) -> tuple[int, int]:
    return each[0], each[1].key


def _reason(book: OpenLine, bank: OpenLine, days: int, count: int) -> str:
    parts = ["金额一样", "同一天" if not days else f"差{days}天"]
    wrong = conflict(book, bank)
    if wrong:
        parts.append(f"但{wrong}")
    elif book.accounts & bank.accounts:
        parts.append("对方账号一样")
    elif book.names & bank.names:
        parts.append("户名一样")
    if count > 1:
        parts.append(f"有{count}笔都像")
    return "，".join(parts)


def matches(*, by: Actor, account: str, period: str) -> list[MatchedGroup]:
    """Return the live matches of an account with a line in the month, newest first.

    Raises: NotFound.
    """
    require_period(period)
    held = access(by=by, account=account)
    first, end = balance_sides.month_days(period)
    bank = MatchedBankLine.objects.filter(
        match__account=held,
        is_live=True,
        line__booked_at__gte=balance_sides.month_begin(first),
        line__booked_at__lt=day_after(end),
    ).values_list("match_id", flat=True)
    book = MatchedBookLine.objects.filter(
        match__account=held, is_live=True, line__voucher__period=period
    ).values_list("match_id", flat=True)
    rows = BankMatch.objects.filter(pk__in={*bank, *book}).order_by("-made_at", "ext_id")
    return _groups(list(rows))


def _groups(rows: Sequence[BankMatch]) -> list[MatchedGroup]:
    book: dict[str, list[tuple[int, str]]] = {}
    for one in MatchedBookLine.objects.filter(match__in=rows).select_related("line__voucher"):
        voucher, fen = one.line.voucher, one.line.debit_fen - one.line.credit_fen
        words = f"{voucher.date:%m-%d} {voucher.word}-{voucher.number} {voucher.summary}"
        book.setdefault(one.match_id, []).append((fen, words))
    bank = _bank_words(rows)
    return [
        MatchedGroup(
            ext_id=one.ext_id,
            rule=one.rule,
            rule_label=one.get_rule_display(),
            made_at=one.made_at,
            made_by=one.made_by_name,
            note=one.note,
            amount_fen=sum(fen for fen, _ in book.get(one.ext_id, bank.get(one.ext_id, []))),
            book=tuple(words for _, words in book.get(one.ext_id, [])),
            bank=tuple(words for _, words in bank.get(one.ext_id, [])),
        )
        for one in rows
    ]


def _bank_words(rows: Sequence[BankMatch]) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    links = list(MatchedBankLine.objects.filter(match__in=rows).values_list("match_id", "line_id"))
    lines = BankTransaction.every.in_bulk([line for _, line in links])
    for match, key in links:
        line = lines[key]
        fen = line.amount_fen if line.direction == "in" else -line.amount_fen
        found.setdefault(match, []).append((fen, _line_words(line)))
    return found


def _line_words(line: BankTransaction) -> str:
    day = clock.local_date(line.booked_at)
    return " ".join(part for part in (f"{day:%m-%d}", line.peer_name, line.memo) if part)


@dataclass(frozen=True)
class StatementPage:
    """One statement with its items, who made it, and what the actor may do with it."""

    ext_id: str
    account_ext_id: str
    account_words: str
    organisation: str
    organisation_ext_id: str
    period: str
    state: str
    state_label: str
    sides: Sides
    digest: str
    is_history: bool
    prepared_by: str
    prepared_at: datetime
    signed_by: str
    signed_at: datetime | None
    bank_answer: str
    bank_problem: str
    bank_told_at: datetime | None
    may_sign: bool
    is_own: bool


def statement(*, by: Actor, ext_id: str) -> StatementPage:
    """Return one balance reconciliation statement as it was made. Raises: NotFound."""
    found = (
        Reconciliation.objects.select_related("account__organisation")
        .filter(scope.within(by, SEE, "account__organisation__division_id"), ext_id=ext_id)
        .first()
    )
    if found is None or found.account.organisation is None:
        raise NotFound
    body = found.account.organisation
    is_own = by.person_id is not None and by.person_id == found.prepared_by_id
    return StatementPage(
        ext_id=found.ext_id,
        account_ext_id=found.account.ext_id,
        account_words=words_of(found.account),
        organisation=body.name,
        organisation_ext_id=body.ext_id,
        period=found.period,
        state=found.state,
        state_label=found.get_state_display(),
        sides=_kept_sides(found),
        digest=found.digest,
        is_history=found.is_history,
        prepared_by=found.prepared_by_name,
        prepared_at=found.prepared_at,
        signed_by=found.signed_by_name,
        signed_at=found.signed_at,
        bank_answer=found.get_bank_answer_display(),
        bank_problem=found.bank_problem,
        bank_told_at=found.bank_told_at,
        may_sign=found.state == ReconciliationState.PREPARED
        and not is_own
        and scope.can(by, SIGN, body.division_id),
        is_own=is_own,
    )


def _kept_sides(found: Reconciliation) -> Sides:
    rows = found.items.select_related("voucher_line__voucher").order_by("place")
    lines = BankTransaction.every.in_bulk(
        [one.bank_line_id for one in rows if one.bank_line_id is not None]
    )
    items = []
    for one in rows:
        item = Item(
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
        if one.voucher_line is not None:
            item = replace(item, voucher_ext_id=one.voucher_line.voucher.ext_id)
        if one.bank_line_id is not None:
            item = replace(item, bank_line_ext_id=lines[one.bank_line_id].ext_id)
        items.append(item)
    return Sides(
        period=found.period,
        book_fen=found.book_fen,
        bank_fen=found.bank_fen,
        items=tuple(items),
        book_moved=Moved(found.book_moved_count, found.book_moved_fen),
        bank_moved=Moved(found.bank_moved_count, found.bank_moved_fen),
    )
