"""Land given out by contract: parcels, terms, holders; outsiders only by the members' vote.

Each step is a step of the power M21. Source: LAW-LC 19-21, 48-52; LAW-REC 26, 28.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from sanzi.kernel import clock, ids, money
from sanzi.matters.actions import needs
from sanzi.orgs.actions import standing
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Household, LandRight
from sanzi.registers.land import rules
from sanzi.registers.land.actions import keeping
from sanzi.registers.land.errors import (
    LandWrong,
    NotNow,
    ParcelTaken,
    TermTooLong,
    TooMuch,
    TownMustCheck,
)
from sanzi.registers.land.models import LandContract, Step

MATTER = "M21"
HOUSEHOLD, OUTSIDER = "household", "outsider"
GIVEN = ("contract", "mobile", "waste")
NEVER = "没写日子"


@dataclass(frozen=True)
class Parcel:
    """A parcel of the wish. Units: hundredths of a mu; fen a year."""

    parcel_id: str
    area_mu_centi: int
    fee_fen_year: int


@dataclass(frozen=True)
class Wish:
    """Who is to hold which parcels, for what and how long."""

    holder_kind: str
    household: str
    counterparty: str
    land_use: str
    start_date: date
    end_date: date
    parcels: Sequence[Parcel]


@dataclass(frozen=True)
class Vote:
    """What the members decided, and whether an outsider was looked into."""

    decision: str
    has_credit_check: bool


def check(*, wish: Wish, division_code: str, on: date, case_number: str = "") -> None:
    """Refuse a wish that law, register or another contract forbids.

    Raises: LandWrong, TermTooLong, ParcelTaken, TooMuch.
    """
    _require_holder(wish, division_code)
    if wish.land_use not in rules.USES:
        raise LandWrong(what="用途", why="没有这一种", field="land_use")
    if wish.end_date <= wish.start_date:
        raise LandWrong(what="到期日", why="要在开始以后", field="end_date")
    most = rules.figures(on).years_max.get(wish.land_use)
    if rules.is_too_long(wish.start_date, wish.end_date, most):
        raise TermTooLong(use=rules.USES[wish.land_use], most=f"{most}年", field="end_date")
    keys = [one.parcel_id for one in wish.parcels]
    if not keys or len(set(keys)) != len(keys):
        raise LandWrong(what="地块", why="要有，一块只写一次", field="parcels")
    held = {one.parcel_id: one for one in LandRight.objects.filter(
        parcel_id__in=keys, division_id=division_code
    ).select_related("household")}  # fmt: skip
    for one in wish.parcels:
        _require_parcel(one, held, on)
        _require_free(wish, one, held[one.parcel_id], case_number)


def _require_holder(wish: Wish, division_code: str) -> None:
    if wish.holder_kind == HOUSEHOLD:
        homes = Household.objects.filter(ext_id=wish.household, division_id=division_code)
        if wish.counterparty or not homes.exists():
            raise LandWrong(what="承包户", why="要选本村的一户，不填外面的单位", field="household")
    elif wish.household or not Counterparty.objects.filter(ext_id=wish.counterparty).exists():
        raise LandWrong(what="承包方", why="要选名册里的一家，不填本村的户", field="counterparty")


def _require_parcel(parcel: Parcel, held: Mapping[str, LandRight], on: date) -> None:
    right = held.get(parcel.parcel_id)
    if right is None or right.right_kind not in GIVEN:
        raise LandWrong(what="地块", why=f"{parcel.parcel_id}不是本村能发包的地", field="parcels")
    if parcel.area_mu_centi <= 0 or not 0 <= parcel.fee_fen_year <= money.MAX_FEN:
        raise LandWrong(what="地块", why="面积要大于0，承包费不能是负的", field="parcels")
    most = rules.most_on(Decimal(right.area_mu_centi or 0) / 100, "land", on)
    if right.area_mu_centi and most is not None and parcel.area_mu_centi > most * 100:
        raise TooMuch(
            what=f"地块{parcel.parcel_id}填了", asked=f"{parcel.area_mu_centi / 100:g}",
            most=f"{most.normalize():f}", unit="亩", field="parcels",
        )  # fmt: skip


def _require_free(wish: Wish, parcel: Parcel, right: LandRight, case_number: str) -> None:
    span = (wish.start_date, wish.end_date)
    is_own = right.household is not None and right.household.ext_id == wish.household
    is_held = right.holder_kind != "collective" and not is_own
    if is_held and rules.is_overlapping(span, (right.start_date, right.end_date)):
        raise ParcelTaken(
            parcel=parcel.parcel_id, until=_day(right.end_date), holder="别的承包方",
            field="parcels",
        )  # fmt: skip
    others = LandContract.objects.filter(parcel_id=parcel.parcel_id).exclude(
        status__in=(Step.ENDED, Step.REFUSED)
    )
    for one in others.exclude(case_number=case_number or "-"):
        if rules.is_overlapping(span, (one.start_date, one.end_date)):
            raise ParcelTaken(
                parcel=parcel.parcel_id, until=_day(one.end_date), holder="另一份合同",
                field="parcels",
            )  # fmt: skip


def _day(day: date | None) -> str:
    return clock.date_said(day) if day else NEVER


@transaction.atomic
def request(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> None:
    """Enter the parcels that are to be given out, or what a returned wish says now.

    Raises: what `check` raises.
    """
    body = keeping.body_of(organisation)
    check(
        wish=wish, division_code=body.division_id, on=clock.local_date(at), case_number=case_number
    )
    keys = [one.parcel_id for one in wish.parcels]
    LandContract.objects.filter(case_number=case_number).exclude(parcel_id__in=keys).delete()
    for one in wish.parcels:
        said = {
            "holder_kind": wish.holder_kind,
            "household": Household.objects.filter(ext_id=wish.household).first(),
            "counterparty": Counterparty.objects.filter(ext_id=wish.counterparty).first(),
            "land_use": wish.land_use, "area_mu_centi": one.area_mu_centi,
            "fee_fen_year": one.fee_fen_year, "start_date": wish.start_date,
            "end_date": wish.end_date, "submitted_at": at, "status": Step.REQUESTED,
        }  # fmt: skip
        made, _ = LandContract.objects.update_or_create(
            case_number=case_number,
            parcel_id=one.parcel_id,
            defaults=said,
            create_defaults={
                **said, "ext_id": ids.new_id("CB", at), "organisation": body,
                "division_code": body.division_id, "case_number": case_number,
                "parcel_id": one.parcel_id,
            },
        )  # fmt: skip
        keeping.tell(made, "requested", by, at, {"parcel": one.parcel_id})


def _locked(case_number: str, steps: tuple[Step, ...], verb: str) -> list[LandContract]:
    """Return the parcels of a case under lock. Raises: NotFound, NotNow."""
    rows = list(
        LandContract.objects.select_for_update(of=("self",))
        .select_related("organisation", "household")
        .filter(case_number=case_number)
        .order_by("pk")
    )
    if not rows:
        raise NotFound
    for one in rows:
        if one.status not in steps:
            raise NotNow(status=one.get_status_display(), verb=verb)
    return rows


def _save(
    rows: Sequence[LandContract], what: str, said: Mapping[str, object], by: Actor, at: datetime
) -> None:
    for one in rows:
        for name, value in said.items():
            setattr(one, name, value)
        one.save(update_fields=list(said))
        keeping.tell(one, what, by, at, {"parcel": one.parcel_id})


@transaction.atomic
def show(*, case_number: str, shown: rules.Shown, by: Actor, at: datetime) -> None:
    """Note that the scheme was public its days. Raises: NotFound, NotNow, ShownTooShort."""
    rows = _locked(case_number, (Step.REQUESTED, Step.SHOWN, Step.DECIDED), "记公示")
    least = rules.figures(clock.local_date(at)).scheme_days
    keeping.require_shown(shown, least=least, what="承包方案", at=at)
    said = {
        "scheme_start_date": shown.start_date, "scheme_end_date": shown.end_date,
        "status": Step.SHOWN,
    }  # fmt: skip
    _save(rows, "shown", said, by, at)


@transaction.atomic
def decide(*, case_number: str, vote: Vote, by: Actor, at: datetime) -> None:
    """Note the vote: of the members' meeting, by two thirds of all.

    Raises: NotFound, NotNow, DecisionNeeded, TownMustCheck for an outsider nobody looked into.
    """
    rows = _locked(case_number, (Step.SHOWN, Step.DECIDED), "记表决")
    passed = needs.require_passed(
        ext_id=vote.decision, division_code=rows[0].division_code, matter_code=MATTER
    )
    needs.require_two_thirds(passed, ("member_meeting",))
    if rows[0].holder_kind == OUTSIDER and not vote.has_credit_check:
        raise TownMustCheck(field="has_credit_check")
    said = {
        "decision_ext_id": vote.decision, "has_credit_check": vote.has_credit_check,
        "status": Step.DECIDED,
    }  # fmt: skip
    _save(rows, "decided", said, by, at)


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the town agrees. Raises: NotFound, NotNow."""
    rows = _locked(case_number, (Step.DECIDED,), "批准")
    _save(rows, "approved", {"approved_at": at, "status": Step.APPROVED}, by, at)


@transaction.atomic
def sign(*, case_number: str, signed_date: date, by: Actor, at: datetime) -> None:
    """Note that the contract is signed. Raises: NotFound, NotNow, LandWrong."""
    rows = _locked(case_number, (Step.APPROVED,), "签合同")
    if signed_date > clock.local_date(at):
        raise LandWrong(what="签订日期", why="还没到", field="signed_date")
    if rows[0].approved_at and signed_date < clock.local_date(rows[0].approved_at):
        raise LandWrong(what="签订日期", why="早于批准", field="signed_date")
    _save(rows, "signed", {"signed_date": signed_date, "status": Step.SIGNED}, by, at)


@transaction.atomic
def register(*, case_number: str, by: Actor, at: datetime) -> None:
    """Enter the right to each parcel; it must still be free.

    Raises: NotFound, NotNow, ParcelTaken.
    """
    rows = _locked(case_number, (Step.SIGNED,), "登记")
    for one in rows:
        held = LandRight.objects.select_related("household").get(parcel_id=one.parcel_id)
        home = one.household.ext_id if one.household else ""
        wish = Wish(one.holder_kind, home, "", one.land_use, one.start_date, one.end_date, ())
        parcel = Parcel(one.parcel_id, one.area_mu_centi, one.fee_fen_year)
        _require_free(wish, parcel, held, case_number)
        standing.set_right(
            right=standing.Right(
                one.parcel_id, one.division_code, one.holder_kind, held.right_kind, home,
                start_date=one.start_date, end_date=one.end_date,
            ),
            chain=one.organisation.ext_id, case_number=case_number, by=by, at=at,
        )  # fmt: skip
    _save(rows, "registered", {"registered_at": at, "status": Step.CLOSED}, by, at)
