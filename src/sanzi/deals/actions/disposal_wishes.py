"""What is asked for when something is disposed of, and what must hold before.

Source: 浙江省农村集体资产管理条例 第三十六条、第三十七条; 农村集体经济组织法 第三十五条.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sanzi.deals import disposal_errors as errors
from sanzi.deals import disposal_rules as rules
from sanzi.deals.actions import assets
from sanzi.deals.models import (
    Asset,
    AssetStatus,
    Auction,
    AuctionState,
    Disposal,
    DisposalMethod,
    DisposalStatus,
)
from sanzi.kernel import clock
from sanzi.matters.models import Decision
from sanzi.orgs import queries as orgs
from sanzi.orgs.models import Counterparty, Person

SUPERVISORS = ("supervision_head", "supervision_member", "coop_supervisor")
AGREE = (2, 3)
"""Two thirds of all who may vote. Source: 条例 第三十七条."""


@dataclass(frozen=True)
class Also:
    """A thing that goes together with the first, and what it is worth. Units: fen."""

    asset: str
    worth_fen: int


@dataclass(frozen=True)
class Wish:
    """What is asked for. Units: fen. `checkers` are persons who looked at the things.

    `worth_fen` and `floor_fen` are for all things together; `more` are those beside `asset`.
    """

    organisation: str
    asset: str
    method: str
    reason: str
    worth_fen: int
    floor_fen: int
    checkers: Sequence[str]
    appraiser: str = ""
    appraised_date: date | None = None
    publicity_from_date: date | None = None
    decision: str = ""
    more: Sequence[Also] = ()


def check(*, wish: Wish, at: datetime, case_number: str = "") -> list[Asset]:
    """Hold a wish against cards, valuation, its publicity, the vote; return the cards in order.

    Raises: DisposalWrong, DisposalNotOurs, AssetGone, DisposalTaken, CheckersMissing,
        NoAppraisal, PublicityTooShort, VoteTooFew.
    """
    today = clock.local_date(at)
    things = [_card(wish, wish.asset, "asset", case_number, at)]
    things += [_card(wish, one.asset, "more", case_number, at) for one in wish.more]
    if wish.method not in DisposalMethod.values:
        raise errors.DisposalWrong(field="method", what="怎么处置", why="没有这一种")
    if wish.worth_fen < 0 or wish.floor_fen < wish.worth_fen:
        raise errors.DisposalWrong(field="floor", what="底价", why="不能低于评估价")
    _require_lot(wish, things)
    _require_checked(wish, things[0], today)
    dearest = max(things, key=lambda one: one.book_value_fen)
    if rules.needs_appraisal(wish.worth_fen, dearest.book_value_fen, today):
        _require_appraised(wish, dearest, today)
        _require_vote(wish)
    return things


def _card(wish: Wish, ext_id: str, field: str, case_number: str, at: datetime) -> Asset:
    asset = Asset.objects.select_related("organisation").filter(ext_id=ext_id).first()
    if asset is None:
        raise errors.DisposalWrong(field=field, what="资产", why="登记里没有这一件")
    if asset.organisation.ext_id != wish.organisation:
        raise errors.DisposalNotOurs(field=field, asset=asset.name)
    assets.require_here(asset, "处置")
    _require_free(asset, case_number, at)
    return asset


def _require_lot(wish: Wish, things: Sequence[Asset]) -> None:
    """Hold several things that go together against one another: one kind, each with its worth."""
    if not wish.more:
        return
    if len({one.pk for one in things}) < len(things):
        raise errors.DisposalWrong(field="more", what="一起处置的", why="有一件写了两遍")
    if len({one.category for one in things}) > 1:
        raise errors.DisposalWrong(field="more", what="一起处置的", why="不是同一类资产，要分开办")
    if min(worths_of(wish)) <= 0:
        why = "各件都要大于0，合起来等于评估值；第一件的是剩下的数"
        raise errors.DisposalWrong(field="more", what="各件的评估值", why=why)


def worths_of(wish: Wish) -> list[int]:
    """Return what each thing is worth, the first one what the others leave."""
    others = [one.worth_fen for one in wish.more]
    return [wish.worth_fen - sum(others), *others]


def _require_free(asset: Asset, case_number: str, at: datetime) -> None:
    if asset.status == AssetStatus.LEASED:
        raise errors.DisposalTaken(field="asset", asset=asset.name, why="正在出租")
    running = Disposal.objects.filter(asset=asset).exclude(status=DisposalStatus.ENDED)
    if running.exclude(case_number=case_number).exists():
        raise errors.DisposalTaken(field="asset", asset=asset.name, why="已经在办处置")
    auctioned = Auction.objects.filter(
        asset=asset, state=AuctionState.PUBLISHED, closes_at__gt=at
    ).exclude(case_number=case_number)
    if auctioned.exists():
        raise errors.DisposalTaken(field="asset", asset=asset.name, why="正在公告拍租")


def _require_checked(wish: Wish, asset: Asset, today: date) -> None:
    """Ask for two different persons and one of the supervision among them or beside them."""
    found = Person.objects.filter(ext_id__in=set(wish.checkers))
    people = {one.pk for one in found}
    watching = {
        held.person_id
        for role in SUPERVISORS
        for held in orgs.holders(role, asset.division_code, today)
    }
    least = rules.figures(today).checkers_min
    if len(people - watching) < least:
        why = f"只有{len(people - watching)}个人，要{least}个"
        raise errors.CheckersMissing(field="checkers", why=why)
    if not people & watching:
        raise errors.CheckersMissing(field="checkers", why="没有村监会的人")


def _require_appraised(wish: Wish, asset: Asset, today: date) -> None:
    if not wish.appraiser or wish.appraised_date is None:
        why = "没有评估机构的评估"
        raise errors.NoAppraisal(field="appraiser", asset=asset.name, why=why)
    if not Counterparty.objects.filter(ext_id=wish.appraiser).exists():
        raise errors.DisposalWrong(field="appraiser", what="评估机构", why="不在名册里")
    until = rules.valid_until(wish.appraised_date, today)
    if not wish.appraised_date <= today <= until:
        why = f"到{clock.date_said(until)}已经过期" if today > until else "评估日期还没到"
        raise errors.NoAppraisal(field="appraised_date", asset=asset.name, why=why)
    days = rules.figures(today).publicity_days
    first = wish.publicity_from_date
    shown = rules.shown_days(first, today) if first else 0
    if shown < days or (first is not None and first < wish.appraised_date):
        raise errors.PublicityTooShort(field="publicity_from", days=days, shown=shown)


def _require_vote(wish: Wish) -> None:
    """Hold the votes against two thirds of all; whether the meeting was valid asks the case."""
    found = Decision.objects.filter(ext_id=wish.decision).first()
    if found is None:
        why = "要三分之二以上同意的决议"
        raise errors.DisposalWrong(field="decision_id", what="会议决议", why=why)
    part, whole = AGREE
    agree, eligible = found.agree_count or 0, found.eligible_count or 0
    if agree * whole < eligible * part:
        raise errors.VoteTooFew(field="decision_id", agree=agree, eligible=eligible)
