"""The door to a book, and what every page of it shows."""

from __future__ import annotations

from dataclasses import dataclass

from sanzi.ledger import rules, standards
from sanzi.ledger.models import Book, Period
from sanzi.ledger.standards import Account, Standard
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

PAGE_ROWS = 50


@dataclass(frozen=True)
class BookInfo:
    """A book as its pages head it."""

    ext_id: str
    org_ext_id: str
    organisation: str
    division_code: str
    standard_code: str
    standard_title: str
    first_period: str


def access_book(*, by: Actor, org_ext_id: str, permission: str = "ledger.see") -> Book:
    """Return the book of an organisation.

    Raises: NotFound when absent or out of scope.
    """
    book = (
        Book.objects.select_related("organisation").filter(organisation__ext_id=org_ext_id).first()
    )
    if book is None:
        raise NotFound
    scope.require(by, permission, book.organisation.division_id)
    return book


def books(*, by: Actor) -> list[BookInfo]:
    """Return the books in the actor's scope, by place."""
    rows = Book.objects.select_related("organisation").filter(
        scope.within(by, "ledger.see", "organisation__division_id")
    )
    return [
        info(book) for book in rows.order_by("organisation__division_id", "organisation__ext_id")
    ]


def periods(*, by: Actor, org_ext_id: str) -> list[tuple[str, bool]]:
    """Return (period, whether closed) of a book, newest first."""
    book = access_book(by=by, org_ext_id=org_ext_id)
    rows = Period.objects.filter(book=book).order_by("-period")
    return [(row.period, row.closed_at is not None) for row in rows]


def require_period(period: str) -> None:
    """Refuse what does not read `2026-11`; raises NotFound."""
    try:
        rules.check_period(period)
    except ValueError:
        raise NotFound from None


def info(book: Book) -> BookInfo:
    """Return how a book's pages head it."""
    return BookInfo(
        ext_id=book.ext_id,
        org_ext_id=book.organisation.ext_id,
        organisation=book.organisation.name,
        division_code=book.organisation.division_id,
        standard_code=book.standard_code,
        standard_title=standards.get(book.standard_code).title,
        first_period=book.first_period,
    )


def account_of(standard: Standard, code: str) -> Account:
    """Return an account; one that the standard does not know stands under its code."""
    known = standard.accounts.get(code)
    return known or Account(code, code, "asset", "debit", is_official=False)
