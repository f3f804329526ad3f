"""Reads of fiscal money: how far a fund came, from the grant to what was used of it."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from sanzi.deals.queries.contracts import GONE
from sanzi.payments.models import Fund, Payment
from sanzi.registers.funds.models import Transfer


def with_course(funds: QuerySet[Fund]) -> QuerySet[Fund]:
    """Add how far each fund came: `allocated_fen`, `passed_fen`, `used_fen`, 0 where nothing."""
    sent = Transfer.objects.filter(fund_code=OuterRef("code"))
    paid = Payment.objects.filter(order__fund_code=OuterRef("code")).exclude(status__in=GONE)
    return funds.annotate(
        allocated_fen=_summed(sent, "fund_code", "amount_fen"),
        passed_fen=_summed(sent, "fund_code", "passed_fen"),
        used_fen=_summed(paid, "order__fund_code", "amount_fen"),
    )


def _summed(rows: QuerySet[Any], group: str, column: str) -> Coalesce:
    sums = rows.order_by().values(group).annotate(sum=Sum(column)).values("sum")
    return Coalesce(Subquery(sums), 0)


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
