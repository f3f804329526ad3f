"""Reads of fiscal money: how far a fund came, from the grant to what was used of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, Sum

from sanzi.deals.queries.contracts import GONE
from sanzi.payments.models import Fund, Payment
from sanzi.registers.funds.models import Transfer


@dataclass(frozen=True)
class FundCourse:
    """A fund from the grant to its use. Units: fen."""

    granted_fen: int
    allocated_fen: int
    passed_fen: int
    used_fen: int


def course(fund: Fund) -> FundCourse:
    """Return how far a fund came."""
    told = Transfer.objects.filter(fund_code=fund.code).aggregate(
        allocated=Sum("amount_fen"), passed=Sum("passed_fen")
    )
    return FundCourse(
        granted_fen=fund.amount_fen,
        allocated_fen=told["allocated"] or 0,
        passed_fen=told["passed"] or 0,
        used_fen=used_fen(fund.code),
    )


def come_fen(fund: Fund, division_code: str) -> int:
    """Return how much of a fund came to a place: what was passed on to it, all without allocation.

    A fund that nobody allocated came whole, once it was received.
    """
    sent = Transfer.objects.filter(fund_code=fund.code)
    if sent.exists():
        here = sent.filter(division_code=division_code, passed_on_at__isnull=False)
        return here.aggregate(sum=Sum("passed_fen"))["sum"] or 0
    return fund.amount_fen if fund.received_at is not None else 0


def used_fen(fund_code: str, division_code: str = "", but_case: str = "") -> int:
    """Return what was paid of a fund, or is on its way, without what one case asks."""
    rows = Payment.objects.filter(order__fund_code=fund_code).exclude(status__in=GONE)
    if division_code:
        rows = rows.filter(order__division_code=division_code)
    rows = rows.filter(~Q(order__case_number=but_case))
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0
