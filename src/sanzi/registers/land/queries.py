"""Reads of the room: sums of a roster, what is due to whom, what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from sanzi.kernel import masking
from sanzi.orgs import secrets
from sanzi.orgs.models import LandRight, Person
from sanzi.payments.models import AccountKind, BankAccount
from sanzi.payments.queries import payees
from sanzi.registers.land import rules
from sanzi.registers.land.models import (
    Compensation,
    Homestead,
    LandTaking,
    OwnerKind,
    Step,
)

KIND = "compensation"
OWN_KINDS = (AccountKind.ONE_CARD, AccountKind.PERSONAL)


@dataclass(frozen=True)
class Due:
    """What one person gets of a project. Units: fen. `account` is empty when none is known."""

    person_ext_id: str
    name: str
    amount_fen: int
    account: str
    bank_code: str


def total_fen(taking: LandTaking, owner_kind: str = "") -> int:
    """Return the sum of a roster, or of its lines of one kind of owner."""
    rows = taking.lines.filter(owner_kind=owner_kind) if owner_kind else taking.lines.all()
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0


def due_by_person(taking: LandTaking) -> dict[int, int]:
    """Return by person what the households' lines give him."""
    rows = taking.lines.filter(owner_kind=OwnerKind.HOUSEHOLD).values_list("person_id")
    return {person: fen for person, fen in rows.annotate(Sum("amount_fen")) if person}


def due(taking: LandTaking) -> list[Due]:
    """Return who gets how much, to his own account; the larger sums first.

    The caller holds the case's door, and never shows the accounts in full.
    """
    rows = (
        taking.lines.filter(owner_kind=OwnerKind.HOUSEHOLD)
        .values("person_id", "person__ext_id", "person__name")
        .annotate(total=Sum("amount_fen"))
        .order_by("-total", "person_id")
    )
    found = list(rows)
    accounts: dict[int, BankAccount] = {}
    own = BankAccount.objects.filter(
        person_id__in=[row["person_id"] for row in found], kind__in=OWN_KINDS,
        closed_date__isnull=True,
    )  # fmt: skip
    for one in own.order_by("kind", "pk"):
        accounts.setdefault(one.person_id or 0, one)
    return [
        Due(
            row["person__ext_id"], row["person__name"], row["total"],
            _number(accounts.get(row["person_id"])), _bank(accounts.get(row["person_id"])),
        )
        for row in found
    ]  # fmt: skip


@dataclass(frozen=True)
class Parcel:
    """A household's right to a parcel. Units: hundredths of a mu, hundredths of a m²."""

    parcel_id: str
    use: str
    area_mu_centi: int | None
    area_m2_centi: int | None
    end_date: date | None


@dataclass(frozen=True)
class Plot:
    """A plot to build on that a household asked for. Units: hundredths of a m²."""

    place: str
    area_m2_centi: int
    state: str


@dataclass(frozen=True)
class Compensated:
    """What one of a household gets for taken land. Units: fen; `paid_at` None: not yet paid."""

    project: str
    name: str
    amount_fen: int
    paid_at: datetime | None


@dataclass(frozen=True)
class Holding:
    """A household's land: rights that run, plots asked for, money for land that was taken.

    `members` are those of the household who belong to the collective, masked.
    """

    members: tuple[str, ...]
    parcels: tuple[Parcel, ...]
    plots: tuple[Plot, ...]
    compensated: tuple[Compensated, ...]


def holding(household_id: int, today: date) -> Holding:
    """Return a household's land; for that household only, after its proof."""
    people = Person.objects.filter(household_id=household_id, death_date__isnull=True)
    rights = LandRight.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=today), household_id=household_id
    )
    plots = Homestead.objects.filter(household_id=household_id).exclude(
        status__in=(Step.CLOSED, Step.ENDED)
    )
    paid = payees.paid_at(KIND, "taking__case_number")
    lines = (
        Compensation.objects.filter(person__household_id=household_id)
        .select_related("taking", "person")
        .annotate(got_at=Coalesce("paid_at", paid))
    )
    return Holding(
        members=tuple(
            masking.name(one.name) for one in people.filter(is_member=True).order_by("pk")
        ),
        parcels=tuple(
            Parcel(
                one.parcel_id,
                rules.RIGHTS.get(one.right_kind, one.right_kind),
                one.area_mu_centi,
                one.area_m2_centi,
                one.end_date,
            )
            for one in rights.order_by("right_kind", "parcel_id")
        ),
        plots=tuple(
            Plot(one.place, one.area_m2_centi, str(one.get_status_display()))
            for one in plots.order_by("submitted_at", "pk")
        ),
        compensated=tuple(
            Compensated(
                one.taking.project_name,
                masking.name(one.person.name) if one.person else "",
                one.amount_fen,
                one.got_at,
            )
            for one in lines.order_by("-pk")
        ),
    )


def _number(account: BankAccount | None) -> str:
    return secrets.reveal("account", account.sealed_number) if account else ""


def _bank(account: BankAccount | None) -> str:
    return account.bank_code if account else ""
