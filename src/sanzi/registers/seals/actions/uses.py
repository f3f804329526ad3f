"""Uses of a seal: asked for, approved by class, pressed once for each approved impression.

Each step is a step of the power M34; `effects` turns its forms into these calls. Source:
governance of seals 国办发〔2001〕52号 (the approver does not keep), the county's list of items.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.deals.models import Contract
from sanzi.kernel import clock, ids
from sanzi.matters.models import CaseStep, Decision
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.registers.seals import errors, rules
from sanzi.registers.seals.actions import telling
from sanzi.registers.seals.models import (
    Seal,
    SealImpression,
    SealState,
    SealUse,
    Sending,
    UseStatus,
)
from sanzi.registers.seals.queries import keeper_fault

PREFIX = "YZ"


@dataclass(frozen=True)
class Wish:
    """What is to be stamped, by whom asked, how often."""

    seal: str
    item: str
    applicant: str
    purpose: str
    copies: int
    contract: str = ""
    decision: str = ""
    is_offsite: bool = False
    offsite_place: str = ""


@dataclass(frozen=True)
class Press:
    """One impression by hand: its pictures and where the phone was. Units: millionths."""

    before_photo_hash: str = ""
    after_photo_hash: str = ""
    lat_e6: int | None = None
    lng_e6: int | None = None


def check(*, wish: Wish, organisation: str, at: datetime) -> rules.Item:
    """Refuse what may not be stamped; return its item.

    Raises: NotFound, SealNotUsable, NotOnList, NeverStamped, KeeperWrong, SamePerson, CopiesWrong,
        ApplicantWrong, PlaceNeeded, ContractNeeded, DecisionNeeded.
    """
    listed = rules.seal_list(clock.local_date(at))
    seal = _usable(wish.seal, organisation)
    item = listed.items.get(wish.item)
    if item is not None and item.seal_class == rules.NEVER:
        raise errors.NeverStamped(item=item.title, why=item.why, go=item.go, field="item_code")
    if item is None or seal.kind not in item.seals:
        title = item.title if item else wish.item
        raise errors.NotOnList(item=title, seal=seal.title, field="item_code")
    _require_keeper(seal, wish.applicant, at)
    if not 0 < wish.copies <= listed.copies_max:
        raise errors.CopiesWrong(most=listed.copies_max, field="copies")
    if wish.is_offsite and not wish.offsite_place.strip():
        raise errors.PlaceNeeded(field="offsite_place")
    _require_ground(wish, item, organisation)
    return item


def _usable(ext_id: str, organisation: str) -> Seal:
    seal = Seal.objects.select_related("keeper", "organisation").filter(ext_id=ext_id).first()
    body = Organisation.objects.filter(ext_id=organisation).first()
    if seal is None or body is None or seal.division_code != body.division_id:
        raise NotFound
    if seal.state != SealState.IN_USE:
        raise errors.SealNotUsable(seal=seal.title, why=seal.get_state_display(), field="seal_id")
    if seal.keeper is None:
        raise errors.SealNotUsable(seal=seal.title, why="还没有保管人", field="seal_id")
    return seal


def _require_keeper(seal: Seal, applicant: str, at: datetime) -> None:
    keeper = seal.keeper
    assert keeper is not None  # noqa: S101 - `_usable` found one
    fault = keeper_fault(keeper.pk, seal.division_code, clock.local_date(at))
    if fault:
        raise errors.KeeperWrong(name=keeper.name, why=fault, field="seal_id")
    person = Person.objects.filter(ext_id=applicant).first()
    if person is None or person.death_date is not None:
        why = "不在名册里" if person is None else "已经去世"
        raise errors.ApplicantWrong(why=why, field="applicant_person_id")
    if person.pk == keeper.pk:
        raise errors.SamePerson(name=person.name, what="保管人", field="applicant_person_id")


def _require_ground(wish: Wish, item: rules.Item, organisation: str) -> None:
    """Refuse a paper without its contract, or without the decision that stands behind it."""
    contract = Contract.objects.filter(
        ext_id=wish.contract, organisation__ext_id=organisation
    ).first()
    if item.contract and contract is None:
        why = "选的不是本单位的" if wish.contract else "还没有选"
        raise errors.ContractNeeded(item=item.title, why=why, field="contract_id")
    fen = (contract.amount_fen or contract.period_fen) if contract else None
    if rules.needs_decision(item, fen):
        _require_passed(wish.decision, item.title)


def _require_passed(ext_id: str, title: str) -> None:
    found = Decision.objects.filter(ext_id=ext_id).first()
    if found is None:
        raise errors.DecisionNeeded(item=title, why="还没有选", field="decision_id")
    if found.status != "passed" or found.passed_at is None:
        why = f"“{found.title}”还没有通过"
        raise errors.DecisionNeeded(item=title, why=why, field="decision_id")


@transaction.atomic
def request(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Enter a use that is asked for, or what a returned request says now.

    Raises: what `check` raises.
    """
    item = check(wish=wish, organisation=organisation, at=at)
    seal = Seal.objects.select_related("keeper").get(ext_id=wish.seal)
    said = {
        "seal": seal, "item_code": item.code, "item_title": item.title,
        "seal_class": item.seal_class, "is_listed_item": True,
        "purpose": wish.purpose.strip()[:80],
        "applicant": Person.objects.get(ext_id=wish.applicant), "keeper": seal.keeper,
        "subject_kind": "contract" if wish.contract else "case",
        "subject_id": wish.contract or case_number, "decision_ext_id": wish.decision,
        "copies_approved": wish.copies, "is_offsite": wish.is_offsite,
        "offsite_place": wish.offsite_place.strip()[:80], "requested_at": at,
        "status": UseStatus.REQUESTED,
    }  # fmt: skip
    made, _ = SealUse.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id(PREFIX, at), "case_number": case_number,
            "organisation": seal.organisation, "division_code": seal.division_code,
        },
    )  # fmt: skip
    _tell(made, "requested", by, at, {"item": item.code, "copies": wish.copies})
    return made.ext_id


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Authorise the impressions: how many, in which window; a machine is told by the worker.

    Class A has no approver: the list allows it, and the head hears of it.
    Raises: NotFound, UseNotNow, SealNotUsable, KeeperWrong, SamePerson, DecisionNeeded.
    """
    found = _locked(case_number, (UseStatus.REQUESTED,), "批准")
    seal = _usable(found.seal.ext_id, found.organisation.ext_id)
    if found.decision_ext_id:
        _require_passed(found.decision_ext_id, found.item_title)
    approvers = _approvers(found)
    found.approver = approvers[0] if approvers else None
    found.keeper = seal.keeper
    found.approved_at = found.not_before_at = at
    hours = rules.seal_list(clock.local_date(at)).window_hours
    found.not_after_at = at + timedelta(hours=hours)
    found.sending = Sending.WAITING if seal.device_uuid else Sending.NONE
    found.status = UseStatus.APPROVED
    found.save()
    if not approvers:
        telling.tell_head(found, at)
    after = {"by_rule": not approvers, "copies": found.copies_approved}
    _tell(found, "approved", by, at, after)


def _approvers(found: SealUse) -> list[Person]:
    """Return who agreed, the head first. Raises: SamePerson."""
    rows = CaseStep.objects.filter(
        case__number=found.case_number, state="APPROVED", actor__isnull=False
    ).exclude(step_key="apply")
    people = [one.actor for one in rows.select_related("actor").order_by("step_no", "pk")]
    for one in people:
        for what, other in (("保管人", found.seal.keeper_id), ("申请人", found.applicant_id)):
            if one is not None and one.pk == other:
                raise errors.SamePerson(name=one.name, what=what)
    return [one for one in people if one is not None]


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the use was not approved or was taken back; nothing when it was never asked."""
    found = SealUse.objects.select_for_update(of=("self",)).filter(case_number=case_number).first()
    if found is not None and found.status == UseStatus.REQUESTED:
        found.status = UseStatus.ENDED
        found.save(update_fields=["status"])
        _tell(found, "ended", by, at, {})


@transaction.atomic
def press(*, case_number: str, is_used: bool, press: Press, by: Actor, at: datetime) -> None:
    """Write down one impression by hand, or confirm those that the machine told.

    Raises: NotFound, UseNotNow, NotKeeper, OutsideWindow, CopiesSpent, MachineOnly, PhotosNeeded,
        SamePhoto, SealNotUsable.
    """
    found = _locked(case_number, (UseStatus.APPROVED,), "盖")
    seal = found.seal
    if by.person_id != seal.keeper_id:
        name = seal.keeper.name if seal.keeper else "空缺的"
        raise errors.NotKeeper(seal=seal.title, keeper=name)
    if not is_used:
        return
    if seal.device_uuid:
        if not found.impressions.exists():
            raise errors.MachineOnly(seal=seal.title)
        return
    _require_may_press(found, at)
    _require_photos(press)
    keep(
        found,
        SealImpression(
            ext_id=ids.new_id("GY", at), use=found, stamped_at=at, received_at=at,
            before_photo_hash=press.before_photo_hash, after_photo_hash=press.after_photo_hash,
            lat_e6=press.lat_e6, lng_e6=press.lng_e6,
        ),
    )  # fmt: skip
    _tell(found, "pressed", by, at, {"place": found.copies_stamped})


def keep(found: SealUse, made: SealImpression) -> None:
    """Count an impression on its use, which the caller has locked."""
    found.copies_stamped += 1
    made.place = found.copies_stamped
    made.save(force_insert=True)
    if found.stamped_at is None or made.stamped_at < found.stamped_at:
        found.stamped_at = made.stamped_at
        found.lat_e6, found.lng_e6 = made.lat_e6, made.lng_e6
    # A use has both pictures only when each of its impressions has.
    is_first = found.copies_stamped == 1
    for name in ("before_photo_hash", "after_photo_hash"):
        whole = is_first or getattr(found, name)
        setattr(found, name, getattr(made, name) if whole else "")
    found.save()


def _require_may_press(found: SealUse, at: datetime) -> None:
    if found.seal.state != SealState.IN_USE:
        raise errors.SealNotUsable(seal=found.seal.title, why=found.seal.get_state_display())
    first, last = found.not_before_at, found.not_after_at
    if first is None or last is None or not first <= at <= last:
        raise errors.OutsideWindow(
            first=clock.minute_text(first) if first else "", last=clock.minute_text(last or at)
        )
    if found.copies_stamped >= found.copies_approved:
        raise errors.CopiesSpent(approved=found.copies_approved, stamped=found.copies_stamped)


def _require_photos(press: Press) -> None:
    pair = {"盖之前的照片": press.before_photo_hash, "盖好的照片": press.after_photo_hash}
    missing = [what for what, one in pair.items() if not one]
    if missing:
        raise errors.PhotosNeeded(what="、".join(missing))
    if press.before_photo_hash == press.after_photo_hash:
        raise errors.SamePhoto(why="盖之前和盖之后是同一张")
    used = SealImpression.objects.filter(before_photo_hash__in=pair.values()).exists() or (
        SealImpression.objects.filter(after_photo_hash__in=pair.values()).exists()
    )
    if used:
        raise errors.SamePhoto(why="在别的用印里用过")


@transaction.atomic
def close(*, case_number: str, by: Actor, at: datetime) -> None:
    """End the use: what was approved and not pressed goes back, the machine is told to lock.

    Raises: NotFound, UseNotNow.
    """
    found = _locked(case_number, (UseStatus.APPROVED,), "结束")
    found.status = UseStatus.STAMPED if found.copies_stamped else UseStatus.UNUSED
    if found.sending in (Sending.WAITING, Sending.SENT):
        found.sending = Sending.CLOSING
    found.save(update_fields=["status", "sending"])
    if found.copies_stamped and found.subject_kind == "contract":
        Contract.objects.filter(ext_id=found.subject_id).update(seal_use_ext_id=found.ext_id)
    unused = max(found.copies_approved - found.copies_stamped, 0)
    _tell(found, "closed", by, at, {"stamped": found.copies_stamped, "unused": unused})


def _locked(case_number: str, statuses: tuple[UseStatus, ...], verb: str) -> SealUse:
    found = (
        SealUse.objects.select_for_update(of=("self",))
        .select_related("organisation", "seal__keeper")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    if found.status not in statuses:
        raise errors.UseNotNow(status=found.get_status_display(), verb=verb)
    return found


def _tell(found: SealUse, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"seals.use.{what}",
        by=by,
        at=at,
        subject=("seal_use", found.ext_id),
        after={"item": found.item_title, **after},
    )
