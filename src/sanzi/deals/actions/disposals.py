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
from sanzi.deals.actions.disposal_wishes import Wish, check, worths_of
from sanzi.deals.models import (
    Asset,
    AssetStatus,
    Disposal,
    DisposalStatus,
)
from sanzi.deals.queries import auctions as auction_queries
from sanzi.deals.queries import parties
from sanzi.kernel import clock, ids, money
from sanzi.ledger import rules as ledger_rules
from sanzi.ledger.actions import plans, posting
from sanzi.ledger.queries import plans as plan_queries
from sanzi.ledger.queries import subjects
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Organisation
from sanzi.payments.actions import bills
from sanzi.payments.actions.bills import BillFields
from sanzi.payments.hooks import BillCredited

SOURCE = "disposal"
CLEARING, OTHER_INCOME = "固定资产清理", "其他收入"
PAY_WITHIN = timedelta(days=15)


@dataclass(frozen=True)
class Offer:
    """A price that somebody named for scrap. Units: fen."""

    buyer: str
    price_fen: int


@transaction.atomic
def ask(*, wish: Wish, case_number: str, by: Actor, at: datetime) -> str:
    """Enter a disposal that was asked for, or ask again after it came back.

    Each thing has a row of its own; the first carries contract and bill, and its id is returned.
    Raises: what `check` raises. Nothing is written then.
    """
    things = check(wish=wish, at=at, case_number=case_number)
    body = Organisation.objects.get(ext_id=wish.organisation)
    appraiser = Counterparty.objects.filter(ext_id=wish.appraiser).first()
    today = clock.local_date(at)
    first = wish.publicity_from_date
    values = {
        "organisation": body,
        "division_code": body.division_id,
        "method": wish.method,
        "reason": wish.reason.strip()[:200],
        "appraised_date": wish.appraised_date,
        "appraiser": appraiser,
        "publicity_from_date": first,
        "appraisal_publicity_days": rules.shown_days(first, today) if first else None,
        "decision_ext_id": wish.decision,
        "status": DisposalStatus.ASKED,
        "case_number": case_number,
    }
    before = Disposal.objects.filter(case_number=case_number).order_by("pk")
    known = dict(enumerate(before.values_list("ext_id", flat=True)))
    before.delete()
    worths = worths_of(wish)
    floors = money.split(wish.floor_fen, _weights(worths))
    made = [
        Disposal.objects.create(
            ext_id=known.get(place) or ids.new_id("DP", at), asset=asset, floor_fen=floor,
            appraised_fen=worth if appraiser else None, **values,
        )
        for place, (asset, worth, floor) in enumerate(zip(things, worths, floors, strict=True))
    ]  # fmt: skip
    told: dict[str, object] = {"assets": [one.ext_id for one in things], "method": wish.method}
    _tell(made[0], "asked", by, at, told)
    return made[0].ext_id


def _weights(fen: Sequence[int]) -> list[int]:
    """Return by what a sum is divided: by these sums, evenly where all are nothing."""
    return list(fen) if any(fen) else [1] * len(fen)


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note the approval. Raises: NotFound, DisposalNotNow."""
    lot = locked(case_number)
    _require(lot[0], (DisposalStatus.ASKED,), "批准")
    _set(lot, DisposalStatus.APPROVED)
    _tell(lot[0], "approved", by, at, {})


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it was given up; nothing where nothing was asked for."""
    if not Disposal.objects.filter(case_number=case_number).exists():
        return
    lot = locked(case_number)
    _set(lot, DisposalStatus.ENDED)
    _tell(lot[0], "ended", by, at, {})


@transaction.atomic
def sell(*, case_number: str, offers: Sequence[Offer], by: Actor, at: datetime) -> None:
    """Take the buyer: who won the auction of the case, else the best of the offers for scrap.

    Several things go to one buyer; each bears its share of the price.
    Demolition, donation and scrap that nobody wants need no buyer.
    Raises: NotFound, DisposalNotNow, SaleWrong, BuyerIsKin.
    """
    lot = locked(case_number)
    first = lot[0]
    _require(first, (DisposalStatus.APPROVED,), "出售")
    today = clock.local_date(at)
    sale = None
    if rules.needs_auction(sum(one.appraised_fen or 0 for one in lot), first.method, today):
        sale = _award(case_number)
    elif offers or first.method not in rules.FREE:
        sale = _best_offer(lot, offers, today)
    if sale is not None:
        shares = money.split(sale.price_fen, _weights([one.floor_fen for one in lot]))
        for one, share in zip(lot, shares, strict=True):
            one.buyer, one.price_fen, one.tender_ext_id = sale.buyer, share, sale.auction
            one.save(update_fields=["buyer", "price_fen", "tender_ext_id"])
    _set(lot, DisposalStatus.SOLD)
    _tell(first, "sold", by, at, {"price_fen": sale.price_fen if sale else None})


@dataclass(frozen=True)
class _Sale:
    buyer: Counterparty
    price_fen: int
    auction: str = ""


def _award(case_number: str) -> _Sale:
    made = auction_queries.of_case(case_number)
    award = auction_queries.award_of(made.ext_id) if made else None
    if award is None:
        raise errors.SaleWrong(
            why="还没有公开成交", advice="请在拍租页成交；流拍了在那里再拍一轮。"
        )
    buyer = Counterparty.objects.get(ext_id=award.winner)
    return _Sale(buyer, award.price_fen, award.ext_id)


def _best_offer(lot: Sequence[Disposal], offers: Sequence[Offer], today: date) -> _Sale:
    least = rules.figures(today).scrap_quotes_min
    if len({one.buyer for one in offers}) < least:
        raise errors.SaleWrong(why=f"不到{least}家报价", advice="请再问几家。")
    best = max(offers, key=lambda one: one.price_fen)
    floor_fen = sum(one.floor_fen for one in lot)
    if not max(floor_fen, 1) <= best.price_fen <= money.MAX_FEN:
        floor = money.format_yuan(floor_fen)
        raise errors.SaleWrong(why=f"最高的报价也不到底价{floor}元", advice="请再问几家。")
    buyer = Counterparty.objects.filter(ext_id=best.buyer).first()
    if buyer is None:
        raise errors.SaleWrong(why="的买主不在名册里", advice="请先请镇里登记。")
    if parties.tie_to_officers(buyer.pk, lot[0].division_code, today) != parties.NONE:
        raise errors.BuyerIsKin(name=buyer.name)
    return _Sale(buyer, best.price_fen)


@transaction.atomic
def sign(*, case_number: str, sign_date: date, by: Actor, at: datetime) -> str:
    """Sign with the buyer and issue the bill under which he pays; returns the contract's id.

    Raises: NotFound, DisposalNotNow, SaleWrong without a buyer, what contracts and bills refuse.
    """
    lot = locked(case_number)
    found = lot[0]
    _require(found, (DisposalStatus.SOLD,), "签合同")
    if found.buyer is None:
        raise errors.SaleWrong(why="没有买主，不用签合同", advice="请直接移交。")
    body, name = found.organisation.ext_id, rules.lot_name([one.asset.name for one in lot])
    price_fen = sum(one.price_fen or 0 for one in lot)
    found.contract_ext_id = contracts.register(
        fields=ContractFields(
            organisation=body,
            kind="other",
            title=f"{name}{found.get_method_display()}合同",
            counterparty=found.buyer.ext_id,
            sign_date=sign_date,
            amount_fen=price_fen,
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
            purpose=f"{name[:40]}处置价款",
            amount_fen=price_fen,
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
    """Take over what a bill has received; runs with the receipt, in one transaction.

    Of several things each bears its share, as of the price.
    """
    found = Disposal.objects.select_for_update(of=("self",)).filter(
        bill_ext_id=news.bill_ext_id
    ).first()  # fmt: skip
    if found is None:
        return
    if news.is_void:
        found.bill_ext_id = ""
        found.save(update_fields=["bill_ext_id"])
        return
    lot = locked(found.case_number) if found.case_number else [found]
    received = sum(one.received_fen for one in lot) + news.amount_fen
    shares = money.split(received, _weights([one.price_fen or 0 for one in lot]))
    for one, share in zip(lot, shares, strict=True):
        one.received_fen = share
        one.save(update_fields=["received_fen"])


@transaction.atomic
def hand_over(*, case_number: str, executed_at: datetime, by: Actor, at: datetime) -> None:
    """Hand the things over, after the money came.

    Raises: NotFound, DisposalNotNow, NotPaidYet, DisposalWrong.
    """
    lot = locked(case_number)
    _require(lot[0], (DisposalStatus.SOLD,), "移交")
    price = sum(one.price_fen or 0 for one in lot)
    received = sum(one.received_fen for one in lot)
    if received < price:
        raise errors.NotPaidYet(
            price=money.format_yuan(price), received=money.format_yuan(received)
        )
    if executed_at > at:
        raise errors.DisposalWrong(what="移交时间", why="还没到")
    for one in lot:
        one.executed_at, one.status = executed_at, DisposalStatus.EXECUTED
        one.save(update_fields=["executed_at", "status"])
    _tell(lot[0], "executed", by, at, {})


@transaction.atomic
def write_off(*, case_number: str, by: Actor, at: datetime) -> list[str]:
    """Take the things off the books and close their cards; returns the ids of the vouchers.

    A fixed asset goes over to clearing: what is left of its cost, its wear, its cost. The plan
    that wrote it off stops with this month. Raises: NotFound, DisposalNotNow, what the ledger
    refuses. Nothing is written then.
    """
    lot = locked(case_number)
    _require(lot[0], (DisposalStatus.EXECUTED,), "核销")
    for one in lot:
        _take_off(one, case_number, by, at)
    vouchers = [one.voucher_ext_id for one in lot if one.voucher_ext_id]
    _tell(lot[0], "written_off", by, at, {"vouchers": vouchers})
    return vouchers


def _take_off(found: Disposal, case_number: str, by: Actor, at: datetime) -> None:
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


def locked(case_number: str) -> list[Disposal]:
    """Return the disposals of a case, locked, the leading one first. Raises: NotFound."""
    rows = Disposal.objects.select_for_update(of=("self",)).select_related(
        "organisation", "asset__organisation", "buyer"
    )
    found = list(rows.filter(case_number=case_number).order_by("pk"))
    if not found:
        raise NotFound
    return found


def _require(found: Disposal, states: Sequence[str], verb: str) -> None:
    if found.status not in states:
        raise errors.DisposalNotNow(
            asset=found.asset.name, status=found.get_status_display(), verb=verb
        )


def _set(lot: Sequence[Disposal], status: str) -> None:
    for one in lot:
        one.status = status
        one.save(update_fields=["status"])


def _tell(found: Disposal, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"deals.disposal.{what}",
        by=by,
        at=at,
        subject=("disposal", found.ext_id),
        after=after,
    )
