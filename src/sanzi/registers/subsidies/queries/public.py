"""What everybody may read of subsidies: the programmes with their versions, who got what.

Who got something is named, masked, for as long as such a list is shown; after that the sums stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import Coalesce

from sanzi.kernel import clock, masking
from sanzi.orgs.errors import NotFound
from sanzi.registers.subsidies.models import Award, AwardStatus, Program
from sanzi.registers.subsidies.queries.awards import got_at, programs_on, with_payment


@dataclass(frozen=True)
class ProgramPage:
    """A programme: the version in force, and the days and rates of the earlier ones."""

    program: Program
    earlier: tuple[Program, ...]


def programs(day: date) -> list[ProgramPage]:
    """Return the programmes in force on a day, by name."""
    versions = Program.objects.filter(valid_from_date__lte=day).order_by("-valid_from_date", "pk")
    by_code: dict[str, list[Program]] = {}
    for one in versions:
        by_code.setdefault(one.code, []).append(one)
    return [
        ProgramPage(one, tuple(old for old in by_code[one.code] if old.pk != one.pk))
        for one in programs_on(day)
    ]


NAMED_DAYS = 30
"""So long a list of results names people (item S02 of the disclosure catalogue)."""


@dataclass(frozen=True)
class Given:
    """What a village got of a programme in a period. Units: fen.

    `named_until_date` is the last day on which its list names people, masked.
    """

    program_code: str
    program_name: str
    period: str
    count: int
    total_fen: int
    named_until_date: date


@dataclass(frozen=True)
class Receiver:
    """One line of a list: masked for everybody. Units: fen; thousandths of the unit."""

    name: str
    quantity_milli: int
    unit: str
    amount_fen: int


@dataclass(frozen=True)
class OwnAward:
    """What one of a household got, or will: `paid_at` is None until it is there. Units: fen."""

    program_name: str
    period: str
    name: str
    amount_fen: int
    paid_at: datetime | None


def given(division_code: str) -> list[Given]:
    """Return what a village got, by programme and period, the newest first."""
    rows = (
        _settled()
        .filter(division_code=division_code)
        .values("program__code", "program__name", "period")
        .annotate(
            count=Count("person", distinct=True),
            total_fen=Sum("amount_fen"),
            last=Max(Coalesce("paid_at", "approved_at")),
        )
        .order_by("-period", "program__name")
    )
    return [
        Given(
            program_code=one["program__code"],
            program_name=one["program__name"],
            period=one["period"],
            count=one["count"],
            total_fen=one["total_fen"],
            named_until_date=clock.local_date(one["last"]) + timedelta(days=NAMED_DAYS),
        )
        for one in rows
    ]


def receivers(
    division_code: str, program_code: str, period: str, today: date
) -> tuple[Given, list[Receiver]]:
    """Return one list of a village; without lines when its days are over. Raises: NotFound."""
    wanted = (program_code, period)
    found = [one for one in given(division_code) if (one.program_code, one.period) == wanted]
    if not found:
        raise NotFound
    if found[0].named_until_date < today:
        return found[0], []
    rows = _settled().filter(division_code=division_code, program__code=program_code, period=period)
    return found[0], [
        Receiver(
            masking.name(one.person.name), one.quantity_milli, one.program.unit, one.amount_fen
        )
        for one in rows.select_related("person", "program").order_by("pk")
    ]


def own(person_ids: Iterable[int]) -> list[OwnAward]:
    """Return what was approved for some persons, the newest first; for their own household only.

    What another system approved and could not pay stands there too, on no day that is known.
    """
    mine = with_payment().filter(status=AwardStatus.APPROVED, person__in=list(person_ids))
    return [
        OwnAward(
            one.program.name,
            one.period,
            masking.name(one.person.name),
            one.amount_fen,
            got_at(one),
        )
        for one in mine.select_related("person", "program").order_by("-period", "-pk")
    ]


def _settled() -> QuerySet[Award]:
    """Return awards that were approved, on a day that is known."""
    return (
        Award.objects.filter(status=AwardStatus.APPROVED)
        .annotate(on=Coalesce("paid_at", "approved_at"))
        .filter(on__isnull=False)
    )
