"""Reads of the books: what faces and higher rooms call.

Doors are `access_*` and whatever takes `by`; the others are for code that holds a door already.
"""

from __future__ import annotations

from sanzi.ledger.queries.balances import BalanceRow, TrialBalance, trial_balance
from sanzi.ledger.queries.chains import content_of, loose_lines, verify_book
from sanzi.ledger.queries.doors import BookInfo, access_book, books, periods
from sanzi.ledger.queries.journals.paged import AccountLedger, LedgerRow, account_ledger
from sanzi.ledger.queries.pages import (
    HistoryView,
    LineView,
    VoucherPage,
    VoucherRow,
    access_voucher,
    masked_voucher,
    vouchers,
    vouchers_of,
)

__all__ = [
    "AccountLedger",
    "BalanceRow",
    "BookInfo",
    "HistoryView",
    "LedgerRow",
    "LineView",
    "TrialBalance",
    "VoucherPage",
    "VoucherRow",
    "access_book",
    "access_voucher",
    "account_ledger",
    "books",
    "content_of",
    "loose_lines",
    "masked_voucher",
    "periods",
    "trial_balance",
    "verify_book",
    "vouchers",
    "vouchers_of",
]
