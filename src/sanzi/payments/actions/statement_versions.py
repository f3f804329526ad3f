"""The versions of a day's statement, and why one was not taken.

A statement that the bank corrects comes in as a new version that names the old. Lines that it no
longer has are withdrawn and taken out of their matches; payments that rested on them are told to
the log, and nothing of them is changed by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sanzi.audit import actions as audit
from sanzi.bank.errors import GatewayError
from sanzi.bank.port import Entry, Statement
from sanzi.kernel import clock
from sanzi.kernel.digest import sm3_of
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.actions import matching
from sanzi.payments.errors import StatementRefused
from sanzi.payments.models import (
    BankAccount,
    BankMatch,
    BankStatement,
    BankTransaction,
    MatchedBankLine,
    StatementProblem,
)
from sanzi.payments.queries.open_lines import day_after

Kind = StatementProblem.Kind
CURRENCY_WORDS = ("currency", "CNY", "币种")
WITHDRAWN = "银行更正了对账单，这一行没有了"


def digest_of(statement: Statement) -> str:
    """Return the SM3 of what a statement says; the same digest is the same statement."""
    lines = [
        [one.bank_ref, one.signed_fen, one.e2e_id, clock.minute_text(one.booked_at), one.memo]
        for one in statement.entries
    ]
    head = [statement.number, statement.opening_fen, statement.closing_fen]
    return sm3_of([head, sorted(lines)])


def present(account: BankAccount, day: date) -> BankStatement | None:
    """Return the version that is in force, or None when none came."""
    found = BankStatement.objects.filter(account=account, day=day)
    return found.order_by("-version").first()


def keep(account: BankAccount, statement: Statement, at: datetime) -> BankStatement | None:
    """Keep a statement as the version in force; None when it is the one that we have.

    Runs in the transaction of the import, before its lines come in; a correction withdraws what
    is no longer there.
    """
    old, digest = present(account, statement.day), digest_of(statement)
    if old is not None and old.digest == digest:
        return None
    made = BankStatement.objects.create(
        account=account,
        day=statement.day,
        version=old.version + 1 if old else 1,
        number=statement.number,
        opening_fen=statement.opening_fen,
        closing_fen=statement.closing_fen,
        line_count=len(statement.entries),
        digest=digest,
        received_at=at,
        replaces=old,
    )
    StatementProblem.objects.filter(account=account, day=statement.day).delete()
    if old is not None:
        _correct(account, made, statement.entries, at)
    return made


def _correct(
    account: BankAccount, made: BankStatement, entries: Sequence[Entry], at: datetime
) -> None:
    """Withdraw what the corrected statement does not have, and tell the log what it touched."""
    there = {(one.bank_ref[:40], one.signed_fen) for one in entries}
    day = BankTransaction.objects.filter(
        account=account,
        booked_at__gte=clock.midnight(made.day),
        booked_at__lt=day_after(made.day),
    )
    known = {(one.bank_ref, matching.signed(one)): one for one in day}
    gone = [one for key, one in known.items() if key not in there]
    live = MatchedBankLine.objects.filter(line__in=gone, is_live=True)
    matches = BankMatch.objects.filter(pk__in=live.values("match_id"))
    matching.undo(list(matches.select_for_update(of=("self",))), by=SYSTEM, at=at, reason=WITHDRAWN)
    BankTransaction.objects.filter(pk__in=[one.pk for one in gone]).update(withdrawn_by=made)
    made.withdrawn_count = len(gone)
    made.added_count = len(there - known.keys())
    made.save(update_fields=["withdrawn_count", "added_count"])
    _tell(account, made, gone, at)


def _tell(
    account: BankAccount, made: BankStatement, gone: Sequence[BankTransaction], at: datetime
) -> None:
    """Tell the log of the correction, and of each payment that rested on a line that is gone."""
    if account.organisation is None:
        return
    events = [
        audit.Happened(
            kind="payments.statement.corrected",
            subject=("bank_account", account.ext_id),
            after={
                "day": made.day.isoformat(),
                "version": made.version,
                "withdrawn": [one.ext_id for one in gone],
                "added": made.added_count,
            },
        )
    ]
    events += [
        audit.Happened(
            kind="payments.line.contradicted",
            subject=("payment", one.payment.ext_id),
            after={"bank_ref": one.bank_ref, "amount_fen": one.amount_fen, "was": WITHDRAWN},
        )
        for one in gone
        if one.payment is not None
    ]
    audit.write_many(chain=account.organisation.ext_id, by=SYSTEM, at=at, events=events)


def note_problem(account: BankAccount, day: date, problem: Exception, at: datetime) -> None:
    """Keep why the statement of a day was not taken, so that somebody can ask the bank."""
    kind, why = _said(problem)
    known, is_new = StatementProblem.objects.get_or_create(
        account=account,
        day=day,
        defaults={
            "kind": kind,
            "why": why[:200],
            "first_seen_at": at,
            "last_seen_at": at,
        },
    )
    if not is_new:
        known.kind, known.why, known.last_seen_at = kind, why[:200], at
        known.save(update_fields=["kind", "why", "last_seen_at"])


def _said(problem: Exception) -> tuple[str, str]:
    if isinstance(problem, StatementRefused):
        return str(problem.data["kind"]), str(problem.data["why"])
    why = str(problem.data.get("why", "")) if isinstance(problem, GatewayError) else str(problem)
    is_currency = any(word in why for word in CURRENCY_WORDS)
    return (Kind.CURRENCY, "里面有不是人民币的金额") if is_currency else (Kind.UNREADABLE, why)
