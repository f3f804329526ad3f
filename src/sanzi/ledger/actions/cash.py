"""Cash in hand: the limit that a posting must keep. Who allows cash is in `cash_policies.py`."""

from __future__ import annotations

from collections.abc import Sequence

from sanzi.kernel import money
from sanzi.ledger import rules, standards
from sanzi.ledger.errors import CashOverLimit
from sanzi.ledger.models import Book, CashPolicy
from sanzi.ledger.queries import charts
from sanzi.ledger.queries.balances import standing_fen
from sanzi.ledger.rules import Draft


def require_within_limit(book: Book, drafts: Sequence[Draft]) -> None:
    """Refuse drafts that leave more cash in hand than the policy of their day allows.

    Locks the book when cash comes in under a limit, so that two posters cannot both stay below
    it; a voucher that strikes another out is never refused here, it puts right what is wrong.
    Raises: CashOverLimit.
    """
    standard = standards.get(book.standard_code)
    changes = [(draft, rules.cash_change_fen(draft, standard)) for draft in drafts]
    if not any(change for _, change in changes):
        return
    known = charts.read(book)
    Book.objects.select_for_update().get(pk=book.pk)
    balance_fen = sum(standing_fen(book, code) for code in standard.codes_for("cash"))
    for draft, change in changes:
        balance_fen += change
        allowed = known.cash_on(draft.date)
        if (
            change > 0
            and not draft.reversal_of
            and allowed.policy == CashPolicy.Kind.LIMITED
            and balance_fen > allowed.limit_fen
        ):
            raise CashOverLimit(
                balance=money.format_yuan(balance_fen), limit=money.format_yuan(allowed.limit_fen)
            )
