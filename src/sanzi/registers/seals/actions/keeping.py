"""The register of seals: entered, given to another keeper, reported lost and void."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.matters.models import Decision
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.registers.seals import errors, queries
from sanzi.registers.seals.actions import telling
from sanzi.registers.seals.models import Seal, SealState, SealUse, Sending, UseStatus


@transaction.atomic
def give_to(*, seal: str, keeper: str, decision: str, by: Actor, at: datetime) -> None:
    """Hand a seal to another keeper, whom the representatives chose.

    Raises: NotFound, SealStateWrong, KeeperWrong, DecisionNeeded.
    """
    found = _locked(seal, by, queries.KEEP)
    if found.state != SealState.IN_USE:
        raise errors.SealStateWrong(seal=found.title, status=found.get_state_display())
    person = Person.objects.filter(ext_id=keeper).first()
    if person is None:
        raise NotFound
    today = clock.local_date(at)
    fault = queries.keeper_fault(person.pk, found.division_code, today)
    known = dict(queries.keeper_candidates(found, today))
    if not fault and keeper not in known:
        fault = "没有任印章保管员"
    if fault:
        raise errors.KeeperWrong(name=person.name, why=fault, field="keeper")
    chosen = Decision.objects.filter(ext_id=decision, division_code=found.division_code).first()
    if chosen is None or chosen.status != "passed":
        why = "还没有选" if chosen is None else f"“{chosen.title}”还没有通过"
        raise errors.DecisionNeeded(item="换保管人", why=why, field="decision")
    before = found.keeper.ext_id if found.keeper else ""
    found.keeper, found.kept_since_date, found.decision_ext_id = person, today, decision
    found.save(update_fields=["keeper", "kept_since_date", "decision_ext_id"])
    _tell(found, "given", by, at, ("keeper", before, keeper))


@transaction.atomic
def report_lost(*, seal: str, words: str, by: Actor, at: datetime) -> None:
    """Make a lost seal void at once: nothing is stamped with it, machines lose their orders.

    Raises: NotFound, SealStateWrong.
    """
    found = _locked(seal, by, queries.REPORT)
    if found.state == SealState.LOST:
        raise errors.SealStateWrong(seal=found.title, status=found.get_state_display())
    day = clock.minute_text(at)
    found.state, found.lost_at = SealState.LOST, at
    found.void_notice = f"{found.title}遗失，{day}起作废。{words.strip()}"[:200]
    found.save(update_fields=["state", "lost_at", "void_notice"])
    waiting = SealUse.objects.filter(seal=found, status=UseStatus.APPROVED)
    waiting.filter(sending__in=[Sending.WAITING, Sending.SENT]).update(sending=Sending.CLOSING)
    telling.tell_lost(found, at)
    _tell(found, "lost", by, at, ("state", "in_use", "lost"))


def _locked(ext_id: str, by: Actor, permission: str) -> Seal:
    queries.access_seal(by=by, ext_id=ext_id, permission=permission)
    found = Seal.objects.select_for_update(of=("self",)).select_related("organisation", "keeper")
    return found.get(ext_id=ext_id)


def _tell(seal: Seal, what: str, by: Actor, at: datetime, change: tuple[str, str, str]) -> None:
    """Write to the log what changed: (name, before, after)."""
    name, before, after = change
    audit.write(
        chain=seal.organisation.ext_id,
        kind=f"seals.seal.{what}",
        by=by,
        at=at,
        subject=("seal", seal.ext_id),
        before={name: before},
        after={"title": seal.title, name: after},
    )
