"""Township projects: started with a code of their own, told of as they go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids, money
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation
from sanzi.registers.funds.actions.grants import town_body
from sanzi.registers.funds.errors import MoneyWrong, ProjectOverBudget
from sanzi.registers.funds.models import TownProject

KEEP: Final = "funds.project"
DONE: Final = 100


@dataclass(frozen=True)
class ProjectFields:
    """A project as it is begun. Units: fen."""

    town: str
    name: str
    budget_fen: int
    start_date: date
    end_date: date


@dataclass(frozen=True)
class Progress:
    """How a project stands today. Units: fen, per cent; `payable_fen` is owed to builders."""

    progress_percent: int
    paid_fen: int
    payable_fen: int
    end_date: date
    payable_due_date: date | None = None


@transaction.atomic
def start(*, fields: ProjectFields, by: Actor, at: datetime) -> str:
    """Start a project of a town and give it its code; returns its id.

    The code reads XM, the nine figures of the town, the year, and a number of the year.
    Raises: NotFound, MoneyWrong. Nothing is written then.
    """
    scope.require(by, KEEP, fields.town)
    body = Organisation.objects.select_for_update().get(pk=town_body(fields.town).pk)
    if not fields.name.strip():
        raise MoneyWrong(what="项目名称", why="没写", field="name")
    if not 0 < fields.budget_fen <= money.MAX_FEN:
        raise MoneyWrong(what="预算", why="要大于0", field="budget")
    if fields.end_date < fields.start_date:
        raise MoneyWrong(what="完工日期", why="早于开工日期", field="end_date")
    made = TownProject.objects.create(
        ext_id=ids.new_id("TP", at),
        organisation=body,
        division_code=fields.town,
        name=fields.name.strip()[:120],
        budget_fen=fields.budget_fen,
        start_date=fields.start_date,
        end_date=fields.end_date,
        qr_code=_next_code(fields.town, clock.local_date(at).year),
        info_updated_at=at,
    )
    after = {"budget_fen": made.budget_fen, "code": made.qr_code}
    _tell(made, "started", by, at, after=after)
    return made.ext_id


@transaction.atomic
def update(*, project: str, progress: Progress, by: Actor, at: datetime) -> None:
    """Tell how a project stands: what is done, paid and owed.

    Raises: NotFound, MoneyWrong, ProjectOverBudget. Nothing is written then.
    """
    rows = TownProject.objects.select_for_update(of=("self",)).select_related("organisation")
    found = rows.filter(ext_id=project).first()
    if found is None:
        raise NotFound
    scope.require(by, KEEP, found.division_code)
    _require_sound(found, progress)
    before = {"progress_percent": found.progress_percent, "paid_fen": found.paid_fen}
    found.progress_percent, found.paid_fen = progress.progress_percent, progress.paid_fen
    found.payable_fen, found.payable_due_date = progress.payable_fen, progress.payable_due_date
    found.end_date, found.info_updated_at = progress.end_date, at
    found.save(
        update_fields=[
            "progress_percent", "paid_fen", "payable_fen", "payable_due_date", "end_date",
            "info_updated_at",
        ]
    )  # fmt: skip
    after = {"progress_percent": found.progress_percent, "paid_fen": found.paid_fen}
    _tell(found, "updated", by, at, after=after, before=before)


def _require_sound(found: TownProject, progress: Progress) -> None:
    if not found.progress_percent <= progress.progress_percent <= DONE:
        why = f"要在{found.progress_percent}到{DONE}之间"
        raise MoneyWrong(what="做到百分之几", why=why, field="progress_percent")
    if not 0 <= progress.payable_fen <= money.MAX_FEN:
        raise MoneyWrong(what="欠付", why="不能是负数", field="payable")
    if progress.payable_fen and progress.payable_due_date is None:
        raise MoneyWrong(what="该付的日子", why="还欠着钱，没写哪天付", field="payable_due_date")
    if progress.paid_fen < found.paid_fen:
        why = f"上次是{money.format_yuan(found.paid_fen)}元，只增不减"
        raise MoneyWrong(what="已付", why=why, field="paid")
    if progress.paid_fen > found.budget_fen:
        raise ProjectOverBudget(
            project=found.name,
            budget=money.format_yuan(found.budget_fen),
            paid=money.format_yuan(progress.paid_fen),
            field="paid",
        )
    if found.start_date is not None and progress.end_date < found.start_date:
        raise MoneyWrong(what="完工日期", why="早于开工日期", field="end_date")


def _next_code(town: str, year: int) -> str:
    """Return the next code of a town in a year; the town's row is locked by the caller."""
    head = f"XM{town[:9]}{year}"
    codes = TownProject.objects.filter(qr_code__startswith=head).values_list("qr_code", flat=True)
    last = max(
        (int(code[len(head) :]) for code in codes if code[len(head) :].isdecimal()), default=0
    )
    return f"{head}{last + 1:03d}"


def _tell(
    found: TownProject,
    what: str,
    by: Actor,
    at: datetime,
    *,
    after: Mapping[str, object],
    before: Mapping[str, object] | None = None,
) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"funds.project.{what}",
        by=by,
        at=at,
        subject=("town_project", found.ext_id),
        before=before,
        after=after,
    )
