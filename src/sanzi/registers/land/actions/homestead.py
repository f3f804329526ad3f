"""Plots for houses: one for a household, no larger than the law says, seen three times.

Each step is a step of the power M22. Source: LAW-LAND 62; REG-LAND 34; ZJ-LAND 55, 57.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from sanzi.kernel import clock, ids
from sanzi.orgs.actions import standing
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Household, LandRight, Person
from sanzi.registers.land import rules
from sanzi.registers.land.actions import keeping
from sanzi.registers.land.errors import LandWrong, NotAgreed, OneHouseholdOnePlot, PlotTooLarge
from sanzi.registers.land.models import Homestead, Step

OLD_NONE, OLD_RETURN, OLD_REBUILD = "none", "return", "rebuild"


@dataclass(frozen=True)
class Wish:
    """What a household asks for. Units: hundredths of a square metre."""

    household: str
    ground: str
    land_class: str
    area_m2_centi: int
    place: str
    old_site: str
    has_sold: bool


@dataclass(frozen=True)
class Built:
    """What stands there at the last visit. Units: hundredths of a square metre."""

    visited_at: datetime
    built_date: date
    built_m2_centi: int
    old_returned_date: date | None = None


def check(*, wish: Wish, division_code: str, on: date, case_number: str = "") -> Household:
    """Refuse a wish that the law or the register forbids; return the household.

    Raises: LandWrong, PlotTooLarge, OneHouseholdOnePlot.
    """
    home = Household.objects.filter(ext_id=wish.household, division_id=division_code).first()
    if home is None:
        raise LandWrong(what="户", why="不在本村的花名册里", field="household")
    members = Person.objects.filter(household=home, is_member=True, death_date__isnull=True)
    if not members.exists():
        raise LandWrong(what="户", why="户里没有本村集体的成员", field="household")
    most = rules.figures(on).homestead_m2.get(wish.land_class)
    if most is None or wish.area_m2_centi <= 0:
        raise LandWrong(what="面积", why="要大于0，占什么地要选", field="area_m2")
    if wish.area_m2_centi > most * 100:
        raise PlotTooLarge(area=f"{wish.area_m2_centi / 100:g}", most=most, field="area_m2")
    if wish.has_sold:
        raise OneHouseholdOnePlot(why="卖过、租过或送过老宅", field="has_sold")
    if wish.old_site == OLD_NONE and _plots(home, on).exists():
        raise OneHouseholdOnePlot(why="已经登记有一处宅基地", field="old_site")
    if wish.old_site != OLD_NONE and not _plots(home, on).exists():
        raise LandWrong(what="老宅", why="登记里没有这一户的宅基地", field="old_site")
    others = Homestead.objects.filter(household=home, status__in=keeping.OPEN)
    if others.exclude(case_number=case_number or "-").exists():
        raise OneHouseholdOnePlot(why="已经有一件宅基地申请在办", field="household")
    return home


def _plots(home: Household, on: date) -> QuerySet[LandRight]:
    held = LandRight.objects.filter(household=home, right_kind="homestead")
    return held.filter(Q(end_date__isnull=True) | Q(end_date__gt=on))


@transaction.atomic
def request(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Enter what is asked for, or what a returned request says now. Raises: what `check` does."""
    body = keeping.body_of(organisation)
    home = check(
        wish=wish, division_code=body.division_id, on=clock.local_date(at), case_number=case_number
    )
    said = {
        "household": home, "ground": wish.ground, "land_class": wish.land_class,
        "area_m2_centi": wish.area_m2_centi, "place": wish.place.strip()[:80],
        "old_site": wish.old_site, "submitted_at": at, "status": Step.REQUESTED,
    }  # fmt: skip
    made, _ = Homestead.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("ZJD", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    keeping.tell(made, "requested", by, at, {"area_m2_centi": made.area_m2_centi})
    return made.ext_id


@transaction.atomic
def discuss(
    *, case_number: str, held_at: datetime, present: int, agreed: int, by: Actor, at: datetime
) -> None:
    """Note what the group said, more than half agreeing. Raises: NotFound, NotNow, NotAgreed."""
    steps = (Step.REQUESTED, Step.DISCUSSED, Step.SHOWN)
    found = keeping.locked(Homestead, case_number, steps, "记小组讨论")
    if held_at > at:
        raise LandWrong(what="开会时间", why="还没到", field="held_at")
    if not 0 < agreed <= present or agreed * 2 <= present:
        raise NotAgreed(present=present, agreed=agreed, field="agreed")
    found.group_agreed_at, found.status = held_at, Step.DISCUSSED
    found.save(update_fields=["group_agreed_at", "status"])
    keeping.tell(found, "discussed", by, at, {"present": present, "agreed": agreed})


@transaction.atomic
def show(*, case_number: str, shown: rules.Shown, by: Actor, at: datetime) -> None:
    """Note that the application was shown its days. Raises: NotFound, NotNow, ShownTooShort."""
    steps = (Step.DISCUSSED, Step.SHOWN)
    found = keeping.locked(Homestead, case_number, steps, "记公示")
    least = rules.figures(clock.local_date(at)).homestead_days
    keeping.require_shown(shown, least=least, what="宅基地申请", at=at)
    found.publicity_start_at = keeping.day_start(shown.start_date)
    found.publicity_end_at = keeping.day_start(shown.end_date)
    found.objection, found.status = shown.objection[:200], Step.SHOWN
    found.save(update_fields=["publicity_start_at", "publicity_end_at", "objection", "status"])
    keeping.tell(found, "shown", by, at, {"until": str(shown.end_date)})


@transaction.atomic
def accept(*, case_number: str, visited_at: datetime, by: Actor, at: datetime) -> None:
    """Note that the town took it up and has been on the spot. Raises: NotFound, NotNow."""
    steps = (Step.SHOWN, Step.ACCEPTED)
    found = keeping.locked(Homestead, case_number, steps, "受理")
    _require_past(visited_at, at)
    found.town_accepted_at, found.site_visit_1_at = at, visited_at
    found.status = Step.ACCEPTED
    found.save(update_fields=["town_accepted_at", "site_visit_1_at", "status"])
    keeping.tell(found, "accepted", by, at, {})


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note the approval of the town. Raises: NotFound, NotNow, what `check` finds by now."""
    found = keeping.locked(Homestead, case_number, (Step.ACCEPTED,), "批准")
    found.approved_at, found.status = at, Step.APPROVED
    found.save(update_fields=["approved_at", "status"])
    keeping.tell(found, "approved", by, at, {"area_m2_centi": found.area_m2_centi})


@transaction.atomic
def stake(*, case_number: str, visited_at: datetime, by: Actor, at: datetime) -> None:
    """Note the second visit: the plot was marked out. Raises: NotFound, NotNow, LandWrong."""
    found = keeping.locked(Homestead, case_number, (Step.APPROVED,), "放样")
    _require_past(visited_at, at)
    if found.approved_at is None or visited_at < found.approved_at:
        raise LandWrong(what="到场时间", why="早于批准", field="visited_at")
    found.site_visit_2_at = visited_at
    found.save(update_fields=["site_visit_2_at"])
    keeping.tell(found, "staked", by, at, {})


@transaction.atomic
def inspect(*, case_number: str, built: Built, by: Actor, at: datetime) -> None:
    """Note the third visit: what was built, and that the old plot came back.

    Raises: NotFound, NotNow, LandWrong, PlotTooLarge, OneHouseholdOnePlot.
    """
    found = keeping.locked(Homestead, case_number, (Step.APPROVED, Step.BUILT), "验收")
    _require_past(built.visited_at, at)
    if found.site_visit_2_at is None or built.visited_at < found.site_visit_2_at:
        raise LandWrong(what="到场时间", why="早于放样", field="visited_at")
    if not 0 < built.built_m2_centi <= found.area_m2_centi:
        raise PlotTooLarge(
            area=f"{built.built_m2_centi / 100:g}", most=f"{found.area_m2_centi / 100:g}",
            field="built_m2",
        )  # fmt: skip
    if found.old_site == OLD_RETURN and built.old_returned_date is None:
        raise OneHouseholdOnePlot(why="答应退回的老宅还没有退", field="old_returned_date")
    found.site_visit_3_at = built.visited_at
    found.built_at = keeping.day_start(built.built_date)
    found.built_m2_centi = built.built_m2_centi
    if built.old_returned_date is not None:
        found.old_site_returned_at = keeping.day_start(built.old_returned_date)
    found.status = Step.BUILT
    found.save(
        update_fields=[
            "site_visit_3_at", "built_at", "built_m2_centi", "old_site_returned_at", "status",
        ]
    )  # fmt: skip
    keeping.tell(found, "built", by, at, {"built_m2_centi": built.built_m2_centi})


@transaction.atomic
def certify(
    *, case_number: str, parcel_id: str, certificate_no: str, by: Actor, at: datetime
) -> None:
    """Enter the right to the plot; a returned one falls back to the collective.

    Raises: NotFound, NotNow, LandWrong.
    """
    found = keeping.locked(Homestead, case_number, (Step.BUILT,), "发证")
    home, chain, on = found.household, found.organisation.ext_id, clock.local_date(at)
    held = LandRight.objects.filter(parcel_id=parcel_id).first()
    if held is not None and held.household_id not in (None, home.pk):
        raise LandWrong(what="地块编号", why="登记在别的户名下", field="parcel_id")
    if found.old_site == OLD_RETURN:
        for old in _plots(home, on).exclude(parcel_id=parcel_id):
            standing.end_right(
                parcel_id=old.parcel_id, on=on, chain=chain, case_number=case_number, by=by, at=at
            )
    standing.set_right(
        right=standing.Right(
            parcel_id, found.division_code, "household", "homestead", home.ext_id,
            area_m2_centi=found.built_m2_centi, start_date=on,
        ),
        chain=chain, case_number=case_number, by=by, at=at,
    )  # fmt: skip
    found.parcel_id, found.certificate_no = parcel_id, certificate_no.strip()[:60]
    found.status = Step.CLOSED
    found.save(update_fields=["parcel_id", "certificate_no", "status"])
    keeping.tell(found, "certified", by, at, {"parcel": parcel_id})


def _require_past(moment: datetime, at: datetime) -> None:
    if moment > at:
        raise LandWrong(what="到场时间", why="还没到", field="visited_at")
