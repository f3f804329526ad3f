"""Account names that hledger, ledger and beancount all take.

English roots, then one part per level: the code, a hyphen and the Chinese name. Each part begins
with a figure or a capital letter, as beancount wants it: `Assets:102-银行存款`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sanzi.kernel import digest
from sanzi.ledger.exports.shapes import ExportedBook

ROOTS: Final[Mapping[str, str]] = {
    "asset": "Assets",
    "cost": "Assets",  # what is in production is an asset until it is sold
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
}
DIFFERENCE: Final = "Equity:0-期初差额"
_OUTSIDE: Final = re.compile(r"[^0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff]+")
_KEPT_ID: Final = re.compile(r"[A-Z0-9][A-Za-z0-9-]*")


def part(text: str) -> str:
    """Return a text as a part of an account name: letters, figures and single hyphens."""
    return _OUTSIDE.sub("-", text).strip("-") or "0"


def book_part(org_ext_id: str) -> str:
    """Return the part that keeps one book apart from others; different ids stay different."""
    if _KEPT_ID.fullmatch(org_ext_id) and not org_ext_id.endswith("-"):
        return org_ext_id
    return f"B{digest.sm3(org_ext_id.encode())[:8]}-{part(org_ext_id)}"


def account_names(book: ExportedBook) -> dict[str, str]:
    """Return the full name of every account by code."""
    named: dict[str, str] = {}
    for code, account in book.accounts.items():
        parts = [f"{above}-{part(book.accounts[above].name)}" for above in account.path]
        inside = [book.prefix, *parts] if book.prefix else parts
        named[code] = ":".join([ROOTS[account.account_class], *inside])
    return named


def declared(book: ExportedBook) -> list[str]:
    """Return the codes to declare: the whole chart of a book alone, else what it uses."""
    accounts = book.accounts.values()
    return sorted(one.code for one in accounts if one.is_used or not book.prefix)


def difference_name(book: ExportedBook) -> str:
    """Return the account that takes what openings lack to balance."""
    root, rest = DIFFERENCE.split(":")
    return f"{root}:{book.prefix}:{rest}" if book.prefix else DIFFERENCE


def yuan(fen: int) -> str:
    """Return `-1234.50`: two places, no separators."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def one_line(text: str) -> str:
    """Return a text without line breaks and runs of spaces."""
    return " ".join(text.split())
