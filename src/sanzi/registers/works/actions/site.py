"""A project from the promise to the audit: promises, diary, changes, acceptance, settlement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.deals.queries import parties
from sanzi.kernel import clock, ids, money
from sanzi.matters.models import Decision
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Person
from sanzi.registers.works import queries, rules
from sanzi.registers.works.actions.projects import locked, move
from sanzi.registers.works.errors import (
    AcceptanceIrregular,
    PhotoNeeded,
    PromisedAlready,
    SettlementOver,
    VariationDecided,
    VariationTooLarge,
    WorksNotNow,
    WorksOverpaid,
    WorksWrong,
)
from sanzi.registers.works.models import (
    Attendance,
    Commitment,
    Diary,
    Inspection,
    Rectification,
    Stage,
    Variation,
    Works,
)

DIARY_KINDS = ("progress", "inspection", "photo")
ATTENDEE_ROLES = ("village", "supervision", "villager_rep", "town", "third_party", "contractor")
REASON_CODES = ("unforeseen", "design", "quantity", "safety", "less")
REASON_LENGTH_MIN = 6


@dataclass(frozen=True)
class Photo:
    """A photo of the site: its digest, and when and where its camera says it was taken."""

    file_hash: str
    taken_at: datetime | None = None
    lat_micro: int | None = None
    lng_micro: int | None = None


@dataclass(frozen=True)
class Present:
    """One person at an acceptance and for whom he is there."""

    person: str
    role: str


@transaction.atomic
def promise(*, works: str, by: Actor, at: datetime) -> None:
    """Promise to hold no share in a project and to have no kin in it: each officer for himself.

    Raises: NotFound, WorksNotNow, PromisedAlready.
    """
    found = Works.objects.select_for_update(of=("self",)).filter(ext_id=works).first()
    if found is None or by.person_id is None:
        raise NotFound
    scope.require(by, queries.SEE, found.division_code)
    if found.status != Stage.AWARDED:
        raise WorksNotNow(name=found.name, stage=found.get_status_display(), verb="签承诺")
    if by.person_id not in parties.cadres(found.division_code, clock.local_date(at)):
        raise PromisedAlready(why="您不在本村任职，不用签承诺")
    if found.commitments.filter(person_id=by.person_id, kind="commitment").exists():
        raise PromisedAlready(why="您已经签过承诺")
    Commitment.objects.create(works=found, person_id=by.person_id, kind="commitment", signed_at=at)
    _tell(found, "promised", by, at, {"person": by.person_ext_id})


@transaction.atomic
def log(
    *,
    case_number: str,
    kind: str,
    percent: int,
    words: str,
    photo: Photo | None,
    by: Actor,
    at: datetime,
) -> None:
    """Write a line of the site diary; the first begins the work, 100 percent ends it.

    Raises: NotFound, WorksNotNow, WorksWrong, PhotoNeeded.
    """
    found = locked(case_number, (Stage.CONTRACTED, Stage.BUILDING), "记施工日志")
    last = found.diary.order_by("-logged_at", "-pk").first()
    if kind not in DIARY_KINDS:
        raise WorksWrong(what="日志类别", why="没有这一类", field="kind")
    if not (last.percent if last else 0) <= percent <= 100:
        raise WorksWrong(what="进度", why="不能比上次还少，最多100", field="percent")
    require_photo(found, photo, at)
    Diary.objects.create(
        works=found, logged_at=at, kind=kind, percent=percent, words=words.strip()[:200],
        file_hash=photo.file_hash if photo else "", taken_at=photo.taken_at if photo else None,
        lat_micro=photo.lat_micro if photo else None, lng_micro=photo.lng_micro if photo else None,
        person_id=by.person_id,
    )  # fmt: skip
    if found.started_at is None:
        found.started_at = at
        found.save(update_fields=["started_at"])
        move(found, Stage.BUILDING, by, at, "开工")
    if percent == 100:
        found.completed_at = at
        found.save(update_fields=["completed_at"])
        move(found, Stage.COMPLETED, by, at, "完工")
        return
    found.qr_updated_at = at
    found.save(update_fields=["qr_updated_at"])
    _tell(found, "logged", by, at, {"percent": percent})


def require_photo(found: Works, photo: Photo | None, at: datetime) -> None:
    """Refuse a line without a fresh photo of the place. Raises: PhotoNeeded."""
    if photo is None or not photo.file_hash:
        raise PhotoNeeded(why="还没有传")
    if any(
        one.objects.filter(file_hash=photo.file_hash).exists()
        for one in (Diary, Inspection, Rectification)
    ):
        raise PhotoNeeded(why="这张以前用过")
    if photo.taken_at is not None and not at - rules.PHOTO_AGE <= photo.taken_at <= at:
        raise PhotoNeeded(why="这张不是这两天拍的")
    here = (found.lat_micro, found.lng_micro, photo.lat_micro, photo.lng_micro)
    if None not in here:
        away = rules.metres(*(one or 0 for one in here))
        if away > rules.PHOTO_METRES_MAX:
            raise PhotoNeeded(why=f"照片离工地{away}米")


@transaction.atomic
def ask_variation(
    *,
    works: str,
    amount_fen: int,
    reason_code: str,
    reason: str,
    decision: str,
    by: Actor,
    at: datetime,
    done_on: date | None = None,
) -> str:
    """Ask for a change before it is done; return its ext id.

    Who approves follows from all changes together: 5, 10 and 20 percent of the contract. What
    could not wait is said with the day on which it was done: it counts from that day's end.
    Raises: NotFound, WorksNotNow, WorksWrong, VariationTooLarge.
    """
    found = Works.objects.select_for_update(of=("self",)).filter(ext_id=works).first()
    if found is None:
        raise NotFound
    scope.require(by, "works.vary", found.division_code)
    contract = queries.contract_fen(found)
    if found.status not in (Stage.CONTRACTED, Stage.BUILDING) or contract is None:
        raise WorksNotNow(name=found.name, stage=found.get_status_display(), verb="申请变更")
    if amount_fen == 0 or abs(amount_fen) > money.MAX_FEN:
        raise WorksWrong(what="变更金额", why="不能是0", field="amount")
    if reason_code not in REASON_CODES or len(reason.strip()) < REASON_LENGTH_MIN:
        raise WorksWrong(what="变更理由", why="要选一类，写至少6个字", field="reason")
    executed_at = _executed(found, done_on, at)
    open_fen = sum(
        found.variations.filter(refused_at__isnull=True).values_list("amount_fen", flat=True)
    )
    percent = rules.percent_of(abs(open_fen + amount_fen), contract)
    role = rules.approver_of(percent)
    if not role:
        raise VariationTooLarge(percent=percent)
    if role == "town_leader":
        _require_decision(found, decision)
    made = Variation.objects.create(
        ext_id=ids.new_id("BG", at), works=found, amount_fen=amount_fen, reason_code=reason_code,
        reason=reason.strip()[:200], submitted_at=at, submitted_by_id=by.person_id,
        needs_role=role, decision_ext_id=decision, executed_at=executed_at,
    )  # fmt: skip
    told = {"variation": made.ext_id, "amount_fen": amount_fen}
    if done_on is not None:
        told["done_on"] = done_on.isoformat()
    _tell(found, "variation_asked", by, at, told)
    return made.ext_id


def _executed(found: Works, done_on: date | None, at: datetime) -> datetime | None:
    """Return when a change that did not wait was done, at the latest. Raises: WorksWrong."""
    if done_on is None:
        return None
    signed = found.stages.filter(stage=Stage.CONTRACTED).order_by("at").first()
    if done_on > clock.local_date(at):
        raise WorksWrong(what="先做的日子", why="还没到", field="done")
    if signed is not None and done_on < clock.local_date(signed.at):
        raise WorksWrong(what="先做的日子", why="那时合同还没签", field="done")
    return min(clock.midnight(done_on + timedelta(days=1)) - timedelta(seconds=1), at)


def _require_decision(found: Works, decision: str) -> None:
    passed = Decision.objects.filter(
        ext_id=decision, division_code=found.division_code, status="passed"
    )
    if not decision or not passed.exists():
        raise WorksWrong(what="变更的决议", why="超过10%要先开会表决", field="decision")


@transaction.atomic
def decide_variation(*, variation: str, is_approved: bool, by: Actor, at: datetime) -> None:
    """Approve or refuse a change: another person, of the role that its sum needs.

    Raises: NotFound, VariationDecided.
    """
    row = (
        Variation.objects.select_for_update(of=("self",))
        .select_related("works", "works__organisation")
        .filter(ext_id=variation)
        .first()
    )
    if row is None:
        raise NotFound
    scope.require(by, queries.SEE, row.works.division_code)
    if row.approved_at is not None or row.refused_at is not None:
        raise VariationDecided(why="已经批过")
    if row.needs_role not in by.roles_at(row.works.division_code):
        raise VariationDecided(why="不归您批")
    if row.submitted_by_id == by.person_id:
        raise VariationDecided(why="是您申请的，不能由您批")
    if is_approved:
        row.approved_at, row.approved_by_id = at, by.person_id
    else:
        row.refused_at = at
    row.save(update_fields=["approved_at", "approved_by", "refused_at"])
    done = {"variation": row.ext_id, "is_approved": is_approved}
    _tell(row.works, "variation_decided", by, at, done)


@transaction.atomic
def accept(
    *,
    case_number: str,
    present: Sequence[Present],
    is_passed: bool,
    measured_milli: int,
    contract_milli: int,
    by: Actor,
    at: datetime,
) -> None:
    """Accept a completed project on the spot.

    Raises: NotFound, WorksNotNow, AcceptanceIrregular.
    """
    found = locked(case_number, (Stage.COMPLETED,), "验收")
    persons = {
        one.ext_id: one for one in Person.objects.filter(ext_id__in=[p.person for p in present])
    }
    if len(persons) != len({one.person for one in present}):
        raise AcceptanceIrregular(why="有的人不在名册里")
    roles = {one.role for one in present} - {"contractor"}
    reps = sum(one.role == "villager_rep" for one in present)
    needs_town = found.estimate_fen >= rules.GUIDE_FROM_FEN
    missing = rules.missing_at_acceptance(roles, reps, needs_town=needs_town)
    if missing:
        raise AcceptanceIrregular(why=f"少了{'、'.join(missing)}")
    if contract_milli <= 0 or measured_milli < 0:
        raise AcceptanceIrregular(why="没有写合同量和实测量")
    least = contract_milli * (100 - rules.QUANTITY_TOLERANCE_PERCENT)
    if is_passed and measured_milli * 100 < least:
        raise AcceptanceIrregular(why="实测量比合同量少了2%以上，不能算合格")
    Attendance.objects.bulk_create(
        Attendance(
            works=found, held_at=at, result="pass" if is_passed else "fail",
            person=persons[one.person], role=one.role, measured_milli=measured_milli,
            contract_milli=contract_milli,
        )
        for one in present
    )  # fmt: skip
    if not is_passed:
        move(found, Stage.COMPLETED, by, at, "验收不合格，要返工")
        return
    found.accepted_at = at
    found.warranty_end_date = rules.warranty_end(clock.local_date(at))
    found.save(update_fields=["accepted_at", "warranty_end_date"])
    move(found, Stage.ACCEPTED, by, at, f"{len(present)}人到场，合格")


@transaction.atomic
def settle(
    *,
    case_number: str,
    settlement_fen: int,
    audited_fen: int,
    agency: str,
    by: Actor,
    at: datetime,
) -> None:
    """Keep what the builder asks in the end and what the audit leaves of it.

    Raises: NotFound, WorksNotNow, WorksWrong, SettlementOver.
    """
    found = locked(case_number, (Stage.ACCEPTED,), "结算审计")
    limit = (queries.contract_fen(found) or 0) + queries.changes_fen(found)
    if found.is_emergency and not found.contract_ext_id:
        limit = settlement_fen
    if not 0 < audited_fen <= settlement_fen:
        raise WorksWrong(what="审定价", why="要大于0，不高过送审价", field="audited")
    for what, fen in (("结算价", settlement_fen), ("审定价", audited_fen)):
        if fen > limit:
            raise SettlementOver(
                what=what, fen=money.format_yuan(fen), limit=money.format_yuan(limit)
            )
    who = Counterparty.objects.filter(ext_id=agency).first() if agency else None
    if found.estimate_fen >= rules.GUIDE_FROM_FEN and who is None:
        raise WorksWrong(what="审计单位", why="3万元起要第三方审计", field="agency")
    if who is not None and who.pk in (found.counterparty_id, found.guide_agency_id):
        raise WorksWrong(what="审计单位", why="不能是施工单位或定指导价的单位", field="agency")
    found.settlement_fen, found.audited_fen, found.audit_agency = settlement_fen, audited_fen, who
    found.settled_at, found.audited_at = at, at
    found.retention_fen = audited_fen - audited_fen * rules.AUDIT_PERCENT // 100
    found.save(
        update_fields=[
            "settlement_fen", "audited_fen", "audit_agency", "settled_at", "audited_at",
            "retention_fen",
        ]
    )  # fmt: skip
    move(found, Stage.SETTLED, by, at, f"审定{money.format_yuan(audited_fen)}元")


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse a payment above contract, progress, audit or retention as they stand now.

    Raises: WorksOverpaid, WorksNotNow.
    """
    found = Works.objects.filter(case_number=source_id).first()
    if found is None:
        return
    contract = queries.contract_fen(found)
    if contract is None and found.is_emergency:
        contract = found.audited_fen
    if contract is None:
        raise WorksNotNow(name=found.name, stage=found.get_status_display(), verb="付款")
    last = found.diary.order_by("-logged_at", "-pk").first()
    ended = found.warranty_end_date
    cap, why = rules.payable(
        contract_fen=contract,
        changes_fen=queries.changes_fen(found),
        percent=last.percent if last else None,
        is_accepted=found.accepted_at is not None,
        audited_fen=found.audited_fen,
        warranty_over=ended is not None and ended < clock.today(),
    )
    paid = queries.paid_fen(source_id, but_case=case_number)
    if paid + amount_fen > cap:
        raise WorksOverpaid(
            name=found.name, cap=money.format_yuan(cap), why=why, paid=money.format_yuan(paid),
            more=money.format_yuan(amount_fen), left=money.format_yuan(max(cap - paid, 0)),
        )  # fmt: skip


def _tell(found: Works, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"works.project.{what}",
        by=by,
        at=at,
        subject=("works", found.ext_id),
        after={"name": found.name, **after},
    )
