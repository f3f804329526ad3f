"""Reads of subsidies: the programmes in force, the last roster, what was paid."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from sanzi.kernel import clock, divisions, money
from sanzi.payments.queries import payees
from sanzi.registers.subsidies.models import Award, AwardStatus, Program, Roster, RosterStatus


def programs_on(day: date, division_code: str = "") -> list[Program]:
    """Return the version of each programme in force on a day, by name; of a place when named."""
    rows = Program.objects.filter(
        Q(valid_until_date__isnull=True) | Q(valid_until_date__gte=day), valid_from_date__lte=day
    )
    found: dict[str, Program] = {}
    for one in rows.order_by("name", "-valid_from_date", "pk"):
        if not division_code or divisions.is_within(division_code, one.division_code):
            found.setdefault(one.code, one)
    return list(found.values())


def choices(day: date, division_code: str) -> list[tuple[str, str]]:
    """Return (version, words) of the programmes that a village may report."""
    return [
        (one.ext_id, f"{one.name}，每{one.unit}{money.format_yuan(one.rate_fen)}元")
        for one in programs_on(day, division_code)
    ]


def with_payment() -> QuerySet[Award]:
    """Return awards, each with the instant `got_at` at which it was paid, NULL until then.

    Imported history tells it itself, or a later file did; of our own cases the payments do.
    """
    return Award.objects.annotate(got_at=Coalesce("paid_at", payees.paid_at("subsidy")))


def got_at(one: Award) -> datetime | None:
    """Return when one of `with_payment` was paid, None until then."""
    found: datetime | None = getattr(one, "got_at", None)
    return found


def paid_words(one: Award) -> str:
    """Return by what an award counts as paid, or that it does not; one of `with_payment`."""
    if one.status != AwardStatus.APPROVED:
        return ""
    for told in one.payouts.all():
        heard = clock.local_date(told.noted_at)
        return f"原来没发成，{heard}收到的“{told.package or '数据包'}”说发到了"
    if got_at(one) is None:
        return "还没有发到"
    return "本系统付的" if one.paid_at is None else "导入时已经发到"


def last_awards(program: Program, division_code: str, period: str) -> list[Award]:
    """Return the awards of the newest earlier period of a programme in a village."""
    rows = Award.objects.filter(
        program__code=program.code,
        division_code=division_code,
        status=AwardStatus.APPROVED,
        period__lt=period,
    )
    last = rows.order_by("-period").values_list("period", flat=True).first()
    if last is None:
        return []
    found = rows.filter(period=last).select_related("person", "person__household")
    return list(found.order_by("pk"))


def live_awards(case_number: str) -> list[Award]:
    """Return the awards of a roster that nobody took off, in the order of the list."""
    rows = Award.objects.filter(case_number=case_number).exclude(status=AwardStatus.REMOVED)
    return list(rows.select_related("person", "program").order_by("pk"))


def on_rosters(organisation: str) -> list[tuple[str, str]]:
    """Return (person, words) of whom the rosters of a body name that are not approved yet."""
    rows = Award.objects.filter(
        organisation__ext_id=organisation, status=AwardStatus.PROPOSED
    ).select_related("person", "person__household", "program")
    found = {}
    for one in rows.order_by("pk"):
        home = one.person.household
        found[one.person.ext_id] = (
            f"{one.person.name} {home.ext_id[-4:]}户" if home else one.person.name
        )
    return list(found.items())


def total_fen(case_number: str) -> int:
    """Return the sum of a roster."""
    return sum(one.amount_fen for one in live_awards(case_number))


def due_by_person(case_number: str) -> dict[int, int]:
    """Return by person's key what a roster gives him. Units: fen."""
    found: dict[int, int] = {}
    for one in live_awards(case_number):
        found[one.person_id] = found.get(one.person_id, 0) + one.amount_fen
    return found


def rival(program: Program, division_code: str, period: str, case_number: str) -> Roster | None:
    """Return another roster of the same programme, village and period that still counts."""
    rows = Roster.objects.filter(
        program__code=program.code, division_code=division_code, period=period
    ).exclude(status=RosterStatus.ENDED)
    return rows.exclude(case_number=case_number).first()
