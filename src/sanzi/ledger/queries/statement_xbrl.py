"""Statements as an XBRL package: the instance, and beside it the taxonomy it is written in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from sanzi.ledger.models import Book
from sanzi.ledger.queries import reading
from sanzi.ledger.queries.statements import StatementPage
from sanzi.ledger.xbrl import taxonomy
from sanzi.ledger.xbrl.instance import Entity, Filled, Months, instance

_MADE = (2020, 1, 1, 0, 0, 0)
"""The day that every entry of a package bears, so that the same figures give the same bytes."""


def package(book: Book, pages: Sequence[StatementPage], period: str) -> bytes:
    """Return the statements of a book as a ZIP that reads without a network.

    The caller holds the book's door. Amounts are in yuan with two decimals.
    """
    filled = [_filled(page) for page in pages]
    custom = [one.layout for one in filled if one.layout.is_custom]
    entity = Entity(book.organisation.uscc, book.organisation.ext_id)
    files = {
        f"{book.organisation.ext_id}_{period}.xbrl": instance(entity, book.standard_code, filled)
    }
    for name, data in taxonomy.of_standard(book.standard_code, custom).items():
        files[f"taxonomy/{name}"] = data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _MADE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, data)
    return out.getvalue()


def _filled(page: StatementPage) -> Filled:
    span = reading.span_of(page.period)
    return Filled(
        reading.layout_of(page.book.standard_code, page.layout.code, span),
        tuple(Months(one.id, one.first_period, one.last_period) for one in page.columns),
        page.rows,
    )
