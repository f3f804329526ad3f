"""Purchases: asked for, approved, ordered from the seller chosen, taken in by two others.

Each step is a step of the power M08; `effects` turns its forms into these calls. Who may do a
step is the power's; what a step must find is said here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from sanzi.audit import actions as audit
from sanzi.deals.models import Contract, Tender, TenderState
from sanzi.deals.queries import parties
from sanzi.deals.queries import tenders as tender_queries
from sanzi.kernel import clock, ids, money
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.registers.procurement import queries, rules
from sanzi.registers.procurement.errors import (
    AcceptorsWrong,
    ContractNeeded,
    MethodTooWeak,
    NotAccepted,
    PurchaseNotNow,
    PurchaseOverpaid,
    PurchaseSplit,
    PurchaseWrong,
    QuotesAlike,
    ReasonNeeded,
    SellerIsKin,
    TooFewQuotes,
)
from sanzi.registers.procurement.models import Acceptor, Method, Procurement, Quote, Status

QUANTITY_MAX_MILLI = 10**12
REASON_LENGTH_MIN = 6


@dataclass(frozen=True)
class Wish:
    """What is to be bought. Units: fen; quantities in thousandths."""

    category_code: str
    title: str
    quantity_milli: int
    unit: str
    estimate_fen: int
    method: str


@dataclass(frozen=True)
class QuoteFields:
    """A price that a seller named. Units: fen."""

    counterparty: str
    price_fen: int
    quoted_at: datetime
    file_hash: str = ""


@dataclass(frozen=True)
class Choice:
    """Whom to buy from, and on what ground: prices, or a competition that is settled."""

    quotes: Sequence[QuoteFields] = ()
    chosen: str = ""
    reason: str = ""
    tender: str = ""
    contract: str = ""


def check(*, wish: Wish, organisation: str, at: datetime, case_number: str = "") -> None:
    """Refuse a wish that cannot be right, or that is cut small.

    Raises: NotFound, PurchaseWrong, MethodTooWeak, PurchaseSplit.
    """
    body = Organisation.objects.filter(ext_id=organisation).first()
    if body is None:
        raise NotFound
    if wish.method not in Method.values:
        raise PurchaseWrong(what="方式", why="没有这一种", field="method")
    if not 0 < wish.estimate_fen <= money.MAX_FEN:
        raise PurchaseWrong(what="估价", why="要大于0", field="estimate")
    if not 0 < wish.quantity_milli <= QUANTITY_MAX_MILLI:
        raise PurchaseWrong(what="数量", why="要大于0", field="quantity")
    if not rules.is_enough(wish.method, wish.estimate_fen):
        raise MethodTooWeak(
            fen=money.format_yuan(wish.estimate_fen),
            method=Method(rules.method_for(wish.estimate_fen)).label,
            field="method",
        )
    since = at - timedelta(days=rules.SPLIT_DAYS)
    earlier = (
        Procurement.objects.filter(
            division_code=body.division_id,
            category_code=wish.category_code,
            submitted_at__gte=since,
        )
        .exclude(status=Status.ENDED)
        .exclude(case_number=case_number or "-")
    )
    total = wish.estimate_fen + (earlier.aggregate(sum=Sum("estimate_fen"))["sum"] or 0)
    if not rules.is_enough(wish.method, total):
        raise PurchaseSplit(
            days=rules.SPLIT_DAYS,
            count=earlier.count(),
            fen=money.format_yuan(total),
            method=Method(rules.method_for(total)).label,
            field="method",
        )


@transaction.atomic
def request(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Enter a purchase that is asked for, or what a returned request says now.

    Raises: what `check` raises.
    """
    check(wish=wish, organisation=organisation, at=at, case_number=case_number)
    body = Organisation.objects.get(ext_id=organisation)
    said = {
        "category_code": wish.category_code,
        "title": wish.title.strip()[:120],
        "quantity_milli": wish.quantity_milli,
        "unit": wish.unit.strip()[:10],
        "estimate_fen": wish.estimate_fen,
        "method": wish.method,
        "status": Status.REQUESTED,
    }
    made, _ = Procurement.objects.update_or_create(
        case_number=case_number,
        defaults={**said, "submitted_at": at},
        create_defaults={
            **said, "ext_id": ids.new_id("CG", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number, "submitted_at": at,
        },
    )  # fmt: skip
    _tell(made, "requested", by, at, {"estimate_fen": made.estimate_fen, "method": made.method})
    return made.ext_id


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the purchase is approved. Raises: NotFound, PurchaseNotNow."""
    found = _locked(case_number, Status.REQUESTED, "批准")
    found.approved_at, found.status = at, Status.APPROVED
    found.save(update_fields=["approved_at", "status"])
    _tell(found, "approved", by, at, {})


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the purchase was given up; nothing happens when it was never asked for."""
    found = Procurement.objects.select_for_update(of=("self",)).filter(
        case_number=case_number
    ).first()  # fmt: skip
    if found is not None and found.status in (Status.REQUESTED, Status.APPROVED):
        found.status = Status.ENDED
        found.save(update_fields=["status"])
        _tell(found, "ended", by, at, {})


@transaction.atomic
def order(
    *, case_number: str, choice: Choice, ordered_at: datetime, by: Actor, at: datetime
) -> None:
    """Choose the seller and order.

    Raises: NotFound, PurchaseNotNow, PurchaseWrong, TooFewQuotes, QuotesAlike, SellerIsKin,
        ReasonNeeded, ContractNeeded.
    """
    found = _locked(case_number, Status.APPROVED, "订货")
    _require_order_time(found, ordered_at, at)
    if found.method == Method.TENDER or (found.method == Method.QUOTE and choice.tender):
        party, price = _won(found, choice)
    else:
        party, price = _quoted(found, choice, at)
    if price > found.estimate_fen:
        raise PurchaseWrong(
            what="定价", why=f"高过批准的估价{money.format_yuan(found.estimate_fen)}元"
        )
    if parties.tie_to_officers(party.pk, found.division_code, clock.local_date(at)) == parties.NEAR:
        raise SellerIsKin(name=party.name)
    _require_contract(choice.contract, party, price)
    found.counterparty, found.award_fen, found.ordered_at = party, price, ordered_at
    found.tender_ext_id, found.contract_ext_id = choice.tender, choice.contract
    found.choice_reason, found.buyer_id = choice.reason.strip()[:200], by.person_id
    found.status = Status.ORDERED
    found.save(
        update_fields=[
            "counterparty", "award_fen", "ordered_at", "tender_ext_id", "contract_ext_id",
            "choice_reason", "buyer", "status",
        ]
    )  # fmt: skip
    _tell(found, "ordered", by, at, {"seller": party.ext_id, "award_fen": price})


def _require_order_time(found: Procurement, ordered_at: datetime, at: datetime) -> None:
    if ordered_at > at:
        raise PurchaseWrong(what="订货时间", why="还没到")
    if found.approved_at is None or ordered_at >= found.approved_at:
        return
    first = found.submitted_at or found.approved_at
    is_urgent = found.method == Method.EMERGENCY
    if not is_urgent or ordered_at < first - timedelta(hours=rules.EMERGENCY_HOURS):
        raise PurchaseWrong(what="订货时间", why="早于批准，先批后买")


def _won(found: Procurement, choice: Choice) -> tuple[Counterparty, int]:
    tender = Tender.objects.filter(
        ext_id=choice.tender, organisation_id=found.organisation_id, state=TenderState.AWARDED
    ).first()
    won = tender_queries.winner(choice.tender) if tender else None
    if won is None or won.price_fen is None:
        raise PurchaseWrong(what="招标", why="还没有定标，或者不是本单位的")
    return won.counterparty, won.price_fen


def _quoted(found: Procurement, choice: Choice, at: datetime) -> tuple[Counterparty, int]:
    least = rules.QUOTES_MIN[found.method]
    firms = {
        one.ext_id: one
        for one in Counterparty.objects.filter(ext_id__in=[q.counterparty for q in choice.quotes])
    }
    if len(firms) != len(choice.quotes):
        raise PurchaseWrong(what="报价单位", why="有的不在名册里，或者写了两次")
    if len(firms) < least:
        raise TooFewQuotes(count=len(firms), least=least)
    if any(not 0 < one.price_fen <= money.MAX_FEN for one in choice.quotes):
        raise PurchaseWrong(what="报价", why="要大于0")
    controllers = parties.controllers([one.pk for one in firms.values()])
    pair = rules.alike(
        [
            rules.Named(
                firms[one.counterparty].name, one.price_fen,
                contact=firms[one.counterparty].phone_index, file_hash=one.file_hash,
                controllers=controllers[firms[one.counterparty].pk],
            )
            for one in choice.quotes
        ]
    )  # fmt: skip
    if pair is not None:
        raise QuotesAlike(one=pair[0], other=pair[1], why=pair[2])
    chosen = next((one for one in choice.quotes if one.counterparty == choice.chosen), None)
    if chosen is None:
        raise PurchaseWrong(what="选定的单位", why="没有报价")
    if chosen.price_fen > min(one.price_fen for one in choice.quotes) and (
        len(choice.reason.strip()) < REASON_LENGTH_MIN
    ):
        raise ReasonNeeded(name=firms[choice.chosen].name)
    Quote.objects.bulk_create(
        Quote(
            ext_id=ids.new_id("BJ", at), procurement=found, counterparty=firms[one.counterparty],
            price_fen=one.price_fen, quoted_at=one.quoted_at, file_hash=one.file_hash,
            contact_phone_index=firms[one.counterparty].phone_index,
            is_winner=one.counterparty == choice.chosen,
        )
        for one in choice.quotes
    )  # fmt: skip
    return firms[choice.chosen], chosen.price_fen


def _require_contract(contract: str, party: Counterparty, price_fen: int) -> None:
    if price_fen < rules.CONTRACT_FROM_FEN and not contract:
        return
    found = Contract.objects.filter(ext_id=contract).first()
    fen = money.format_yuan(price_fen)
    if found is None:
        raise ContractNeeded(fen=fen, why="还没有选")
    if found.counterparty_id != party.pk or found.amount_fen != price_fen:
        raise ContractNeeded(fen=fen, why="选的合同单位或金额对不上")


@transaction.atomic
def accept(
    *,
    case_number: str,
    people: Sequence[str],
    quantity_milli: int,
    delivered_at: datetime,
    by: Actor,
    at: datetime,
) -> None:
    """Take the goods in: two persons or more, none of them the buyer.

    Raises: NotFound, PurchaseNotNow, PurchaseWrong, AcceptorsWrong.
    """
    found = _locked(case_number, Status.ORDERED, "验收")
    if found.ordered_at is None or not found.ordered_at <= delivered_at <= at:
        raise PurchaseWrong(what="到货时间", why="要在订货之后、现在之前")
    if not 0 < quantity_milli <= found.quantity_milli:
        raise PurchaseWrong(what="验收数量", why="要大于0，不超过订的数量")
    persons = list(Person.objects.filter(ext_id__in=set(people)))
    if len(persons) < rules.ACCEPTORS_MIN:
        raise AcceptorsWrong(why=f"只有{len(persons)}个，要{rules.ACCEPTORS_MIN}个")
    if found.buyer_id in {one.pk for one in persons}:
        raise AcceptorsWrong(why="里有经手买的人")
    Acceptor.objects.bulk_create(
        Acceptor(procurement=found, person=one, accepted_at=at) for one in persons
    )
    found.delivered_at, found.accepted_at = delivered_at, at
    found.accepted_milli, found.status = quantity_milli, Status.ACCEPTED
    found.save(update_fields=["delivered_at", "accepted_at", "accepted_milli", "status"])
    _tell(found, "accepted", by, at, {"by": sorted(one.ext_id for one in persons)})


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse a payment before the goods were taken in, or above what was agreed.

    Raises: NotAccepted, PurchaseOverpaid.
    """
    found = Procurement.objects.filter(case_number=source_id).first()
    if found is None:
        return
    if found.accepted_at is None or found.award_fen is None:
        raise NotAccepted(title=found.title)
    paid = queries.paid_fen(source_id, but_case=case_number)
    if paid + amount_fen > found.award_fen:
        raise PurchaseOverpaid(
            title=found.title,
            award=money.format_yuan(found.award_fen),
            paid=money.format_yuan(paid),
            more=money.format_yuan(amount_fen),
            left=money.format_yuan(max(found.award_fen - paid, 0)),
        )


def _locked(case_number: str, status: Status, verb: str) -> Procurement:
    found = (
        Procurement.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    if found.status != status:
        raise PurchaseNotNow(title=found.title, status=found.get_status_display(), verb=verb)
    return found


def _tell(
    found: Procurement, what: str, by: Actor, at: datetime, after: Mapping[str, object]
) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"procurement.purchase.{what}",
        by=by,
        at=at,
        subject=("procurement", found.ext_id),
        after={"title": found.title, **after},
    )
