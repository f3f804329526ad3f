"""What somebody who leaves a post holds, as far as the system knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet

from sanzi.deals.models import Contract
from sanzi.ledger.models import Book
from sanzi.matters.models import Case
from sanzi.matters.rules import ENDED
from sanzi.orgs.models import Appointment, Person
from sanzi.payments.models import ReceiptBook, VillageCard
from sanzi.record import extraction
from sanzi.registers.posts import rules
from sanzi.registers.posts.models import Handover, HandoverItem, ItemKind

KEEPS_MONEY: Final = ("cashier_reporter",)
SIGNS: Final = ("coop_director", "village_secretary", "committee_head")
KEEPS_PAPERS: Final = ("village_clerk", "cashier_reporter")
LIST_MAX: Final = 200


@dataclass(frozen=True)
class Held:
    """One thing that a leaver holds. `ref` is its number in its own register."""

    kind: str
    title: str
    ref: str = ""


def posts_of(person_id: int, division_code: str, on: date) -> list[Appointment]:
    """Return the posts that a person holds in a village on a day."""
    rows = _open(division_code, on).filter(person_id=person_id)
    return list(rows.select_related("organisation", "person").order_by("role_code", "pk"))


def _open(division_code: str, on: date) -> QuerySet[Appointment]:
    return Appointment.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=on),
        organisation__division_id=division_code,
        start_date__lte=on,
    )


def of_post(post: Appointment, on: date) -> list[Held]:
    """Return what belongs to a post: books, receipts, contracts in force, cash.

    How much cash it is, is counted on the day.
    """
    place = post.organisation.division_id
    found: list[Held] = []
    if post.role_code in KEEPS_PAPERS:
        books = Book.objects.filter(organisation__division_id=place).select_related("organisation")
        found += [
            Held(ItemKind.BOOKS, f"{one.organisation.name}账簿、凭证", one.ext_id)
            for one in books.order_by("pk")
        ]
    if post.role_code in KEEPS_MONEY:
        found.append(Held(ItemKind.CASH, "库存现金"))
        kept = ReceiptBook.objects.filter(division_code=place, written_off_at__isnull=True)
        found += [
            Held(ItemKind.RECEIPTS, f"收据本{one.number}", one.ext_id)
            for one in kept.order_by("pk")[:LIST_MAX]
        ]
    if post.role_code in SIGNS:
        running = Contract.objects.filter(
            Q(end_date__isnull=True) | Q(end_date__gte=on), division_code=place
        ).order_by("end_date", "pk")
        found += [Held(ItemKind.CONTRACT, one.title, one.ext_id) for one in running[:LIST_MAX]]
    return found


def of_person(person: Person, place: str, but_case: str) -> list[Held]:
    """Return what a person holds himself: cards, seals, cases that are not done."""
    cards = VillageCard.objects.filter(holder=person, division_code=place, closed_date=None)
    found = [Held(ItemKind.CARD, f"村务卡尾号{one.tail}", one.ext_id) for one in cards]
    found += _seals(person.ext_id)
    cases = Case.objects.filter(started_by=person, division_code=place).exclude(
        Q(state__in=ENDED) | Q(number=but_case)
    )
    found += [
        Held(ItemKind.CASE, one.title or one.matter_code, one.number)
        for one in cases.order_by("pk")[:LIST_MAX]
    ]
    return found


def _seals(person: str) -> list[Held]:
    """Return the seals that a person keeps, from the record: that register stands beside this."""
    key, title = (extraction.position("seal", name) for name in ("seal_id", "title"))
    rows = extraction.fetch("seal", extraction.Only("keeper_person_id", [person]))
    return [Held(ItemKind.SEAL, str(row[title]), str(row[key])) for row in rows]


@dataclass(frozen=True)
class Listed:
    """A leaving as the page of its case shows it."""

    handover: Handover
    items: tuple[HandoverItem, ...]
    due_date: date


def listed(case_number: str, days: int) -> tuple[Listed, ...]:
    """Return the leavings of a case with their lists, and by when they are due."""
    rows = Handover.objects.filter(case_number=case_number).select_related("person")
    return tuple(
        Listed(
            one,
            tuple(one.items.order_by("kind", "pk")),
            rules.last_shown(one.left_date, days),
        )
        for one in rows.order_by("pk")
    )
