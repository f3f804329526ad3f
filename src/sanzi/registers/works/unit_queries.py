"""Reads of units: what a body of a village or a firm builds now, and how its findings end.

A unit has one page for everybody and one for the office. For everybody there is what is public
of projects and contracts; a natural person is never a unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet, Sum

from sanzi.deals.models import Contract
from sanzi.kernel import clock
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Organisation, OrganisationKind
from sanzi.registers.works import inspection_queries, rules
from sanzi.registers.works.inspection_queries import SEE, SUPERVISION
from sanzi.registers.works.models import Inspection, Risk, RiskState, Stage, Variation, Works

BODY: Final = "body"
FIRM: Final = "firm"
BODIES: Final = (
    OrganisationKind.COLLECTIVE, OrganisationKind.VILLAGE_COMMITTEE, OrganisationKind.ENTERPRISE,
    OrganisationKind.SUPERVISION_COMMITTEE, OrganisationKind.PARTY_BRANCH,
)  # fmt: skip
PRIVATE: Final = (Stage.APPLIED, Stage.ENDED)
"""Projects that are not public: asked for only, or given up."""
DONE: Final = (Stage.ACCEPTED, Stage.SETTLED, Stage.ENDED)
PUBLIC_CONTRACTS: Final = ("works", "procurement")
SHOWN_MAX: Final = 50


@dataclass(frozen=True)
class Unit:
    """A body or a firm, as lists and codes name it. `sort` is what it is, in words."""

    kind: str
    ext_id: str
    name: str
    sort: str


@dataclass(frozen=True)
class UnitPage:
    """What a unit does now. Units: fen.

    Shapes: `rectified` and `completed` are (in time, of how many that can be judged);
        `inspected` is how often its sites were looked at, `inspects` how often it looked itself.
    """

    unit: Unit
    uscc: str
    division_code: str
    open_works: tuple[Works, ...]
    done_works: tuple[Works, ...]
    contracts: tuple[Contract, ...]
    changes_count: int
    changes_fen: int
    inspected: int
    inspects: int
    open_risks: tuple[Risk, ...]
    closed_risks: int
    rectified: tuple[int, int]
    completed: tuple[int, int]


def public_unit(kind: str, ext_id: str, at: datetime) -> UnitPage:
    """Return a unit as everybody may see it.

    Raises: NotFound, also for a person and for a firm that has nothing to do with public works.
    """
    unit, uscc, place, mine = _unit(kind, ext_id)
    works = Works.objects.exclude(status__in=PRIVATE).filter(**mine)
    deals = Contract.objects.filter(kind__in=PUBLIC_CONTRACTS, **mine)
    if kind == FIRM and not works.exists() and not deals.exists():
        raise NotFound
    return _page(unit, (uscc, place), works, deals, clock.local_date(at))


def access_unit(*, by: Actor, kind: str, ext_id: str, at: datetime) -> UnitPage:
    """Return a unit as far as the actor's scope reaches. Raises: NotFound."""
    unit, uscc, place, mine = _unit(kind, ext_id)
    works = Works.objects.filter(scope.within(by, SEE), **mine)
    deals = Contract.objects.filter(scope.within(by, SEE), **mine)
    if kind == BODY and not scope.can(by, SEE, place):
        raise NotFound
    if kind == FIRM and not works.exists() and not deals.exists():
        raise NotFound
    return _page(unit, (uscc, place), works, deals, clock.local_date(at))


def units_of(division_code: str) -> list[Unit]:
    """Return the units of a village: its bodies, then the firms that build or built there."""
    bodies = Organisation.objects.filter(division_id=division_code, kind__in=BODIES)
    found = [_body(one) for one in bodies.order_by("pk")]
    works = Works.objects.filter(division_code=division_code).exclude(status__in=PRIVATE)
    firms = Counterparty.objects.filter(pk__in=works.values("counterparty_id"))
    return found + [_firm(one) for one in firms.exclude(kind="person").order_by("name", "pk")]


def public_works(division_code: str) -> list[Works]:
    """Return the projects of a village that are public, those under way first, then by stage."""
    rows = Works.objects.filter(division_code=division_code).exclude(status__in=PRIVATE)
    found = list(rows.select_related("counterparty").order_by("-stage_changed_at", "-pk"))
    return sorted(found, key=lambda one: one.status in DONE)


def _body(one: Organisation) -> Unit:
    return Unit(BODY, one.ext_id, one.name, OrganisationKind(one.kind).label)


def _firm(one: Counterparty) -> Unit:
    return Unit(FIRM, one.ext_id, one.name, str(one.get_kind_display()))


def _unit(kind: str, ext_id: str) -> tuple[Unit, str, str, dict[str, Any]]:
    """Return a unit with its number, its place and what finds its rows. Raises: NotFound."""
    if kind == BODY:
        body = Organisation.objects.filter(ext_id=ext_id, kind__in=BODIES).first()
        if body is not None:
            return _body(body), body.uscc, body.division_id, {"organisation": body}
    if kind == FIRM:
        firm = Counterparty.objects.filter(ext_id=ext_id).exclude(kind="person").first()
        if firm is not None:
            return _firm(firm), firm.uscc, "", {"counterparty": firm}
    raise NotFound


def _page(
    unit: Unit,
    known: tuple[str, str],
    works: QuerySet[Works],
    deals: QuerySet[Contract],
    today: date,
) -> UnitPage:
    uscc, place = known
    every = list(
        works.select_related("organisation", "counterparty").order_by("-applied_at", "-pk")
    )
    keys = [one.pk for one in every]
    risks = list(
        Risk.objects.filter(works__in=keys)
        .select_related("works", "person")
        .prefetch_related("rectifications")
        .order_by("due_date", "pk")
    )
    changes = Variation.objects.filter(works__in=keys, approved_at__isnull=False)
    made = Inspection.objects.filter(division_code=place, role_code__in=SUPERVISION)
    is_supervision = unit.sort == OrganisationKind.SUPERVISION_COMMITTEE.label
    return UnitPage(
        unit=unit,
        uscc=uscc,
        division_code=place,
        open_works=tuple(one for one in every if one.status not in DONE),
        done_works=tuple(one for one in every if one.status in DONE),
        contracts=tuple(
            deals.filter(parent=None)
            .select_related("organisation", "counterparty")
            .order_by("-sign_date", "-pk")[:SHOWN_MAX]
        ),
        changes_count=changes.count(),
        changes_fen=changes.aggregate(sum=Sum("amount_fen"))["sum"] or 0,
        inspected=Inspection.objects.filter(works__in=keys).count(),
        inspects=made.count() if is_supervision else 0,
        open_risks=tuple(one for one in risks if one.state != RiskState.CLOSED),
        closed_risks=sum(one.state == RiskState.CLOSED for one in risks),
        rectified=inspection_queries.shares(risks, today),
        completed=rules.on_time(
            ((one.planned_end_date, _day(one.completed_at)) for one in every
             if one.planned_end_date is not None and one.status != Stage.ENDED),
            today,
        ),
    )  # fmt: skip


def _day(at: datetime | None) -> date | None:
    return clock.local_date(at) if at else None
