"""Competitions: drawn up, published, opened by two, awarded, made public, settled or failed.

Offers themselves are in `bids`. Every deadline is held against the clock of the server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.deals import rules
from sanzi.deals.errors import (
    AwardReasonNeeded,
    BidNotAwardable,
    NoticeTooShort,
    OpeningTooEarly,
    PublicityRunning,
    TenderNotNow,
    TenderWrong,
    TooFewBids,
    TwoOpenersNeeded,
)
from sanzi.deals.models import Bid, Tender, TenderState
from sanzi.deals.models.tenders import TenderMethod
from sanzi.deals.queries import parties
from sanzi.kernel import clock, digest, ids, money
from sanzi.kernel.cipher import SealBroken
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation

RUN = "deals.tender"
OPEN = "deals.open_bids"
OPENING_ROLES = frozenset(
    {
        "supervision_head",
        "supervision_member",
        "town_works_office",
        "town_agri_head",
        "town_discipline_office",
    }
)
SUBJECT_KINDS = ("works", "procurement", "lease", "disposal", "deposit")
PLATFORMS = ("village", "town", "county")
REASON_LENGTH_MIN = 6
BIDDERS_MIN = 2


@dataclass(frozen=True)
class TenderFields:
    """What a competition is drawn up with. Units: fen."""

    organisation: str
    subject_kind: str
    title: str
    method: str
    bid_deadline_at: datetime
    subject: str = ""
    platform_level: str = "village"
    platform_number: str = ""
    limit_price_fen: int | None = None
    bidder_min: int = 3


@transaction.atomic
def publish(*, fields: TenderFields, by: Actor, at: datetime, case_number: str = "") -> str:
    """Draw a competition up and publish it; return its ext id.

    A case that needs one has its own right to; anybody else needs `deals.tender`.
    Raises: NotFound, TenderWrong, NoticeTooShort.
    """
    body = Organisation.objects.filter(ext_id=fields.organisation).first()
    if body is None:
        raise NotFound
    if not case_number:
        scope.require(by, RUN, body.division_id)
    _require_sane(fields)
    _require_notice(fields, at)
    made = Tender.objects.create(
        ext_id=ids.new_id("ZB", at),
        organisation=body,
        division_code=body.division_id,
        case_number=case_number,
        subject_kind=fields.subject_kind,
        subject_ext_id=fields.subject,
        title=fields.title.strip(),
        method=fields.method,
        platform_level=fields.platform_level,
        platform_number=fields.platform_number.strip(),
        limit_price_fen=fields.limit_price_fen,
        bidder_min=fields.bidder_min,
        published_at=at,
        bid_deadline_at=fields.bid_deadline_at,
        state=TenderState.PUBLISHED,
        made_at=at,
        made_by_id=by.user_id,
    )
    tell(made, "published", by, at, {"deadline": fields.bid_deadline_at.isoformat()})
    return made.ext_id


def _require_sane(fields: TenderFields) -> None:
    if fields.subject_kind not in SUBJECT_KINDS:
        raise TenderWrong(field="对象", why="没有这一类")
    if fields.method not in rules.NOTICE_DAYS:
        raise TenderWrong(field="方式", why="没有这一种")
    if fields.platform_level not in PLATFORMS:
        raise TenderWrong(field="平台", why="没有这一级")
    if fields.platform_level != "village" and not fields.platform_number.strip():
        raise TenderWrong(field="平台编号", why="在平台上招要填平台给的编号")
    if not 2 <= len(fields.title.strip()) <= 120:
        raise TenderWrong(field="名称", why="要2到120个字")
    if not BIDDERS_MIN <= fields.bidder_min <= 20:
        raise TenderWrong(field="最少几家", why="要2到20家")
    limit = fields.limit_price_fen
    if limit is not None and not 0 < limit <= money.MAX_FEN:
        raise TenderWrong(field="限价", why="要大于0")


def _require_notice(fields: TenderFields, at: datetime) -> None:
    days = rules.notice_days(fields.method, fields.subject_kind, fields.limit_price_fen)
    earliest = at + timedelta(days=days)
    if fields.bid_deadline_at <= at or fields.bid_deadline_at < earliest:
        raise NoticeTooShort(days=days, earliest=clock.minute_text(earliest))


@transaction.atomic
def attend(*, tender: str, by: Actor, at: datetime) -> None:
    """Say that one is there to see the offers opened: the first of two.

    Raises: NotFound, TenderNotNow, OpeningTooEarly.
    """
    found = _for_opening(tender, by, at)
    if by.person_id is None:
        raise NotFound
    found.witness_id, found.witnessed_at = by.person_id, at
    found.witness_role = _opening_role(found, by)
    found.save(update_fields=["witness", "witness_role", "witnessed_at"])
    tell(found, "attended", by, at, {"role": found.witness_role})


def _opening_role(tender: Tender, by: Actor) -> str:
    roles = sorted(by.roles_at(tender.division_code) & OPENING_ROLES)
    if not roles:
        raise NotFound
    return roles[0]


def _for_opening(ext_id: str, by: Actor, at: datetime) -> Tender:
    found = locked(ext_id)
    scope.require(by, OPEN, found.division_code)
    require_state(found, TenderState.PUBLISHED, "拆封")
    if found.bid_deadline_at is None or at < found.bid_deadline_at:
        deadline = found.bid_deadline_at
        raise OpeningTooEarly(deadline=clock.minute_text(deadline) if deadline else "未知")
    return found


@transaction.atomic
def open_bids(*, tender: str, by: Actor, at: datetime) -> None:
    """Open all offers at once: the second of two persons, of another role than the witness.

    A digest that does not fit, a broken seal or a price above the limit makes an offer invalid;
    what offers share with each other is noted on them. Too few offers stay sealed.
    Raises: NotFound, TenderNotNow, OpeningTooEarly, TwoOpenersNeeded, TooFewBids.
    """
    found = _for_opening(tender, by, at)
    role = _opening_role(found, by)
    if not rules.witness_holds(found.witnessed_at, at):
        raise TwoOpenersNeeded(why="还没有另一位说在场")
    if found.witness_id == by.person_id or found.witness_role == role:
        raise TwoOpenersNeeded(why="您和在场的那位要是两个人、两个岗位")
    bids = list(
        Bid.objects.select_for_update(of=("self",))
        .select_related("counterparty")
        .filter(tender=found, replaced_at__isnull=True)
        .order_by("pk")
    )
    if len(bids) < found.bidder_min:
        raise TooFewBids(count=len(bids), least=found.bidder_min, verb="不能拆封")
    for one in bids:
        _unseal(one, found)
    _flag(bids)
    for one in bids:
        one.save(update_fields=["price_fen", "is_valid", "invalid_reason", "flags"])
    found.opened_by_id, found.opened_at, found.state = by.person_id, at, TenderState.OPENED
    found.save(update_fields=["opened_by", "opened_at", "state"])
    opened = [[one.counterparty.ext_id, one.price_fen, one.is_valid, one.flags] for one in bids]
    tell(found, "opened", by, at, {"bids": opened, "witness_role": found.witness_role})


def _unseal(bid: Bid, tender: Tender) -> None:
    try:
        text = secrets.reveal("offer", bid.sealed_offer)
    except SealBroken:
        bid.is_valid, bid.invalid_reason = False, "密封被动过，打不开"
        return
    if digest.sm3(text.encode()) != bid.offer_digest:
        bid.is_valid, bid.invalid_reason = False, "拆封的内容和递交时的摘要对不上"
        return
    said = json.loads(text)
    if said["tender"] != tender.ext_id or said["bidder"] != bid.counterparty.ext_id:
        bid.is_valid, bid.invalid_reason = False, "密封里写的不是这次招标、这一家"
        return
    bid.price_fen = int(said["price_fen"])
    bid.is_valid = rules.is_within(tender.subject_kind, bid.price_fen, tender.limit_price_fen)
    if not bid.is_valid:
        is_deposit = tender.subject_kind == "deposit"
        bid.invalid_reason = "利率低过最低利率" if is_deposit else "报价高过限价"


def _flag(bids: list[Bid]) -> None:
    controllers = parties.controllers([one.counterparty_id for one in bids])
    offers = [
        rules.Offer(
            ext_id=one.ext_id,
            bidder=one.counterparty.ext_id,
            price_fen=one.price_fen or 0,
            ip=one.ip,
            mac=one.mac,
            doc_author=one.doc_author,
            doc_hash=one.doc_hash,
            doc_software_id=one.doc_software_id,
            deposit=one.deposit_account_index,
            contact=one.contact_phone_index,
            agents=frozenset({one.agent_person_ext_id, one.pm_person_ext_id} - {""}),
            controllers=controllers.get(one.counterparty_id, frozenset()),
        )
        for one in bids
    ]
    found = rules.flags(offers)
    for one in bids:
        one.flags = found[one.ext_id] + (["kin_extended"] if one.is_kin_hold else [])


@transaction.atomic
def award(*, tender: str, bid: str, reason: str, by: Actor, at: datetime) -> None:
    """Name the winner and make the result public for its days.

    Raises: NotFound, TenderNotNow, TooFewBids, BidNotAwardable, AwardReasonNeeded.
    """
    found = locked(tender)
    scope.require(by, RUN, found.division_code)
    require_state(found, TenderState.OPENED, "定标")
    valid = list(Bid.objects.filter(tender=found, is_valid=True, replaced_at__isnull=True))
    if len(valid) < found.bidder_min:
        raise TooFewBids(count=len(valid), least=found.bidder_min, verb="不能定标")
    chosen = Bid.objects.select_related("counterparty").filter(tender=found, ext_id=bid).first()
    if chosen is None:
        raise NotFound
    _require_awardable(chosen, valid, reason.strip(), by, found)
    chosen.is_winner = True
    chosen.save(update_fields=["is_winner"])
    found.result_published_at, found.state = at, TenderState.PUBLICISED
    found.result_publicity_end_date = rules.publicity_end(clock.local_date(at))
    found.award_reason = reason.strip()[:200]
    found.save(
        update_fields=[
            "result_published_at", "state", "result_publicity_end_date", "award_reason",
        ]
    )  # fmt: skip
    tell(found, "awarded", by, at, {"bid": bid, "price_fen": chosen.price_fen})


def _require_awardable(
    chosen: Bid, valid: list[Bid], reason: str, by: Actor, tender: Tender
) -> None:
    name = chosen.counterparty.name
    if not chosen.is_valid or chosen.price_fen is None:
        raise BidNotAwardable(name=name, why=chosen.invalid_reason or "这份报价无效")
    blocking = [flag for flag in chosen.flags if flag in rules.BLOCKING_FLAGS]
    if blocking:
        raise BidNotAwardable(name=name, why=rules.FLAG_WORDS[blocking[0]])
    if by.person_id in (tender.witness_id, tender.opened_by_id):
        raise BidNotAwardable(name=name, why="拆封的人不能定标")
    prices = [one.price_fen or 0 for one in valid]
    is_best = rules.is_best(tender.subject_kind, chosen.price_fen, prices)
    if len(reason) >= REASON_LENGTH_MIN:
        return
    if chosen.flags:
        raise AwardReasonNeeded(why=rules.FLAG_WORDS[chosen.flags[0]], length=REASON_LENGTH_MIN)
    best = "利率最高的" if tender.subject_kind == "deposit" else "最低价"
    if not is_best and tender.method != TenderMethod.LOT_DRAW:
        raise AwardReasonNeeded(why=f"{name}不是{best}", length=REASON_LENGTH_MIN)


@transaction.atomic
def give_notice(*, tender: str, by: Actor, at: datetime) -> None:
    """Send the award notice once the publicity is over; a contract may follow.

    Raises: NotFound, TenderNotNow, PublicityRunning.
    """
    found = locked(tender)
    scope.require(by, RUN, found.division_code)
    require_state(found, TenderState.PUBLICISED, "发中标通知书")
    until = found.result_publicity_end_date
    if until is None or clock.local_date(at) <= until:
        raise PublicityRunning(until=clock.date_said(until) if until else "未知")
    found.award_notice_at, found.state = at, TenderState.AWARDED
    found.save(update_fields=["award_notice_at", "state"])
    tell(found, "notified", by, at, {})


@transaction.atomic
def fail(*, tender: str, reason: str, by: Actor, at: datetime) -> None:
    """Give a competition up: too few offers, an objection that holds, nobody fit.

    Offers that were not opened stay sealed for ever.
    Raises: NotFound, TenderNotNow, TenderWrong.
    """
    found = locked(tender)
    scope.require(by, RUN, found.division_code)
    if found.state in (TenderState.AWARDED, TenderState.FAILED):
        raise TenderNotNow(title=found.title, state=found.get_state_display(), verb="作流标")
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise TenderWrong(field="流标的理由", why=f"至少{REASON_LENGTH_MIN}个字")
    Bid.objects.filter(tender=found, is_winner=True).update(is_winner=False)
    found.state, found.failed_at, found.fail_reason = TenderState.FAILED, at, reason.strip()[:200]
    found.save(update_fields=["state", "failed_at", "fail_reason"])
    tell(found, "failed", by, at, {"reason": found.fail_reason})


def locked(ext_id: str) -> Tender:
    """Return a competition, locked. Raises: NotFound."""
    found = (
        Tender.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(ext_id=ext_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def require_state(tender: Tender, state: TenderState, verb: str) -> None:
    """Refuse unless the competition stands there. Raises: TenderNotNow."""
    if tender.state != state:
        raise TenderNotNow(title=tender.title, state=tender.get_state_display(), verb=verb)


def tell(tender: Tender, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    """Write an event of a competition into the chain of its body."""
    audit.write(
        chain=tender.organisation.ext_id,
        kind=f"deals.tender.{what}",
        by=by,
        at=at,
        subject=("tender", tender.ext_id),
        after={"title": tender.title, **after},
    )
