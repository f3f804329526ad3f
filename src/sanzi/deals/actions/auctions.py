"""Open auctions: published, bidders with deposits, bids one after another, the award.

Every bid waits for the auction's row, so that of two in the same instant exactly one is first; the
other is held against the price that now stands. Source: 浙江省农村集体资产管理条例 第三十五条.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from sanzi.audit import actions as audit
from sanzi.deals import auction_rules as rules
from sanzi.deals import disposal_rules
from sanzi.deals.actions import assets
from sanzi.deals.auction_errors import (
    AuctionBidTooLow,
    AuctionNotNow,
    AuctionWrong,
    KinWinnerHeld,
    NoPaddle,
)
from sanzi.deals.errors import BadTicket, BidderBarred, BidderIsKin
from sanzi.deals.models.auctions import Auction, AuctionBid, AuctionBidder, AuctionState
from sanzi.deals.queries import parties
from sanzi.kernel import clock, ids, money
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty

PERMISSION = "deals.hold_auction"
HOURS_MAX = timedelta(days=30)
CODE_BITS = 60


@dataclass(frozen=True)
class AuctionFields:
    """What a notice says. Units: fen (a year's rent, or the price).

    `more` are things that are sold together with the first, by ext id.
    """

    asset: str
    subject_kind: str
    appraised_fen: int
    floor_fen: int
    step_fen: int
    deposit_fen: int
    decision_ref: str
    opens_at: datetime
    closes_at: datetime
    platform_level: str = "town"
    more: Sequence[str] = ()


@dataclass(frozen=True)
class Taken:
    """A bid that was taken: its place in the order, and when bidding now ends."""

    number: int
    price_fen: int
    closes_at: datetime


@dataclass(frozen=True)
class Award:
    """Who won for how much. Units: fen."""

    winner: str
    price_fen: int


@transaction.atomic
def publish(*, fields: AuctionFields, by: Actor, at: datetime, case_number: str = "") -> str:
    """Publish an auction; returns its id.

    Raises: NotFound, AssetGone, AuctionWrong. Nothing is written then.
    """
    lot = [assets.locked(one, by, PERMISSION) for one in (fields.asset, *fields.more)]
    asset = lot[0]
    _require_sound(fields, at)
    open_ones = Auction.objects.filter(state=AuctionState.PUBLISHED, closes_at__gt=at)
    for one in lot:
        assets.require_here(one, "拍租")
        if open_ones.filter(asset=one).exists():
            raise AuctionWrong(field="资产", why=f"“{one.name}”已经有一场公告着")
    name = disposal_rules.lot_name([one.name for one in lot])
    made = Auction.objects.create(
        ext_id=ids.new_id("AU", at),
        organisation=asset.organisation,
        division_code=asset.division_code,
        subject_kind=fields.subject_kind,
        asset=asset,
        title=f"{name[:100]}{'出租' if fields.subject_kind == 'lease' else '转让'}",
        platform_level=fields.platform_level,
        appraised_fen=fields.appraised_fen,
        floor_fen=fields.floor_fen,
        step_fen=fields.step_fen,
        deposit_fen=fields.deposit_fen,
        decision_ref=fields.decision_ref.strip()[:60],
        published_at=at,
        opens_at=fields.opens_at,
        closes_at=fields.closes_at,
        case_number=case_number,
        made_by_id=by.user_id,
    )
    text = f"底价{money.format_yuan(fields.floor_fen)}元"
    for one in lot:
        assets.note(one, "公告拍租", text, by=by, at=at, case_number=case_number)
    _audit(made, "published", by, at, {"floor_fen": made.floor_fen})
    return made.ext_id


@transaction.atomic
def register_bidder(
    *, auction: str, counterparty: str, deposit_ref: str, by: Actor, at: datetime
) -> int:
    """Enter who has paid the deposit; returns the number on his paddle.

    Near kin of an officer and officers are refused, distant kin are marked.
    Raises: NotFound, AuctionNotNow, AuctionWrong, BidderBarred, BidderIsKin. Nothing is written
        then.
    """
    found = _locked(auction)
    scope.require(by, PERMISSION, found.division_code)
    _require_published(found, "登记")
    if at >= found.opens_at:
        raise AuctionNotNow(now="已经开始", verb="登记", advice="登记到开拍为止，请等下一轮。")
    party = Counterparty.objects.filter(ext_id=counterparty).first()
    if party is None:
        raise AuctionWrong(field="竞租人", why="不在名册里")
    if not deposit_ref.strip():
        raise AuctionWrong(field="保证金", why="没写收款凭证号")
    if found.bidders.filter(counterparty=party).exists():
        raise AuctionWrong(field="竞租人", why=f"{party.name}已经登记过")
    is_kin = _require_fit(found, party, at)
    number = (found.bidders.aggregate(last=Max("number"))["last"] or 0) + 1
    AuctionBidder.objects.create(
        auction=found,
        number=number,
        counterparty=party,
        deposit_ref=deposit_ref.strip()[:60],
        is_kin=is_kin,
        registered_at=at,
    )
    _audit(found, "joined", by, at, {"number": number, "bidder": party.ext_id})
    return number


@transaction.atomic
def issue_code(*, auction: str, number: int, by: Actor, at: datetime) -> str:
    """Give a paddle the code to bid with from a phone; shown once, a new one voids the old.

    Raises: NotFound, AuctionNotNow, NoPaddle. Nothing is written then.
    """
    found = _locked(auction)
    scope.require(by, PERMISSION, found.division_code)
    _require_published(found, "发竞租码")
    bidder = found.bidders.filter(number=number).first()
    if bidder is None:
        raise NoPaddle
    code = ids.new_token(CODE_BITS)
    bidder.code_index = _index(found, code)
    bidder.save(update_fields=["code_index"])
    _audit(found, "invited", by, at, {"number": number})
    return code


def _index(found: Auction, code: str) -> str:
    return secrets.index("token", f"{found.ext_id}:{ids.read_token(code)}")


@transaction.atomic
def bid_by_code(
    *, auction: str, code: str, price_fen: int, at: datetime, device: str = ""
) -> Taken:
    """Take a bid from who holds a code. Units: fen; at is the time of the server.

    Nobody of the office acts here. Raises: NotFound, BadTicket, AuctionNotNow,
        AuctionBidTooLow. Nothing is written then.
    """
    found = _locked(auction)
    bidder = found.bidders.filter(code_index=_index(found, code)).first()
    if bidder is None:
        raise BadTicket
    return _take(found, bidder, price_fen, by=SYSTEM, at=at, device=device)


@transaction.atomic
def place_bid(
    *, auction: str, number: int, price_fen: int, by: Actor, at: datetime, device: str = ""
) -> Taken:
    """Take a bid of a paddle. Units: fen; at is when it reached us.

    Raises: NotFound, AuctionNotNow outside the hours, NoPaddle, AuctionBidTooLow. Nothing is
        written then.
    """
    found = _locked(auction)
    scope.require(by, PERMISSION, found.division_code)
    _require_bidding(found, at)
    bidder = found.bidders.filter(number=number).first()
    if bidder is None:
        raise NoPaddle
    return _take(found, bidder, price_fen, by=by, at=at, device=device)


def _require_bidding(found: Auction, at: datetime) -> None:
    _require_published(found, "出价")
    if at < found.opens_at:
        raise AuctionNotNow(now="还没开始", verb="出价", advice="请等到开拍的钟点。")
    if at >= found.closes_at:
        raise AuctionNotNow(now="已经结束", verb="出价", advice="结束以后的价不算，请看成交结果。")


def _take(
    found: Auction, bidder: AuctionBidder, price_fen: int, *, by: Actor, at: datetime, device: str
) -> Taken:
    """Take a bid under the lock of the auction: its number is its place in the order."""
    _require_bidding(found, at)
    in_round = found.bids.filter(round=found.round)
    highest = in_round.aggregate(top=Max("price_fen"))["top"]
    least = rules.least_next(found.floor_fen, found.step_fen, highest)
    if not least <= price_fen <= money.MAX_FEN:
        raise AuctionBidTooLow(price=money.format_yuan(price_fen), least=money.format_yuan(least))
    place = (found.bids.aggregate(last=Max("number"))["last"] or 0) + 1
    AuctionBid.objects.create(
        auction=found,
        round=found.round,
        number=place,
        bidder=bidder,
        price_fen=price_fen,
        placed_at=at,
        device_index=secrets.index("token", device) if device else "",
    )
    found.closes_at = rules.closes_at(found.closes_at, at)
    found.save(update_fields=["closes_at"])
    _audit(found, "bid", by, at, {"number": place, "paddle": bidder.number, "price_fen": price_fen})
    return Taken(place, price_fen, found.closes_at)


@transaction.atomic
def close(*, auction: str, by: Actor, at: datetime) -> Award | None:
    """Award an auction whose hours are over, or let it fail; None when it failed.

    The first round needs two bidders. Raises: NotFound, AuctionNotNow, KinWinnerHeld.
    """
    found = _locked(auction)
    scope.require(by, PERMISSION, found.division_code)
    _require_published(found, "成交")
    if at < found.closes_at:
        raise AuctionNotNow(now="还没结束", verb="成交", advice="请等出价的钟点过了。")
    bids = list(found.bids.filter(round=found.round).select_related("bidder__counterparty"))
    called = [rules.Called(one.number, one.bidder.number, one.price_fen) for one in bids]
    best, count = rules.winner(called), len({one.bidder for one in called})
    figures = rules.figures(clock.local_date(at))
    if best is None or (found.round == 1 and count < figures.bidders_min):
        found.state = AuctionState.FAILED
        found.save(update_fields=["state"])
        _audit(found, "failed", by, at, {"round": found.round, "bidders": count})
        return None
    winner = next(one.bidder for one in bids if one.number == best.number)
    if winner.is_kin and count < figures.kin_bidders_min:
        raise KinWinnerHeld(name=winner.counterparty.name, count=count)
    found.state, found.awarded_at = AuctionState.AWARDED, at
    found.winner, found.price_fen = winner.counterparty, best.price_fen
    found.save(update_fields=["state", "awarded_at", "winner", "price_fen"])
    asset = assets.locked(found.asset.ext_id, by, PERMISSION)
    text = f"{winner.counterparty.name}，{money.format_yuan(best.price_fen)}元，{count}家出价"
    assets.note(asset, "成交", text, by=by, at=at, case_number=found.case_number)
    _audit(found, "awarded", by, at, {"price_fen": best.price_fen, "paddle": winner.number})
    return Award(winner.counterparty.ext_id, best.price_fen)


@transaction.atomic
def take_priority(*, auction: str, counterparty: str, by: Actor, at: datetime) -> Award:
    """Give the award to the sitting tenant at the price of the winner: his right at equal terms.

    He must have registered for the auction. Raises: NotFound, AuctionNotNow, AuctionWrong.
    Source: 民法典 第七百三十四条.
    """
    found = _locked(auction)
    scope.require(by, PERMISSION, found.division_code)
    if found.state != AuctionState.AWARDED or found.price_fen is None:
        raise AuctionNotNow(
            now=found.get_state_display(), verb="优先承租", advice="成交以后才能行使优先权。"
        )
    bidder = found.bidders.select_related("counterparty").filter(
        counterparty__ext_id=counterparty
    ).first()  # fmt: skip
    if bidder is None:
        raise AuctionWrong(field="优先权", why="原承租人没有登记竞租")
    if found.winner_id != bidder.counterparty_id:
        found.winner = bidder.counterparty
        found.save(update_fields=["winner"])
        text = f"{bidder.counterparty.name}按{money.format_yuan(found.price_fen)}元优先承租"
        asset = assets.locked(found.asset.ext_id, by, PERMISSION)
        assets.note(asset, "优先承租", text, by=by, at=at, case_number=found.case_number)
        _audit(found, "kept", by, at, {"paddle": bidder.number, "price_fen": found.price_fen})
    return Award(counterparty, found.price_fen)


@transaction.atomic
def next_round(
    *,
    auction: str,
    floor_fen: int,
    decision_ref: str,
    opens_at: datetime,
    closes_at: datetime,
    by: Actor,
    at: datetime,
) -> int:
    """Publish another round of a failed auction, at nine tenths of its floor or more, by decision.

    Returns the number of the round. Raises: NotFound, AuctionNotNow, AuctionWrong.
    """
    found = _locked(auction)
    scope.require(by, PERMISSION, found.division_code)
    if found.state != AuctionState.FAILED:
        raise AuctionNotNow(
            now=found.get_state_display(), verb="再拍一轮", advice="流拍以后才有下一轮。"
        )
    least = rules.lowest_floor(found.floor_fen, clock.local_date(at))
    if not least <= floor_fen <= money.MAX_FEN:
        raise AuctionWrong(field="底价", why=f"最低降到{money.format_yuan(least)}元")
    if not decision_ref.strip():
        raise AuctionWrong(field="决议", why="降价再拍要开会表决，没写文号")
    _require_hours(found.subject_kind, floor_fen, (opens_at, closes_at), at)
    found.round += 1
    found.state, found.floor_fen = AuctionState.PUBLISHED, floor_fen
    found.decision_ref = decision_ref.strip()[:60]
    found.opens_at, found.closes_at, found.published_at = opens_at, closes_at, at
    found.save(
        update_fields=[
            "round", "state", "floor_fen", "decision_ref", "opens_at", "closes_at", "published_at",
        ]
    )  # fmt: skip
    _audit(found, "reopened", by, at, {"round": found.round, "floor_fen": floor_fen})
    return found.round


def _require_sound(fields: AuctionFields, at: datetime) -> None:
    if fields.subject_kind not in rules.SUBJECTS:
        raise AuctionWrong(field="拍什么", why="只能是出租或转让")
    if fields.platform_level not in rules.LEVELS:
        raise AuctionWrong(field="在哪里拍", why="没有这个平台")
    for title, fen in (("评估价", fields.appraised_fen), ("底价", fields.floor_fen),
                       ("加价", fields.step_fen)):  # fmt: skip
        if not 0 < fen <= money.MAX_FEN:
            raise AuctionWrong(field=title, why="要大于0")
    if fields.floor_fen < fields.appraised_fen:
        raise AuctionWrong(field="底价", why="不能低于评估价")
    if not 0 <= fields.deposit_fen <= money.MAX_FEN:
        raise AuctionWrong(field="保证金", why="不能是负数")
    if not fields.decision_ref.strip():
        raise AuctionWrong(field="决议", why="没写文号")
    _require_hours(fields.subject_kind, fields.floor_fen, (fields.opens_at, fields.closes_at), at)


def _require_hours(
    subject_kind: str, floor_fen: int, hours: tuple[datetime, datetime], at: datetime
) -> None:
    opens, closes = hours
    days = rules.notice_days(subject_kind, floor_fen, clock.local_date(at))
    if clock.local_date(opens) < clock.local_date(at) + timedelta(days=days):
        raise AuctionWrong(field="开拍时间", why=f"公告要满{days}天")
    if not opens < closes <= opens + HOURS_MAX:
        raise AuctionWrong(field="结束时间", why="要在开拍以后，三十天以内")


def _require_published(found: Auction, verb: str) -> None:
    if found.state != AuctionState.PUBLISHED:
        raise AuctionNotNow(
            now=found.get_state_display(), verb=verb, advice="请看成交结果，或等下一轮公告。"
        )


def _require_fit(found: Auction, party: Counterparty, at: datetime) -> bool:
    """Refuse who may not bid; return whether a more distant tie is to be disclosed."""
    today = clock.local_date(at)
    until = party.blacklist_until_date
    if party.is_blacklisted and (until is None or until >= today):
        raise BidderBarred(name=party.name)
    tie = parties.tie_to_officers(party.pk, found.division_code, today)
    if tie == parties.NEAR:
        raise BidderIsKin(name=party.name)
    return tie == parties.DISTANT


def _locked(ext_id: str) -> Auction:
    found = (
        Auction.objects.select_for_update(of=("self",))
        .select_related("organisation", "asset")
        .filter(ext_id=ext_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _audit(found: Auction, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"deals.auction.{what}",
        by=by,
        at=at,
        subject=("auction", found.ext_id),
        after=after,
    )
