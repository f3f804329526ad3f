"""Open the book of an organisation. Posting to it is in `posting.py`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import ids
from sanzi.ledger import rules, standards
from sanzi.ledger.errors import BookDiffers, NoStandard
from sanzi.ledger.models import Book
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation


def ensure_book(
    *,
    org_ext_id: str,
    first_period: str,
    by: Actor,
    at: datetime,
    standard_code: str = "",
    ext_id: str = "",
) -> str:
    """Open the book of an organisation, or return the one it has; returns the book's ext id.

    Shapes: first_period is `2026-01`; without standard_code the organisation's kind decides.
    Raises: NotFound for the organisation; NoStandard; BookDiffers when it has a book under
    another standard, another id, or one that begins later. Nothing is written when raised.
    """
    rules.check_period(first_period)
    organisation = Organisation.objects.filter(ext_id=org_ext_id).first()
    if organisation is None:
        raise NotFound
    code = standard_code or standards.for_organisation_kind(organisation.kind)
    if code not in standards.codes():
        known = "、".join(standards.get(each).title for each in standards.codes())
        raise NoStandard(standard=code or organisation.get_kind_display(), known=known)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        book = Book.objects.filter(organisation=organisation).first()
        if book is not None:
            _require_same(book, organisation.name, code, first_period, ext_id)
            return book.ext_id
        book = Book.objects.create(
            ext_id=ext_id or ids.new_id("B", at),
            organisation=organisation,
            standard_code=code,
            first_period=first_period,
        )
        audit.write(
            chain=org_ext_id,
            kind="ledger.book.opened",
            by=by,
            at=at,
            subject=("book", book.ext_id),
            after={"standard": code, "first_period": first_period},
        )
    return book.ext_id


def _require_same(book: Book, organisation: str, code: str, first_period: str, ext_id: str) -> None:
    is_same = book.standard_code == code and ext_id in {"", book.ext_id}
    if is_same and first_period >= book.first_period:
        return
    raise BookDiffers(
        organisation=organisation,
        standard=standards.get(book.standard_code).title,
        first_period=book.first_period,
    )
