"""What a month's pay comes to: from posts and standards, and from the days that were given up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from sanzi.kernel import divisions
from sanzi.orgs.models import Appointment, Person
from sanzi.orgs.roles import roles
from sanzi.orgs.roles import title as role_title
from sanzi.record import extraction
from sanzi.registers.posts import rules
from sanzi.registers.posts.models import Pay, PayKind, PayStandard, PayStatus


@dataclass(frozen=True)
class Line:
    """One line of a sheet before it is kept. Units: fen."""

    person: Person
    role_code: str
    kind: str
    amount_fen: int
    standard_fen: int
    decision_ext_id: str
    work_date: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class PayRow:
    """A line of a sheet as its approvers see it. Units: fen."""

    name: str
    post: str
    kind: str
    day: date | None
    reason: str
    amount_fen: int


@dataclass(frozen=True)
class Sheet:
    """The lines of a case and their sum. Units: fen."""

    rows: tuple[PayRow, ...]
    total_fen: int


def standard_on(role_code: str, kind: str, division_code: str, day: date) -> PayStandard | None:
    """Return the standard that holds for a post: the nearest place first, then the newest."""
    rows = PayStandard.objects.filter(
        Q(valid_until_date__isnull=True) | Q(valid_until_date__gte=day),
        role_code=role_code,
        kind=kind,
        valid_from_date__lte=day,
    )
    here = [one for one in rows if divisions.is_within(division_code, one.division_code)]
    return max(
        here,
        key=lambda one: (len(divisions.prefix(one.division_code)), one.valid_from_date, one.pk),
        default=None,
    )


def posts_in(
    division_code: str, span: tuple[date, date], person_id: int | None = None
) -> list[Appointment]:
    """Return the appointments in a village that fall into a span, by person and post."""
    rows = Appointment.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=span[0]),
        organisation__division_id=division_code,
        start_date__lte=span[1],
    )
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    return list(rows.select_related("person").order_by("person_id", "role_code", "pk"))


def monthly_lines(division_code: str, period: str) -> list[Line]:
    """Return the month's pay of every post with a standard, each person once of a kind.

    Who holds several posts is paid for the one that gives most.
    """
    span = rules.month_of(period)
    if span is None:
        return []
    best: dict[tuple[int, str], Line] = {}
    for post in posts_in(division_code, span):
        for kind in rules.MONTHLY:
            standard = standard_on(post.role_code, kind, division_code, span[0])
            if standard is None:
                continue
            fen = rules.share_fen(standard.value_fen, span, (post.start_date, post.end_date))
            known = best.get((post.person_id, kind))
            if fen and (known is None or fen > known.amount_fen):
                best[post.person_id, kind] = Line(
                    post.person, post.role_code, kind, fen, standard.value_fen,
                    standard.decision_ext_id,
                )  # fmt: skip
    return [best[key] for key in sorted(best)]


def day_standard(person_id: int, kind: str, division_code: str, day: date) -> PayStandard | None:
    """Return the best day's standard of the posts that a person holds in a village on a day."""
    found = (
        standard_on(one.role_code, kind, division_code, day)
        for one in posts_in(division_code, (day, day), person_id)
    )
    return max((one for one in found if one), key=lambda one: one.value_fen, default=None)


def labour_days(people: Iterable[str]) -> set[tuple[str, str]]:
    """Return (person ext id, day as text) of the labour rolls, in whatever village."""
    who = extraction.position("labour_day", "person_id")
    when = extraction.position("labour_day", "work_date")
    rows = extraction.fetch("labour_day", extraction.Only("person_id", sorted(set(people))))
    return {(row[who], str(row[when])[:10]) for row in rows}


def paid_days(people: Iterable[int], but_case: str) -> dict[tuple[int, date], Pay]:
    """Return the day's allowances that stand on other sheets, by person and day."""
    rows = Pay.objects.filter(person_id__in=list(people), work_date__isnull=False).exclude(
        status=PayStatus.ENDED
    )
    return {
        (one.person_id, one.work_date): one
        for one in rows.exclude(case_number=but_case or "-").select_related("organisation")
        if one.work_date
    }


def paid_months(people: Iterable[int], period: str, but_case: str) -> dict[tuple[int, str], Pay]:
    """Return the month's pay that stands on other sheets, by person and kind."""
    rows = Pay.objects.filter(
        person_id__in=list(people), period=period, kind__in=rules.MONTHLY
    ).exclude(status=PayStatus.ENDED)
    others = rows.exclude(case_number=but_case or "-").select_related("organisation")
    return {(one.person_id, one.kind): one for one in others}


def village_posts() -> list[tuple[str, str]]:
    """Return (role code, title) of the posts that are held in a village."""
    return [(one.code, one.title) for one in roles().values() if one.level == "village"]


def sheet(case_number: str) -> Sheet | None:
    """Return the sheet of a case as it was handed in, None before that."""
    rows = tuple(
        PayRow(
            one.person.name, role_title(one.role_code) if one.role_code else "",
            PayKind(one.kind).label, one.work_date, one.reason, one.amount_fen,
        )
        for one in Pay.objects.filter(case_number=case_number)
        .select_related("person").order_by("kind", "person__name", "work_date", "pk")
    )  # fmt: skip
    return Sheet(rows, sum(one.amount_fen for one in rows)) if rows else None


def amounts(case_number: str) -> Mapping[int, int]:
    """Return what each person gets of an approved sheet. Units: fen, by person key."""
    rows = Pay.objects.filter(case_number=case_number, status=PayStatus.APPROVED)
    return {
        row["person_id"]: row["total"]
        for row in rows.values("person_id").annotate(total=Sum("amount_fen")).order_by("person_id")
    }
