"""Reads of works: the list, one project with its course, the public page, what was paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from sanzi.deals.models import Contract
from sanzi.deals.queries import contracts as contract_queries
from sanzi.deals.queries.contracts import GONE
from sanzi.deals.queries.parties import cadres
from sanzi.kernel import clock
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.payments.models import Payment
from sanzi.registers.works import inspection_queries
from sanzi.registers.works.inspection_queries import Task
from sanzi.registers.works.models import Diary, Inspection, Stage, Variation, Works, WorksStage

SEE = "matters.see"
STAGES = Stage.choices


@dataclass(frozen=True)
class WorksPage:
    """A project whole. Units: fen."""

    works: Works
    stages: tuple[WorksStage, ...]
    diary: tuple[Diary, ...]
    variations: tuple[Variation, ...]
    promised: tuple[str, ...]
    unpromised: tuple[str, ...]
    attendance: tuple[tuple[str, str], ...]
    contract_fen: int | None
    changes_fen: int
    paid_fen: int
    inspections: tuple[Inspection, ...]
    tasks: tuple[Task, ...]

    @property
    def percent(self) -> int | None:
        """How far it is by the last line of the diary; None before the first."""
        return self.diary[0].percent if self.diary else None


def works(
    *, by: Actor, text: str = "", division_code: str = "", stage: str = ""
) -> QuerySet[Works]:
    """Return the projects of the scope, newest first."""
    found = Works.objects.filter(scope.within(by, SEE)).select_related(
        "organisation", "counterparty"
    )
    if division_code:
        found = found.filter(division_code=division_code)
    if stage:
        found = found.filter(status=stage)
    if text:
        found = found.filter(
            Q(name__icontains=text) | Q(place__icontains=text) | Q(ext_id=text)
            | Q(counterparty__name__icontains=text)
        )  # fmt: skip
    return found.order_by("-applied_at", "-pk")


def access_works(*, by: Actor, ext_id: str) -> Works:
    """Return a project of the actor's scope. Raises: NotFound."""
    found = works(by=by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def page(*, by: Actor, ext_id: str, at: datetime) -> WorksPage:
    """Return a project with all that happened. Raises: NotFound."""
    return _page(access_works(by=by, ext_id=ext_id), at)


def public_page(qr_code: str, at: datetime) -> WorksPage:
    """Return the project behind a code, as everybody may see it. Raises: NotFound."""
    found = (
        Works.objects.select_related("organisation", "counterparty", "guide_agency")
        .filter(qr_code=qr_code)
        .first()
    )
    if found is None:
        raise NotFound
    return _page(found, at)


def _page(found: Works, at: datetime) -> WorksPage:
    promised = {
        one.person_id: one.person.name
        for one in found.commitments.select_related("person").filter(kind="commitment")
    }
    due = cadres(found.division_code, clock.local_date(at)) - set(promised)
    open_names = Person.objects.filter(pk__in=due).order_by("pk").values_list("name", flat=True)
    return WorksPage(
        works=found,
        stages=tuple(found.stages.order_by("at", "pk")),
        diary=tuple(found.diary.order_by("-logged_at", "-pk")[:100]),
        variations=tuple(found.variations.order_by("submitted_at", "pk")),
        promised=tuple(promised.values()),
        unpromised=tuple(open_names),
        attendance=tuple(
            (one.person.name, one.role)
            for one in found.attendance.select_related("person").order_by("pk")
        ),
        contract_fen=contract_fen(found),
        changes_fen=changes_fen(found),
        paid_fen=paid_fen(found.case_number),
        inspections=tuple(inspection_queries.inspections(found)),
        tasks=inspection_queries.tasks(found, at),
    )


def contract_fen(found: Works) -> int | None:
    """Return the sum of the contract, with its supplements; None before there is one."""
    contract = Contract.objects.filter(ext_id=found.contract_ext_id).first()
    return contract_queries.total_fen(contract) if contract else None


def changes_fen(found: Works) -> int:
    """Return the sum of approved changes."""
    rows = found.variations.filter(approved_at__isnull=False)
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0


def paid_fen(source_id: str, but_case: str = "") -> int:
    """Return what was paid or is on its way for a project, without what one case asks."""
    rows = Payment.objects.filter(order__source_kind="works", order__source_id=source_id)
    rows = rows.exclude(status__in=GONE)
    if but_case:
        rows = rows.exclude(order__case_number=but_case)
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0
