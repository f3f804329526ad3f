"""Disposals: asked for, approved, sold, paid, handed over, written off.

What a sale brings is asked for by a bill of the payments room and counted when its receipt comes;
nothing is handed over before. Writing off posts the entry of a retired asset and stops its plan.
Source: 浙江省农村集体资产管理条例 第三十六条、第三十七条; 农村集体经济组织法 第三十五条.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.deals import disposal_errors as errors
from sanzi.deals import disposal_rules as rules
from sanzi.deals.actions import assets, contracts
from sanzi.deals.actions.contracts import CLAUSES, ContractFields
from sanzi.deals.models import (
    Asset,
    AssetStatus,
    Auction,
    AuctionState,
    Disposal,
    DisposalMethod,
    DisposalStatus,
)
from sanzi.deals.queries import auctions as auction_queries
from sanzi.deals.queries import parties
from sanzi.kernel import clock, ids, money
from sanzi.ledger import rules as ledger_rules
from sanzi.ledger.actions import plans, posting
from sanzi.ledger.queries import plans as plan_queries
from sanzi.ledger.queries import subjects
from sanzi.matters.models import Decision
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments.actions import bills
from sanzi.payments.actions.bills import BillFields
from sanzi.payments.hooks import BillCredited

SOURCE = "disposal"
CLEARING, OTHER_INCOME = "固定资产清理", "其他收入"
PAY_WITHIN = timedelta(days=15)
SUPERVISORS = ("supervision_head", "supervision_member", "coop_supervisor")
AGREE = (2, 3)
"""Two thirds of all who may vote. Source: 条例 第三十七条."""


@dataclass(frozen=True)
class Wish:
    """What is asked for. Units: fen. `checkers` are persons who looked at the thing."""

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


@dataclass(frozen=True)
class Offer:
    """A price that somebody named for scrap. Units: fen."""

    buyer: str
    price_fen: int


def check(*, wish: Wish, at: datetime, case_number: str = "") -> Asset:
    """Hold a wish against the card, the valuation, its publicity, the vote; return the card.

    Raises: DisposalWrong, DisposalNotOurs, AssetGone, DisposalTaken, CheckersMissing,
        NoAppraisal, PublicityTooShort, VoteTooFew.
    """
    today = clock.local_date(at)
    asset = Asset.objects.select_related("organisation").filter(ext_id=wish.asset).first()
    if asset is None:
        raise errors.DisposalWrong(field="asset", what="资产", why="登记里没有这一件")
    if asset.organisation.ext_id != wish.organisation:
        raise errors.DisposalNotOurs(field="asset", asset=asset.name)
    assets.require_here(asset, "处置")
    _require_free(asset, case_number, at)
    if wish.method not in DisposalMethod.values:
        raise errors.DisposalWrong(field="method", what="怎么处置", why="没有这一种")
    if wish.worth_fen < 0 or wish.floor_fen < wish.worth_fen:
        raise errors.DisposalWrong(field="floor", what="底价", why="不能低于评估价")
    _require_checked(wish, asset, today)
    if rules.needs_appraisal(wish.worth_fen, asset.book_value_fen, today):
        _require_appraised(wish, asset, today)
        _require_vote(wish)
    return asset


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
        why = f"到{until.isoformat()}已经过期" if today > until else "评估日期还没到"
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


@transaction.atomic
def ask(*, wish: Wish, case_number: str, by: Actor, at: datetime) -> str:
    """Enter a disposal that was asked for, or ask again after it came back; returns its id.

    Raises: what `check` raises. Nothing is written then.
    """
    asset = check(wish=wish, at=at, case_number=case_number)
    body = Organisation.objects.get(ext_id=wish.organisation)
    appraiser = Counterparty.objects.filter(ext_id=wish.appraiser).first()
    today = clock.local_date(at)
    first = wish.publicity_from_date
    values = {
        "organisation": body,
        "division_code": body.division_id,
        "asset": asset,
        "method": wish.method,
        "reason": wish.reason.strip()[:200],
        "appraised_fen": wish.worth_fen if appraiser else None,
        "appraised_date": wish.appraised_date,
        "appraiser": appraiser,
        "publicity_from_date": first,
        "appraisal_publicity_days": rules.shown_days(first, today) if first else None,
        "floor_fen": wish.floor_fen,
        "decision_ext_id": wish.decision,
        "status": DisposalStatus.ASKED,
    }
    known = Disposal.objects.filter(case_number=case_number).first()
    made, _ = Disposal.objects.update_or_create(
        ext_id=known.ext_id if known else ids.new_id("DP", at),
        defaults={**values, "case_number": case_number},
    )
    _tell(made, "asked", by, at, {"asset": asset.ext_id, "method": wish.method})
    return made.ext_id


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note the approval. Raises: NotFound, DisposalNotNow."""
    found = locked(case_number)
    _require(found, (DisposalStatus.ASKED,), "批准")
    _set(found, DisposalStatus.APPROVED)
    _tell(found, "approved", by, at, {})


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it was given up; nothing where nothing was asked for."""
    if not Disposal.objects.filter(case_number=case_number).exists():
        return
    found = locked(case_number)
    _set(found, DisposalStatus.ENDED)
    _tell(found, "ended", by, at, {})


@transaction.atomic
def sell(*, case_number: str, offers: Sequence[Offer], by: Actor, at: datetime) -> None:
    """Take the buyer: who won the auction of the case, else the best of the offers for scrap.

    Demolition, donation and scrap that nobody wants need no buyer.
    Raises: NotFound, DisposalNotNow, SaleWrong, BuyerIsKin.
    """
    found = locked(case_number)
    _require(found, (DisposalStatus.APPROVED,), "出售")
    today = clock.local_date(at)
    if rules.needs_auction(found.appraised_fen or 0, found.method, today):
        _take_award(found, case_number)
    elif offers or found.method not in rules.FREE:
        _take_offer(found, offers, today)
    found.status = DisposalStatus.SOLD
    found.save(update_fields=["buyer", "price_fen", "tender_ext_id", "status"])
    _tell(found, "sold", by, at, {"price_fen": found.price_fen})


def _take_award(found: Disposal, case_number: str) -> None:
    made = auction_queries.of_case(case_number)
    award = auction_queries.award_of(made.ext_id) if made else None
    if award is None:
        raise errors.SaleWrong(
            why="还没有公开成交", advice="请在拍租页成交；流拍了在那里再拍一轮。"
        )
    found.buyer = Counterparty.objects.get(ext_id=award.winner)
    found.price_fen, found.tender_ext_id = award.price_fen, award.ext_id


def _take_offer(found: Disposal, offers: Sequence[Offer], today: date) -> None:
    least = rules.figures(today).scrap_quotes_min
    if len({one.buyer for one in offers}) < least:
        raise errors.SaleWrong(why=f"不到{least}家报价", advice="请再问几家。")
    best = max(offers, key=lambda one: one.price_fen)
    if not max(found.floor_fen, 1) <= best.price_fen <= money.MAX_FEN:
        floor = money.format_yuan(found.floor_fen)
        raise errors.SaleWrong(why=f"最高的报价也不到底价{floor}元", advice="请再问几家。")
    buyer = Counterparty.objects.filter(ext_id=best.buyer).first()
    if buyer is None:
        raise errors.SaleWrong(why="的买主不在名册里", advice="请先请镇里登记。")
    if parties.tie_to_officers(buyer.pk, found.division_code, today) != parties.NONE:
        raise errors.BuyerIsKin(name=buyer.name)
    found.buyer, found.price_fen = buyer, best.price_fen


@transaction.atomic
def sign(*, case_number: str, sign_date: date, by: Actor, at: datetime) -> str:
    """Sign with the buyer and issue the bill under which he pays; returns the contract's id.

    Raises: NotFound, DisposalNotNow, SaleWrong without a buyer, what contracts and bills refuse.
    """
    found = locked(case_number)
    _require(found, (DisposalStatus.SOLD,), "签合同")
    if found.buyer is None or found.price_fen is None:
        raise errors.SaleWrong(why="没有买主，不用签合同", advice="请直接移交。")
    body = found.organisation.ext_id
    found.contract_ext_id = contracts.register(
        fields=ContractFields(
            organisation=body,
            kind="other",
            title=f"{found.asset.name}{found.get_method_display()}合同",
            counterparty=found.buyer.ext_id,
            sign_date=sign_date,
            amount_fen=found.price_fen,
            decision=found.decision_ext_id,
            subject=found.asset.ext_id,
            clauses=dict.fromkeys(CLAUSES, True),
        ),
        by=by,
        at=at,
        case_number=case_number,
    )
    issued = bills.issue_bill(
        fields=BillFields(
            organisation=body,
            kind="other",
            purpose=f"{found.asset.name[:40]}处置价款",
            amount_fen=found.price_fen,
            due_date=clock.local_date(at) + PAY_WITHIN,
            payer_counterparty=found.buyer.ext_id,
            subject_code=_subject(found, clock.local_date(at)),
            source_kind=SOURCE,
            source_id=found.ext_id,
        ),
        by=SYSTEM,
        at=at,
    )
    found.bill_ext_id = issued.ext_id
    found.save(update_fields=["contract_ext_id", "bill_ext_id"])
    _tell(found, "signed", by, at, {"contract": found.contract_ext_id, "bill": issued.ext_id})
    return found.contract_ext_id


def _subject(found: Disposal, on: date) -> str:
    """Return the account that the price goes to: clearing for a fixed asset, else other income."""
    wanted = CLEARING if found.asset.category == "fixed" else OTHER_INCOME
    offered = subjects.of_kind(found.organisation.kind, "receipt.issued", "other", on)
    return next((code for code, title in offered if wanted in title), "")


def credited(news: BillCredited) -> None:
    """Take over what a bill has received; runs with the receipt, in one transaction."""
    found = Disposal.objects.select_for_update(of=("self",)).filter(
        bill_ext_id=news.bill_ext_id
    ).first()  # fmt: skip
    if found is None:
        return
    if news.is_void:
        found.bill_ext_id = ""
    else:
        found.received_fen += news.amount_fen
    found.save(update_fields=["bill_ext_id", "received_fen"])


@transaction.atomic
def hand_over(*, case_number: str, executed_at: datetime, by: Actor, at: datetime) -> None:
    """Hand the thing over, after the money came.

    Raises: NotFound, DisposalNotNow, NotPaidYet, DisposalWrong.
    """
    found = locked(case_number)
    _require(found, (DisposalStatus.SOLD,), "移交")
    price = found.price_fen or 0
    if found.received_fen < price:
        raise errors.NotPaidYet(
            price=money.format_yuan(price), received=money.format_yuan(found.received_fen)
        )
    if executed_at > at:
        raise errors.DisposalWrong(what="移交时间", why="还没到")
    found.executed_at, found.status = executed_at, DisposalStatus.EXECUTED
    found.save(update_fields=["executed_at", "status"])
    _tell(found, "executed", by, at, {})


@transaction.atomic
def write_off(*, case_number: str, by: Actor, at: datetime) -> str:
    """Take the thing off the books and close its card; returns the voucher's id, "" without one.

    A fixed asset goes over to clearing: what is left of its cost, its wear, its cost. The plan
    that wrote it off stops with this month. Raises: NotFound, DisposalNotNow, what the ledger
    refuses. Nothing is written then.
    """
    found = locked(case_number)
    _require(found, (DisposalStatus.EXECUTED,), "核销")
    asset, today = found.asset, clock.local_date(at)
    if asset.category == "fixed" and asset.subject_code and asset.book_value_fen:
        worn = min(plan_queries.worn_fen(asset.plan_ext_id), asset.book_value_fen)
        posted = posting.post_event(
            book_org_ext_id=found.organisation.ext_id,
            rule_code="asset.retired",
            event={
                "purpose": f"{asset.name}{found.get_method_display()}核销",
                "asset_code": asset.subject_code,
                "cost_fen": asset.book_value_fen,
                "depreciation_fen": worn,
                "net_fen": rules.worn_off(asset.book_value_fen, worn),
            },
            source_kind=SOURCE,
            source_id=found.ext_id,
            date=today,
            at=at,
            by=by,
        )
        found.voucher_ext_id = posted.ext_id
    plan = plan_queries.plan_view(asset.plan_ext_id) if asset.plan_ext_id else None
    if plan is not None and plan.state == "running":
        plans.stop_plan(
            ext_id=plan.ext_id,
            last_period=ledger_rules.period_of(today),
            reason=f"{asset.name}已处置",
            by=by,
            at=at,
        )
    found.written_off_at, found.status = at, DisposalStatus.WRITTEN_OFF
    found.save(update_fields=["written_off_at", "voucher_ext_id", "status"])
    gone = AssetStatus.SCRAPPED if found.method in rules.SCRAPPED else AssetStatus.DISPOSED
    card = Asset.objects.select_for_update(of=("self",)).get(pk=asset.pk)
    text = f"{found.get_method_display()}，{found.reason[:60]}"
    assets.mark(card, gone, text, by=by, at=at, case_number=case_number)
    _tell(found, "written_off", by, at, {"voucher": found.voucher_ext_id})
    return found.voucher_ext_id


def locked(case_number: str) -> Disposal:
    """Return the disposal of a case, locked. Raises: NotFound."""
    found = (
        Disposal.objects.select_for_update(of=("self",))
        .select_related("organisation", "asset__organisation", "buyer")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _require(found: Disposal, states: Sequence[str], verb: str) -> None:
    if found.status not in states:
        raise errors.DisposalNotNow(
            asset=found.asset.name, status=found.get_status_display(), verb=verb
        )


def _set(found: Disposal, status: str) -> None:
    found.status = status
    found.save(update_fields=["status"])


def _tell(found: Disposal, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"deals.disposal.{what}",
        by=by,
        at=at,
        subject=("disposal", found.ext_id),
        after=after,
    )
