"""Reads of fiscal money: how far a fund came, its course, and what forms choose from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from sanzi.audit import kinds
from sanzi.audit import queries as audit
from sanzi.deals.queries.contracts import GONE
from sanzi.kernel import money
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division, Organisation
from sanzi.payments.models import Fund, Payment
from sanzi.registers.funds.models import TownProject, Transfer


def with_course(funds: QuerySet[Fund]) -> QuerySet[Fund]:
    """Add how far each fund came: `allocated_fen`, `passed_fen`, `used_fen`, 0 where nothing."""
    sent = Transfer.objects.filter(fund_code=OuterRef("code"))
    paid = Payment.objects.filter(order__fund_code=OuterRef("code")).exclude(status__in=GONE)
    return funds.annotate(
        allocated_fen=_summed(sent, "fund_code", "amount_fen"),
        passed_fen=_summed(sent, "fund_code", "passed_fen"),
        used_fen=_summed(paid, "order__fund_code", "amount_fen"),
    )


def with_place(transfers: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """Add the name of the place that each allocation is for, `place_name`."""
    names = Division.objects.filter(code=OuterRef("division_code")).values("name")
    return transfers.annotate(place_name=Subquery(names[:1]))


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


@dataclass(frozen=True)
class Step:
    """One step that was taken in the office: when, by whom, what, with its figures in words."""

    at: datetime
    who: str
    title: str
    said: str


def course(subject_kind: str, subject_id: str) -> list[Step]:
    """Return the steps of a thing, oldest first. The caller holds its door."""
    return [
        Step(one.at, one.actor_name, kinds.title(one.kind), _said(one.change))
        for one in audit.history(subject_kind, subject_id)
    ]


def _said(change: str) -> str:
    after = json.loads(change).get("after", {}) if change else {}
    told = [
        f"{title}{money.format_yuan(after[name])}元"
        for name, title in (
            ("amount_fen", ""), ("budget_fen", "预算"), ("price_fen", ""), ("paid_fen", "已付"),
        )
        if name in after
    ]  # fmt: skip
    if "progress_percent" in after:
        told.append(f"做到{after['progress_percent']}%")
    return "，".join([*told, str(after["day"])] if "day" in after else told)


def access_fund(*, by: Actor, code: str, permission: str) -> Fund:
    """Return a fund that the actor may handle so. Raises: NotFound."""
    found = Fund.objects.select_related("organisation").filter(code=code).first()
    if found is None:
        raise NotFound
    scope.require(by, permission, found.organisation.division_id)
    return found


def access_transfer(*, by: Actor, ext_id: str, permission: str) -> Transfer:
    """Return an allocation that the actor may handle so, by its town. Raises: NotFound."""
    found = Transfer.objects.select_related("organisation").filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    scope.require(by, permission, found.town_code)
    return found


def access_project(*, by: Actor, ext_id: str, permission: str) -> TownProject:
    """Return a project that the actor may handle so. Raises: NotFound."""
    found = TownProject.objects.select_related("organisation").filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    scope.require(by, permission, found.division_code)
    return found


def public_project(code: str) -> TownProject:
    """Return the project behind a code, for everybody. Raises: NotFound."""
    rows = TownProject.objects.select_related("organisation").exclude(qr_code="")
    found = rows.filter(qr_code=code).order_by("pk").first()
    if found is None:
        raise NotFound
    return found


def passed_to_fen(project: TownProject) -> int:
    """Return what was passed on for a project so far."""
    rows = Transfer.objects.filter(project=project)
    return rows.aggregate(sum=Sum("passed_fen"))["sum"] or 0


def places(*, by: Actor, permission: str, levels: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return (code, name) of the places of these levels where the actor may do this, by code."""
    rows = Division.objects.filter(scope.within(by, permission, "code"), level__in=levels)
    return list(rows.order_by("code").values_list("code", "name"))


def village_choices(*, by: Actor, permission: str) -> list[tuple[str, str]]:
    """Return (code, town and village) of the villages where the actor may do this, by code."""
    rows = Division.objects.filter(scope.within(by, permission, "code"), level="village")
    towns = dict(Division.objects.filter(level="town").values_list("code", "name"))
    return [
        (one.code, f"{towns.get(one.parent_code, '')}{one.name}") for one in rows.order_by("code")
    ]


def body_choices(*, by: Actor, permission: str) -> list[tuple[str, str]]:
    """Return (ext id, name) of the bodies that may use a fund, towns first, then villages."""
    rows = Organisation.objects.filter(
        scope.within(by, permission, "division_id"),
        kind__in=("town_agency", "collective", "village_committee"),
    )
    return list(rows.order_by("division_id", "pk").values_list("ext_id", "name"))


def project_choices(*, by: Actor, permission: str) -> list[tuple[str, str]]:
    """Return (ext id, name) of the projects of the towns where the actor may do this."""
    rows = TownProject.objects.filter(scope.within(by, permission))
    return list(rows.order_by("division_code", "name", "pk").values_list("ext_id", "name"))
