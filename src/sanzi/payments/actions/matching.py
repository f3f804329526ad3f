"""Matching the two sides of an account: by the rules in bulk, or by hand; and undoing it.

The account's row is the lock; that no line is used twice, the database holds as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids, money
from sanzi.ledger.models import VoucherLine
from sanzi.orgs import scope
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import locking
from sanzi.payments.errors import (
    LinesTaken,
    MatchUndone,
    NothingChosen,
    ReasonNeeded,
    SignedAlready,
    SumsDiffer,
)
from sanzi.payments.matching_rules import Found, Rule, match
from sanzi.payments.models import (
    BankAccount,
    BankMatch,
    BankTransaction,
    MatchedBankLine,
    MatchedBookLine,
    Reconciliation,
    ReconciliationState,
)
from sanzi.payments.queries import open_lines
from sanzi.record import bulk

PERMISSION = "payments.reconcile"
REASON_LENGTH_MIN = 4
DAYS_BACK = timedelta(days=62)
"""How far back the worker looks for bank lines that a rule may still match."""


@dataclass(frozen=True)
class Matched:
    """What one run joined: matches by rule, and how many lines of each side are still open."""

    by_rule: dict[str, int] = field(default_factory=dict)
    open_book: int = 0
    open_bank: int = 0

    @property
    def count(self) -> int:
        """How many matches were made."""
        return sum(self.by_rule.values())


def match_account(*, account: str, by: Actor, at: datetime) -> Matched:
    """Run the five rules over all open lines of one account.

    Raises: NotFound.
    """
    with transaction.atomic():
        return run(locked_account(account, by), by=by, at=at)


def locked_account(ext_id: str, by: Actor) -> BankAccount:
    """Lock an account of a body that the actor reconciles. Raises: NotFound."""
    found = locking.accounts(ext_id=ext_id, organisation__isnull=False).first()
    if found is None or found.organisation is None:
        raise NotFound
    scope.require(by, PERMISSION, found.organisation.division_id)
    return found


def run(account: BankAccount, *, by: Actor, at: datetime) -> Matched:
    """Run the rules over a locked account in the caller's transaction; the log hears the counts."""
    book, bank = open_lines.open_lines(account)
    found = match(book, bank, clock.local_date(at))
    save(account, found, by=by, at=at)
    by_rule = dict(sorted(Counter(str(one.rule) for one in found).items()))
    if found:
        _tell(account, "made", by, at, {"account": account.ext_id, "by_rule": by_rule})
    taken_book = sum(len(one.book) for one in found)
    taken_bank = sum(len(one.bank) for one in found)
    return Matched(by_rule, len(book) - taken_book, len(bank) - taken_bank)


def save(
    account: BankAccount, found: Iterable[Found], *, by: Actor, at: datetime, note: str = ""
) -> list[str]:
    """Keep matches in the caller's transaction; return their ids. Raises: IntegrityError."""
    made = [(ids.new_id("X", at), one) for one in found]
    for part in bulk.chunks(made):
        bulk.insert(
            BankMatch,
            [
                {
                    "ext_id": ext_id,
                    "account_id": account.pk,
                    "rule": str(one.rule),
                    "made_at": at,
                    "made_by_id": by.person_id,
                    "made_by_name": by.name,
                    "note": note,
                }
                for ext_id, one in part
            ],
        )
        for model, lines in (
            (MatchedBookLine, [(key, ext_id) for ext_id, one in part for key in one.book]),
            (MatchedBankLine, [(key, ext_id) for ext_id, one in part for key in one.bank]),
        ):
            bulk.insert(model, [{"match_id": ext_id, "line_id": key} for key, ext_id in lines])
    return [ext_id for ext_id, _ in made]


def work(at: datetime) -> int:
    """Match what came in of late, account by account; return how many matches were made.

    Shapes: at is aware, UTC.
    """
    live = MatchedBankLine.objects.filter(line=OuterRef("pk"), is_live=True)
    accounts = (
        BankTransaction.objects.filter(
            ~Exists(live),
            booked_at__gte=at - DAYS_BACK,
            account__organisation__isnull=False,
        )
        .order_by("account__ext_id")
        .values_list("account__ext_id", flat=True)
        .distinct()
    )
    count = 0
    for one in accounts:
        with locking.going_on(f"the matching of {one}"):
            count += match_account(account=one, by=SYSTEM, at=at).count
    return count


@dataclass(frozen=True)
class Chosen:
    """Lines picked by hand: keys of voucher lines, and ids of bank lines."""

    book: tuple[int, ...] = ()
    bank: tuple[str, ...] = ()


def match_by_hand(*, account: str, chosen: Chosen, by: Actor, at: datetime, note: str = "") -> str:
    """Join lines picked by hand, n with m, or lines of one side that cancel; return the match.

    Raises: NotFound; NothingChosen below two lines; LinesTaken; SumsDiffer. Nothing is written
        when raised.
    """
    with transaction.atomic():
        held = locked_account(account, by)
        book, bank = _chosen(held, chosen)
        if len(book) + len(bank) < 2:
            raise NothingChosen
        book_fen = sum(one.debit_fen - one.credit_fen for one in book)
        bank_fen = sum(signed(one) for one in bank)
        if book_fen != bank_fen:
            raise SumsDiffer(
                book=money.format_yuan(book_fen),
                bank=money.format_yuan(bank_fen),
                difference=money.format_yuan(abs(book_fen - bank_fen)),
            )
        found = Found(Rule.HAND, tuple(one.pk for one in book), tuple(one.pk for one in bank))
        (ext_id,) = save(held, [found], by=by, at=at, note=note.strip()[:120])
        _tell(
            held,
            "made",
            by,
            at,
            {
                "account": held.ext_id,
                "match": ext_id,
                "amount_fen": book_fen,
                "book_lines": list(found.book),
                "bank_lines": [one.ext_id for one in bank],
            },
        )
    return ext_id


def signed(line: BankTransaction) -> int:
    """Return the amount of a bank line, money in positive. Units: fen."""
    return line.amount_fen if line.direction == "in" else -line.amount_fen


def _chosen(
    account: BankAccount, chosen: Chosen
) -> tuple[list[VoucherLine], list[BankTransaction]]:
    wanted_book, wanted_bank = set(chosen.book), set(chosen.bank)
    book = list(open_lines.open_book_rows(account).filter(pk__in=wanted_book))
    bank = list(open_lines.open_bank_rows(account).filter(ext_id__in=wanted_bank))
    if len(book) < len(wanted_book) or len(bank) < len(wanted_bank):
        raise LinesTaken
    return book, bank


def undo_match(*, match: str, by: Actor, at: datetime, reason: str) -> None:
    """Take a match apart; both sides are open again, the match stays with who undid it.

    Raises: NotFound, ReasonNeeded, MatchUndone, SignedAlready. Nothing is written when raised.
    """
    with transaction.atomic():
        first = BankMatch.objects.filter(ext_id=match).select_related("account").first()
        if first is None:
            raise NotFound
        account = locked_account(first.account.ext_id, by)
        found = BankMatch.objects.select_for_update(of=("self",)).get(pk=first.pk)
        if len(reason.strip()) < REASON_LENGTH_MIN:
            raise ReasonNeeded(verb="拆开")
        if found.undone_at is not None:
            raise MatchUndone
        _require_not_signed(account, found)
        undo([found], by=by, at=at, reason=reason.strip()[:120])
        _tell(
            account,
            "undone",
            by,
            at,
            {"account": account.ext_id, "match": found.ext_id, "reason": found.undone_reason},
        )


def undo(matches: Sequence[BankMatch], *, by: Actor, at: datetime, reason: str) -> None:
    """Take locked matches apart in the caller's transaction; the caller tells the log."""
    for one in matches:
        one.undone_at, one.undone_by_id, one.undone_by_name = at, by.person_id, by.name
        one.undone_reason = reason
        one.save(update_fields=["undone_at", "undone_by_id", "undone_by_name", "undone_reason"])
    for model in (MatchedBookLine, MatchedBankLine):
        model.objects.filter(match__in=matches).update(is_live=False)


def _require_not_signed(account: BankAccount, found: BankMatch) -> None:
    """Refuse when a signed statement rests on the match: its figures would change behind it."""
    days = [one.line.voucher.date for one in found.book_lines.select_related("line__voucher")]
    bank = MatchedBankLine.objects.filter(match=found).values_list("line__booked_at", flat=True)
    days += [clock.local_date(at) for at in bank]
    resting = Reconciliation.objects.filter(
        account=account,
        state=ReconciliationState.SIGNED,
        is_history=False,
        period__gte=f"{max(days):%Y-%m}",
    ).order_by("period")
    first = resting.first()
    if first is not None:
        raise SignedAlready(period=first.period)


def _tell(
    account: BankAccount, what: str, by: Actor, at: datetime, after: dict[str, object]
) -> None:
    organisation = account.organisation
    if organisation is None:
        raise NotFound
    audit.write(
        chain=organisation.ext_id,
        kind=f"payments.match.{what}",
        by=by,
        at=at,
        subject=("bank_account", account.ext_id),
        after=after,
    )
