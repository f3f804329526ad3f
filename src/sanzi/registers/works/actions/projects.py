"""A project from the wish to the contract: applied, approved, priced, awarded, contracted.

Each step is a step of its power (M05, M06, M07); `effects` turns forms into these calls. Every
step moves the stage, and with it the page behind the project's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.deals.actions import contracts
from sanzi.deals.actions.contracts import ContractFields
from sanzi.deals.models import Tender, TenderMethod, TenderState
from sanzi.deals.queries import parties
from sanzi.deals.queries import tenders as tender_queries
from sanzi.kernel import clock, ids, money
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.registers.works import rules
from sanzi.registers.works.errors import (
    AwardWrong,
    GuidePriceNeeded,
    PromisesMissing,
    WorksNotNow,
    WorksSplit,
    WorksTwice,
    WorksWrong,
)
from sanzi.registers.works.models import Commitment, Stage, Works, WorksStage

QR_BITS = 60
KINDS = ("road", "water", "greening", "house", "lighting", "other")


@dataclass(frozen=True)
class Wish:
    """What is to be built. Units: fen; places in millionths of a degree."""

    name: str
    kind: str
    place: str
    estimate_fen: int
    planned_end_date: date
    lat_micro: int | None = None
    lng_micro: int | None = None
    fund_code: str = ""
    is_emergency: bool = False


def check(*, wish: Wish, organisation: str, at: datetime, case_number: str = "") -> None:
    """Refuse a wish that cannot be right, is cut small, or was built here lately.

    Raises: NotFound, WorksWrong, WorksSplit, WorksTwice.
    """
    body = Organisation.objects.filter(ext_id=organisation).first()
    if body is None:
        raise NotFound
    if wish.kind not in KINDS:
        raise WorksWrong(what="类别", why="没有这一类", field="kind")
    if not 0 < wish.estimate_fen <= money.MAX_FEN:
        raise WorksWrong(what="估价", why="要大于0", field="estimate")
    if wish.planned_end_date < clock.local_date(at):
        raise WorksWrong(what="计划完工日期", why="已经过了", field="planned_end")
    if wish.lat_micro is not None and not 3_000_000 <= wish.lat_micro <= 54_000_000:
        raise WorksWrong(what="纬度", why="不在国内", field="lat")
    if wish.lng_micro is not None and not 73_000_000 <= wish.lng_micro <= 136_000_000:
        raise WorksWrong(what="经度", why="不在国内", field="lng")
    near = _near(wish, body.division_id, at, case_number)
    if not wish.is_emergency:
        _require_whole(wish, near, at)


def _near(
    wish: Wish, division_code: str, at: datetime, case_number: str
) -> list[tuple[Works, int]]:
    rows = (
        Works.objects.filter(division_code=division_code, kind=wish.kind)
        .exclude(status=Stage.ENDED)
        .exclude(case_number=case_number or "-")
        .filter(applied_at__gte=at - timedelta(days=366 * rules.TWICE_YEARS))
    )
    found = []
    for one in rows:
        if None in (one.lat_micro, one.lng_micro, wish.lat_micro, wish.lng_micro):
            is_same = one.place == wish.place
            found.append((one, 0 if is_same else rules.SPLIT_METRES + 1))
        else:
            away = rules.metres(
                wish.lat_micro or 0, wish.lng_micro or 0, one.lat_micro or 0, one.lng_micro or 0
            )
            found.append((one, away))
    return found


def _require_whole(wish: Wish, near: list[tuple[Works, int]], at: datetime) -> None:
    since = at - timedelta(days=rules.SPLIT_DAYS)
    beside = [
        one
        for one, away in near
        if away <= rules.SPLIT_METRES and one.applied_at is not None and one.applied_at >= since
    ]
    total = wish.estimate_fen + sum(one.estimate_fen for one in beside)
    if beside and rules.tier_of(total) > max(
        rules.tier_of(wish.estimate_fen), *(rules.tier_of(one.estimate_fen) for one in beside)
    ):
        raise WorksSplit(
            days=rules.SPLIT_DAYS,
            place=wish.place,
            count=len(beside),
            fen=money.format_yuan(total),
            field="estimate",
        )
    for one, away in near:
        if away <= rules.TWICE_METRES and one.accepted_at is not None:
            raise WorksTwice(years=rules.TWICE_YEARS, name=one.name, field="place")


@transaction.atomic
def apply(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Enter a project that is asked for, or what a returned wish says now.

    Raises: what `check` raises.
    """
    check(wish=wish, organisation=organisation, at=at, case_number=case_number)
    body = Organisation.objects.get(ext_id=organisation)
    said = {
        "name": wish.name.strip()[:120],
        "kind": wish.kind,
        "place": wish.place.strip()[:120],
        "lat_micro": wish.lat_micro,
        "lng_micro": wish.lng_micro,
        "fund_code": wish.fund_code,
        "estimate_fen": wish.estimate_fen,
        "planned_end_date": wish.planned_end_date,
        "is_emergency": wish.is_emergency,
        "applied_at": at,
    }
    made, _ = Works.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("GC", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
            "qr_code": ids.new_token(QR_BITS).replace("-", ""),
        },
    )  # fmt: skip
    move(made, Stage.APPLIED, by, at, f"估价{money.format_yuan(made.estimate_fen)}元")
    return made.ext_id


@transaction.atomic
def approve(*, case_number: str, decision: str, by: Actor, at: datetime) -> None:
    """Note that the project is approved. Raises: NotFound, WorksNotNow."""
    found = locked(case_number, (Stage.APPLIED,), "立项")
    found.approved_at, found.decision_ext_id = at, decision
    found.save(update_fields=["approved_at", "decision_ext_id"])
    move(found, Stage.APPROVED, by, at, "批准立项")


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the project was given up before it was contracted."""
    found = Works.objects.select_for_update(of=("self",)).filter(case_number=case_number).first()
    if found is not None and found.status in (Stage.APPLIED, Stage.APPROVED, Stage.PRICED):
        move(found, Stage.ENDED, by, at, "")


@transaction.atomic
def price(
    *, case_number: str, guide_fen: int, limit_fen: int | None, agency: str, by: Actor, at: datetime
) -> None:
    """Keep the guide price of a third party and the limit that follows from it.

    Raises: NotFound, WorksNotNow, WorksWrong, GuidePriceNeeded.
    """
    found = locked(case_number, (Stage.APPROVED,), "定指导价")
    who = Counterparty.objects.filter(ext_id=agency).first()
    if who is None:
        raise WorksWrong(what="造价单位", why="名册里没有这一家", field="agency")
    if not 0 < guide_fen <= money.MAX_FEN:
        raise WorksWrong(what="指导价", why="要大于0", field="guide_price")
    limit = guide_fen if limit_fen is None else limit_fen
    if not 0 < limit <= guide_fen:
        raise GuidePriceNeeded(why="限价不能高过指导价")
    found.guide_price_fen, found.limit_price_fen, found.guide_agency = guide_fen, limit, who
    found.save(update_fields=["guide_price_fen", "limit_price_fen", "guide_agency"])
    move(found, Stage.PRICED, by, at, f"指导价{money.format_yuan(guide_fen)}元，{who.name}")


@transaction.atomic
def award(*, case_number: str, tender: str, by: Actor, at: datetime) -> None:
    """Take the winner of a settled competition as builder.

    Raises: NotFound, WorksNotNow, GuidePriceNeeded, AwardWrong.
    """
    found = locked(case_number, (Stage.APPROVED, Stage.PRICED), "定施工单位")
    if found.estimate_fen >= rules.GUIDE_FROM_FEN and found.guide_price_fen is None:
        raise GuidePriceNeeded(why="这个工程还没有")
    held = Tender.objects.filter(
        ext_id=tender, organisation_id=found.organisation_id, state=TenderState.AWARDED
    ).first()
    won = tender_queries.winner(tender) if held else None
    if held is None or won is None or won.price_fen is None:
        raise AwardWrong(why="这次招标还没有定标，或者不是本单位的")
    _require_tier(found, held)
    if found.guide_price_fen is not None and won.price_fen > (found.limit_price_fen or 0):
        raise AwardWrong(why=f"中标价高过限价{money.format_yuan(found.limit_price_fen or 0)}元")
    if found.guide_agency_id == won.counterparty_id:
        raise AwardWrong(why="它就是定指导价的单位")
    found.tender_ext_id, found.counterparty = tender, won.counterparty
    found.award_fen = won.price_fen
    found.save(update_fields=["tender_ext_id", "counterparty", "award_fen"])
    _remind(found, by, at)
    move(
        found, Stage.AWARDED, by, at,
        f"{won.counterparty.name}，{money.format_yuan(won.price_fen)}元",
    )  # fmt: skip


def _require_tier(found: Works, held: Tender) -> None:
    order = ("village", "town", "county")
    least = rules.platform_for(found.estimate_fen)
    if order.index(held.platform_level) < order.index(least):
        where = {"town": "镇平台", "county": "县平台"}[least]
        raise AwardWrong(why=f"这个金额要在{where}招")
    if found.estimate_fen >= rules.TENDER_FROM_FEN and held.method == TenderMethod.QUOTE:
        raise AwardWrong(why="3万元起要招标，不能只是三家报价")
    if held.subject_kind != "works":
        raise AwardWrong(why="那次招的不是工程")


def _remind(found: Works, by: Actor, at: datetime) -> None:
    """Note the two reminders: to every officer, and to the offices of the township (S1)."""
    people = parties.cadres(found.division_code, clock.local_date(at))
    rows = [
        Commitment(works=found, person_id=one, kind="reminder_cadre", signed_at=at)
        for one in sorted(people)
    ]
    if by.person_id is not None:
        rows.append(
            Commitment(works=found, person_id=by.person_id, kind="reminder_office", signed_at=at)
        )
    Commitment.objects.bulk_create(rows, ignore_conflicts=True)


def unpromised(found: Works, at: datetime) -> list[str]:
    """Return the names of officers who have not promised yet."""
    due = parties.cadres(found.division_code, clock.local_date(at))
    done = found.commitments.filter(kind="commitment").values_list("person_id", flat=True)
    rows = Person.objects.filter(pk__in=due - set(done)).order_by("pk")
    return list(rows.values_list("name", flat=True))


@transaction.atomic
def contract(
    *,
    case_number: str,
    sign_date: date,
    start_date: date,
    end_date: date,
    clauses: Mapping[str, bool],
    by: Actor,
    at: datetime,
) -> str:
    """Sign with the winner for what he won, once everybody has promised; return the contract.

    Raises: NotFound, WorksNotNow, PromisesMissing, what contracts refuse.
    """
    found = locked(case_number, (Stage.AWARDED,), "签合同")
    missing = unpromised(found, at)
    if missing:
        raise PromisesMissing(count=len(missing), names="、".join(missing[:7]))
    made = contracts.register(
        fields=ContractFields(
            organisation=found.organisation.ext_id,
            kind="works",
            title=f"{found.name}施工合同"[:120],
            counterparty=found.counterparty.ext_id if found.counterparty else "",
            sign_date=sign_date,
            start_date=start_date,
            end_date=end_date,
            amount_fen=found.award_fen,
            tender=found.tender_ext_id,
            decision=found.decision_ext_id,
            subject=found.ext_id,
            clauses=clauses,
        ),
        by=by,
        at=at,
        case_number=case_number,
    )
    found.contract_ext_id, found.planned_end_date = made, end_date
    found.save(update_fields=["contract_ext_id", "planned_end_date"])
    move(
        found, Stage.CONTRACTED, by, at,
        f"合同价{money.format_yuan(found.award_fen or 0)}元，{clock.date_said(end_date)}完工",
    )  # fmt: skip
    return made


def locked(case_number: str, stages: tuple[Stage, ...], verb: str) -> Works:
    """Return a project, locked, at one of these stages. Raises: NotFound, WorksNotNow."""
    found = (
        Works.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    if found.status not in stages:
        raise WorksNotNow(name=found.name, stage=found.get_status_display(), verb=verb)
    return found


def move(found: Works, stage: Stage, by: Actor, at: datetime, words: str) -> None:
    """Bring a project to a stage: its page changes with it, and the log is told."""
    found.status, found.stage_changed_at, found.qr_updated_at = stage, at, at
    found.save(update_fields=["status", "stage_changed_at", "qr_updated_at"])
    WorksStage.objects.create(works=found, stage=stage, at=at, words=words[:200])
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"works.project.{stage.value}",
        by=by,
        at=at,
        subject=("works", found.ext_id),
        after={"name": found.name, "words": words},
    )
