"""Whom a balance may be with, by the kinds an account asks for: found by id or by exact name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sanzi.ledger.models import Book
from sanzi.orgs.models import Counterparty, Household, Organisation, Person

Finder = Callable[[Book], Mapping[str, str]]

_finders: dict[str, Finder] = {}


def register(kind: str, finder: Finder) -> None:
    """Register who there is of a kind: finder(book) returns names by ext id."""
    _finders[kind] = finder


def of_kind(book: Book, kind: str) -> Mapping[str, str]:
    """Return everybody of one kind who may stand in a book, names by ext id."""
    finder = _finders.get(kind)
    return finder(book) if finder else {}


def find(book: Book, kinds: tuple[str, ...], words: str) -> list[tuple[str, str]]:
    """Return (kind, id) of those whose id or whole name is `words`: one when it is clear."""
    id_part = words.split(maxsplit=1)[0] if words.split() else ""
    found = []
    for kind in kinds:
        there = of_kind(book, kind)
        if id_part in there:
            return [(kind, id_part)]
        found += [(kind, ext_id) for ext_id, name in there.items() if name == words]
    return found


def _place(book: Book) -> str:
    return book.organisation.division_id


def _counterparties(_book: Book) -> Mapping[str, str]:
    return dict(Counterparty.objects.values_list("ext_id", "name"))


def _people(book: Book) -> Mapping[str, str]:
    return dict(Person.objects.filter(division_id=_place(book)).values_list("ext_id", "name"))


def _households(book: Book) -> Mapping[str, str]:
    rows = Household.objects.filter(division_id=_place(book))
    heads = dict(rows.values_list("ext_id", "head_person_ext_id"))
    names = dict(Person.objects.filter(ext_id__in=heads.values()).values_list("ext_id", "name"))
    return {household: names.get(head, "") for household, head in heads.items()}


def _organisations(book: Book) -> Mapping[str, str]:
    rows = Organisation.objects.filter(division_id=_place(book)).exclude(pk=book.organisation_id)
    return dict(rows.values_list("ext_id", "name"))


for _kind, _finder in (
    ("counterparty", _counterparties),
    ("person", _people),
    ("household", _households),
    ("org", _organisations),
):
    register(_kind, _finder)
