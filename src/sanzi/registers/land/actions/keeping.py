"""What the four powers share: the locked row of a case, publications, the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TypeVar

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation
from sanzi.registers.land import rules
from sanzi.registers.land.errors import LandWrong, NotNow, ShownTooShort
from sanzi.registers.land.models import Row, Step

R = TypeVar("R", bound=Row)
OPEN = [one for one in Step.values if one not in (Step.CLOSED, Step.REFUSED, Step.ENDED)]


def day_start(day: date) -> datetime:
    """Return the moment at which a local day begins."""
    return clock.midnight(day).astimezone(UTC)


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
        raise NotNow(status=found.get_status_display(), verb=verb)
    return found


def end(model: type[R], *, case_number: str, by: Actor, at: datetime) -> None:
    """Note that a case was given up; nothing happens when it was never handed in."""
    rows = model._default_manager.select_for_update(of=("self",))  # noqa: SLF001
    for found in rows.filter(case_number=case_number, status__in=OPEN):
        found.status = Step.ENDED
        found.save(update_fields=["status"])
        tell(found, "ended", by, at, {})


def require_shown(shown: rules.Shown, *, least: int, what: str, at: datetime) -> None:
    """Refuse a publication that did not run its days, or that has not ended yet.

    Raises: LandWrong, ShownTooShort.
    """
    if shown.end_date > clock.local_date(at):
        raise LandWrong(what="公示结束日", why="还没到", field="publicity_end")
    days = rules.days_shown(shown)
    if days < least:
        raise ShownTooShort(what=what, days=max(days, 0), least=least, field="publicity_end")


def tell(found: Row, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    """Write what happened to a row into the log of its body."""
    noun = found._meta.db_table.removeprefix("land_")  # noqa: SLF001
    audit.write(
        chain=found.organisation.ext_id, kind=f"land.{noun}.{what}", by=by, at=at,
        subject=(noun, found.ext_id), after={"case": found.case_number, **after},
    )  # fmt: skip
