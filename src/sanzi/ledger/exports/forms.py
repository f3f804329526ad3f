"""The forms in which a book goes out: code, title, the file's ending, and who writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sanzi.ledger.exports import beancount, plain
from sanzi.ledger.exports.shapes import ExportedBook, Vouchers

Journal = Callable[[ExportedBook, Vouchers], Iterator[str]]


@dataclass(frozen=True)
class TextForm:
    """A journal: a head once a file, then any number of books one after the other."""

    code: str
    title: str
    suffix: str
    head: str
    journal: Journal


TEXTS: Final[Mapping[str, TextForm]] = {
    one.code: one
    for one in (
        TextForm("hledger", "hledger账本", "journal", plain.HEAD, plain.journal),
        TextForm("ledger", "ledger账本", "ledger", plain.HEAD, plain.journal),
        TextForm("beancount", "beancount账本", "beancount", beancount.HEAD, beancount.journal),
    )
}

TITLES: Final[Mapping[str, str]] = {
    **{one.code: one.title for one in TEXTS.values()},
    "gbt24589": "国家标准GB/T 24589（2010版）",
    "excel": "Excel账簿",
    "package": "数据包",
}
"""Every form by code, with its title."""

SUFFIXES: Final[Mapping[str, str]] = {
    **{one.code: one.suffix for one in TEXTS.values()},
    "gbt24589": "zip",
    "excel": "xlsx",
    "package": "zip",
}
"""How the file of one book ends; several books in Excel come as a zip."""
