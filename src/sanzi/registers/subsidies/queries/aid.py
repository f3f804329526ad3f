"""Reads of aid: what a household has, what of a month was paid, who stands near it, the letter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet, Sum

from sanzi.deals.queries import parties
from sanzi.deals.queries.contracts import GONE
from sanzi.kernel import clock, divisions, masking, money, papers
from sanzi.orgs import people_queries, scope
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import Payment, PaymentOrder
from sanzi.registers.subsidies.models import AidCase, AidKind, AidStatus

SEE = "matters.see"
OFFICE = "town_civil_office"
YEAR = timedelta(days=365)


def live(household_id: int, on: date, but: int | None = None) -> QuerySet[AidCase]:
    """Return the monthly aid that a household has on a day, or asks for."""
    rows = AidCase.objects.filter(household_id=household_id).exclude(
        status__in=(AidStatus.REFUSED, AidStatus.STOPPED)
    )
    rows = rows.filter(Q(end_date__isnull=True) | Q(end_date__gte=on))
    rows = rows.exclude(kind__in=(AidKind.TEMPORARY, AidKind.DISASTER))
    return rows.exclude(pk=but or 0).order_by("pk")


def temporary(household_id: int, at: datetime) -> tuple[int, int]:
    """Return how many temporary aids a household had in the year before, and their sum in fen."""
    rows = AidCase.objects.filter(
        household_id=household_id,
        kind=AidKind.TEMPORARY,
        status=AidStatus.APPROVED,
        applied_at__gte=at - YEAR,
    )
    return rows.count(), rows.aggregate(sum=Sum("monthly_fen"))["sum"] or 0


def near_staff(division_code: str, on: date) -> set[int]:
    """Return the cadres of a village, those of the town's office, and the near kin of both."""
    town = divisions.parent(division_code) or division_code
    staff = parties.cadres(division_code, on)
    staff |= {one.person_id for one in orgs.holders(OFFICE, town, on)}
    return staff.union(*(orgs.kin_ids(one) for one in staff))


def staff_choices(division_code: str, on: date) -> list[tuple[str, str]]:
    """Return who may visit homes: those who hold a post in the town or the village."""
    town = divisions.parent(division_code) or division_code
    return [*people_queries.appointed(town, on), *people_queries.appointed(division_code, on)]


def live_choices(division_code: str) -> list[tuple[str, str]]:
    """Return the aid of a village that may be looked at again."""
    rows = AidCase.objects.filter(division_code=division_code, status=AidStatus.APPROVED)
    return [
        (one.ext_id, f"{one.applicant.name} {one.get_kind_display()}")
        for one in rows.select_related("applicant").order_by("recheck_due_date", "pk")
    ]


def on_roll(division_code: str, on: date) -> list[AidCase]:
    """Return the aid in force in a village on a day, month by month kinds only."""
    rows = AidCase.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=on),
        division_code=division_code,
        status=AidStatus.APPROVED,
        start_date__lte=on,
    ).exclude(kind__in=(AidKind.TEMPORARY, AidKind.DISASTER))
    return list(rows.select_related("applicant").order_by("kind", "pk"))


def public_row(one: AidCase) -> tuple[str, str, str, str]:
    """Return what villagers may read of a case: masked name, persons, kind, sum. No illness."""
    fen = money.format_yuan(one.monthly_fen) if one.monthly_fen else "未定"
    return (
        masking.name(one.applicant.name),
        str(one.members.count()),
        AidKind(one.kind).label,
        fen,
    )


def paid_fen(source_id: str, but_case: str, month_of: date | None) -> int:
    """Return what was paid or is on its way for a case of aid, for one month when a day is named.

    A payment is for the month in which it was begun. The payment of one case is left out: the
    one that asks.
    """
    rows = Payment.objects.filter(order__source_kind="aid", order__source_id=source_id).exclude(
        status__in=GONE
    )
    if month_of is not None:
        first = month_of.replace(day=1)
        following = (first + timedelta(days=31)).replace(day=1)
        rows = rows.filter(
            order__created_at__gte=clock.midnight(first),
            order__created_at__lt=clock.midnight(following),
        )
    rows = rows.exclude(order__case_number=but_case)
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0


def begun_at(case_number: str) -> datetime | None:
    """Return when the payment of a case was begun, None without one."""
    rows = PaymentOrder.objects.filter(case_number=case_number)
    return rows.values_list("created_at", flat=True).first()


def stranger(case_number: str, people: Iterable[int]) -> str:
    """Return the name of a payee of a case who is none of these people, empty without one."""
    rows = Payment.objects.filter(order__case_number=case_number)
    others = rows.exclude(payee_person_id__in=list(people)).order_by("line_no")
    return others.values_list("payee_name", flat=True).first() or ""


def payments(source_id: str) -> QuerySet[Payment]:
    """Return the payments of a case of aid, month by month, oldest first."""
    rows = Payment.objects.filter(order__source_kind="aid", order__source_id=source_id)
    return rows.exclude(order__source_id="").select_related("order").order_by("pk")


def access_aid(*, by: Actor, ext_id: str) -> AidCase:
    """Return a case of aid in the actor's scope. Raises: NotFound."""
    rows = AidCase.objects.filter(scope.within(by, SEE))
    found = rows.select_related("organisation", "applicant").filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def letter(one: AidCase) -> bytes:
    """Return the decision as a PDF to hand over: what was decided, why, what may be done.

    Source: REG-AID 11: a refusal is told in writing, with its reason. Raises: NotFound while
    nothing is decided.
    """
    if one.decided_at is None:
        raise NotFound
    is_refused = one.result == AidStatus.REFUSED
    rows = [
        ("申请人", one.applicant.name),
        ("申请事项", AidKind(one.kind).label),
        ("决定", "不予批准" if is_refused else "批准"),
    ]
    if is_refused:
        rows.append(("理由", one.reason))
    elif one.monthly_fen and one.start_date:
        word = "金额" if one.kind in (AidKind.TEMPORARY, AidKind.DISASTER) else "每月"
        rows.append((word, f"{money.format_yuan(one.monthly_fen)}元"))
        rows.append(("从哪天", clock.date_said(one.start_date)))
    rows.append(("决定日期", clock.date_said(clock.local_date(one.decided_at))))
    return papers.pdf(
        "decision",
        {
            "title": "社会救助决定书",
            "number": one.case_number,
            "rows": rows,
            "notes": [
                "不服的，收到之日起60日内可以申请行政复议，6个月内可以提起行政诉讼。",
                "家庭情况有变化的，请告诉村里或镇社会事务办。",
            ],
        },
    )
