"""The count on the spot: who came, whose it is, how much, at which price.

Source: REG-LAND 26, 32; the figures of the county are in data/land/rules.yaml.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from sanzi.kernel import clock, ids, money
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import LandRight, Person
from sanzi.registers.land import rules
from sanzi.registers.land.actions import keeping
from sanzi.registers.land.errors import (
    CompensatedTwice,
    LandWrong,
    NoRight,
    SurveyIrregular,
    TooMuch,
)
from sanzi.registers.land.models import Compensation, LandTaking, OwnerKind, Step, Survey

OWN, LEASED, COLLECTIVE = "own", "lease", "collective"
TENANTS = ("seedling", "structure")


@dataclass(frozen=True)
class Line:
    """What is counted. Units: thousandths; fen for one unit."""

    kind: str
    quantity_milli: int
    unit_price_fen: int


@dataclass(frozen=True)
class Count:
    """One count: a parcel, its owner, those present (their sides), the photos, the lines.

    `basis` says why the owner gets it: his own land, leased land with a contract, or the
    collective's. `owner` is empty for the collective.
    """

    surveyed_at: datetime
    parcel_id: str
    owner: str
    basis: str
    sides: Sequence[str]
    has_owner_sign: bool
    has_lease_paper: bool
    photo_count: int
    lines: Sequence[Line]


@transaction.atomic
def record(*, case_number: str, count: Count, by: Actor, at: datetime) -> str:
    """Enter a count and its lines of the roster.

    Raises: NotFound, NotNow, LandWrong, SurveyIrregular, NoRight, TooMuch, CompensatedTwice.
    """
    taking = keeping.locked(
        LandTaking, case_number, (Step.REQUESTED, Step.SURVEYED, Step.SHOWN), "清点"
    )
    on = clock.local_date(at)
    if count.surveyed_at > at:
        raise LandWrong(what="清点时间", why="还没到", field="surveyed_at")
    if taking.notice_start_date and clock.local_date(count.surveyed_at) < taking.notice_start_date:
        raise LandWrong(what="清点时间", why="早于预公告", field="surveyed_at")
    _require_regular(count, on)
    right = LandRight.objects.filter(
        parcel_id=count.parcel_id, division_id=taking.division_code
    ).first()
    if right is None:
        raise LandWrong(what="地块", why="不在本村的土地登记里", field="parcel_id")
    owner = _owner(count, right, taking.division_code)
    _require_lines(count, right, taking, on)
    made = Survey.objects.create(
        ext_id=ids.new_id("QD", at), taking=taking, division_code=taking.division_code,
        surveyed_at=count.surveyed_at, attendee_count=len(count.sides),
        has_third_party="third_party" in count.sides, has_owner_sign=count.has_owner_sign,
        photo_count=count.photo_count, person_count_village=_from_village(count),
    )  # fmt: skip
    for one in count.lines:
        Compensation.objects.create(
            ext_id=ids.new_id("BC", at), taking=taking, survey=made,
            division_code=taking.division_code, kind=one.kind, parcel_id=count.parcel_id,
            owner_kind=OwnerKind.HOUSEHOLD if owner else OwnerKind.COLLECTIVE, person=owner,
            quantity_milli=one.quantity_milli, unit=rules.figures(on).prices[one.kind].unit,
            unit_price_fen=one.unit_price_fen,
            amount_fen=rules.amount_fen(one.quantity_milli, one.unit_price_fen),
        )  # fmt: skip
    if taking.status != Step.SURVEYED:
        taking.status = Step.SURVEYED
        taking.save(update_fields=["status"])
    keeping.tell(
        taking, "surveyed", by, at,
        {"survey": made.ext_id, "parcel": count.parcel_id, "lines": len(count.lines)},
    )  # fmt: skip
    return made.ext_id


def _from_village(count: Count) -> int:
    return sum(side == "village" for side in count.sides)


def _require_regular(count: Count, on: date) -> None:
    least = rules.figures(on).survey
    for is_wrong, why in (
        (len(count.sides) < least["attendees"],
         f"到场{len(count.sides)}人，要{least['attendees']}人"),
        (_from_village(count) < least["village"], f"村里的人不到{least['village']}个"),
        ("third_party" not in count.sides, "没有第三方在场"),
        (not count.has_owner_sign, "权利人没有签字"),
        (count.photo_count < least["photos"],
         f"照片{count.photo_count}张，要{least['photos']}张"),
    ):  # fmt: skip
        if is_wrong:
            raise SurveyIrregular(why=why)


def _owner(count: Count, right: LandRight, division_code: str) -> Person | None:
    """Return whose it is, None for the collective. Raises: LandWrong, NoRight."""
    if count.basis == COLLECTIVE:
        if count.owner or right.holder_kind != "collective":
            raise LandWrong(what="权利人", why="集体的地才记集体，不填个人", field="owner")
        return None
    person = Person.objects.filter(ext_id=count.owner, division_id=division_code).first()
    if person is None or person.death_date is not None:
        raise LandWrong(what="权利人", why="要选在世的村民", field="owner")
    if count.basis == OWN:
        if right.household_id is None or right.household_id != person.household_id:
            raise NoRight(name=person.name, why="没有登记的权利", field="owner")
        return person
    if not count.has_lease_paper:
        raise NoRight(name=person.name, why="是租种的，没有附合同", field="owner")
    if any(one.kind not in TENANTS for one in count.lines):
        raise NoRight(name=person.name, why="是租种的，只能领自己种的、建的", field="lines")
    return person


def _require_lines(count: Count, right: LandRight, taking: LandTaking, on: date) -> None:
    kinds = [one.kind for one in count.lines]
    if not kinds or len(set(kinds)) != len(kinds):
        raise LandWrong(what="清点的内容", why="要有，一类只写一行", field="lines")
    held = rules.figures(on)
    area = Decimal(right.area_mu_centi or 0) / 100
    for one in count.lines:
        price = held.prices[one.kind]
        if not 0 < one.unit_price_fen <= price.fen_max:
            raise TooMuch(
                what=f"{rules.OBJECTS[one.kind]}的单价",
                asked=money.format_yuan(one.unit_price_fen),
                most=money.format_yuan(price.fen_max), unit="元", field="lines",
            )  # fmt: skip
        quantity = Decimal(one.quantity_milli) / 1000
        most = rules.most_on(area, one.kind, on) if area else None
        if one.quantity_milli <= 0 or (most is not None and quantity > most):
            raise TooMuch(
                what=f"{rules.OBJECTS[one.kind]}填了", asked=f"{quantity.normalize():f}",
                most=f"{(most or Decimal(0)).normalize():f}", unit=price.unit, field="lines",
            )  # fmt: skip
    _require_first(count.parcel_id, kinds, taking, on)


def _require_first(parcel_id: str, kinds: Sequence[str], taking: LandTaking, on: date) -> None:
    since = keeping.day_start(rules.years_later(on, -rules.figures(on).repeat_years))
    before = Compensation.objects.filter(parcel_id=parcel_id, kind__in=kinds).exclude(
        taking__status=Step.ENDED
    )
    for one in before.select_related("taking", "survey"):
        if one.taking_id == taking.pk or one.survey is None or one.survey.surveyed_at >= since:
            raise CompensatedTwice(
                kind=rules.OBJECTS[one.kind], project=one.taking.project_name, field="parcel_id"
            )
