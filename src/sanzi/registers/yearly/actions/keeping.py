"""What budgets and distributions share: the locked row of a case, publication, vote, log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, TypeVar

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.matters.actions import needs
from sanzi.matters.models import Decision
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation
from sanzi.registers.yearly.errors import NotNow, ShownTooShort, YearlyWrong
from sanzi.registers.yearly.models import Budget, Row, Step

R = TypeVar("R", bound=Row)
BODIES: Final = ("member_meeting", "member_delegates")
LIVE: Final = (Step.DRAFTED, Step.SHOWN, Step.DECIDED)


def words(row: Row) -> str:
    """Return what a row is, in words."""
    return str(row.get_kind_display()) if isinstance(row, Budget) else "分配"


def body_of(organisation: str) -> Organisation:
    """Return a body by its ext id. Raises: NotFound."""
    found = Organisation.objects.filter(ext_id=organisation).first()
    if found is None:
        raise NotFound
    return found


def locked(model: type[R], case_number: str, steps: tuple[Step, ...], verb: str) -> R:
    """Return the row of a case under lock, where it stands at one of these steps.

    Raises: NotFound, NotNow.
    """
    rows = model._default_manager.select_for_update(of=("self",))  # noqa: SLF001 - any model's rows
    found = rows.select_related("organisation").filter(case_number=case_number).first()
    if found is None:
        raise NotFound
    if found.status not in steps:
        status = found.get_status_display()
        raise NotNow(year=found.year, what=words(found), status=status, verb=verb)
    return found


def end(model: type[Row], *, case_number: str, by: Actor, at: datetime) -> None:
    """Note that a case was given up; nothing happens when it was never handed in."""
    rows = model._default_manager.select_for_update(of=("self",))  # noqa: SLF001
    for found in rows.filter(case_number=case_number, status__in=LIVE):
        found.status = Step.ENDED
        found.save(update_fields=["status"])
        tell(found, "ended", by, at, {})


def show(
    row: Row, *, span: tuple[date, date], comment: str, least: int, by: Actor, at: datetime
) -> None:
    """Note that a draft was shown its days. Raises: YearlyWrong, ShownTooShort."""
    start, until = span
    if until > clock.local_date(at):
        raise YearlyWrong(what="公示结束日", why="还没到", field="publicity_end")
    days = (until - start).days
    if days < least:
        raise ShownTooShort(days=max(days, 0), least=least, field="publicity_end")
    row.shown_start_date, row.shown_end_date = start, until
    row.comment, row.status = comment[:200], Step.SHOWN
    row.save(update_fields=["shown_start_date", "shown_end_date", "comment", "status"])
    tell(row, "shown", by, at, {"until": str(until)})


def passed(row: Row, decision: str, matter_code: str) -> Decision:
    """Return the decision of the members, or their delegates, by two thirds of all.

    It was taken after the draft was shown. Raises: DecisionNeeded, YearlyWrong.
    """
    found = needs.require_passed(
        ext_id=decision, division_code=row.division_code, matter_code=matter_code
    )
    needs.require_two_thirds(found, BODIES)
    day = clock.local_date(found.passed_at) if found.passed_at else None
    if day is None or row.shown_end_date is None or day < row.shown_end_date:
        raise YearlyWrong(what="决议", why="早于公示期满", field="decision")
    return found


def tell(row: Row, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    """Write what happened to a row into the log of its body."""
    noun = row._meta.db_table.removeprefix("yearly_")  # noqa: SLF001
    audit.write(
        chain=row.organisation.ext_id, kind=f"yearly.{noun}.{what}", by=by, at=at,
        subject=(noun, row.ext_id), after={"case": row.case_number, "year": row.year, **after},
    )  # fmt: skip
